from collections import Counter
from pathlib import Path

import pytest

from kg.graph import Nodes, paper_facts
from kg.graph.property_graph import GraphNode, Relationship, graph_nodes, graph_relationships, paper_nodes
from kg.schema import load_schema
from tests.helpers import facts_of, record


def both(graph: Path) -> tuple[list[GraphNode], list[Relationship]]:
    facts, nodes = facts_of(graph), Nodes()
    return list(graph_nodes(facts, nodes)), list(graph_relationships(facts, nodes))


def test_every_statement_and_figure_is_there_once(graph: Path) -> None:
    facts = facts_of(graph)
    nodes, relationships = both(graph)
    ids = Counter(r.id for r in relationships)
    assert set(ids.values()) == {1}
    assert {s.id for f in facts for s in f.statements} <= set(ids)
    results = [n.id for n in nodes if n.label == "Result"]
    assert sorted(results) == sorted(figure.id for f in facts for figure in f.figures)
    assert sum(n.label == "Paper" for n in nodes) == len(facts)
    assert sum(n.label not in ("Paper", "Result") for n in nodes) == len(list(Nodes(facts)))


def test_every_end_is_a_node_and_fits_the_schema(graph: Path) -> None:
    nodes, relationships = both(graph)
    known = {(n.label, n.id) for n in nodes}
    assert len(known) == len(nodes)
    assert all({(r.start_label, r.start), (r.end_label, r.end)} <= known for r in relationships)
    terms = {t.cypher_name: t for t in load_schema().properties.values()}
    assert {r.type for r in relationships} <= set(terms)
    assert all(n.properties["id"] == n.id and n.properties["name"] for n in nodes)


def test_all_evidence_is_kept_and_stands_where_it_says(graph: Path) -> None:
    nodes, relationships = both(graph)
    papers = {n.id: n.properties for n in nodes if n.label == "Paper"}
    several = 0
    for r in relationships:
        if r.type == "BROADER":
            continue
        p = r.properties
        assert (p["id"], 0 <= p["confidence"] <= 1, bool(p["extractor"])) == (r.id, True, True)  # type: ignore[operator]
        spans = [(p["field"], p["start"], p["end"], p["sentence"])]
        if "sentences" in p:
            every = list(zip(p["fields"], p["starts"], p["ends"], p["sentences"], strict=True))  # type: ignore[arg-type]
            assert every[0] == spans[0]
            spans, several = every, several + (len(every) > 1)
        for field, start, end, sentence in spans:
            text = papers[p["paper"]]["name" if field == "title" else "abstract"]  # type: ignore[index]
            assert text[start:end] == sentence  # type: ignore[index,misc]
    assert several


def test_values_are_what_every_store_takes(graph: Path) -> None:
    nodes, relationships = both(graph)
    for properties in [*(n.properties for n in nodes), *(r.properties for r in relationships)]:
        for value in properties.values():
            items = value if isinstance(value, list) else [value]
            assert items
            assert len({type(item) for item in items}) == 1
            assert isinstance(items[0], str | int | float | bool)


@pytest.mark.parametrize(("count", "kept"), [(2**63 - 2, 2**63 - 2), (10**30, 2**63 - 2)])
def test_a_number_beyond_64_bits_is_the_greatest(count: int, kept: int) -> None:
    found = record("It runs on an A100 GPU.")
    paper = found.paper.model_copy(update={"upvotes": count})
    (node, *_) = paper_nodes(paper_facts(found.model_copy(update={"paper": paper})))
    assert node.properties["upvotes"] == kept
