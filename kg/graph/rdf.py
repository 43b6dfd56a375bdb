"""The graph as RDF quads: the plain triple for simple questions, beside one `pg:Statement` per fact with its evidence.

All that a paper says is in one named graph; names of nodes are in the graph `resolution`, the hardware hierarchy in
`catalogue`. There are no blank nodes.

Quads are made as lines of N-Quads: a store loads, and an export writes, text faster than objects. `parsed` gives objects.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final, TypeAlias

from pyoxigraph import Literal, Quad, RdfFormat, parse

from kg.graph.nodes import Node, Nodes
from kg.graph.statements import MENTIONS, Figure, PaperFacts, Statement, graph_iri, node_iri, paper_iri
from kg.lexicon import fold, load
from kg.model import Extractor, Paper, Span, content_hash
from kg.resolve import MOST_EVIDENCE, Why
from kg.schema import BASE, PG, PREFIXES, SCHEMA, load_schema

Term: TypeAlias = str
"""An IRI or a literal as N-Quads writes it."""


def _iri(iri: str) -> Term:
    return f"<{iri}>"


def _literal(value: str | int | float | bool) -> Term:
    return str(Literal(value))  # which escapes as N-Quads does


_XSD = PREFIXES["xsd"]
_RDF = PREFIXES["rdf"]
_DOUBLE = _iri(_XSD + "double")


def _double(value: float) -> Term:
    return f'"{float(value)!r}"^^{_DOUBLE}'


@cache
def _pg(name: str) -> Term:
    return _iri(PG + name)


RESOLUTION: Final = _iri(BASE + "graph/resolution")
CATALOGUE: Final = _iri(BASE + "graph/catalogue")

_TYPE = _iri(_RDF + "type")
_SUBJECT, _PREDICATE, _OBJECT = _iri(_RDF + "subject"), _iri(_RDF + "predicate"), _iri(_RDF + "object")
_STATEMENT, _EVIDENCE, _RESULT = _pg("Statement"), _pg("Evidence"), _pg("Result")
_ARTICLE = _iri(SCHEMA + "ScholarlyArticle")
_LABEL = _iri(PREFIXES["rdfs"] + "label")
_PREF, _ALT = _iri(PREFIXES["skos"] + "prefLabel"), _iri(PREFIXES["skos"] + "altLabel")
_BROADER = _iri(PREFIXES["skos"] + "broader")
_DERIVED = _iri(PREFIXES["prov"] + "wasDerivedFrom")
_DATES = {4: "gYear", 7: "gYearMonth", 10: "date"}
_QUDT_UNIT = _iri(PREFIXES["qudt"] + "unit")


def extractor_name(extractor: Extractor) -> str:
    """An extractor as one text: name, version and fingerprint."""
    return f"{extractor.name}/{extractor.version}+{extractor.fingerprint}"


@cache
def predicate_iri(predicate: str) -> str:
    """The IRI of a relation by its name in a Record, or of `mentions`."""
    if predicate == MENTIONS:
        return PG + MENTIONS
    return load_schema().relations[predicate].iri


def paper_lines(facts: PaperFacts) -> Iterable[str]:
    """All quads of one paper, in its own graph; no order is meant, and none occurs twice."""
    end = f" {_iri(graph_iri(facts.record.id))} .\n"
    return dict.fromkeys([f"{subject} {predicate} {value}{end}" for subject, predicate, value in _paper_triples(facts)])


def _paper_triples(facts: PaperFacts) -> Iterator[tuple[Term, Term, Term]]:
    paper, extractor = _iri(facts.iri), _literal(extractor_name(facts.record.extractor))
    told: dict[tuple[str, int, int], Term] = {}
    """The evidence that is told already: a sentence often states several facts."""

    def evidence(name: Term, spans: Iterable[Span]) -> Iterator[tuple[Term, Term, Term]]:
        for span in spans:
            place = (span.field, span.start, span.end)
            if (iri := told.get(place)) is None:
                iri = told[place] = _evidence_iri(facts.record.id, span)
                for predicate, value in _evidence_properties(span, paper):
                    yield iri, predicate, value
            yield name, _pg("evidence"), iri

    for predicate, value in _paper_properties(facts.record.paper):
        yield paper, predicate, value
    for statement in facts.statements:
        subject = _iri(node_iri(statement.subject)) if statement.subject else paper
        target, relation = _iri(node_iri(statement.object)), _iri(predicate_iri(statement.predicate))
        yield subject, relation, target
        if statement.outperforms:
            yield subject, _pg("outperforms"), target
        name = _iri(f"{BASE}statement/{statement.id}")
        for predicate, value in _statement_properties(statement, subject, relation, target, paper, extractor):
            yield name, predicate, value
        yield from evidence(name, statement.evidence)
    for figure in facts.figures:
        name = _iri(f"{BASE}result/{figure.id}")
        yield paper, _pg("reports"), name
        for predicate, value in _figure_properties(figure, paper, extractor):
            yield name, predicate, value
        yield from evidence(name, (figure.result.evidence,))


def _paper_properties(paper: Paper) -> Iterator[tuple[Term, Term]]:
    def text(name: str) -> Term:
        return _iri(SCHEMA + name)

    yield _TYPE, _ARTICLE
    yield _pg("paperId"), _literal(paper.id)
    yield text("name"), _literal(paper.title or paper.abstract[:80])
    if paper.abstract:
        yield text("abstract"), _literal(paper.abstract)
    if paper.date:
        yield text("datePublished"), f"{_literal(paper.date)}^^{_iri(_XSD + _DATES[len(paper.date)])}"
        yield _pg("dateInferred"), _literal(paper.date_inferred)
    if paper.url:
        yield text("url"), _literal(paper.url)
    for author in paper.authors:
        yield text("author"), _literal(author)
    for category in paper.categories:
        yield text("keywords"), _literal(category)
    for name, value in (
        ("authorCount", paper.author_count), ("organisation", paper.organisation), ("upvotes", paper.upvotes),
        ("comments", paper.comments), ("input", paper.origin.input), ("inputRecord", paper.origin.record),
    ):  # fmt: skip
        if value is not None:
            yield _pg(name), _literal(value)


def _statement_properties(
    statement: Statement, subject: Term, predicate: Term, target: Term, paper: Term, extractor: Term
) -> Iterator[tuple[Term, Term]]:
    yield _TYPE, _STATEMENT
    yield _SUBJECT, subject
    yield _PREDICATE, predicate
    yield _OBJECT, target
    yield _pg("paper"), paper
    yield _DERIVED, paper
    yield _pg("confidence"), _double(statement.confidence)
    yield _pg("rule"), _literal(statement.rule)
    yield _pg("extractor"), extractor
    if statement.role:
        yield _pg("role"), _literal(statement.role)
    if statement.devices is not None:
        yield _pg("devices"), _literal(statement.devices)
    if statement.outperforms is not None:
        yield _pg("claimsWin"), _literal(statement.outperforms)
    for surface in statement.surfaces:
        yield _pg("surface"), _literal(surface)


def _figure_properties(figure: Figure, paper: Term, extractor: Term) -> Iterator[tuple[Term, Term]]:
    result = figure.result
    yield _TYPE, _RESULT
    yield _pg("paper"), paper
    yield _DERIVED, paper
    yield _pg("text"), _literal(result.span.text)
    yield _pg("field"), _literal(result.span.field)
    yield _pg("start"), _literal(result.span.start)
    yield _pg("end"), _literal(result.span.end)
    yield _pg("value"), _literal(result.value)
    yield _pg("low"), _double(result.low)
    yield _pg("high"), _double(result.high)
    yield _pg("unit"), _literal(result.unit)
    yield _pg("kind"), _literal(result.kind)
    yield _pg("confidence"), _double(result.confidence)
    yield _pg("rule"), _literal(result.rule)
    yield _pg("extractor"), extractor
    if (unit := load().units.get(result.unit)) and unit.qudt:
        yield _QUDT_UNIT, _iri(PREFIXES["unit"] + unit.qudt)
    if result.bound:
        yield _pg("bound"), _literal(result.bound)
    if result.higher_is_better is not None:
        yield _pg("higherIsBetter"), _literal(result.higher_is_better)
    for link in ("metric", "method", "baseline", "dataset", "hardware"):
        if node := getattr(figure, link):
            yield _pg(link), _iri(node_iri(node))


def _evidence_iri(paper_id: str, span: Span) -> Term:
    return _iri(f"{BASE}evidence/{content_hash('evidence', paper_id, span.field, str(span.start), str(span.end))}")


def _evidence_properties(span: Span, paper: Term) -> Iterator[tuple[Term, Term]]:
    yield _TYPE, _EVIDENCE
    yield _pg("paper"), paper
    yield _pg("sentence"), _literal(span.text)
    yield _pg("field"), _literal(span.field)
    yield _pg("start"), _literal(span.start)
    yield _pg("end"), _literal(span.end)


def _line(subject: Term, predicate: Term, value: Term, graph: Term) -> str:
    return f"{subject} {predicate} {value} {graph} .\n"


def node_lines(node: Node) -> Iterator[str]:
    """Names of a node, and why they are one, in `resolution`; what the catalogue knows of hardware in `catalogue`."""
    iri = _iri(node_iri(node.id))
    yield _line(iri, _TYPE, _iri(load_schema().entity_types[node.type].iri), RESOLUTION)
    yield _line(iri, _PREF, _literal(node.name), RESOLUTION)
    yield _line(iri, _LABEL, _literal(node.name), RESOLUTION)
    for name in node.names:
        if name != node.name:
            yield _line(iri, _ALT, _literal(name), RESOLUTION)
    for key in node.keys:
        yield _line(iri, _pg("key"), _literal(key), RESOLUTION)
    for joined in node.joined:
        yield from _merge("Merge", joined.name, (node.id,), joined.why, joined.papers, joined.count)
    if node.type == "Hardware":
        if node.vendor:
            yield _line(iri, _pg("vendor"), _literal(node.vendor), CATALOGUE)
            yield _line(iri, _pg("vendorKey"), _literal(fold(node.vendor)), CATALOGUE)
        if node.hardware_class:
            yield _line(iri, _pg("hardwareClass"), _literal(node.hardware_class), CATALOGUE)
        if node.level:
            yield _line(iri, _pg("level"), _literal(node.level), CATALOGUE)
        if node.guessed:
            yield _line(iri, _pg("guessed"), _literal(True), CATALOGUE)
        for above in node.broader:
            yield _line(iri, _BROADER, _iri(node_iri(above)), CATALOGUE)


def resolution_lines(nodes: Nodes) -> Iterator[str]:
    """Which names are kept apart and why, and what the user's corrections did: in `resolution`."""
    resolution = nodes.resolution
    for kept in resolution.apart:
        here = tuple(node for node in kept.nodes if node in nodes)
        if here:
            yield from _merge("KeptApart", kept.name, here, kept.why, kept.why.papers)
    for correction in resolution.say.corrections:
        papers = sorted(resolution.done.get(correction.line, ()))
        count = None if correction.joins else len(papers)
        why = Why("user", f"corrections.jsonl, line {correction.line}: {correction.says}")
        yield from _merge("Correction", correction.name, (), why, tuple(papers[:MOST_EVIDENCE]), count)


def _merge(
    kind: str, name: str, nodes: tuple[str, ...], why: Why, papers: tuple[str, ...], count: int | None = None
) -> Iterator[str]:
    iri = _iri(f"{BASE}merge/{content_hash(kind, name, why.reason, why.says, *nodes)}")
    yield _line(iri, _TYPE, _pg(kind), RESOLUTION)
    yield _line(iri, _pg("writtenAs"), _literal(name), RESOLUTION)
    yield _line(iri, _pg("reason"), _literal(why.reason), RESOLUTION)
    if why.says:
        yield _line(iri, _pg("says"), _literal(why.says), RESOLUTION)
    if count is not None:
        yield _line(iri, _pg("paperCount"), _literal(count), RESOLUTION)
    for node in nodes:
        yield _line(iri, _pg("node"), _iri(node_iri(node)), RESOLUTION)
    for paper in papers:
        yield _line(iri, _pg("paper"), _iri(paper_iri(paper)), RESOLUTION)


def graph_lines(papers: Iterable[PaperFacts], nodes: Nodes | None = None) -> Iterator[str]:
    """All quads of a graph: those of each paper, then those of the nodes that they name (gathered in `nodes`)."""
    nodes = Nodes() if nodes is None else nodes
    for facts in papers:
        nodes.add(facts)
        yield from paper_lines(facts)
    for node in nodes:
        yield from node_lines(node)
    yield from resolution_lines(nodes)


def parsed(lines: Iterable[str]) -> Iterator[Quad]:
    """Lines of N-Quads as quads."""
    return parse("".join(lines), format=RdfFormat.N_QUADS)
