"""The view of a built graph: its data, and how it behaves in a browser."""

import json
from pathlib import Path
from typing import Any

import pytest

import kg
from kg.graph import Log, paper_facts
from kg.views import page, write_view

HOSTILE = "</script><img src=x onerror=alert(1)> href"


def facts(graph: Path) -> list[Any]:
    with Log(graph) as log:
        return [paper_facts(record) for record in log]


def test_every_fact_has_its_sentence_and_marks_name_its_ends(graph: Path) -> None:
    content = page(facts(graph), title="sample")
    labels = {node["id"]: {node["label"], *node["aliases"]} for node in content["nodes"]}
    found = [(edge, fact) for edge in content["edges"] for fact in edge["facts"]]
    assert found
    for edge, fact in found:
        assert fact["sentence"]
        for start, end in fact["marks"]:
            assert fact["sentence"][start:end] in labels[edge["from"]] | labels[edge["to"]]


def test_a_large_graph_is_cut_to_the_most_named(graph: Path) -> None:
    content = page(facts(graph), title="sample", most=20)
    assert content["shown"] == len(content["nodes"]) == 20 < content["total"]
    assert {edge[end] for edge in content["edges"] for end in ("from", "to")} <= {n["id"] for n in content["nodes"]}
    assert "GPU" in {node["label"] for node in content["nodes"]}


def test_the_same_graph_gives_the_same_page(graph: Path, tmp_path: Path) -> None:
    for name in ("one.html", "two.html"):
        write_view(graph, tmp_path / name)
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


@pytest.mark.browser
def test_the_sample_graph_opens_without_network_and_shows_evidence(browser: Any, graph: Path, tmp_path: Path) -> None:
    write_view(graph, tmp_path / "view.html")
    browser.visit((tmp_path / "view.html").as_uri())
    assert browser.requests() == []
    cindermoe = kg_iri(graph, "Cindermoe")
    browser.js("papergraph.select(arguments[0])", cindermoe)
    panel = browser.js("return document.body.innerText")
    assert "Ascend" in panel
    assert "Cindermoe" in panel
    assert browser.trouble() == []


@pytest.mark.browser
def test_a_hostile_title_is_text(browser: Any, tmp_path: Path) -> None:
    paper = {
        "title": f"{HOSTILE}: Evil",
        "abstract": "We present Evilnet, which runs on an A100 GPU. It is 2x faster than BERT.",
    }
    (tmp_path / "in.jsonl").write_text(json.dumps(paper) + "\n", "utf-8")
    kg.build([str(tmp_path / "in.jsonl")], tmp_path / "graph")
    write_view(tmp_path / "graph", tmp_path / "view.html")
    browser.visit((tmp_path / "view.html").as_uri())
    with kg.open(tmp_path / "graph") as opened:
        (record,) = opened.records()
        browser.js("papergraph.select(arguments[0])", next(iter(facts_iri(record))))
    assert HOSTILE in browser.js("return document.body.innerText")
    assert browser.requests() == []
    assert browser.trouble() == []


def kg_iri(graph: Path, name: str) -> str:
    with kg.open(graph) as opened:
        answer = opened.sparql("SELECT ?iri { ?iri skos:prefLabel ?name }", name=name)
    (iri,) = answer.column("iri")
    assert isinstance(iri, str)
    return iri


def facts_iri(record: kg.Record) -> set[str]:
    return {paper_facts(record).iri}
