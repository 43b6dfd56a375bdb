"""Loading into a real Neo4j server: what is there equals the log, whatever came before."""

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import neo4j
import pytest

import kg
from kg.errors import StoreError
from kg.graph import Nodes
from kg.graph.property_graph import graph_nodes, graph_relationships
from kg.stores.neo4j import DIGEST, connect
from kg.stores.neo4j_load import load
from tests.conftest import Ran
from tests.helpers import facts_of, jsonl, rows_of
from tests.neo4j_server import Neo4j

HOSTILE = {
    "backticks": "`) DETACH DELETE n // ``` \\u0060",
    "quotes": "\"'`\"\"\"''' \\\" \\' \\n {\\",
    "braces": "{{x}} ${y} $rows {id: 1} }) RETURN 1",
    "lines": "one\ntwo\r\nthree\u2028four\tfive",
    "rtl": "abc \u202egnp.exe\u202c \u2066x\u2069",
    "wide": "Zoë 日本語 😀 e\u0301 ﬁ \ufffe\uffff",
    "nul": "a\x00b\x1b[31m",
    "surrogate": "a\ud800b",
}
WORD = "Zib" + "bo" * 5000


def everything(driver: neo4j.Driver) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """All nodes by label and id, all relationships by type and id, with their properties and ends."""
    nodes = driver.execute_query(f"MATCH (n) RETURN labels(n) AS l, n.id AS id, n {{.*, {DIGEST}: NULL}} AS p").records
    edges = driver.execute_query(
        "MATCH (a)-[r]->(b) RETURN type(r) AS t, r.id AS id, labels(a) AS la, a.id AS a, labels(b) AS lb, b.id AS b, properties(r) AS p"
    ).records

    def given(properties: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in properties.items() if value is not None}

    found = {(tuple(n["l"]), n["id"]): given(n["p"]) for n in nodes}
    between = {(e["t"], e["id"]): (tuple(e["la"]), e["a"], tuple(e["lb"]), e["b"], given(e["p"])) for e in edges}
    assert (len(found), len(between)) == (len(nodes), len(edges)), "something is there twice"
    return found, between


def expected(graph: Path) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """The same, from the log."""
    facts, nodes = facts_of(graph), Nodes()
    found = {((n.label,), n.id): n.properties for n in graph_nodes(facts, nodes)}
    between = {
        (r.type, r.id): ((r.start_label,), r.start, (r.end_label,), r.end, r.properties)
        for r in graph_relationships(facts, nodes)
    }
    return found, between


def built(folder: Path, rows: list[dict[str, Any]]) -> Path:
    kg.build([jsonl(folder.with_suffix(".jsonl"), rows)], folder, sync=True)
    return folder


def test_all_is_there_with_its_evidence(graph: Path, driver: neo4j.Driver) -> None:
    loaded = load(graph, driver)
    assert everything(driver) == expected(graph)
    nodes, relationships = everything(driver)
    assert loaded.nodes == Counter(label for (label,), _ in nodes)
    assert loaded.relationships == Counter(type for type, _ in relationships)


def test_small_transactions_give_the_same(graph: Path, driver: neo4j.Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERGRAPH_NEO4J_ROWS", "40")
    load(graph, driver)
    assert everything(driver) == expected(graph)


def test_twice_is_once_and_writes_nothing(graph: Path, driver: neo4j.Driver) -> None:
    first = load(graph, driver)
    again = load(graph, driver)
    assert (again.papers, again.things, again.unchanged) == (0, 0, first.papers)
    anew = load(graph, driver, everything=True)
    assert anew.papers == first.papers
    assert everything(driver) == expected(graph)


def test_a_load_that_was_cut_goes_on(graph: Path, driver: neo4j.Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERGRAPH_NEO4J_ROWS", "40")

    def stop(stage: str, done: int, of: int | None) -> None:
        if done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(graph, driver, progress=stop)
    held = driver.execute_query("MATCH (p:Paper) RETURN count(p)").records[0][0]
    assert held > 0
    rest = load(graph, driver)
    assert rest.unchanged == held
    assert everything(driver) == expected(graph)


def test_changed_and_removed_papers(sample: Path, driver: neo4j.Driver, tmp_path: Path) -> None:
    rows = rows_of(sample)
    load(built(tmp_path / "g", rows), driver)
    rows[0]["abstract"] = "It is another text. We propose Quoxil, which runs on a TPU v4."
    graph = built(tmp_path / "g", rows[:-2])
    loaded = load(graph, driver)
    assert loaded.papers == 1
    assert loaded.strangers == [row["id"] for row in rows[-2:]]
    kept = everything(driver)
    assert all(kept[1].get(key) == value for key, value in expected(graph)[1].items())
    pruned = load(graph, driver, prune=True)
    assert pruned.removed == 2
    assert everything(driver) == expected(graph)


def test_nodes_of_others_stay(graph: Path, driver: neo4j.Driver) -> None:
    driver.execute_query("CREATE (:Paper {id: 'mine'})-[:CITES]->(:Note {text: 'x'})")
    load(graph, driver, prune=True)
    assert driver.execute_query("MATCH (:Paper {id: 'mine'})-[c:CITES]->(:Note) RETURN count(c)").records[0][0] == 1


def test_what_is_missing_is_named(graph: Path, driver: neo4j.Driver) -> None:
    load(graph, driver)
    gone = driver.execute_query(
        "MATCH ()-[r:RUNS_ON]->() WITH r LIMIT 1 WITH r, r.id AS id DELETE r RETURN id"
    ).records[0][0]
    result = driver.execute_query(
        "MATCH (r:Result) WITH r LIMIT 1 WITH r, r.id AS id DETACH DELETE r RETURN id"
    ).records[0][0]
    with pytest.raises(StoreError, match="--all") as told:
        load(graph, driver)
    assert gone in str(told.value)
    assert result in str(told.value)
    driver.execute_query(
        "MATCH (a:Hardware), (b:Hardware) WHERE a <> b WITH a, b LIMIT 1 CREATE (a)-[:BROADER {id: 'old'}]->(b)"
    )
    driver.execute_query(
        "MATCH (p:Paper), (m:Metric) WITH p, m LIMIT 1 CREATE (p)-[:MENTIONS {id: 'old', paper: p.id}]->(m)"
    )
    with pytest.raises(StoreError, match="too many"):
        load(graph, driver)
    load(graph, driver, everything=True)
    assert everything(driver) == expected(graph)


def test_two_loads_at_once_are_one(graph: Path, driver: neo4j.Driver, neo4j_server: Neo4j) -> None:
    """They lock each other out of nodes, and the driver tries again."""
    failed: list[Exception] = []

    def run() -> None:
        try:
            with connect(neo4j_server.uri, neo4j_server.user, neo4j_server.password) as other:
                load(graph, other)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert everything(driver) == expected(graph)


def hostile_graph(folder: Path) -> Path:
    """A graph of papers whose texts try to break out of queries and files."""
    rows = [
        {"id": f"h:{name}", "title": f"Study {text}", "organisation": text, "authors": [text, "B"], "upvotes": 10**30,
         "abstract": f"About {text} and more. It is tested on an A100 GPU. We propose ZibboNet{name[0].upper()}, which is 2.5x faster than vLLM."}
        for name, text in HOSTILE.items()
    ]  # fmt: skip
    rows.append(
        {"id": "h:long", "title": "Z" * 1000, "abstract": "We propose Zibbobo, which runs on an A100 GPU. It ends."}
    )
    own = folder / "own.csv"  # no sentence holds a name of 10,000 characters, but a user's own terms may
    own.write_text(f"type,name,aliases\nMethod,{WORD},Zibbobo\n", "utf-8")
    files = [jsonl(folder / f"{n}.jsonl", [row]) for n, row in enumerate(rows) if row["id"] != "h:surrogate"]
    # JSON may name half a character; what it becomes is decided where it is read.
    half = folder / "half.jsonl"
    half.write_text(
        '{"id": "h:surrogate", "title": "Study a\\ud800b", "abstract": "It runs on an A100 GPU."}\n', "utf-8"
    )
    kg.build([*files, str(half)], folder / "g", lexicon=own)
    return folder / "g"


def test_hostile_texts_round_trip(driver: neo4j.Driver, tmp_path: Path) -> None:
    graph = hostile_graph(tmp_path)
    load(graph, driver)
    nodes, _ = everything(driver)
    assert everything(driver) == expected(graph)
    assert max(len(properties["name"]) for properties in nodes.values()) > 10_000
    titles = {properties["name"] for (labels, _), properties in nodes.items() if labels == ("Paper",)}
    assert f"Study {HOSTILE['backticks']}" in titles
    assert f"Study {HOSTILE['rtl']}" in titles
    assert (
        driver.execute_query("MATCH (p:Paper {name: $t}) RETURN count(p)", t=f"Study {HOSTILE['quotes']}").records[0][0]
        == 1
    )


def test_an_id_that_cannot_be_indexed_is_named(driver: neo4j.Driver, tmp_path: Path) -> None:
    graph = built(tmp_path / "g", [{"id": "i" * 9000, "title": "T", "abstract": "It runs on a GPU."}])
    with pytest.raises(StoreError, match=r"iiiiii.*kg remove"):
        load(graph, driver)


def test_the_command(
    graph: Path, driver: neo4j.Driver, neo4j_server: Neo4j, cli: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", neo4j_server.password)
    ran = cli("load", "neo4j", "-g", graph, "--uri", neo4j_server.uri, "--user", neo4j_server.user)
    assert ran.code == 0, ran.text
    assert "as in the log" in ran.out
    assert everything(driver) == expected(graph)
    assert cli("load", "oracle", "-g", graph).code == 1


def test_errors_are_sentences(
    graph: Path, neo4j_server: Neo4j, cli: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "wrong-word")
    for uri, told in (
        (neo4j_server.uri, "NEO4J_PASSWORD"),
        ("bolt://127.0.0.1:9", "does not answer"),
        ("http://127.0.0.1:9", "bolt://"),
        ("bolt://somebody:secret-word@127.0.0.1:9", "127.0.0.1:9"),
    ):
        ran = cli("load", "neo4j", "-g", graph, "--uri", uri)
        assert ran.code == 1, uri
        assert told in ran.err
        assert "wrong-word" not in ran.text
        assert "secret-word" not in ran.text
    monkeypatch.delenv("NEO4J_PASSWORD")
    assert "NEO4J_PASSWORD" in cli("load", "neo4j", "-g", graph, "--uri", neo4j_server.uri).err
