import json
import re
import shutil
from pathlib import Path

import networkx
import pyoxigraph
import pytest
import rdflib
from rdflib.compare import isomorphic

import kg
from kg.errors import ExportError, GraphError
from kg.exports import EXPORTS
from kg.schema import PG
from tests.helpers import content


@pytest.fixture(scope="module")
def files(graph: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each export of the sample graph."""
    folder = tmp_path_factory.mktemp("exports")
    made = {name: folder / f"{name}{export.suffix}" for name, export in EXPORTS.items()}
    for name, file in made.items():
        kg.export(name, graph, file)
    return made


def key(quad: pyoxigraph.Quad | pyoxigraph.Triple) -> tuple[object, ...]:
    """A triple whose doubles are numbers: 0.95 and 9.5e-1 are one."""
    value: object = quad.object
    if isinstance(quad.object, pyoxigraph.Literal) and quad.object.datatype.value.endswith("#double"):
        value = float(quad.object.value)
    return quad.subject, quad.predicate, value


def union(opened: kg.Graph) -> set[tuple[object, ...]]:
    return set(map(key, opened.store.quads()))


def test_formats() -> None:
    assert set(EXPORTS) == {
        "nquads", "trig", "turtle", "jsonld", "graphml", "gexf", "networkx", "parquet", "neo4j-csv",
    }  # fmt: skip
    assert all(export.says for export in EXPORTS.values())


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_same_bytes_twice(graph: Path, files: dict[str, Path], name: str, tmp_path: Path) -> None:
    kg.export(name, graph, tmp_path / "again")
    assert content(tmp_path / "again") == content(files[name])
    assert [file.name for file in tmp_path.iterdir()] == ["again"]


def test_nquads_read_by_pyoxigraph(opened: kg.Graph, files: dict[str, Path]) -> None:
    read = list(pyoxigraph.parse(files["nquads"].read_bytes(), format=pyoxigraph.RdfFormat.N_QUADS))
    assert len(read) == len(set(read))
    assert {(*key(q), q.graph_name) for q in read} == {(*key(q), q.graph_name) for q in opened.store.quads()}


def test_nquads_read_by_rdflib(opened: kg.Graph, files: dict[str, Path]) -> None:
    read = rdflib.Dataset()
    read.parse(files["nquads"], format="nquads")
    assert sum(1 for _ in read.quads()) == len(opened.store)


def test_trig_read_by_pyoxigraph_and_rdflib(opened: kg.Graph, files: dict[str, Path]) -> None:
    read = list(pyoxigraph.parse(files["trig"].read_bytes(), format=pyoxigraph.RdfFormat.TRIG))
    assert {(*key(q), q.graph_name) for q in read} == {(*key(q), q.graph_name) for q in opened.store.quads()}
    dataset = rdflib.Dataset()
    dataset.parse(files["trig"], format="trig")
    assert sum(1 for _ in dataset.quads()) == len(opened.store)


def test_turtle_and_jsonld_are_one_graph(opened: kg.Graph, files: dict[str, Path]) -> None:
    turtle = rdflib.Graph().parse(files["turtle"], format="turtle")
    jsonld = rdflib.Graph().parse(files["jsonld"], format="json-ld")
    assert len(turtle) == len(jsonld) == len(union(opened))
    assert isomorphic(turtle, jsonld)


def test_turtle_read_by_pyoxigraph(opened: kg.Graph, files: dict[str, Path]) -> None:
    read = pyoxigraph.parse(files["turtle"].read_bytes(), format=pyoxigraph.RdfFormat.TURTLE)
    assert set(map(key, read)) == union(opened)


def test_evidence_is_kept_in_rdf(opened: kg.Graph, files: dict[str, Path]) -> None:
    turtle = rdflib.Graph().parse(files["turtle"], format="turtle")
    sentences = {str(o) for o in turtle.objects(None, rdflib.URIRef(PG + "sentence"))}
    expected = {span.text for r in opened.records() for x in (*r.entities, *r.relations) for span in x.evidence}
    assert expected <= sentences


def test_jsonld_is_plain_json_with_a_context(files: dict[str, Path]) -> None:
    found = json.loads(files["jsonld"].read_text("utf-8"))
    assert set(found) == {"@context", "@graph"}
    ids = [item["id"] for item in found["@graph"]]
    assert ids == sorted(set(ids))


def test_graphml_read_by_networkx(opened: kg.Graph, files: dict[str, Path]) -> None:
    read, made = networkx.read_graphml(files["graphml"], force_multigraph=True), opened.networkx()
    assert set(read) == set(made)
    assert read.number_of_edges() == made.number_of_edges()
    assert {key for *_, key in read.edges(keys=True)} == {key for *_, key in made.edges(keys=True)}
    for start, end, key, data in made.edges(keys=True, data=True):
        if "sentence" in data:
            assert read.edges[start, end, key]["sentence"] == data["sentence"]
            assert (read.edges[start, end, key]["start"], read.edges[start, end, key]["end"]) == (
                data["start"],
                data["end"],
            )


def test_graphml_evidence_is_json(files: dict[str, Path]) -> None:
    read = networkx.read_graphml(files["graphml"], force_multigraph=True)
    every = [json.loads(text) for *_, text in read.edges(data="evidence") if text]
    assert every
    assert all(len(item) == 4 for evidence in every for item in evidence)


def test_no_export_holds_a_local_path(graph: Path, files: dict[str, Path]) -> None:
    for file in files.values():
        assert not any(re.search(rb"/tmp/|/work/", data) for data in content(file).values())


def test_errors(graph: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="turtle"):
        kg.export("docx", graph, tmp_path / "x")
    with pytest.raises(ExportError, match="cannot be written"):
        kg.export("nquads", graph, tmp_path / "none" / "x")
    with pytest.raises(ExportError, match="cannot be written"):
        kg.export("nquads", graph, tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    with pytest.raises(ExportError, match="cannot be written"):
        kg.export("neo4j-csv", graph, tmp_path / "full")
    assert [file.name for file in (tmp_path / "full").iterdir()] == ["mine"]
    shutil.rmtree(tmp_path / "full")
    with pytest.raises(GraphError, match="kg build"):
        kg.export("nquads", tmp_path / "none", tmp_path / "x")
    assert list(tmp_path.iterdir()) == []
