"""A page made from what a Cypher store holds shows the same as one made from the log."""

from pathlib import Path
from typing import Any

import pytest

import kg
from kg.graph import Facts, Log
from kg.graph.statements import node_iri
from kg.stores import Answer, KgliteStore
from kg.views import page
from kg.views.stored import stored_fragment

_KINDS = "MATCH (n) WHERE labels(n)[0] IN $labels RETURN n.id AS id, labels(n)[0] AS label"


def edges(content: dict[str, Any]) -> dict[tuple[str, str, str, str | None], list[tuple[object, ...]]]:
    """The facts of each edge but mentions: a page of the log leaves out some whose paper joins them to what is not drawn."""
    ids = [node["id"] for node in content["nodes"]]
    papers = [paper["id"] for paper in content["papers"]]
    return {
        (ids[edge["from"]], ids[edge["to"]], edge["predicate"], edge["role"]): sorted(
            (papers[fact["paper"]], fact["field"], fact["start"], fact["end"], fact["sentence"], fact["confidence"])
            for fact in edge["facts"]
        )
        for edge in content["edges"]
        if edge["predicate"] != "mentions"
    }


def figures(content: dict[str, Any]) -> list[tuple[object, ...]]:
    """The figures about what is drawn, each with that."""
    ids = ["" if "ready" in node else node["id"] for node in content["nodes"]] + [""]
    links = ("method", "baseline", "metric", "dataset", "hardware")
    found = [
        (r["text"], r["sentence"], r["marks"], [ids[r.get(link, -1)] for link in links]) for r in content["results"]
    ]
    return sorted(figure for figure in found if any(figure[-1]))


@pytest.mark.parametrize(
    "labels", [["Method", "Hardware"], ["Method", "Hardware", "Dataset", "Metric", "Task", "Paper"]]
)
def test_the_store_and_the_log_give_one_picture(graph: Path, labels: list[str]) -> None:
    store = KgliteStore(graph)
    kinds = {str(id): str(label) for id, label in store.select(_KINDS, {"labels": labels}).rows}
    stored = stored_fragment(store, kinds)
    named = Answer(("node",), [(id if label == "Paper" else node_iri(id),) for id, label in kinds.items()])
    with Log(graph) as log:
        told = page(Facts(log), title="", answer=named, most=len(kinds))
    drawn = {**told, "nodes": [node for node in told["nodes"] if "ready" not in node]}
    assert len(kinds) == len(drawn["nodes"]) > 10
    ready = {node["id"] for node in told["nodes"] if "ready" in node}
    assert edges(stored) == {key: facts for key, facts in edges(told).items() if not {*key[:2]} & ready}
    assert figures(stored) == figures(told)
    assert stored["papers"] == [paper for paper in told["papers"] if paper in stored["papers"]]
    plain = [{key: node[key] for key in ("id", "label", "type", "named")} for node in stored["nodes"]]
    assert plain == [{key: node[key] for key in ("id", "label", "type", "named")} for node in drawn["nodes"]]


def test_marks_are_where_the_names_stand(opened: kg.Graph) -> None:
    found = stored_fragment(KgliteStore(opened.folder), {"hardware/gpu": "Hardware", **{
        str(id): "Method" for (id,) in opened.cypher("MATCH (m:Method)-[:RUNS_ON]->(:Hardware {id: 'hardware/gpu'}) RETURN m.id").rows
    }})  # fmt: skip
    facts = [fact for edge in found["edges"] for fact in edge["facts"] if edge["predicate"] == "runs_on"]
    assert facts
    for fact in facts:
        marked = [fact["sentence"][start:end] for start, end in fact["marks"]]
        assert marked
        assert all(word == word.strip() for word in marked)
