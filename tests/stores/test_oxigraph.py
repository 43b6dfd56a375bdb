import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.errors import GraphError, QueryError
from kg.stores import OxigraphStore
from kg.stores.sparql_text import bind, check_reads_only
from kg.stores.terms import from_json


def quad(number: int, text: str = "x") -> str:
    """A line of N-Quads."""
    return f'<http://example.org/{number}> <http://example.org/name> "{text}" <http://example.org/g> .\n'


@pytest.fixture
def store(tmp_path: Path) -> OxigraphStore:
    OxigraphStore.build(tmp_path, [quad(1, "one"), quad(2, "two")], "digest")
    return OxigraphStore(tmp_path, "digest")


def test_union_of_named_graphs_answers(store: OxigraphStore) -> None:
    assert len(store.select("SELECT * { ?s ?p ?o }").rows) == len(store) == 2


def test_cells_are_python_values(store: OxigraphStore) -> None:
    answer = store.select('SELECT (1 AS ?i) (2.5 AS ?d) (1e3 AS ?e) (true AS ?b) ("x" AS ?s) ?none {}')
    assert answer.rows == [(1, 2.5, 1000.0, True, "x", None)]
    assert [type(cell) for cell in answer.rows[0]] == [int, float, float, bool, str, type(None)]


def test_ask_and_construct(store: OxigraphStore) -> None:
    assert store.select("ASK { ?s ?p 'one' }").rows == [(True,)]
    answer = store.select("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    assert (answer.columns, len(answer.rows)) == (("subject", "predicate", "object"), 2)


def test_rows_are_cut_and_said_so(store: OxigraphStore) -> None:
    answer = store.select("SELECT * { ?s ?p ?o }", most=1)
    assert (len(answer.rows), answer.cut) == (1, True)
    assert not store.select("SELECT * { ?s ?p ?o }", most=2).cut


@pytest.mark.parametrize(
    "query",
    [
        "SELECT", "DELETE WHERE { ?s ?p ?o }", "INSERT DATA { <a:a> <a:b> <a:c> }", "DROP ALL", "LOAD <file:///etc/passwd>",
        "SELECT * { ?s nope:p ?o }", "", "SELECT * { } #\nSERVICE",
    ],
)  # fmt: skip
def test_refused(store: OxigraphStore, query: str) -> None:
    with pytest.raises(QueryError):
        store.select(query)
    assert len(store) == 2


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p 'SERVICE' }",
        "SELECT ?service { ?service ?p ?o } # SERVICE",
        "ASK { ?s <urn:SERVICE> 1 }",
        "ASK { ?s pg:service 1 }",
    ],
)
def test_the_word_service_alone_is_no_service(store: OxigraphStore, query: str) -> None:
    check_reads_only(query)
    store.select(query)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_parameters_are_data_and_never_query(tmp_path_factory: pytest.TempPathFactory, value: str) -> None:
    folder = tmp_path_factory.getbasetemp() / "bound"
    if not (folder / "sparql").exists():
        OxigraphStore.build(folder, [quad(1, "one")], "digest")
    store = OxigraphStore(folder)
    assert store.select("SELECT (?value AS ?back) {}", {"value": value}).rows == [(value,)]


def test_from_names_the_graphs_that_are_asked(store: OxigraphStore) -> None:
    (graph,) = store.select("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g LIMIT 1").column("g")
    for query, count in (
        (
            f"SELECT (COUNT(*) AS ?n) FROM <{graph}> {{ ?s ?p ?o }}",
            store.select(f"SELECT * {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}").rows,
        ),
        ("SELECT (COUNT(*) AS ?n) FROM <urn:none> { ?s ?p ?o }", []),
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o } # FROM <urn:none>", [1, 2]),
    ):
        assert store.select(query).rows == [(len(count),)], query


def test_parameter_in_a_string_or_comment_is_left_alone() -> None:
    assert bind("SELECT * { ?s ?p '?x' } # ?x", {"x": 1}) == "SELECT * { ?s ?p '?x' } # ?x"


def test_store_of_another_log_is_refused(tmp_path: Path, store: OxigraphStore) -> None:
    with pytest.raises(GraphError, match="kg build"):
        OxigraphStore(tmp_path, "other")
    with pytest.raises(GraphError, match="kg build"):
        OxigraphStore(tmp_path / "none")


def test_a_failed_build_leaves_the_old_store(tmp_path: Path, store: OxigraphStore) -> None:
    def broken() -> Iterator[str]:
        yield quad(3)
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        OxigraphStore.build(tmp_path, broken(), "new")
    assert OxigraphStore.digest(tmp_path) == "digest"
    assert len(OxigraphStore(tmp_path, "digest")) == 2
    assert OxigraphStore.build(tmp_path, [quad(9)], "new") == 1


def test_parts_hold_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERGRAPH_BULK_QUADS", "7")
    assert OxigraphStore.build(tmp_path, map(quad, range(50)), "d") == 50
    assert len(OxigraphStore(tmp_path)) == 50


def test_numbers_that_are_none_and_blank_nodes_are_texts(store: OxigraphStore) -> None:
    (row,) = store.select(
        'SELECT ("abc"^^xsd:integer AS ?n) ("a"@en AS ?t) (BNODE() AS ?b) (<<( <x:s> <x:p> 1 )>> AS ?q) {}'
    ).rows
    assert row[:2] == ("abc", "a")
    assert str(row[2]).startswith("_:")
    assert str(row[3]).startswith("<x:s> <x:p> ")


def test_terms_are_rdf_terms_and_read_back_the_same(store: OxigraphStore) -> None:
    terms = '(<x:a> AS ?iri) ("a"@en AS ?tongue) ("a" AS ?text) (1 AS ?number) (<<( <x:s> <x:p> "o"@de )>> AS ?triple) ?none'
    found = store.terms(f"SELECT {terms} {{}}")
    assert (found.form, found.cut) == ("solutions", False)
    (row,) = found.rows
    triple = Triple(NamedNode("x:s"), NamedNode("x:p"), Literal("o", language="de"))
    expected = [NamedNode("x:a"), Literal("a", language="en"), Literal("a"), Literal(1), triple]
    assert [from_json(term) for term in row if term] == expected
    assert row[5] is None
    (blank,) = store.terms("SELECT (BNODE() AS ?b) {}").rows[0]
    assert blank is not None
    assert blank["type"] == "bnode"
    assert from_json(blank) == BlankNode(blank["value"])


def test_a_graph_is_named_by_an_iri(store: OxigraphStore) -> None:
    everything = "SELECT * { ?s ?p ?o }"
    assert len(store.terms(everything, graphs=["http://example.org/g"]).rows) == 2
    assert store.terms(everything, graphs=["http://example.org/other"]).rows == []
    with pytest.raises(QueryError, match="A graph is named by no IRI"):
        store.terms(everything, graphs=["no iri"])


def test_a_list_is_no_parameter(store: OxigraphStore) -> None:
    with pytest.raises(QueryError, match="The parameter x is a list or a map"):
        store.select("SELECT (?x AS ?y) {}", {"x": [1]})


def test_a_store_whose_files_are_gone_says_what_to_do(tmp_path: Path, store: OxigraphStore) -> None:
    del store
    shutil.rmtree(tmp_path / "sparql" / "data")
    with pytest.raises(GraphError, match=r"cannot be read .*run  kg build"):
        OxigraphStore(tmp_path)
