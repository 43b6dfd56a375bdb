import pytest

from kg.extract.confidence import Scale, log_odds, scales
from kg.extract.encoder import RELATIONS, ROLES, TYPES

KINDS = {f"entity:{name}" for name in TYPES} | {f"relation:{name}" for name in RELATIONS} | {"result"}


def test_every_kind_has_a_scale() -> None:
    assert set(scales()) == KINDS | {f"link:{role}" for role in ROLES}
    assert all(0 < scales()[kind].threshold < 1 for kind in KINDS)


def test_more_evidence_is_more_confidence() -> None:
    scale = Scale({"one": -1.0, "model": 0.5}, 0.5)
    found = [scale.probability({"one": 1.0, "model": log_odds(p)}) for p in (0.01, 0.2, 0.5, 0.8, 0.99)]
    assert found == sorted(found)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_the_model_believes_raises_confidence(kind: str) -> None:
    scale = scales()[kind]
    said = {"model", "model: entity", "model: span", "model: span of any kind"} & set(scale.weights)
    assert said
    low, high = ({"one": 1.0, **{name: log_odds(p) for name in said}} for p in (0.05, 0.95))
    assert scale.probability(low) < scale.probability(high)


@pytest.mark.parametrize("probability", [0.0, 1e-9, 0.5, 1.0])
def test_log_odds_are_bounded(probability: float) -> None:
    assert -7 < log_odds(probability) < 7


def test_parts_say_what_counted() -> None:
    scale = Scale({"a": 2.0, "b": -3.0, "c": 0.0}, 0.5)
    assert scale.parts({"a": 1.0, "b": 1.0, "c": 1.0, "d": 9.0}) == [("b", -3.0), ("a", 2.0)]
    assert scale.probability({"a": 1000.0}) == 1.0
