"""GraphML, GEXF and node-link JSON, each read again by a library that did not write it here, hostile texts among them."""

import json
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import igraph
import networkx
import pytest

import kg
from kg.graph import Nodes
from tests.helpers import facts_of
from tests.test_hostile import hostile

__all__ = ["hostile"]
EVIDENCE = ("paper", "sentence", "field", "start", "end", "confidence", "extractor")
GEXF = "{http://www.gexf.net/1.2draft}"


pytestmark = pytest.mark.filterwarnings("ignore:Could not add (vertex|edge) ids:RuntimeWarning")


@pytest.fixture(params=["sample", "hostile"])
def either(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue("graph" if request.param == "sample" else "hostile")
    return folder


def counts(graph: Path) -> tuple[Counter[str], Counter[str]]:
    """Nodes by type and edges by predicate, from the log."""
    facts = facts_of(graph)
    nodes, edges = Counter(node.type for node in Nodes(facts)), Counter[str]()
    edges["broader"] = sum(len(node.broader) for node in Nodes(facts))
    for each in facts:
        nodes["Paper"] += 1
        nodes["Result"] += len(each.figures)
        edges.update(statement.predicate for statement in each.statements)
        edges["reports"] += len(each.figures)
        for figure in each.figures:
            edges.update(n for n in ("metric", "method", "baseline", "dataset", "hardware") if getattr(figure, n))
    return nodes, +edges


def without_what_xml_lacks(value: object) -> object:
    return "".join(" " if c in "\ufffe\uffff" else c for c in value) if isinstance(value, str) else value


def test_node_link_json(either: Path, tmp_path: Path) -> None:
    kg.export("networkx", either, tmp_path / "g.json")
    read = networkx.node_link_graph(json.loads((tmp_path / "g.json").read_text("utf-8")), edges="edges")
    with kg.open(either) as opened:
        made = opened.networkx()
    assert counts(either) == (
        Counter(type for _, type in read.nodes(data="type")), Counter(name for *_, name in read.edges(data="predicate"))
    )  # fmt: skip
    for node, data in made.nodes(data=True):
        own = {"paper_id" if name == "id" else name: value for name, value in data.items()}
        assert json.dumps(read.nodes[node], sort_keys=True) == json.dumps(own, sort_keys=True)
    for start, end, key, data in made.edges(keys=True, data=True):
        assert json.dumps(read.edges[start, end, key], sort_keys=True) == json.dumps(data, sort_keys=True)


def test_graphml_read_by_igraph(either: Path, tmp_path: Path) -> None:
    kg.export("graphml", either, tmp_path / "g.graphml")
    read = igraph.Graph.Read_GraphML(str(tmp_path / "g.graphml"))
    assert counts(either) == (Counter(read.vs["type"]), Counter(read.es["predicate"]))
    with kg.open(either) as opened:
        made = {data["id"]: data for *_, data in opened.networkx().edges(data=True) if "id" in data}
    seen = {edge["id"]: edge.attributes() for edge in read.es if edge["id"]}
    assert seen.keys() == made.keys()
    for id, data in made.items():
        assert [seen[id][key] for key in EVIDENCE] == [without_what_xml_lacks(data[key]) for key in EVIDENCE]


def test_gexf_read_by_networkx(either: Path, tmp_path: Path) -> None:
    kg.export("gexf", either, tmp_path / "g.gexf")
    read = networkx.read_gexf(tmp_path / "g.gexf")
    assert counts(either) == (
        Counter(type for _, type in read.nodes(data="type")), Counter(name for *_, name in read.edges(data="predicate"))
    )  # fmt: skip
    with kg.open(either) as opened:
        made = {key: data for *_, key, data in opened.networkx().edges(keys=True, data=True)}
    seen = {data["id"]: data for *_, data in read.edges(data=True)}
    assert seen.keys() == made.keys()
    for key, data in made.items():
        if "sentence" in data:
            names = {"start": "sentence_start", "end": "sentence_end"}
            found = [seen[key][names.get(name, name)] for name in EVIDENCE]
            assert found == [without_what_xml_lacks(data[name]) for name in EVIDENCE]


def test_gexf_keeps_its_own_rules(either: Path, tmp_path: Path) -> None:
    """What Gephi checks: ids are unique, ends exist, each value is of a declared attribute and of its type."""
    kg.export("gexf", either, tmp_path / "g.gexf")
    graph = ElementTree.parse(tmp_path / "g.gexf").getroot().find(f"{GEXF}graph")
    assert graph is not None
    assert "lastmodifieddate" not in (tmp_path / "g.gexf").read_text("utf-8")
    read = {"long": int, "double": float, "string": str, "boolean": {"true": True, "false": False}.__getitem__}
    nodes = [node.attrib for node in graph.iter(f"{GEXF}node")]
    edges = [edge.attrib for edge in graph.iter(f"{GEXF}edge")]
    ids = {node["id"] for node in nodes}
    assert len(ids) == len(nodes)
    assert len({edge["id"] for edge in edges}) == len(edges)
    assert {end for edge in edges for end in (edge["source"], edge["target"])} <= ids
    assert not any({"start", "end"} & item.keys() for item in (*nodes, *edges)), "an offset is no time"
    for what in ("node", "edge"):
        [declared] = [group for group in graph.findall(f"{GEXF}attributes") if group.get("class") == what]
        types = {a.attrib["id"]: a.attrib["type"] for a in declared}
        values = [value.attrib for item in graph.iter(GEXF + what) for value in item.iter(f"{GEXF}attvalue")]
        assert values
        for value in values:
            read[types[value["for"]]](value["value"])
