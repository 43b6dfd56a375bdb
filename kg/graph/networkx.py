"""The graph in Python: a `networkx.MultiDiGraph` of papers, nodes and results, an edge a statement."""

from collections.abc import Iterable

import networkx

from kg.graph.nodes import Nodes
from kg.graph.rdf import extractor_name
from kg.graph.statements import PaperFacts, node_iri, paper_iri
from kg.schema import BASE, load_schema


def to_networkx(papers: Iterable[PaperFacts]) -> "networkx.MultiDiGraph[str]":
    """Nodes are IRIs with `type`, `name` and what else is known; edges have the statement's id as key and carry
    `predicate`, `paper`, `sentence`, `start`, `end`, `confidence`, `extractor`, and `role`, `devices`, `outperforms` where
    they apply. Further sentences of a statement are in `evidence`, a tuple of (field, start, end, sentence).
    """
    graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph(name="Papergraph")
    nodes = Nodes()
    for facts in papers:
        nodes.add(facts)
        paper = facts.record.paper
        graph.add_node(facts.iri, **_given(
            type="Paper", name=paper.title or paper.abstract[:80], id=paper.id, date=paper.date, url=paper.url,
            date_inferred=paper.date_inferred if paper.date else None,
            abstract=paper.abstract, upvotes=paper.upvotes, comments=paper.comments, organisation=paper.organisation,
        ))  # fmt: skip
        extractor = extractor_name(facts.record.extractor)
        for s in facts.statements:
            lead = s.evidence[0]
            graph.add_edge(
                node_iri(s.subject) if s.subject else facts.iri, node_iri(s.object), key=s.id,
                **_given(
                    id=s.id, predicate=s.predicate, label=_cypher(s.predicate), paper=paper_iri(s.paper), sentence=lead.text,
                    field=lead.field, start=lead.start, end=lead.end, confidence=s.confidence, rule=s.rule,
                    extractor=extractor, role=s.role, devices=s.devices, outperforms=s.outperforms,
                    evidence=tuple((e.field, e.start, e.end, e.text) for e in s.evidence),
                ),
            )  # fmt: skip
        for figure in facts.figures:
            r, iri = figure.result, f"{BASE}result/{figure.id}"
            common = _given(
                paper=facts.iri, sentence=r.evidence.text, field=r.evidence.field, start=r.evidence.start,
                end=r.evidence.end, confidence=r.confidence, extractor=extractor,
            )  # fmt: skip
            graph.add_node(iri, **_given(
                type="Result", name=r.span.text, value=r.value, low=r.low, high=r.high, unit=r.unit, kind=r.kind,
                bound=r.bound, higher_is_better=r.higher_is_better, **common,
            ))  # fmt: skip
            graph.add_edge(facts.iri, iri, key=f"{figure.id}-reports", predicate="reports", **common)
            for link in ("metric", "method", "baseline", "dataset", "hardware"):
                if node := getattr(figure, link):
                    graph.add_edge(iri, node_iri(node), key=f"{figure.id}-{link}", predicate=link, **common)
    for node in nodes:
        iri = node_iri(node.id)
        graph.add_node(iri, **_given(
            type=node.type, name=node.name, aliases=tuple(n for n in node.names if n != node.name), papers=node.papers,
            vendor=node.vendor, hardware_class=node.hardware_class, level=node.level, guessed=node.guessed or None,
        ))  # fmt: skip
        for above in node.broader:
            graph.add_edge(iri, node_iri(above), key=f"{node.id}-broader-{above}", predicate="broader")
    return graph


def _given(**attributes: object) -> dict[str, object]:
    return {name: value for name, value in attributes.items() if value is not None}


def _cypher(predicate: str) -> str:
    relation = load_schema().relations.get(predicate)
    return (relation.cypher_name if relation else None) or predicate.upper()
