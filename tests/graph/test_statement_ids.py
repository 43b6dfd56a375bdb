"""What one Record, made by hand, says as statements and figures: their ids, ends and evidence."""

from typing import Any

import pytest

from kg.graph.statements import PaperFacts, Statement, paper_facts
from kg.model import Entity, EntityType, Extractor, Record, Relation, RelationType, Result, Span
from kg.resolve import Resolution, Say
from kg.resolve.corrections import read_corrections
from tests.helpers import paper

TEXT = "ZibNet runs on Quill and Quill 2. ZIBNET halves the zib time of Wombat on ZibSet."


def span(text: str, after: str = "") -> Span:
    start = TEXT.index(text, TEXT.index(after) if after else 0)
    return Span(field="abstract", start=start, end=start + len(text), text=text)


def entity(id: str, type: EntityType, *names: str, confidence: float = 0.5, rule: str = "by hand") -> Entity:
    return Entity(id=id, type=type, name=names[0], mentions=tuple(span(name) for name in names),
                  evidence=(FIRST if names[0] in FIRST.text else SECOND,), confidence=confidence, rule=rule)  # fmt: skip


FIRST, SECOND = (Span(field="abstract", start=a, end=b, text=TEXT[a:b]) for a, b in ((0, 33), (34, len(TEXT))))
ENTITIES = (
    entity("e1", "Method", "ZibNet", confidence=0.75), entity("e2", "Hardware", "Quill"), entity("e3", "Metric", "zib time"),
    entity("e4", "Method", "Wombat"), entity("e5", "Dataset", "ZibSet"),
)  # fmt: skip


def relation(type: RelationType, head: str, tail: str, **rest: Any) -> Relation:
    parts = {"evidence": (FIRST,), "confidence": 0.5, "rule": "by hand"} | rest
    return Relation(type=type, head=head, tail=tail, **parts)


def result(**links: str) -> Result:
    return Result(span=span("halves"), value="2", low=2, high=2, unit="x", kind="ratio", evidence=SECOND, confidence=0.5, rule="by hand", **links)  # fmt: skip


def made(*relations: Relation, entities: tuple[Entity, ...] = ENTITIES, results: tuple[Result, ...] = ()) -> Record:
    source = paper(TEXT, id="arxiv:1")
    return Record(id=source.id, title=source.title, abstract=TEXT, paper=source, entities=entities, relations=relations,
                  results=results, extractor=Extractor(name="hand", version="1", fingerprint="1"))  # fmt: skip


def facts(
    *relations: Relation, entities: tuple[Entity, ...] = ENTITIES, results: tuple[Result, ...] = ()
) -> PaperFacts:
    return paper_facts(made(*relations, entities=entities, results=results))


def stated(*relations: Relation, **rest: Any) -> list[Statement]:
    return [statement for statement in facts(*relations, **rest).statements if statement.predicate != "mentions"]


def test_a_mention() -> None:
    first = facts(entities=(entity("e1", "Method", "ZibNet", "ZIBNET", "ZibNet", confidence=0.75),)).statements
    assert first == (
        Statement(
            id="d1a63d887c2013e7", paper="arxiv:1", predicate="mentions", subject=None, object="method/zibnet", evidence=(FIRST,),
            confidence=0.75, rule="by hand", surfaces=("ZibNet", "ZIBNET"),
        ),
    )  # fmt: skip


def test_a_relation() -> None:
    (found,) = stated(relation("runs_on", "e1", "e2", role="trained", devices=3, confidence=0.25, rule="a rule"))
    assert found == Statement(
        id="4386917dfd24eace", paper="arxiv:1", predicate="runs_on", subject="method/zibnet", object="hardware/quill", evidence=(FIRST,),
        confidence=0.25, rule="a rule", role="trained", devices=3, outperforms=None,
    )  # fmt: skip
    (found,) = stated(relation("compared_with", "e1", "e4", outperforms=True))
    assert (found.subject, found.object, found.outperforms, found.role) == (
        "method/zibnet",
        "method/wombat",
        True,
        None,
    )


def test_paper_as_the_head() -> None:
    (found,) = stated(relation("proposes", "paper", "e1"))
    assert (found.id, found.subject, found.object) == ("6be445be0d02a449", None, "method/zibnet")


def test_the_id_is_of_paper_predicate_role_and_ends() -> None:
    every = [
        relation("runs_on", "e1", "e2"), relation("runs_on", "e1", "e2", role="trained"), relation("runs_on", "e4", "e2"),
        relation("runs_on", "paper", "e2"), relation("uses", "e1", "e4"), relation("uses", "e4", "e1"),
    ]  # fmt: skip
    assert len({statement.id for statement in stated(*every)}) == len(every)
    # not of confidence, rule, number of devices or sentence
    (one,) = stated(every[0])
    (other,) = stated(relation("runs_on", "e1", "e2", devices=8, confidence=1, rule="another", evidence=(SECOND,)))
    assert one.id == other.id


@pytest.mark.parametrize(("one", "other"), [(0.4, 0.6), (0.6, 0.4), (0.5, 0.5)])
def test_two_readings_of_one_fact_are_one_statement(one: float, other: float) -> None:
    readings = [
        relation("runs_on", "e1", "e2", confidence=one, rule="one", evidence=(FIRST,), devices=2),
        relation("runs_on", "e1", "e2", confidence=other, rule="other", evidence=(SECOND, FIRST)),
    ]
    (found,) = stated(*readings)
    assert found.confidence == max(one, other)
    assert found.rule == ("one" if one >= other else "other")
    assert found.evidence == ((FIRST, SECOND) if one >= other else (SECOND, FIRST))
    assert found.devices == 2
    (again,) = stated(*readings[1:], *readings[:1])
    assert (again.devices, again.id, again.subject, again.object) == (2, found.id, "method/zibnet", "hardware/quill")
    assert found.id == stated(relation("runs_on", "e1", "e2"))[0].id


def test_two_readings_keep_what_either_says() -> None:
    said = [
        relation("compared_with", "e1", "e4", confidence=c, outperforms=won) for c, won in ((0.9, None), (0.1, True))
    ]
    (found,) = stated(*said)
    assert (found.outperforms, found.confidence, found.predicate, found.paper) == (
        True,
        0.9,
        "compared_with",
        "arxiv:1",
    )
    (found,) = stated(*(relation("runs_on", "e1", "e2", role="deployed", confidence=c) for c in (0.1, 0.2)))
    assert (found.role, found.confidence) == ("deployed", 0.2)


def test_two_entities_of_one_name_are_one_mention_with_both_spellings() -> None:
    two = (entity("e1", "Method", "ZibNet"), entity("e9", "Method", "ZIBNET", confidence=0.9))
    (found,) = facts(entities=two).statements
    assert found.surfaces == ("ZibNet", "ZIBNET")
    assert (found.confidence, found.evidence) == (0.9, (SECOND, FIRST))


def test_what_joins_a_thing_with_itself_or_does_not_fit_is_no_statement() -> None:
    two = (*ENTITIES, entity("e9", "Method", "ZIBNET"))
    assert (
        stated(
            relation("uses", "e1", "e9"), relation("runs_on", "e1", "e4"), relation("uses", "e1", "e2"), entities=two
        )
        == []
    )
    # what does not fit hides nothing that comes after it
    assert len(stated(relation("uses", "e1", "e9"), relation("uses", "e1", "e4"), entities=two)) == 1


def test_names_are_resolved_by_what_all_papers_say() -> None:
    (alias,) = read_corrections('{"do": "alias", "name": "ZibNet", "of": "Wombat", "type": "Method"}', "mine.jsonl")
    resolution = Resolution([], Say((alias,)))
    found = paper_facts(made(relation("runs_on", "e1", "e2")), resolution)
    assert found.resolved.resolution is resolution
    assert found.statements[-1].subject == "method/wombat"
    assert found.statements[-1].id == stated(relation("runs_on", "e1", "e2"))[0].id  # by the names in the paper


def test_a_figure() -> None:
    given = result(metric="e3", method="e1", baseline="e4", dataset="e5", hardware="e2")
    found = facts(results=(given, given.model_copy(update={"value": "3"}))).figures
    (figure,) = found
    assert (figure.id, figure.paper, figure.result) == ("befe04d34798539d", "arxiv:1", given)
    assert (figure.metric, figure.method, figure.baseline) == ("metric/zibtime", "method/zibnet", "method/wombat")
    assert (figure.dataset, figure.hardware) == ("dataset/zibset", "hardware/quill")


def test_a_figure_without_links_and_one_whose_links_do_not_fit() -> None:
    for figure in facts(results=(result(),)).figures + facts(results=(result(metric="e2", hardware="e1"),)).figures:
        assert [figure.metric, figure.method, figure.baseline, figure.dataset, figure.hardware] == [None] * 5


def test_a_figure_is_told_by_its_place() -> None:
    places = [("halves", ""), ("zib", "the "), ("zib time", ""), ("time", "")]
    made = [result().model_copy(update={"span": span(text, after)}) for text, after in places]
    assert len({figure.id for figure in facts(results=tuple(made)).figures}) == len(made)
