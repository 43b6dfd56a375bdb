import pytest

from kg.extract.names import shaped_like_name
from tests.helpers import names, pairs, record


@pytest.mark.parametrize("word", ["vLLM", "OFA-KD", "LLaMA-2-70B", "BERT", "SpecBench", "R2Serve", "MoE-Lens"])
def test_words_shaped_like_names(word: str) -> None:
    assert shaped_like_name(word)


@pytest.mark.parametrize(
    "word", ["we", "The", "Transformer", "4-bit", "A", "IV", "12ms", "State-Of-The-Art", "end-to-end"]
)
def test_words_that_are_not(word: str) -> None:
    assert not shaped_like_name(word)


@pytest.mark.parametrize(
    "text",
    [
        "We propose Zibbo, a small scheduler.", "We present Zibbo: it schedules.", "This paper introduces Zibbo, which schedules.",
        "We build a scheduler called Zibbo that is small.", "We design a scheduler, named Zibbo, for queues.",
    ],
)  # fmt: skip
def test_proposed_by_a_verb(text: str) -> None:
    found = record(text)
    assert ("paper", "Zibbo") in pairs(found, "proposes")
    assert next(e for e in found.entities if e.name == "Zibbo").type == "Method"


def test_proposed_in_the_title() -> None:
    found = record("The scheduler is small. Queues stay short with Zibbo.", "Zibbo: A Scheduler for Short Queues")
    assert ("paper", "Zibbo") in pairs(found, "proposes")


def test_proposed_at_the_end_of_a_sentence() -> None:
    assert ("paper", "Zibbo") in pairs(record("We propose Zibbo. Zibbo is small."), "proposes")


def test_a_new_benchmark_is_a_dataset() -> None:
    found = record("We introduce ZibboBench, a benchmark of 900 questions about queues.")
    assert names(found, "Dataset") == {"ZibboBench"}


def test_prior_work_is_named_but_not_proposed() -> None:
    found = record(
        "We propose Zibbo-Net, a small model. It is 2x faster than WobbleNet. WobbleNet also needs more memory."
    )
    assert names(found, "Method") >= {"Zibbo-Net", "WobbleNet"}
    assert pairs(found, "proposes") == {("paper", "Zibbo-Net")}


def test_people_and_places_are_no_methods() -> None:
    assert names(record("We thank Ada Lovelace, who lives in London, for her help."), "Method") == set()
