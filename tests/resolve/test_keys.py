import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.graph.statements import node_iri, paper_iri
from kg.lexicon import fold
from kg.resolve import node_id, resolve, slug
from tests.helpers import record

SAME = [
    ("MoE-Lens", "MoE Lens", "moelens"), ("TPU v4", "TPUv4s", "TPU-v4"), ("GPUs", "GPU", "gpu"), ("Mélange", "Melange", r"M\'elange"),
    ("latencies", "latency", "Latency"),
]  # fmt: skip
APART = [
    ("LLaMA-2-70B", "LLaMA-3-8B"), ("A100", "A10"), ("C", "C++"), ("C++", "C#"), ("Phi-3 5B", "Phi-35B"), ("GPT-3.5", "GPT-35"),
    ("V100", "V1000"), ("L40S", "L40"), ("ResNet-18", "ResNet-1.8"),
]  # fmt: skip


@pytest.mark.parametrize("spellings", SAME)
def test_one_thing_has_one_id(spellings: tuple[str, ...]) -> None:
    assert len({node_id("Method", name) for name in spellings}) == 1


@pytest.mark.parametrize(("one", "other"), APART)
def test_things_that_differ_have_two(one: str, other: str) -> None:
    assert node_id("Method", one) != node_id("Method", other)


def test_type_is_part_of_the_id() -> None:
    assert node_id("Method", "Zibbo") != node_id("Dataset", "Zibbo")


def test_slug_is_short_and_keeps_long_names_apart() -> None:
    one, two = slug("a" * 500 + "b"), slug("a" * 500 + "c")
    assert one != two
    assert len(one) <= 80


@given(st.text(min_size=1))
def test_slug_is_always_safe(key: str) -> None:
    assert re.fullmatch(r"[a-z0-9.-]{1,80}", slug(key))


@given(st.text("abcdefghijklmnopqrtuvwxyz0123456789 -/+#", max_size=30))
def test_fold_of_a_folded_name_is_itself(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(st.text("abcxyz0123456789 -", max_size=20))
def test_fold_forgets_case_and_hyphens_at_the_ends(name: str) -> None:
    assert fold(name) == fold(name.upper()) == fold(f" {name} ")


@given(st.text(min_size=1))
def test_iris_hold_no_character_that_breaks_them(id: str) -> None:
    for iri in (paper_iri(id), node_iri(f"method/{slug(id)}")):
        assert not set(iri) & set(' <>"{}|\\^`\n\r\t')


def test_linked_entities_take_the_lexicon_id() -> None:
    found = record("It was measured on one A100 GPU with ZibboNet.")
    resolved = resolve(found)
    nodes = {e.name: resolved.node_of[e.id] for e in found.entities}
    assert nodes["NVIDIA A100"] == "hardware/nvidia-a100"
    assert nodes["ZibboNet"] == "method/zibbonet"
    assert resolved.node("paper") is None
