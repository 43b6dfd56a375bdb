"""One Record as facts about nodes: what every store and export is made from."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar
from urllib.parse import quote

from kg.lexicon import fold
from kg.model import PAPER, Record, Result, Span, content_hash
from kg.resolve import Resolution, Resolved, node_type, resolve
from kg.schema import BASE, fits

MENTIONS = "mentions"
Item = TypeVar("Item")


@dataclass(frozen=True)
class Statement:
    """One fact of one paper. `subject` is None for the paper itself; `surfaces` are the forms of a mention.

    The id is a hash of paper, predicate, role and both ends' type and normalised name in that paper.
    """

    id: str
    paper: str
    predicate: str
    subject: str | None
    object: str
    evidence: tuple[Span, ...]
    confidence: float
    rule: str
    role: str | None = None
    devices: int | None = None
    outperforms: bool | None = None
    surfaces: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """One result of one paper, its links as node ids. The id is a hash of paper, field, start and end."""

    id: str
    paper: str
    result: Result
    metric: str | None
    method: str | None
    baseline: str | None
    dataset: str | None
    hardware: str | None


@dataclass(frozen=True)
class PaperFacts:
    """All that one Record says, about nodes."""

    record: Record
    resolved: Resolved
    statements: tuple[Statement, ...]
    figures: tuple[Figure, ...]

    @property
    def iri(self) -> str:
        """The paper's IRI."""
        return paper_iri(self.record.id)


def paper_iri(paper_id: str) -> str:
    """The IRI of a paper.

    >>> paper_iri("arxiv:2504.11750")
    'https://w3id.org/papergraph/paper/arxiv:2504.11750'
    """
    return BASE + "paper/" + quote(paper_id, safe=":.-_~")


def graph_iri(paper_id: str) -> str:
    """The IRI of the named graph that holds all that a paper says."""
    return BASE + "graph/" + quote(paper_id, safe=":.-_~")


@lru_cache(maxsize=1 << 15)  # the same things are named again and again
def node_iri(node_id: str) -> str:
    """The IRI of a node."""
    return BASE + quote(node_id, safe="/:.-_~")


def paper_facts(record: Record, resolution: Resolution | None = None) -> PaperFacts:
    """Turn a Record into Statements and Figures, its names resolved by what all papers say (`kg.graph.facts`)."""
    resolved = resolve(record, resolution)

    def types(head: str, tail: str) -> tuple[str, str]:
        """The types of two ends, as they are settled: a relation may not fit them any more."""
        return "Paper" if head == PAPER else node_type(resolved.node_of[head]), node_type(resolved.node_of[tail])

    named: dict[str, tuple[str, str]] = {PAPER: ("Paper", record.id)}
    named |= {entity.id: (entity.type, fold(entity.name)) for entity in record.entities}
    statements: dict[str, Statement] = {}

    def add(statement: Statement) -> None:
        known = statements.get(statement.id)
        statements[statement.id] = statement if known is None else _joined(known, statement)

    for entity in record.entities:
        add(
            Statement(
                id=_statement_id(record.id, MENTIONS, "", named[PAPER], named[entity.id]),
                paper=record.id, predicate=MENTIONS, subject=None, object=resolved.node_of[entity.id],
                evidence=entity.evidence, confidence=entity.confidence, rule=entity.rule,
                surfaces=tuple(dict.fromkeys(mention.text for mention in entity.mentions)),
            )
        )  # fmt: skip
    for relation in record.relations:
        subject, target = resolved.node(relation.head), resolved.node_of[relation.tail]
        if subject == target or not fits(relation.type, *types(relation.head, relation.tail)):
            continue
        add(
            Statement(
                id=_statement_id(record.id, relation.type, relation.role or "", named[relation.head], named[relation.tail]),
                paper=record.id, predicate=relation.type, subject=subject, object=target,
                evidence=relation.evidence, confidence=relation.confidence, rule=relation.rule,
                role=relation.role, devices=relation.devices, outperforms=relation.outperforms,
            )
        )  # fmt: skip
    figures: dict[str, Figure] = {}
    for result in record.results:
        span = result.span
        id = content_hash("result", record.id, span.field, str(span.start), str(span.end))
        links = {
            name: node
            if (end := getattr(result, name)) and fits(name, "Result", node_type(node := resolved.node_of[end]))
            else None
            for name in ("metric", "method", "baseline", "dataset", "hardware")
        }
        figures.setdefault(id, Figure(id=id, paper=record.id, result=result, **links))
    return PaperFacts(record, resolved, tuple(statements.values()), tuple(figures.values()))


def _statement_id(paper: str, predicate: str, role: str, head: tuple[str, str], tail: tuple[str, str]) -> str:
    return content_hash("statement", paper, predicate, role, *head, *tail)


def _joined(one: Statement, other: Statement) -> Statement:
    """Two readings of one fact: all the evidence, the better confidence."""
    lead, second = (one, other) if one.confidence >= other.confidence else (other, one)
    return Statement(
        id=one.id, paper=one.paper, predicate=one.predicate, subject=one.subject, object=one.object,
        evidence=_unique((*lead.evidence, *second.evidence)), confidence=lead.confidence, rule=lead.rule, role=lead.role,
        devices=lead.devices or second.devices, outperforms=lead.outperforms or second.outperforms,
        surfaces=_unique((*one.surfaces, *other.surfaces)),
    )  # fmt: skip


def _unique(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(dict.fromkeys(items))
