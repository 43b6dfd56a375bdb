from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

import kg
from kg.graph import Nodes, paper_facts
from kg.graph.rdf import CATALOGUE, RESOLUTION, node_lines, paper_lines, parsed
from kg.graph.statements import graph_iri
from kg.schema import BASE, PG, PREFIXES
from tests.helpers import facts_of, n_quads, paper

RDF = PREFIXES["rdf"]


def quads(graph: Path) -> list[Quad]:
    every = facts_of(graph)
    nodes = (line for node in Nodes(every) for line in node_lines(node))
    return [*parsed(line for facts in every for line in paper_lines(facts)), *parsed(nodes)]


def test_no_quad_twice_and_no_blank_nodes(graph: Path) -> None:
    every = quads(graph)
    assert len(set(every)) == len(every)
    assert not any(
        isinstance(term, BlankNode) for quad in every for term in (quad.subject, quad.object, quad.graph_name)
    )


def test_a_paper_says_all_in_its_own_graph(graph: Path) -> None:
    for facts in facts_of(graph):
        assert {q.graph_name for q in parsed(paper_lines(facts))} == {NamedNode(graph_iri(facts.record.id))}


def test_names_and_catalogue_have_their_graphs(graph: Path) -> None:
    graphs = {NamedNode(graph[1:-1]) for graph in (RESOLUTION, CATALOGUE)}
    for node in Nodes(facts_of(graph)):
        assert {q.graph_name for q in parsed(node_lines(node))} <= graphs


def test_the_plain_triple_stands_beside_each_statement(graph: Path) -> None:
    every = quads(graph)
    triples = {(q.subject, q.predicate, q.object) for q in every}
    of: dict[NamedNode, dict[str, NamedNode | Literal]] = {}
    for q in every:
        if q.predicate.value in (RDF + "subject", RDF + "predicate", RDF + "object"):
            of.setdefault(q.subject, {})[q.predicate.value.removeprefix(RDF)] = q.object  # type: ignore[arg-type]
    assert of
    assert all((s["subject"], s["predicate"], s["object"]) in triples for s in of.values())


def test_one_base_mints_all(graph: Path) -> None:
    assert all(q.subject.value.startswith(BASE) for q in quads(graph))


def test_evidence_is_what_the_paper_says(graph: Path) -> None:
    for facts in facts_of(graph):
        texts = {facts.record.title, facts.record.abstract}
        sentences = [q.object.value for q in parsed(paper_lines(facts)) if q.predicate.value == PG + "sentence"]
        assert sentences
        assert all(any(sentence in text for text in texts) for sentence in sentences)


def test_lines_are_those_that_a_serializer_writes(graph: Path) -> None:
    hostile = 'a "name" \\ with\ttabs, \r\nlines, \x00\x7f\u2028 and \U0001f600 <>{}`'
    facts = paper_facts(kg.extract(paper(f"We propose MarrowNet. It runs on an A100 GPU. {hostile}", hostile)))
    lines = [line for each in (facts, *facts_of(graph)) for line in paper_lines(each)]
    lines += [line for node in Nodes(facts_of(graph)) for line in node_lines(node)]
    assert n_quads(parsed(lines)) == sorted(lines)
