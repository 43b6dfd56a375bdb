"""Which part of a graph a page shows, and what it says of it."""

from pathlib import Path
from typing import Any

import pytest

import kg
from kg.errors import QueryError
from kg.graph import PaperFacts
from kg.stores import Answer
from kg.views import page, write_view
from kg.views.outline import Outline
from tests.helpers import facts_of


@pytest.fixture(scope="module")
def papers(graph: Path) -> list[PaperFacts]:
    return facts_of(graph)


def ids(content: dict[str, Any], *, ready: bool = False) -> set[str]:
    return {node["id"] for node in content["nodes"] if bool(node.get("ready")) == ready}


def drawn_edges(content: dict[str, Any]) -> list[tuple[str, str, str]]:
    names = [node["id"] for node in content["nodes"]]
    inside = ids(content)
    found = [(names[e["from"]], e["predicate"], names[e["to"]]) for e in content["edges"]]
    return [edge for edge in found if edge[0] in inside and edge[2] in inside]


def test_every_fact_has_its_sentence_and_marks_name_its_ends(papers: list[PaperFacts]) -> None:
    content = page(papers, title="sample")
    names = [{node["label"], *node["aliases"]} for node in content["nodes"]]
    found = [(edge, fact) for edge in content["edges"] for fact in edge["facts"]]
    assert len(found) > 400
    for edge, fact in found:
        assert fact["sentence"]
        assert content["papers"][fact["paper"]]["title"]
        for start, end in fact["marks"]:
            assert fact["sentence"][start:end] in names[edge["from"]] | names[edge["to"]]
    for result in content["results"]:
        assert [result["sentence"][start:end] for start, end in result["marks"]] == [result["text"]]


def test_all_is_there_drawn_or_ready(papers: list[PaperFacts]) -> None:
    content = page(papers, title="sample")
    outline = Outline.of(papers)
    assert ids(content) | ids(content, ready=True) == outline.everything
    assert content["total"] == len(outline.everything)
    assert content["shown"] == len(ids(content))
    assert all("x" in node for node in content["nodes"] if not node.get("ready"))
    ready = [node for node in content["nodes"] if node.get("ready")]
    assert ready
    assert all(node["unnamed"] for node in ready)  # classes and families that join nothing


def test_the_hierarchy_stays_whole_where_a_step_is_left_out(papers: list[PaperFacts]) -> None:
    content = page(papers, title="sample")
    up = {(start, end) for start, predicate, end in drawn_edges(content) if predicate == "broader"}

    def reaches(start: str, goal: str) -> bool:
        return start == goal or any(reaches(b, goal) for a, b in up if a == start)

    drawn = {node["id"] for node in content["nodes"] if node["type"] == "Hardware" and not node.get("ready")}
    outline = Outline.of(papers)
    for iri in drawn:
        for above in outline.family(iri, up=True) & drawn:
            assert reaches(iri, above), (iri, above)


def test_a_large_graph_is_cut_to_the_most_useful(papers: list[PaperFacts]) -> None:
    content = page(papers, title="sample", most=20)
    assert content["shown"] == len(ids(content)) == 20 < content["total"]
    assert "GPU" in {node["label"] for node in content["nodes"] if not node.get("ready")}
    linked = {end for start, _, end in drawn_edges(content)} | {start for start, _, end in drawn_edges(content)}
    assert linked == ids(content)  # none stands alone
    assert 0 < len(ids(content, ready=True)) <= 20


def test_around_a_hardware_is_its_family_and_what_runs_there(papers: list[PaperFacts]) -> None:
    content = page(papers, title="sample", around="hopper")
    shown = ids(content)
    assert {"hardware/nvidia-hopper", "hardware/nvidia-h100", "hardware/nvidia-h100-pcie", "hardware/gpu"} <= shown
    assert ("method/quillstream", "runs_on", "hardware/nvidia-h100") in drawn_edges(content)
    assert content["title"] == "NVIDIA Hopper"
    assert content["lit"] == ["hardware/nvidia-hopper"]
    assert "hardware/huawei-ascend" not in shown


def test_depth_takes_in_more_and_the_next_ring_is_ready(papers: list[PaperFacts]) -> None:
    near, far = (page(papers, title="sample", around="Gantrel", depth=depth) for depth in (1, 2))
    assert "method/gantrel" in ids(near) < ids(far)
    assert ids(near, ready=True)
    assert ids(near, ready=True) <= ids(far)


def test_around_a_paper_is_what_it_names(papers: list[PaperFacts]) -> None:
    paper = papers[0]
    for name in (paper.record.id, paper.record.title):
        content = page(papers, title="sample", around=name)
        assert {f"{e.type}" for e in paper.record.entities} <= {node["type"] for node in content["nodes"]}
        named = {node["label"] for node in content["nodes"] if node["type"] == "Method" and not node.get("ready")}
        assert {e.name for e in paper.record.entities if e.type == "Method"} <= named | {
            alias for node in content["nodes"] for alias in node["aliases"]
        }


def test_around_a_vendor_is_its_hardware(papers: list[PaperFacts]) -> None:
    content = page(papers, title="sample", around="amd")
    assert content["title"] == "AMD"
    assert {"AMD Instinct MI300X", "AMD GPU"} <= {node["label"] for node in content["nodes"]}


def test_an_unknown_name_gets_the_nearest(papers: list[PaperFacts]) -> None:
    with pytest.raises(QueryError, match="'Gantrell': the nearest is Gantrel"):
        page(papers, title="sample", around="Gantrell")


def test_the_answer_of_a_query_is_a_page(papers: list[PaperFacts], graph: Path) -> None:
    with kg.open(graph) as opened:
        found = opened.sparql(
            "SELECT ?m ?name { ?m pg:runsOn ?h . ?h skos:prefLabel ?name FILTER(?h = <https://w3id.org/papergraph/hardware/fpga>) }"
        )
    content = page(papers, title="sample", answer=found, question="What runs on an FPGA")
    assert "hardware/fpga" in ids(content)  # by its name
    assert {row[0].removeprefix(content["base"]) for row in found.rows if isinstance(row[0], str)} <= ids(content)
    assert content["answer"]["columns"] == ["m", "name"]
    assert content["answer"]["ids"][0][1] == "hardware/fpga"
    assert content["title"] == "What runs on an FPGA"


def test_cells_that_name_nothing_stay_text(papers: list[PaperFacts]) -> None:
    found = Answer(
        ("a", "b", "c"), [("nothing by that name", 3, None), ("https://w3id.org/papergraph/no/such", True, 1.5)]
    )
    content = page(papers, title="sample", answer=found)
    assert content["answer"]["ids"] == [[None, None, None], [None, None, None]]
    assert content["shown"] == 0


def test_the_same_graph_gives_the_same_page(graph: Path, tmp_path: Path) -> None:
    for name in ("one.html", "two.html"):
        write_view(graph, tmp_path / name, around="GPU")
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_depth_without_a_middle_is_refused(cli: Any, graph: Path, tmp_path: Path) -> None:
    ran = cli("view", "--depth", "2", "-g", graph, "-o", tmp_path / "x.html")
    assert ran.code == 1
    assert "--around" in ran.err
