"""The graph as RDF quads: the plain triple for simple questions, beside one `pg:Statement` per fact with its evidence.

All that a paper says is in one named graph; names of nodes are in the graph `resolution`, the hardware hierarchy in
`catalogue`. There are no blank nodes.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, serialize

from kg.graph.nodes import Node, Nodes
from kg.graph.statements import MENTIONS, Figure, PaperFacts, Statement, graph_iri, node_iri, paper_iri
from kg.lexicon import fold, load
from kg.model import Extractor, Paper, Span, content_hash
from kg.resolve import MOST_EVIDENCE, Why
from kg.schema import BASE, PG, PREFIXES, SCHEMA, load_schema

RESOLUTION: Final = NamedNode(BASE + "graph/resolution")
CATALOGUE: Final = NamedNode(BASE + "graph/catalogue")

_XSD = PREFIXES["xsd"]
_RDF = PREFIXES["rdf"]
_TYPE = NamedNode(_RDF + "type")
_STATEMENT, _EVIDENCE, _RESULT = NamedNode(PG + "Statement"), NamedNode(PG + "Evidence"), NamedNode(PG + "Result")
_ARTICLE = NamedNode(SCHEMA + "ScholarlyArticle")
_LABEL = NamedNode(PREFIXES["rdfs"] + "label")
_PREF, _ALT = NamedNode(PREFIXES["skos"] + "prefLabel"), NamedNode(PREFIXES["skos"] + "altLabel")
_BROADER = NamedNode(PREFIXES["skos"] + "broader")
_DERIVED = NamedNode(PREFIXES["prov"] + "wasDerivedFrom")
_DATES = {4: "gYear", 7: "gYearMonth", 10: "date"}
_QUDT_UNIT = NamedNode(PREFIXES["qudt"] + "unit")


@cache
def _pg(name: str) -> NamedNode:
    return NamedNode(PG + name)


def _literal(value: str | int | float | bool) -> Literal:
    return Literal(value)


def _double(value: float) -> Literal:
    return Literal(repr(float(value)), datatype=NamedNode(_XSD + "double"))


def extractor_name(extractor: Extractor) -> str:
    """An extractor as one text: name, version and fingerprint."""
    return f"{extractor.name}/{extractor.version}+{extractor.fingerprint}"


def predicate_iri(predicate: str) -> str:
    """The IRI of a relation by its name in a Record, or of `mentions`."""
    if predicate == MENTIONS:
        return PG + MENTIONS
    return load_schema().relations[predicate].iri


def paper_quads(facts: PaperFacts) -> Iterator[Quad]:
    """All quads of one paper, in its own graph; no order is meant, and none occurs twice."""
    graph = NamedNode(graph_iri(facts.record.id))
    paper = NamedNode(facts.iri)
    seen: set[Quad] = set()
    extractor = extractor_name(facts.record.extractor)

    def emit(subject: NamedNode, predicate: NamedNode, value: NamedNode | Literal) -> Iterator[Quad]:
        quad = Quad(subject, predicate, value, graph)
        if quad not in seen:
            seen.add(quad)
            yield quad

    for predicate, value in _paper_properties(facts.record.paper):
        yield from emit(paper, predicate, value)
    for statement in facts.statements:
        subject = NamedNode(node_iri(statement.subject)) if statement.subject else paper
        target = NamedNode(node_iri(statement.object))
        relation = NamedNode(predicate_iri(statement.predicate))
        yield from emit(subject, relation, target)
        if statement.outperforms:
            yield from emit(subject, _pg("outperforms"), target)
        name = NamedNode(f"{BASE}statement/{statement.id}")
        for predicate, value in _statement_properties(statement, subject, relation, target, paper, extractor):
            yield from emit(name, predicate, value)
        for predicate, span in ((_pg("evidence"), span) for span in statement.evidence):
            yield from _evidence(emit, name, predicate, span, paper, facts.record.id)
    for figure in facts.figures:
        name = NamedNode(f"{BASE}result/{figure.id}")
        yield from emit(paper, _pg("reports"), name)
        for predicate, value in _figure_properties(figure, paper, extractor):
            yield from emit(name, predicate, value)
        yield from _evidence(emit, name, _pg("evidence"), figure.result.evidence, paper, facts.record.id)


def _paper_properties(paper: Paper) -> Iterator[tuple[NamedNode, NamedNode | Literal]]:
    def text(name: str) -> NamedNode:
        return NamedNode(SCHEMA + name)

    yield _TYPE, _ARTICLE
    yield _pg("paperId"), _literal(paper.id)
    yield text("name"), _literal(paper.title or paper.abstract[:80])
    if paper.abstract:
        yield text("abstract"), _literal(paper.abstract)
    if paper.date:
        yield text("datePublished"), Literal(paper.date, datatype=NamedNode(_XSD + _DATES[len(paper.date)]))
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
    statement: Statement, subject: NamedNode, predicate: NamedNode, target: NamedNode, paper: NamedNode, extractor: str
) -> Iterator[tuple[NamedNode, NamedNode | Literal]]:
    yield _TYPE, _STATEMENT
    yield NamedNode(_RDF + "subject"), subject
    yield NamedNode(_RDF + "predicate"), predicate
    yield NamedNode(_RDF + "object"), target
    yield _pg("paper"), paper
    yield _DERIVED, paper
    yield _pg("confidence"), _double(statement.confidence)
    yield _pg("rule"), _literal(statement.rule)
    yield _pg("extractor"), _literal(extractor)
    if statement.role:
        yield _pg("role"), _literal(statement.role)
    if statement.devices is not None:
        yield _pg("devices"), _literal(statement.devices)
    if statement.outperforms is not None:
        yield _pg("claimsWin"), _literal(statement.outperforms)
    for surface in statement.surfaces:
        yield _pg("surface"), _literal(surface)


def _figure_properties(
    figure: Figure, paper: NamedNode, extractor: str
) -> Iterator[tuple[NamedNode, NamedNode | Literal]]:
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
    yield _pg("extractor"), _literal(extractor)
    if (unit := load().units.get(result.unit)) and unit.qudt:
        yield _QUDT_UNIT, NamedNode(PREFIXES["unit"] + unit.qudt)
    if result.bound:
        yield _pg("bound"), _literal(result.bound)
    if result.higher_is_better is not None:
        yield _pg("higherIsBetter"), _literal(result.higher_is_better)
    for link in ("metric", "method", "baseline", "dataset", "hardware"):
        if node := getattr(figure, link):
            yield _pg(link), NamedNode(node_iri(node))


def _evidence(emit, name: NamedNode, predicate: NamedNode, span: Span, paper: NamedNode, paper_id: str):  # type: ignore[no-untyped-def]
    evidence = NamedNode(
        f"{BASE}evidence/{content_hash('evidence', paper_id, span.field, str(span.start), str(span.end))}"
    )
    yield from emit(name, predicate, evidence)
    yield from emit(evidence, _TYPE, _EVIDENCE)
    yield from emit(evidence, _pg("paper"), paper)
    yield from emit(evidence, _pg("sentence"), _literal(span.text))
    yield from emit(evidence, _pg("field"), _literal(span.field))
    yield from emit(evidence, _pg("start"), _literal(span.start))
    yield from emit(evidence, _pg("end"), _literal(span.end))


def node_quads(node: Node) -> Iterator[Quad]:
    """Names of a node in `resolution`; what the catalogue knows of hardware in `catalogue`."""
    iri = NamedNode(node_iri(node.id))
    yield Quad(iri, _TYPE, NamedNode(load_schema().entity_types[node.type].iri), RESOLUTION)
    yield Quad(iri, _PREF, _literal(node.name), RESOLUTION)
    yield Quad(iri, _LABEL, _literal(node.name), RESOLUTION)
    for name in node.names:
        if name != node.name:
            yield Quad(iri, _ALT, _literal(name), RESOLUTION)
    for key in node.keys:
        yield Quad(iri, _pg("key"), _literal(key), RESOLUTION)
    if node.type == "Hardware":
        if node.vendor:
            yield Quad(iri, _pg("vendor"), _literal(node.vendor), CATALOGUE)
            yield Quad(iri, _pg("vendorKey"), _literal(fold(node.vendor)), CATALOGUE)
        if node.hardware_class:
            yield Quad(iri, _pg("hardwareClass"), _literal(node.hardware_class), CATALOGUE)
        if node.level:
            yield Quad(iri, _pg("level"), _literal(node.level), CATALOGUE)
        if node.guessed:
            yield Quad(iri, _pg("guessed"), _literal(True), CATALOGUE)
        for above in node.broader:
            yield Quad(iri, _BROADER, NamedNode(node_iri(above)), CATALOGUE)


def merge_quads(nodes: Nodes) -> Iterator[Quad]:
    """Which names are one node and why, which are kept apart, and what the user's corrections did: in `resolution`."""
    for node in nodes:
        for joined in node.joined:
            yield from _merge("Merge", joined.name, (node.id,), joined.why, joined.papers, joined.count)
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
) -> Iterator[Quad]:
    iri = NamedNode(f"{BASE}merge/{content_hash(kind, name, why.reason, why.says, *nodes)}")
    yield Quad(iri, _TYPE, _pg(kind), RESOLUTION)
    yield Quad(iri, _pg("writtenAs"), _literal(name), RESOLUTION)
    yield Quad(iri, _pg("reason"), _literal(why.reason), RESOLUTION)
    if why.says:
        yield Quad(iri, _pg("says"), _literal(why.says), RESOLUTION)
    if count is not None:
        yield Quad(iri, _pg("paperCount"), _literal(count), RESOLUTION)
    for node in nodes:
        yield Quad(iri, _pg("node"), NamedNode(node_iri(node)), RESOLUTION)
    for paper in papers:
        yield Quad(iri, _pg("paper"), NamedNode(paper_iri(paper)), RESOLUTION)


def graph_quads(papers: Iterable[PaperFacts], nodes: Nodes | None = None) -> Iterator[Quad]:
    """All quads of a graph: those of each paper, then those of the nodes that they name (gathered in `nodes`)."""
    nodes = Nodes() if nodes is None else nodes
    for facts in papers:
        nodes.add(facts)
        yield from paper_quads(facts)
    for node in nodes:
        yield from node_quads(node)
    yield from merge_quads(nodes)


def n_quads(quads: Iterable[Quad]) -> list[bytes]:
    """Quads as sorted lines of N-Quads."""
    data = serialize(quads, format=RdfFormat.N_QUADS)
    assert data is not None
    return sorted(data.splitlines(keepends=True))


__all__ = [
    "CATALOGUE", "RESOLUTION", "extractor_name", "graph_quads", "merge_quads", "n_quads", "node_quads", "paper_iri", "paper_quads", "predicate_iri",
]  # fmt: skip
