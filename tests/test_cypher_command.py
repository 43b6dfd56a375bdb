"""kg cypher, kg schema and kg ask --lang cypher as a user meets them."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.schema import load_schema
from tests.conftest import Ran

Cli = Callable[..., Ran]
RUNS = (
    "MATCH (m:Method)-[r:RUNS_ON]->(h:Hardware) WHERE $hardware IN h.keys RETURN m.name AS method, h.name AS hardware"
)


def test_table_csv_and_json_say_the_same(graph: Path, cli: Cli) -> None:
    given = ("cypher", RUNS, "-p", "hardware=a100", "-g", graph)
    rows = json.loads(cli(*given, "--format", "json").out)
    assert rows
    assert list(csv.DictReader(io.StringIO(cli(*given, "--format", "csv").out))) == rows
    assert all(row["method"] in cli(*given).out for row in rows)


def test_parameters_are_typed(graph: Path, cli: Cli) -> None:
    query = "RETURN $n + 1 AS n, $t AS t, $l AS l, $b AS b"
    ran = cli(
        "cypher", query, "-p", "n=1", "-p", "t=it's `a`", "-p", 'l=["a", 2]', "-p", "b=true", "-g", graph, "-f", "json"
    )
    assert json.loads(ran.out) == [{"n": 2, "t": "it's `a`", "l": ["a", 2], "b": True}]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("MATCH (n:Hardwear) RETURN n", "Hardware"), ("MATCH ()-[r:RUN_ON]->() RETURN r", "RUNS_ON"),
        ("MATCH (h:Hardware) RETURN h.vendr", "vendor"), ("MATCH (h:Hardware {vendr: 'x'}) RETURN h", "vendor"),
        ("MATCH (h:Hardware RETURN h", "line 1"), ("CREATE (n:Method)", "reading"), ("LOAD CSV FROM 'x' AS l RETURN l", "LOAD CSV"),
        ("CALL apoc.help('x')", "apoc.help"),
    ],
)  # fmt: skip
def test_errors_and_notes_help(graph: Path, cli: Cli, query: str, words: str) -> None:
    ran = cli("cypher", query, "-g", graph)
    assert words in ran.err
    assert "Traceback" not in ran.err


def test_a_query_over_the_time_limit_is_stopped(graph: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERGRAPH_QUERY_SECONDS", "1")
    for command, query in (
        ("cypher", "MATCH (a), (b), (c), (d) RETURN count(*)"),
        ("sparql", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"),
    ):
        ran = cli(command, query, "-g", graph)
        assert (ran.code, "query_seconds" in ran.err) == (1, True)


@pytest.mark.parametrize(
    "query",
    [
        "MATCH (m:Method)-[r:RUNS_ON]->(h:Hardware) RETURN m, r, h LIMIT 5", "MATCH (m:Method)-[:RUNS_ON]->(h:Hardware) RETURN m, h LIMIT 5",
        "MATCH p=(f:Result)-[:OF_METRIC]->() RETURN p LIMIT 5", "MATCH ()-[r:COMPARED_WITH]->() RETURN collect(r) AS all",
    ],
)  # fmt: skip
def test_the_subgraph_of_an_answer_is_drawn(graph: Path, cli: Cli, tmp_path: Path, query: str) -> None:
    ran = cli("cypher", query, "--graph", tmp_path / "out.html", "-g", graph)
    found = re.search(r"(\d+) of (\d+) nodes", ran.out)
    assert found, ran.err
    assert 0 < int(found[1]) <= int(found[2])
    page = (tmp_path / "out.html").read_text("utf-8")
    assert page.count('"sentence":') > 0


def test_an_answer_without_nodes_cannot_be_drawn(graph: Path, cli: Cli, tmp_path: Path) -> None:
    ran = cli("cypher", "RETURN 1 AS one", "--graph", tmp_path / "out.html", "-g", graph)
    assert (ran.code, "no nodes" in ran.err, (tmp_path / "out.html").exists()) == (1, True, False)


def test_schema_names_all_that_is_in_the_graph(graph: Path, cli: Cli) -> None:
    rows = json.loads(cli("schema", "--counts", "-g", graph, "--format", "json").out)
    known = {row["name"]: row for row in rows}
    assert {t.cypher_name for t in load_schema().classes.values() if t.cypher_name} <= set(known)
    nodes = "MATCH (n) UNWIND keys(n) AS key RETURN DISTINCT labels(n)[0] AS name, key"
    links = "MATCH (a)-[r]->(b) UNWIND keys(r) AS key RETURN DISTINCT type(r) AS name, key, labels(a)[0] AS start, labels(b)[0] AS end"
    for query in (nodes, links):
        for row in json.loads(cli("cypher", query, "-g", graph, "--format", "json").out):
            about = known[row["name"]]
            assert row["key"] in {*about["properties"].split(", "), "title", "type"}, row
            assert row.get("start", "") in about["from"]
            assert row.get("end", "") in about["to"]
            assert about["count"] > 0


def test_schema_needs_no_graph(cli: Cli, tmp_path: Path) -> None:
    assert "RUNS_ON" in cli("schema", "-g", tmp_path / "none").out


def test_ask_in_cypher(graph: Path, cli: Cli) -> None:
    given = ("ask", "speedups", "--hardware", "GPU", "-g", graph, "--format", "csv")
    assert cli(*given).out == cli(*given, "--lang", "cypher").out != ""
    assert "nearest" in cli("ask", "speedups", "--hardware", "A1000", "--lang", "cypher", "-g", graph).err


def test_nodes_relationships_paths_and_maps_are_readable_in_a_table(graph: Path, cli: Cli) -> None:
    def cell(returned: str) -> str:
        query = f"MATCH p = (m:Method)-[r:RUNS_ON]->(h:Hardware) WHERE r.role = 'evaluated' RETURN {returned} AS x ORDER BY m.name, h.name LIMIT 1"
        return cli("cypher", query, "-g", graph).out

    method, hardware = json.loads(
        cli("cypher", RUNS.replace("WHERE $hardware IN h.keys", "WHERE r.role = 'evaluated'") + " ORDER BY m.name, h.name LIMIT 1", "-g", graph, "-f", "json").out
    )[0].values()  # fmt: skip
    assert f"(:Method {method})" in cell("m")
    assert "[:RUNS_ON evaluated]" in cell("r")
    assert f"(:Method {method}) [:RUNS_ON evaluated] (:Hardware {hardware})" in cell("p")
    assert "{a: 1, b: [2.5, x]}" in cell("{a: 1, b: [2.5, 'x']}")


def test_a_query_from_a_file(graph: Path, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "q").write_text("RETURN 'é' AS x", "utf-8")
    assert json.loads(cli("cypher", f"@{tmp_path / 'q'}", "-g", graph, "-f", "json").out) == [{"x": "é"}]
    (tmp_path / "latin").write_bytes(b"RETURN '\xe9'")
    for name, says in (
        ("latin", "latin is not UTF-8 (byte 9)."),
        ("none", "none cannot be read: No such file or directory."),
    ):
        ran = cli("sparql", f"@{tmp_path / name}", "-g", graph)
        assert (ran.code, says in ran.err) == (1, True)
