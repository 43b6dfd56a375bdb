"""What a correction makes of one Record, made by hand."""

import json
from typing import Any

import pytest

from kg.errors import InputError
from kg.lexicon import load
from kg.model import Entity, EntityType, Extractor, Record, Relation, RelationType, Result, Span
from kg.resolve.corrections import Corrector, read_corrections
from tests.helpers import paper

TITLE = "On ZibNet"
TEXT = "ZibNet runs on an A100. It has zib time 2! Wombat (ZIBNET) uses ZibSet and vLLM, e.g. v1.5 does"
SENTENCES = ("ZibNet runs on an A100.", "It has zib time 2!", "Wombat (ZIBNET) uses ZibSet and vLLM, e.g.")
Correction = dict[str, Any]


def span(text: str, field: str = "abstract") -> Span:
    start = (TITLE if field == "title" else TEXT).index(text)
    return Span(field=field, start=start, end=start + len(text), text=text)  # type: ignore[arg-type]


def entity(id: str, type: EntityType, *names: str, name: str = "", link: str | None = None) -> Entity:
    sentence = next(sentence for sentence in SENTENCES if names[0] in sentence)
    return Entity(id=id, type=type, name=name or names[0], mentions=tuple(map(span, names)), evidence=(span(sentence),),
                  confidence=0.5, rule="by hand", link=link)  # fmt: skip


def relation(type: RelationType, head: str, tail: str) -> Relation:
    return Relation(type=type, head=head, tail=tail, evidence=(span(SENTENCES[0]),), confidence=0.5, rule="by hand")


FIGURE = Result(
    span=span("2"), value="2", low=2, high=2, unit="s", kind="absolute", metric="e3", method="e1", baseline="e4", dataset="e5",
    hardware="e2", evidence=span(SENTENCES[1]), confidence=0.5, rule="by hand",
)  # fmt: skip
SOURCE = paper(TEXT, TITLE, id="p1")
RECORD = Record(
    id="p1", title=TITLE, abstract=TEXT, paper=SOURCE, extractor=Extractor(name="hand", version="1", fingerprint="1"),
    entities=(
        entity("e1", "Method", "ZibNet", "ZIBNET"), entity("e2", "Hardware", "A100", name="NVIDIA A100", link="hardware/nvidia-a100"),
        entity("e3", "Metric", "zib time"), entity("e4", "Method", "Wombat"), entity("e5", "Dataset", "ZibSet"),
    ),
    relations=(
        relation("proposes", "paper", "e1"), relation("runs_on", "e1", "e2"), relation("runs_on", "paper", "e2"),
        relation("uses", "e4", "e1"), relation("evaluated_on", "e1", "e5"),
    ),
    results=(FIGURE,),
)  # fmt: skip
ENDS = [(r.type, r.head, r.tail) for r in RECORD.relations]


def corrector(*corrections: Correction) -> Corrector:
    text = "\n".join(json.dumps(correction) for correction in corrections)
    return Corrector(read_corrections(text, "mine.jsonl"), load())


def corrected(*corrections: Correction) -> Record:
    """The Record as corrections make it; each of them must have done something."""
    by = corrector(*corrections)
    about = by.about(RECORD.model_dump(mode="json"))
    found = by.apply(RECORD, about)
    assert by.done == {correction.line: {"p1"} for correction in about}
    assert len(about) == len(corrections)
    return Record.model_validate(found.model_dump())


def idle(*corrections: Correction) -> None:
    """Corrections that change nothing, and are not counted as done."""
    by = corrector(*corrections)
    assert by.apply(RECORD, by.about(RECORD.model_dump(mode="json"))) == RECORD
    assert by.done == {}


def ends(record: Record) -> list[tuple[str, str, str]]:
    return [(r.type, r.head, r.tail) for r in record.relations]


def links(record: Record) -> list[str | None]:
    (figure,) = record.results
    return [figure.metric, figure.method, figure.baseline, figure.dataset, figure.hardware]


# --- reject


@pytest.mark.parametrize("more", [{}, {"paper": "p1"}, {"type": "Method"}, {"type": "Method", "paper": "p1"}])
@pytest.mark.parametrize("name", ["ZibNet", "zib-net", "ZIBNET"])
def test_a_rejected_entity_takes_what_names_it_along(more: Correction, name: str) -> None:
    found = corrected({"do": "reject", "name": name, **more})
    assert [e.id for e in found.entities] == ["e2", "e3", "e4", "e5"]
    assert ends(found) == [("runs_on", "paper", "e2")]
    assert links(found) == ["e3", None, "e4", "e5", "e2"]
    assert found.results[0].value == "2"


@pytest.mark.parametrize(
    "correction",
    [
        {"name": "ZibNet", "type": "Dataset"},
        {"name": "ZibNet", "paper": "p2"},
        {"name": "Nobody"},
        {"name": "Zib"},
        {"name": "Nobody", "paper": "p1"},
    ],
)
def test_what_is_not_there_cannot_be_rejected(correction: Correction) -> None:
    idle({"do": "reject", **correction})


def test_an_entity_is_found_by_its_name_and_by_how_the_text_writes_it() -> None:
    for name in ("NVIDIA A100", "A100", "a100s"):
        assert [e.id for e in corrected({"do": "reject", "name": name}).entities] == ["e1", "e3", "e4", "e5"]


# --- retype


def test_a_retyped_entity_keeps_what_fits_its_type() -> None:
    found = corrected({"do": "retype", "name": "zibnet", "to": "Dataset"})
    changed = found.entity("e1")
    assert (changed.type, changed.name, changed.rule, changed.link, changed.confidence) == (
        "Dataset",
        "ZibNet",
        "user",
        None,
        0.5,
    )
    assert found.entities[1:] == RECORD.entities[1:]
    assert ends(found) == [("proposes", "paper", "e1"), ("runs_on", "paper", "e2")]
    assert links(found) == ["e3", None, "e4", "e5", "e2"]


def test_a_retyped_entity_is_linked_anew() -> None:
    made = corrected({"do": "retype", "name": "A100", "to": "Method"}).entity("e2")
    assert (made.link, made.vendor, made.hardware_class) == (None, None, None)
    back = RECORD.model_copy(update={"entities": (made, *RECORD.entities[2:]), "relations": (), "results": ()})
    by = corrector({"do": "retype", "name": "A100", "to": "Hardware"})
    (again, *_) = by.apply(back, by.about(back.model_dump(mode="json"))).entities
    assert (again.link, again.vendor, again.hardware_class) == ("hardware/nvidia-a100", "NVIDIA", "GPU")


def test_an_entity_of_that_type_already_is_left() -> None:
    idle({"do": "retype", "name": "ZibNet", "to": "Method"}, {"do": "retype", "name": "ZibNet", "to": "Task", "type": "Metric"},
         {"do": "retype", "name": "ZibNet", "to": "Task", "paper": "p2"})  # fmt: skip


def test_of_two_of_one_name_only_the_one_of_the_type_is_retyped() -> None:
    twin = entity("e6", "Metric", "ZibNet")
    record = RECORD.model_copy(update={"entities": (*RECORD.entities, twin)})
    by = corrector({"do": "retype", "name": "ZibNet", "type": "Metric", "to": "Task", "paper": "p1"})
    found = by.apply(record, by.about(record.model_dump(mode="json")))
    assert {e.id: e.type for e in found.entities if e.name == "ZibNet"} == {"e1": "Method", "e6": "Task"}


# --- reject_fact


@pytest.mark.parametrize(
    ("fact", "gone"),
    [({"relation": "runs_on", "head": "zibnet", "tail": "A100"}, ENDS[1]), ({"relation": "runs_on", "tail": "NVIDIA A100"}, ENDS[2]),
     ({"relation": "runs_on", "head": "paper", "tail": "A100"}, ENDS[2]), ({"relation": "uses", "head": "Wombat", "tail": "ZIBNET"}, ENDS[3]),
     ({"relation": "proposes", "tail": "ZibNet"}, ENDS[0])],
)  # fmt: skip
def test_a_rejected_fact_is_gone_alone(fact: Correction, gone: tuple[str, str, str]) -> None:
    found = corrected({"do": "reject_fact", "paper": "p1", **fact})
    assert ends(found) == [end for end in ENDS if end != gone]
    assert (found.entities, found.results) == (RECORD.entities, RECORD.results)


@pytest.mark.parametrize(
    "fact",
    [{"relation": "uses", "head": "ZibNet", "tail": "Wombat"}, {"relation": "uses", "tail": "ZibNet"},
     {"relation": "runs_on", "head": "Wombat", "tail": "A100"}, {"relation": "uses", "head": "Wombat", "tail": "A100"},
     {"relation": "proposes", "tail": "ZibNet", "paper": "p2"}],
)  # fmt: skip
def test_a_fact_that_is_not_stated_cannot_be_rejected(fact: Correction) -> None:
    idle({"do": "reject_fact", "paper": "p1", **fact})


def test_a_fact_rejected_by_id_is_none_of_the_record_s() -> None:
    by = corrector({"do": "reject", "name": "Nobody"}, {"do": "reject_fact", "id": "abc"})
    assert by.rejected == {"abc": 2}
    assert by.about(RECORD.model_dump(mode="json")) == []


# --- add


def added(**fact: Any) -> Record:
    return corrected({"do": "add", "paper": "p1", **fact})


def test_an_added_fact_between_entities() -> None:
    found = added(relation="compared_with", head="zibnet", tail="Wombat", tail_type="Method", outperforms=True)
    fact = found.relations[-1]
    assert found.relations[:-1] == RECORD.relations
    assert found.entities == RECORD.entities
    assert fact == Relation(
        type="compared_with",
        head="e1",
        tail="e4",
        outperforms=True,
        evidence=(span(SENTENCES[2]),),
        confidence=1,
        rule="user",
    )
    fact = added(relation="runs_on", tail="A100", tail_type="Hardware", role="trained", devices=8).relations[-1]
    assert (fact.head, fact.tail, fact.role, fact.devices, fact.outperforms) == ("paper", "e2", "trained", 8, None)


def test_an_added_fact_makes_the_entity_that_the_text_names() -> None:
    found = added(relation="uses", head="Wombat", tail="VLLM", tail_type="Method")
    made = found.entities[-1]
    assert [e.id for e in found.entities] == ["e1", "e2", "e3", "e4", "e5", "u6"]
    assert (made.type, made.name, made.link, made.rule, made.confidence) == ("Method", "vLLM", "method/vllm", "user", 1)
    assert made.mentions == (span("vLLM"),)
    assert made.evidence == (span(SENTENCES[2]),)
    assert found.relations[-1].evidence == (span(SENTENCES[2]),)
    made = added(relation="runs_on", tail="v1.5", tail_type="Hardware").entities[-1]
    assert (made.name, made.link, made.vendor, made.hardware_class) == ("v1.5", None, None, None)
    assert made.evidence == (span("v1.5 does"),)  # the last sentence ends with the text


def test_an_entity_made_by_one_fact_is_taken_by_the_next() -> None:
    found = corrected({"do": "add", "paper": "p1", "relation": "uses", "head": "Wombat", "tail": "vLLM", "tail_type": "Method"},
                      {"do": "add", "paper": "p1", "relation": "uses", "head": "ZibNet", "tail": "vllm", "tail_type": "Method"})  # fmt: skip
    assert [e.id for e in found.entities][-2:] == ["e5", "u6"]
    assert ends(found)[-2:] == [("uses", "e4", "u6"), ("uses", "e1", "u6")]


def test_names_are_looked_for_in_the_title_too_and_as_whole_words() -> None:
    found = added(relation="addresses", tail="On", tail_type="Task").entities[-1]
    assert found.mentions == (span("On", "title"),)
    assert found.evidence == (Span(field="title", start=0, end=9, text=TITLE),)
    idle({"do": "add", "paper": "p1", "relation": "addresses", "tail": "omba", "tail_type": "Task"})
    made = added(relation="uses", tail="It has", tail_type="Method", head="Wombat").entities[-1]
    assert made.evidence == (span(SENTENCES[1]),)


def test_hardware_that_the_lexicon_knows_is_linked() -> None:
    text = "All of it ran on a TPU v4 of ours."
    source = paper(text, id="p1")
    record = Record(id="p1", title=source.title, abstract=text, paper=source, extractor=RECORD.extractor)
    by = corrector({"do": "add", "paper": "p1", "relation": "runs_on", "tail": "tpu V4", "tail_type": "Hardware"})
    (made,) = by.apply(record, by.about(record.model_dump(mode="json"))).entities
    assert (made.id, made.vendor, made.hardware_class, made.mentions[0].text) == ("u1", "Google", "TPU", "TPU v4")
    assert made.link == load().find("TPU v4", "Hardware").id  # type: ignore[union-attr]
    assert made.name == load().entries[made.link or ""].name


def test_a_sentence_of_the_user_is_the_evidence() -> None:
    fact = {"relation": "uses", "head": "ZibNet", "tail": "Wombat", "tail_type": "Method"}
    assert added(sentence="It has zib time 2!", **fact).relations[-1].evidence == (span(SENTENCES[1]),)
    assert added(sentence="it has ZIB time 2!", **fact).relations[-1].evidence == (span(SENTENCES[1]),)
    idle({"do": "add", "paper": "p1", "sentence": "It has zib time 3!", **fact})
    # a sentence that stands there twice is evidence once
    assert len(added(sentence="z", **fact).relations[-1].evidence) == 1


@pytest.mark.parametrize(
    "fact",
    [{"head": "Nobody", "tail": "Wombat"}, {"head": "ZibNet", "tail": "Nobody"}, {"head": "ZibNet", "tail": "ZIBNET"},
     {"head": "Nobody", "tail": "ZibNet", "sentence": "It has zib time 2!"}, {"head": "ZibNet", "tail": "Nobody", "sentence": "It has zib time 2!"},
     {"head": "ZibNet", "tail": "Wombat", "paper": "p2"}],
)  # fmt: skip
def test_a_fact_about_what_the_text_does_not_hold_is_not_added(fact: Correction) -> None:
    idle({"do": "add", "paper": "p1", "relation": "uses", "tail_type": "Method", **fact})


# --- which corrections are about a Record, and in which order


def test_corrections_are_applied_in_the_order_of_the_file() -> None:
    by = corrector({"do": "retype", "name": "ZibNet", "to": "Task"}, {"do": "reject", "name": "Wombat", "paper": "p1"},
                   {"do": "reject", "name": "ZibNet", "type": "Task"}, {"do": "alias", "name": "ZibNet", "of": "Wombat", "type": "Method"},
                   {"do": "apart", "names": ["ZibNet", "Wombat"], "type": "Method"}, {"do": "reject", "name": "Somebody"})  # fmt: skip
    about = by.about(RECORD.model_dump(mode="json"))
    assert [correction.line for correction in about] == [1, 2, 3]
    assert [e.id for e in by.apply(RECORD, about).entities] == ["e2", "e3", "e5"]
    assert by.done == {1: {"p1"}, 2: {"p1"}, 3: {"p1"}}
    by.apply(RECORD.model_copy(update={"id": "p2"}), about[:1])
    assert by.done[1] == {"p1", "p2"}


# --- the file


def test_a_file_is_read_line_by_line() -> None:
    text = '\ufeff# first\n\n  \n  # more\n{"do": "reject", "name": "a\\u2028b"}\n{"do": "reject_fact", "id": "x"}\r\n'
    found = read_corrections(text, "mine.jsonl")
    assert [(correction.line, correction.name) for correction in found] == [(5, "a\u2028b"), (6, "x")]


@pytest.mark.parametrize(
    ("correction", "name", "joins"),
    [({"do": "reject_fact", "id": "x"}, "x", False), ({"do": "reject_fact", "paper": "p", "relation": "uses", "tail": "t"}, "t", False),
     ({"do": "apart", "type": "Method", "names": ["a", "b"]}, "a / b", True), ({"do": "apart", "type": "Method", "name": "a", "paper": "p"}, "a", True),
     ({"do": "add", "paper": "p", "relation": "uses", "head": "h", "tail": "t", "tail_type": "Method"}, "t", False),
     ({"do": "alias", "type": "Method", "name": "é", "of": "b"}, "é", True), ({"do": "retype", "name": "n", "to": "Task"}, "n", False)],
)  # fmt: skip
def test_what_a_correction_is_called(correction: Correction, name: str, joins: bool) -> None:
    (found,) = read_corrections(json.dumps(correction), "mine.jsonl")
    assert (found.name, found.joins) == (name, joins)
    assert json.loads(found.says) == correction
    assert "\\u" not in found.says


@pytest.mark.parametrize(
    ("line", "says"),
    [('{"do": "reject"}', r"mine\.jsonl, line 2: Field required \(reject\.name\)\. docs/corrections\.md shows the forms\."),
     ('{"do": "apart", "type": "Method", "names": ["a", 7]}', r"line 2: Input should be a valid string \(apart\.names\)\. docs"),
     ('{"do": "reject_fact"}', r"line 2: give either id, or paper, relation and tail \(and head, if it is not the paper\) \(reject_fact\)\. docs"),
     ('{"do": "reject_fact", "id": "x", "paper": "p", "relation": "uses", "tail": "t"}', "give either id, or"),
     ('{"do": "reject_fact", "paper": "p", "tail": "t"}', "give either id, or"),
     ('{"do": "reject_fact", "paper": "p", "relation": "uses"}', "give either id, or"),
     ('{"do": "reject_fact", "relation": "uses", "tail": "t"}', "give either id, or"),
     ('{"do": "apart", "type": "Method", "name": "a"}', "give either names"),
     ('{"do": "apart", "type": "Method", "paper": "a"}', "give either names"),
     ('{"do": "apart", "type": "Method", "paper": "a", "name": "a", "names": ["a", "b"]}', "give either names"),
     ('{"do": "add", "paper": "p", "relation": "runs_on", "head": "x", "head_type": "Task", "tail": "t", "tail_type": "Hardware"}',
      "runs_on does not go from a Task to a Hardware"),
     ("no", r"line 2: Invalid JSON: [^(]*line 1 column [0-9]+\. docs")],
)  # fmt: skip
def test_a_line_that_cannot_be_used_is_named(line: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_corrections("\n" + line, "mine.jsonl")
