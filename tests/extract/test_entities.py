import pytest

from kg.extract.candidates import Candidate
from kg.extract.entities import settle
from tests.helpers import names, record


def test_mentions_of_one_thing_are_joined() -> None:
    found = record("It was measured on an A100. The NVIDIA A100 is a GPU with HBM. Two A100s were free.")
    (entity,) = [e for e in found.entities if e.link == "hardware/nvidia-a100"]
    assert {m.text for m in entity.mentions} == {"A100", "NVIDIA A100", "A100s"}
    assert (entity.vendor, entity.hardware_class) == ("NVIDIA", "GPU")
    assert len(entity.evidence) == 3


def test_ids_and_order_follow_the_text() -> None:
    found = record("We propose Zibbo-Net, measured on COCO with an A100 GPU.")
    assert [e.id for e in found.entities] == [f"e{n}" for n in range(1, len(found.entities) + 1)]
    starts = [e.mentions[0].start for e in found.entities]
    assert starts == sorted(starts)


def test_of_two_candidates_the_longer_one_stands() -> None:
    text = "tail latency"
    short = Candidate(5, 12, "Metric", "terms", "r", 0.9)
    long = Candidate(0, 12, "Metric", "terms", "r", 0.5)
    assert settle([short, long], text) == [long]


def test_candidates_apart_all_stand_in_order() -> None:
    one, two = Candidate(0, 2, "Method", "terms", "r", 0.5), Candidate(3, 5, "Task", "terms", "r", 0.9)
    assert settle([two, one], "ab cd") == [one, two]


@pytest.mark.parametrize("text", ["The CPU-GPU traffic is high.", "A GPU-Accelerated design is shown."])
def test_joined_words_are_no_names_of_their_own(text: str) -> None:
    assert names(record(text), "Method") == set()


def test_a_name_has_one_type() -> None:
    found = record("We propose ZibboBench, a benchmark. ZibboBench is hard. On ZibboBench, accuracy is 41.2%.")
    assert [e.type for e in found.entities if e.name == "ZibboBench"] == ["Dataset"]


def test_a_known_name_inside_a_long_form_stays_apart() -> None:
    found = record(
        "We propose Curriculum for Generative Adversarial Networks (CuGAN). Generative Adversarial Networks are hard to train."
    )
    known = [e for e in found.entities if e.link == "method/gan"]
    assert [e for e in known if "CuGAN" not in {m.text for m in e.mentions}] == known != []


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("We propose the Grip Quality Convolutional Neural Network (GQ-CNN). A Convolutional Neural Network is slow.", "GQ-CNN"),
        ("We propose a lightweight Convolutional Neural Network (L-CNN). L-CNN beats a Convolutional Neural Network.", "L-CNN"),
        ("The worst-case execution time (WCET) is 3 ms. Its execution time is low, and so is the WCET.", "WCET"),
    ],
)  # fmt: skip
def test_what_a_paper_abbreviates_is_more_than_the_known_name_in_it(text: str, short: str) -> None:
    known = {"method/convolutional-neural-network", "metric/execution-time"}
    forms = [{m.text for m in e.mentions} for e in record(text).entities if e.link in known]
    assert forms
    assert not any(short in form for form in forms)


def test_a_word_that_a_paper_spells_out_is_a_name_of_its_own() -> None:
    found = record(
        "We release the Satellite PosE Estimation Dataset (SPEED). On SPEED, accuracy is 91.2%. SPEED is hard."
    )
    assert all("SPEED" not in {m.text for m in e.mentions} for e in found.entities if e.link == "metric/speed")


def test_a_short_form_keeps_the_first_meaning_that_a_paper_gives_it() -> None:
    found = record("We heat it by radio frequency (RF). We train a Random Forest (RF). RF is 91.2% right.")
    assert all("radio frequency" not in {m.text for m in e.mentions} for e in found.entities if e.link)
