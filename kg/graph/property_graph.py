"""The graph as Cypher stores hold it: nodes with a label, relationships with a type, properties on both.

Labels, types and property keys are the Cypher names of `schemas/ontology.ttl`, so every store has the same. Values are
texts, whole numbers, floats, booleans, or lists of texts or of whole numbers; what is not known is left out. A whole number
of more than 64 bits, which Cypher does not have, is the greatest one, so that each property has one type.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

from kg.graph.nodes import Node, Nodes
from kg.graph.rdf import extractor_name, predicate_iri
from kg.graph.statements import Figure, PaperFacts
from kg.lexicon import fold
from kg.model import Span
from kg.schema import PG, PREFIXES, SCHEMA, load_schema

Value: TypeAlias = str | int | float | bool | list[str] | list[int]
Properties: TypeAlias = dict[str, Value]

PAPER_LABEL: Final = "Paper"
RESULT_LABEL: Final = "Result"
LINKS: Final = ("metric", "method", "baseline", "dataset", "hardware")
"""What a figure may be linked to."""
_SKOS = PREFIXES["skos"]
_GREATEST: Final = 2**63 - 2


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A node: its id is unique among those of its label, and also among its properties."""

    label: str
    id: str
    properties: Properties


@dataclass(frozen=True, slots=True)
class Relationship:
    """A relationship between two nodes, each named by label and id; its own id is also among its properties."""

    type: str
    id: str
    start_label: str
    start: str
    end_label: str
    end: str
    properties: Properties


def graph_nodes(papers: Iterable[PaperFacts], nodes: Nodes | None = None) -> Iterator[GraphNode]:
    """All nodes: papers with their results, then the things that they name (gathered in `nodes`)."""
    nodes = Nodes() if nodes is None else nodes
    for facts in papers:
        nodes.add(facts)
        yield from paper_nodes(facts)
    for node in nodes:
        yield entity_node(node)


def graph_relationships(papers: Iterable[PaperFacts], nodes: Nodes) -> Iterator[Relationship]:
    """All relationships: those that papers state, then the hierarchy of the hardware (`nodes` as `graph_nodes` gathered)."""
    for facts in papers:
        yield from paper_relationships(facts)
    for node in nodes:
        yield from broader(node)


def paper_nodes(facts: PaperFacts) -> Iterator[GraphNode]:
    """A paper and the figures that it reports."""
    paper = facts.record.paper
    yield GraphNode(PAPER_LABEL, paper.id, _given(
        (_key(PG + "paperId"), paper.id), (_key(SCHEMA + "name"), paper.title or paper.abstract[:80]),
        (_key(SCHEMA + "abstract"), paper.abstract or None), (_key(SCHEMA + "datePublished"), paper.date),
        (_key(PG + "dateInferred"), paper.date_inferred if paper.date else None), (_key(SCHEMA + "url"), paper.url),
        (_key(SCHEMA + "author"), list(paper.authors)), (_key(SCHEMA + "keywords"), list(paper.categories)),
        (_key(PG + "authorCount"), paper.author_count), (_key(PG + "organisation"), paper.organisation),
        (_key(PG + "upvotes"), paper.upvotes), (_key(PG + "comments"), paper.comments),
        (_key(PG + "input"), paper.origin.input), (_key(PG + "inputRecord"), paper.origin.record),
    ))  # fmt: skip
    extractor = extractor_name(facts.record.extractor)
    for figure in facts.figures:
        yield _result_node(figure, extractor)


def _result_node(figure: Figure, extractor: str) -> GraphNode:
    r = figure.result
    return GraphNode(RESULT_LABEL, figure.id, _given(
        ("id", figure.id), ("name", r.span.text), (_key(PG + "text"), r.span.text), (_key(PG + "value"), r.value),
        (_key(PG + "low"), float(r.low)), (_key(PG + "high"), float(r.high)), (_key(PG + "unit"), r.unit),
        (_key(PG + "kind"), r.kind), (_key(PG + "bound"), r.bound), (_key(PG + "higherIsBetter"), r.higher_is_better),
        (_key(PG + "paper"), figure.paper), (_key(PG + "field"), r.span.field), (_key(PG + "start"), r.span.start),
        (_key(PG + "end"), r.span.end), (_key(PG + "sentence"), r.evidence.text),
        (_key(PG + "confidence"), float(r.confidence)), (_key(PG + "rule"), r.rule), (_key(PG + "extractor"), extractor),
    ))  # fmt: skip


def entity_node(node: Node) -> GraphNode:
    """A thing that papers name, or hardware above one."""
    hardware = node.type == "Hardware"
    return GraphNode(_label(node.type), node.id, _given(
        ("id", node.id), (_key(_SKOS + "prefLabel"), node.name),
        (_key(_SKOS + "altLabel"), [name for name in node.names if name != node.name]),
        (_key(PG + "key"), list(node.keys)),
        (_key(PG + "vendor"), node.vendor if hardware else None),
        (_key(PG + "vendorKey"), fold(node.vendor) if hardware and node.vendor else None),
        (_key(PG + "hardwareClass"), node.hardware_class if hardware else None),
        (_key(PG + "level"), node.level if hardware else None),
        (_key(PG + "guessed"), node.guessed or None),
    ))  # fmt: skip


def paper_relationships(facts: PaperFacts) -> Iterator[Relationship]:
    """What a paper states, a relationship a Statement, and what its figures are linked to."""
    extractor = extractor_name(facts.record.extractor)
    for s in facts.statements:
        start_label, start = (_label_of(s.subject), s.subject) if s.subject else (PAPER_LABEL, s.paper)
        yield Relationship(
            _key(predicate_iri(s.predicate)), s.id, start_label, start, _label_of(s.object), s.object,
            _given(
                ("id", s.id), (_key(PG + "paper"), s.paper), *_evidence(s.evidence), *_evidence_lists(s.evidence),
                (_key(PG + "confidence"), float(s.confidence)), (_key(PG + "role"), s.role),
                (_key(PG + "devices"), s.devices), (_key(PG + "claimsWin"), s.outperforms),
                (_key(PG + "surface"), list(s.surfaces)), (_key(PG + "rule"), s.rule), (_key(PG + "extractor"), extractor),
            ),
        )  # fmt: skip
    for figure in facts.figures:
        yield from _figure_relationships(figure, extractor)


def _figure_relationships(figure: Figure, extractor: str) -> Iterator[Relationship]:
    result = figure.result

    def relationship(name: str, start_label: str, start: str, end_label: str, end: str) -> Relationship:
        id = f"{figure.id}-{name}"
        return Relationship(_key(PG + name), id, start_label, start, end_label, end, _given(
            ("id", id), (_key(PG + "paper"), figure.paper), *_evidence((result.evidence,)),
            (_key(PG + "confidence"), float(result.confidence)), (_key(PG + "rule"), result.rule),
            (_key(PG + "extractor"), extractor),
        ))  # fmt: skip

    yield relationship("reports", PAPER_LABEL, figure.paper, RESULT_LABEL, figure.id)
    for link in LINKS:
        if node := getattr(figure, link):
            yield relationship(link, RESULT_LABEL, figure.id, _label_of(node), node)


def broader(node: Node) -> Iterator[Relationship]:
    """What the catalogue knows above a node."""
    for above in node.broader:
        id = f"{node.id}-broader-{above}"
        yield Relationship(_key(_SKOS + "broader"), id, _label(node.type), node.id, _label_of(above), above, {"id": id})


def _evidence(evidence: tuple[Span, ...]) -> tuple[tuple[str, Value], ...]:
    """The first sentence."""
    lead = evidence[0]
    return (
        (_key(PG + "sentence"), lead.text), (_key(PG + "field"), lead.field), (_key(PG + "start"), lead.start),
        (_key(PG + "end"), lead.end),
    )  # fmt: skip


def _evidence_lists(evidence: tuple[Span, ...]) -> tuple[tuple[str, Value], ...]:
    """All sentences, the first among them, as parallel lists: Cypher has no lists of maps as properties."""
    return (
        (_list_key(PG + "sentence"), [e.text for e in evidence]), (_list_key(PG + "field"), [str(e.field) for e in evidence]),
        (_list_key(PG + "start"), [e.start for e in evidence]), (_list_key(PG + "end"), [e.end for e in evidence]),
    )  # fmt: skip


def _given(*properties: tuple[str, Value | None]) -> Properties:
    # Whole numbers have 64 bits in Cypher: a greater one is the greatest that every driver takes.
    return {
        key: min(value, _GREATEST) if type(value) is int else value
        for key, value in properties
        if value is not None and value != []
    }


@cache
def _key(iri: str) -> str:
    name = load_schema().properties[iri].cypher_name
    assert name is not None, iri
    return name


@cache
def _list_key(iri: str) -> str:
    name = load_schema().properties[iri].cypher_list_name
    assert name is not None, iri
    return name


@cache
def _label(type: str) -> str:
    name = load_schema().entity_types[type].cypher_name
    assert name is not None, type
    return name


def _label_of(node_id: str) -> str:
    """The label of a node by its id, which begins with its type in small letters."""
    return _labels()[node_id.partition("/")[0]]


@cache
def _labels() -> dict[str, str]:
    return {type.casefold(): _label(type) for type in load_schema().entity_types}
