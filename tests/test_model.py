import pytest
from pydantic import ValidationError

from kg.extract import to_json
from kg.model import (
    Entity,
    Extractor,
    Origin,
    Paper,
    Record,
    Relation,
    Result,
    Span,
    content_hash,
    paper_id,
    title_key,
    valid_date,
)
from tests.helpers import paper, record

SENTENCE = Span(field="abstract", start=0, end=15, text="Ox runs on A10.")


def made(**changes: object) -> Record:
    entity = Entity(
        id="e1", type="Method", name="Ox", mentions=(Span(field="abstract", start=0, end=2, text="Ox"),),
        evidence=(SENTENCE,), confidence=0.5, rule="by hand",
    )  # fmt: skip
    source = paper("Ox runs on A10.")
    extractor = Extractor(name="hand", version="1", fingerprint="1")
    parts: dict[str, object] = {
        "id": source.id, "title": source.title, "abstract": source.abstract, "paper": source, "entities": (entity,),
        "extractor": extractor,
    }  # fmt: skip
    return Record.model_validate(parts | changes)


def relation(**changes: object) -> Relation:
    parts: dict[str, object] = {
        "type": "proposes", "head": "paper", "tail": "e1", "evidence": (SENTENCE,), "confidence": 1, "rule": "by hand",
    }  # fmt: skip
    return Relation.model_validate(parts | changes)


def test_json_round_trip() -> None:
    found = record(
        "We propose Zibbo-Net, which runs on an A100 GPU and is 2.5x faster than vLLM.", "Zibbo-Net: Fast Things"
    )
    assert Record.model_validate_json(to_json(found)) == found
    assert "\n" not in to_json(found)


def test_record_is_immutable() -> None:
    with pytest.raises(ValidationError):
        made().title = "other"  # type: ignore[misc]


def test_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError):
        Paper.model_validate(paper("x y").model_dump() | {"colour": "red"})


def test_span_must_fit_its_text() -> None:
    with pytest.raises(ValidationError, match="do not fit"):
        Span(field="title", start=0, end=3, text="ab")


def test_span_must_be_what_the_paper_says() -> None:
    with pytest.raises(ValidationError, match="is not what abstract"):
        made(relations=(relation(evidence=(Span(field="abstract", start=0, end=2, text="Up"),)),))


def test_of_a_long_span_that_does_not_fit_the_start_is_shown() -> None:
    wrong = Span(field="abstract", start=0, end=50, text="x" * 50)
    with pytest.raises(ValidationError, match=rf"'{'x' * 40}' is not what abstract\[0:50\] holds"):
        made(relations=(relation(evidence=(wrong,)),))


@pytest.mark.parametrize(
    "ends",
    [
        {"tail": "e9"},
        {"head": "e9"},
        {"head": "e1", "tail": "paper"},
        {"tail": "paper"},
    ],
)
def test_relation_must_name_entities(ends: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="no entity of this record"):
        made(relations=(relation(**ends),))


def test_result_must_name_entities() -> None:
    result = Result(
        span=Span(field="abstract", start=12, end=14, text="10"), value="10", low=10, high=10, unit="", kind="absolute",
        metric="e7", evidence=SENTENCE, confidence=1, rule="by hand",
    )  # fmt: skip
    with pytest.raises(ValidationError, match="no entity of this record"):
        made(results=(result,))


def test_two_entities_with_one_id_are_refused() -> None:
    entity = made().entities[0]
    with pytest.raises(ValidationError, match="same id"):
        made(entities=(entity, entity))


def test_paper_needs_text() -> None:
    with pytest.raises(ValidationError, match="neither title nor abstract"):
        Paper(id="x", title=" ", abstract="", origin=Origin(input="i", record=1, kind="text"))


def test_entity_by_id() -> None:
    assert made().entity("e1").name == "Ox"
    with pytest.raises(KeyError, match="e2"):
        made().entity("e2")


def test_hardware_class_is_written_as_class() -> None:
    found = record("It was measured on one H100 GPU.")
    assert '"class":"GPU"' in to_json(found)


def test_title_key_forgets_spelling_not_words() -> None:
    assert title_key("On  CPUs & GPUs!") == title_key("on cpus gpus")
    assert title_key("A study of 1 GPU") != title_key("A study of 2 GPU")
    assert paper_id("A: B", "") == paper_id("a b", "other abstract")


def test_content_hash_keeps_parts_apart() -> None:
    assert content_hash("ab", "c") != content_hash("a", "bc")


@pytest.mark.parametrize(
    ("text", "valid"), [("2024", True), ("2024-02-29", True), ("2023-02-29", False), ("2024-13", False), ("24", False)]
)
def test_valid_date(text: str, valid: bool) -> None:
    assert valid_date(text) is valid
