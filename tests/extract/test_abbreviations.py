import pytest

from kg.extract.abbreviations import long_form
from tests.helpers import record


@pytest.mark.parametrize(
    ("short", "before", "long"),
    [
        ("KD", "we apply knowledge distillation", "knowledge distillation"),
        ("SpMV", "we tune sparse matrix vector", "sparse matrix vector"),
        ("LLMs", "served large language models", "large language models"),
        ("MoE", "with a mixture of experts", "mixture of experts"),
        ("NAS", "by the neural architecture search", "neural architecture search"),
        ("XYZ", "there is nothing of that kind", None),
    ],
)
def test_long_form(short: str, before: str, long: str | None) -> None:
    found = long_form(short, before)
    assert (None if found is None else before[found:]) == long


def test_both_names_are_one_entity() -> None:
    found = record("We propose Gentle Rapid Indexing (GRI). GRI is small. We like GRI.")
    (entity,) = [e for e in found.entities if e.type == "Method"]
    assert {m.text for m in entity.mentions} == {"Gentle Rapid Indexing", "GRI"}
    assert len(entity.mentions) == 4


def test_the_other_way_round() -> None:
    found = record("We propose GRI (Gentle Rapid Indexing), a small index.")
    assert {m.text for e in found.entities for m in e.mentions} >= {"Gentle Rapid Indexing", "GRI"}
    assert len([e for e in found.entities if e.type == "Method"]) == 1


def test_a_remark_in_brackets_is_no_abbreviation() -> None:
    found = record("We run a small index (of our own) on CPUs.")
    assert {e.name for e in found.entities} == {"CPU"}
