from itertools import pairwise

import pytest

from kg.extract.pipeline import read_paper
from kg.extract.trained import find_by_model
from tests.helpers import LEAD, names, pairs, paper, record


def by_model(text: str) -> list[tuple[str, str]]:
    found = read_paper(paper(f"{LEAD} {text}"))
    whole = "\n\n".join(part.text for _, _, part in found.parts)
    return [(whole[c.start : c.end], c.type) for c in found.candidates if c.source == "model"]


def test_component() -> None:
    assert callable(find_by_model)


def test_finds_what_no_list_knows() -> None:
    found = by_model("We propose Zibbo-Net, and evaluate it on the new WugBench dataset.")
    assert ("Zibbo-Net", "Method") in found
    assert any("WugBench" in name and type == "Dataset" for name, type in found)


def test_spans_do_not_overlap() -> None:
    found = read_paper(paper("We propose Zibbo-Net, a fast graph neural network for traffic forecasting on edge GPUs."))
    spans = sorted((c.start, c.end) for c in found.candidates if c.source == "model")
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_figures_are_no_names() -> None:
    assert all("1.9" not in name for name, _ in by_model("It gives a speedup of 1.9-2.7x over vLLM."))


@pytest.mark.parametrize("written", ["8xH100", "8x H100", "8×H100", "eight H100"])
def test_multiplied_hardware_runs_it(written: str) -> None:
    found = record(f"We propose Zibbo-Net, a small model. We evaluate Zibbo-Net on a single {written} node.")
    assert ("Zibbo-Net", "NVIDIA H100") in pairs(found, "runs_on")


def test_a_refused_name_is_refused_to_the_model_too() -> None:
    assert names(record("Parts were printed in TPU, a thermoplastic polyurethane."), "Hardware") == set()


def test_what_the_lexicon_knows_keeps_its_entry() -> None:
    found = record("We propose Zibbo-Net, a small model. On COCO, Zibbo-Net reaches an accuracy of 41.3%.")
    assert {e.link for e in found.entities} >= {"metric/accuracy"}
