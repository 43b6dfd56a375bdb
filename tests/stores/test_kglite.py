from pathlib import Path

import pytest

from kg.errors import GraphError, QueryError
from kg.graph.property_graph import GraphNode, Relationship
from kg.stores import KgliteStore

HOSTILE = ["`", "'", '"', "{}", "$x", "\\", "\n", "\u202e", "x" * 10_000, "日本", "]->()", "\\u0027"]


def node(id: str, name: str = "n", label: str = "Method") -> GraphNode:
    return GraphNode(label, id, {"id": id, "name": name, "keys": [name]})


def link(id: str, start: str = "a", end: str = "b", **properties: object) -> Relationship:
    return Relationship(
        "USES", id, "Method", start, "Method", end, {"id": id, "paper": "p", "start": 1, "end": 2} | properties
    )  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> KgliteStore:
    KgliteStore.build(tmp_path, [node("a"), node("b")], [link("1"), link("2"), link("3")], "digest")
    return KgliteStore(tmp_path, "digest")


def test_parallel_facts_stay_apart(store: KgliteStore) -> None:
    found = store.select("MATCH (:Method {id: 'a'})-[r:USES]->(:Method {id: 'b'}) RETURN r.id AS id ORDER BY id")
    assert found.rows == [("1",), ("2",), ("3",)]


def test_parallel_facts_of_many_batches_stay_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.stores.kglite._BATCH", 7)
    links = [link(str(number)) for number in range(50)]
    assert KgliteStore.build(tmp_path, [node("a"), node("b")], links, "d") == 50
    assert KgliteStore(tmp_path).select("MATCH ()-[r:USES]->() RETURN count(DISTINCT r.id)").rows == [(50,)]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_come_back(tmp_path: Path, name: str) -> None:
    KgliteStore.build(tmp_path, [node("a", name)], [link("1", "a", "a", sentence=name)], "d")
    store = KgliteStore(tmp_path)
    assert store.select("MATCH (n:Method) WHERE n.name = $name RETURN n.keys", {"name": name}).rows == [([name],)]
    assert store.select("MATCH ()-[r:USES]->() RETURN r.sentence").rows == [(name,)]


def test_nodes_relationships_and_paths(store: KgliteStore) -> None:
    ((one, fact, path),) = store.select("MATCH p=(a)-[r:USES {id: '1'}]->() RETURN a, r, p").rows
    assert one["labels"] == ["Method"]  # type: ignore[index,call-overload]
    assert one["properties"] == {"id": "a", "name": "n", "keys": ["n"]}  # type: ignore[index,call-overload]
    assert (fact["type"], fact["start"], fact["properties"]["end"]) == ("USES", one["id"], 2)  # type: ignore[index,call-overload]
    assert path["nodes"][0] == one  # type: ignore[index,call-overload]


def test_cut_and_remarks(store: KgliteStore) -> None:
    found = store.select("MATCH ()-[r]->() RETURN r.id", most=2)
    assert (len(found.rows), found.cut) == (2, True)
    assert "Method" in store.select("MATCH (n:Methd) RETURN n").remarks[0]


@pytest.mark.parametrize(
    "query",
    [
        "CREATE (n:Method {id: 'x'})", "MATCH (n) SET n.name = 'x'", "MATCH (n) DETACH DELETE n", "MERGE (n:Method {id: 'z'})",
        "CREATE INDEX FOR (n:Method) ON (n.name)", "MATCH (n) RETURN n FORMAT CSV", "MATCH (n", "RETURN $missing",
        "RETURN 1 /", "RETURN 1/0", "",
    ],
)  # fmt: skip
def test_refused(store: KgliteStore, query: str) -> None:
    with pytest.raises(QueryError):
        store.select(query)
    assert store.select("MATCH (n) RETURN count(n), collect(DISTINCT n.name)").rows == [(2, ["n"])]


def test_cypher_for_neo4j_runs_unchanged(tmp_path: Path) -> None:
    paper = GraphNode("Paper", "p", {"id": "p", "name": "P"})
    KgliteStore.build(tmp_path, [node("a"), paper], [link("1", "a", "a")], "d")
    store = KgliteStore(tmp_path)
    found = store.select("MATCH ()-[r:USES {end: 2}]->() RETURN r.start, r.end, {end: r.end} AS m")
    assert found.rows == [(1, 2, {"end": 2})]
    assert found.columns == ("r.start", "r.end", "m")
    for query in (
        "MATCH ()-[r:USES]->() MATCH (p:Paper {id: r.paper}) RETURN p.name",
        "MATCH ()-[r:USES]->() OPTIONAL MATCH (p:Paper {name: 'P', id: r.paper}) RETURN p.name",
        "MATCH ()-[r]->() WITH r MATCH (p:Paper {id: r.paper}) RETURN p.name",
    ):
        assert store.select(query).rows == [("P",)], query
    with pytest.raises(QueryError, match="properties"):
        store.select("MATCH ()-[r:USES]->() RETURN r {.id, .end} AS m")
    with pytest.raises(QueryError, match="another MATCH"):
        store.select("MATCH ()-[r:USES]->(), (p:Paper {id: r.paper}) RETURN p.name")


def test_a_failed_build_leaves_the_old_store(tmp_path: Path, store: KgliteStore) -> None:
    def broken():  # type: ignore[no-untyped-def]
        yield link("9")
        raise OSError("no space")

    with pytest.raises(GraphError, match="no space"):
        KgliteStore.build(tmp_path, [node("a"), node("b")], broken(), "new")
    assert len(KgliteStore(tmp_path, "digest").select("MATCH ()-[r]->() RETURN r.id").rows) == 3


def test_missing_old_and_damaged_stores_are_named(tmp_path: Path, store: KgliteStore) -> None:
    with pytest.raises(GraphError, match="kg build"):
        KgliteStore(tmp_path / "none")
    with pytest.raises(GraphError, match="older"):
        KgliteStore(tmp_path, "other")
    (tmp_path / "cypher/graph.kgl").write_bytes(b"not a graph")
    with pytest.raises(GraphError, match="cannot be read"):
        KgliteStore(tmp_path)
