"""Asking a real Neo4j server: it answers as the other stores do, and only reads."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import kg
from kg.errors import QueryError
from kg.stores import KgliteStore
from kg.stores.neo4j import Neo4jStore, connect
from kg.views import write_answer_view
from kg.views.stored import stored_fragment
from tests.conftest import Ran
from tests.neo4j_server import Neo4j, loaded


@pytest.fixture(scope="module")
def store(graph: Path, neo4j_server: Neo4j) -> Iterator[Neo4jStore]:
    with loaded(neo4j_server, graph) as found:
        yield found


@pytest.mark.parametrize(
    "query",
    [
        "MATCH (m:Method)-[r:RUNS_ON]->(h:Hardware) RETURN m.id AS m, h.id AS h, r.confidence AS c ORDER BY m, h, r.id",
        "MATCH (p:Paper)-[:REPORTS]->(r:Result) RETURN p.name AS p, r.value AS v, r.low AS low ORDER BY r.id",
        "MATCH (h:Hardware)-[:BROADER*1..3]->(a:Hardware) RETURN DISTINCT h.id AS h, a.id AS a ORDER BY h, a",
        "MATCH (n) RETURN labels(n) AS l, count(*) AS n, collect(DISTINCT n.id)[..0] AS none ORDER BY l",
        "UNWIND $names AS name OPTIONAL MATCH (h:Hardware {id: name}) RETURN name, h.vendor AS vendor",
    ],
)
def test_the_embedded_store_answers_the_same(graph: Path, store: Neo4jStore, query: str) -> None:
    values = {"names": ["hardware/gpu", "none"]} if "$names" in query else {}
    with kg.open(graph) as opened:
        embedded = opened.cypher(query, **values)
    answer = store.select(query, values)
    assert answer.rows
    assert (answer.columns, answer.rows) == (embedded.columns, embedded.rows)


def test_nodes_relationships_and_paths(store: Neo4jStore) -> None:
    node, relationship, path = store.select(
        "MATCH p = (m:Method)-[r:RUNS_ON]->(:Hardware) RETURN m, r, p LIMIT 1"
    ).rows[0]
    assert isinstance(node, dict)
    assert isinstance(relationship, dict)
    assert isinstance(path, dict)
    assert node.keys() == {"id", "labels", "properties"}
    assert "_loaded" not in str(node)
    assert relationship["start"] == node["id"]
    assert path["relationships"] == [relationship]


def test_rows_are_cut_and_said_so(store: Neo4jStore) -> None:
    answer = store.select("UNWIND range(1, 10000) AS n RETURN n", most=3)
    assert (answer.rows, answer.cut) == ([(1,), (2,), (3,)], True)
    assert not store.select("UNWIND range(1, 3) AS n RETURN n", most=3).cut


def test_remarks_name_what_is_not_there(store: Neo4jStore) -> None:
    answer = store.select("MATCH (n:Hardwear) RETURN n")
    assert (answer.rows, len(answer.remarks)) == ([], 1)
    assert "Hardwear" in answer.remarks[0]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("CREATE (n:Paper) RETURN n", "only reading"),
        ("MATCH (n) SET n.x = 1 RETURN count(n)", "only reading"),
        ("MATCH (n) DETACH DELETE n", "only reading"),
        ("CREATE INDEX x FOR (n:Paper) ON (n.x)", "cannot be answered|only reading"),
        ("LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line", "LOAD CSV"),
        ("CALL dbms.listConfig() YIELD name RETURN name", "dbms.listConfig"),
        ("MATCH (n", "cannot be answered"),
        ("RETURN $missing", "missing"),
        ("", "cannot be answered"),
    ],
)
def test_refused(store: Neo4jStore, query: str, told: str) -> None:
    before = store.select("MATCH (n) RETURN count(n)").rows
    with pytest.raises(QueryError, match=told):
        store.select(query)
    assert store.select("MATCH (n) RETURN count(n)").rows == before


def test_a_long_query_is_stopped(store: Neo4jStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERGRAPH_QUERY_SECONDS", "1")
    with pytest.raises(QueryError, match="query_seconds"):
        store.select(
            "UNWIND range(1, 1000000000) AS a UNWIND range(1, 1000) AS b WITH a, b WHERE a + b < 0 RETURN count(*)"
        )


@pytest.mark.parametrize(
    "value", ["`) DETACH DELETE n //", "a\x00\u202e\"'\\", "x" * 10_000, 2**62, -1.5, True, None, ["a", "b"]]
)
def test_parameters_are_data(store: Neo4jStore, value: object) -> None:
    assert store.select("RETURN $value AS back", {"value": value}).rows == [(value,)]  # type: ignore[dict-item]


@pytest.mark.parametrize("value", ["a\ud800", 10**30])
def test_parameters_that_no_server_takes(store: Neo4jStore, value: object) -> None:
    with pytest.raises(QueryError, match="parameter"):
        store.select("RETURN $value", {"value": value})  # type: ignore[dict-item]


def test_the_commands(
    store: Neo4jStore,
    graph: Path,
    neo4j_server: Neo4j,
    cli: Callable[..., Ran],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", neo4j_server.password)
    at = ("--uri", neo4j_server.uri, "--user", neo4j_server.user, "-f", "csv")
    asked = ("ask", "methods-on-hardware", "--hardware", "GPU")
    ran = cli(*asked, *at)
    assert ran.code == 0, ran.text
    assert ran.out == cli(*asked, "-g", graph, "-f", "csv").out
    ran = cli("cypher", "MATCH (h:Hardware) WHERE h.id = $id RETURN h.name", "-p", "id=hardware/gpu", *at)
    assert ran.out.splitlines() == ["h.name", "GPU"]
    page = tmp_path / "answer.html"
    nowhere = tmp_path / "no-graph-here"  # the page is made from what the server holds
    ran = cli("cypher", "MATCH (m:Method)-[r:RUNS_ON]->(h) RETURN m, r, h", "--graph", page, "-g", nowhere, *at)
    assert ran.code == 0, ran.text
    assert "Cindermoe" in page.read_text("utf-8")


def test_a_page_of_the_server_is_that_of_the_embedded_store(store: Neo4jStore, graph: Path) -> None:
    embedded = KgliteStore(graph)
    query = "MATCH (n) WHERE labels(n)[0] IN ['Paper', 'Method', 'Hardware', 'Metric'] RETURN n.id AS id, labels(n)[0] AS label"
    kinds = {str(id): str(label) for id, label in embedded.select(query).rows}
    assert stored_fragment(store, kinds) == stored_fragment(embedded, kinds)


def test_nodes_of_others_are_left_out_of_a_page(store: Neo4jStore, neo4j_server: Neo4j, tmp_path: Path) -> None:
    theirs = "(a:Method {id: 'method/theirs', name: 'Theirs'})-[r:KNOWS]->(b:Stranger {name: 'no id'})"
    with connect(neo4j_server.uri, neo4j_server.user, neo4j_server.password) as driver:
        driver.execute_query(f"CREATE {theirs}")
        answer = store.select(f"MATCH {theirs} RETURN a, r, b")
        drawn = write_answer_view(store, answer, tmp_path / "page.html", question="?")
        driver.execute_query(f"MATCH {theirs} DETACH DELETE a, b")
    assert drawn == (1, 1)
