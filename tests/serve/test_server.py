"""Limits, refusals, pages and headers of the server."""

import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

import kg
from kg.queries import questions
from kg.serve.app import create_app
from kg.serve.openapi import openapi
from tests.helpers import jsonl

HTML = {"accept": "text/html"}
JSON = {"accept": "application/json"}
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
Serve = Callable[..., httpx.Client]


def test_cypher(client: httpx.Client, opened: kg.Graph) -> None:
    query = "MATCH (m:Method)-[r:RUNS_ON]->(h:Hardware) WHERE h.name = $name RETURN m.name AS m, r.sentence AS s ORDER BY m, s"
    answer = client.post("/cypher", json={"query": query, "parameters": {"name": "NVIDIA A100"}}).json()
    assert answer["columns"] == ["m", "s"]
    assert answer["rows"] == [list(row) for row in opened.cypher(query, name="NVIDIA A100").rows]
    assert answer["rows"]
    assert client.get("/cypher", params={"query": "RETURN 1 AS one"}).json()["rows"] == [[1]]


@pytest.mark.parametrize(
    ("status", "reason", "body"),
    [
        (400, "LOAD CSV", {"query": "LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row"}),
        (400, "procedure", {"query": "CALL dbms.components()"}),
        (400, "change", {"query": "CREATE (n:Paper) RETURN n"}),
        (400, "no query", {}),
        (400, "parameters", {"query": "RETURN 1", "parameters": [1]}),
    ],
)
def test_cypher_refused(client: httpx.Client, status: int, reason: str, body: dict[str, Any]) -> None:
    answer = client.post("/cypher", json=body)
    assert (answer.status_code, reason in answer.json()["error"]) == (status, True), answer.text


def test_cypher_takes_json_alone(client: httpx.Client) -> None:
    assert (
        client.post("/cypher", content='{"query": "RETURN 1"}', headers={"content-type": "text/plain"}).status_code
        == 415
    )
    assert (
        client.post("/cypher", content="[" * 100_000, headers={"content-type": "application/json"}).status_code == 400
    )


@pytest.mark.parametrize("name", sorted(questions()))
def test_every_question_as_json_csv_and_page(client: httpx.Client, opened: kg.Graph, name: str) -> None:
    given = {"hardware": "A100", "method": "vLLM", "to": "A100"}
    asked = {p.name: given[p.name] for p in questions()[name].parameters if p.required}
    wanted = opened.ask(name, **asked)
    assert client.get(f"/ask/{name}", params=asked, headers=JSON).json()["rows"] == wanted.dicts()
    assert client.get(f"/ask/{name}", params=asked | {"format": "csv"}).text.startswith(",".join(wanted.columns))
    shown = client.get(f"/ask/{name}", params=asked, headers=HTML)
    assert (shown.status_code, f"{len(wanted.rows):,} row" in shown.text) == (200, True)


def test_question_that_lacks_something(client: httpx.Client) -> None:
    assert client.get("/ask/speedups", headers=HTML).status_code == 200
    assert "needs" in client.get("/ask/speedups", headers=JSON).json()["error"]
    assert client.get("/ask/none", headers=JSON).status_code == 404
    assert client.get("/ask/results", params={"min": "x"}, headers=HTML).status_code == 400


def test_search_and_the_page_of_what_is_found(client: httpx.Client) -> None:
    found = client.get("/search", params={"q": "a-100"}, headers=JSON).json()["found"]
    assert found[0]["name"] == "NVIDIA A100"
    page = client.get("/" + found[0]["id"], headers=HTML)
    assert all(said in page.text for said in ("Hierarchy", "NVIDIA Ampere", "Figures reported", "Papers", "confidence"))
    assert client.get("/search", params={"q": "%_' OR 1=1"}, headers=JSON).json()["found"] == []


def test_every_paper_has_a_page(client: httpx.Client, opened: kg.Graph) -> None:
    for record in list(opened.records())[:6]:
        (paper,) = [f for f in client.get("/search", params={"q": record.title, "type": "Paper"}, headers=JSON).json()["found"]
                    if f["name"] == record.title]  # fmt: skip
        page = client.get("/" + paper["id"], headers=JSON).json()
        assert "".join(part["text"] for part in page["record"]["abstract"]) == record.abstract
        assert len(page["figures"]) == len(record.results)
        assert client.get("/" + paper["id"], headers=HTML).status_code == 200


def test_expanding_gives_what_the_graph_says(client: httpx.Client, opened: kg.Graph) -> None:
    found = client.get("/api/expand", params={"id": "hardware/nvidia-a100"}).json()
    names = [node["label"] for node in found["nodes"]]
    shown = {
        names[e["from"]] for e in found["edges"] if e["predicate"] == "runs_on" and names[e["to"]] == "NVIDIA A100"
    }
    query = "SELECT DISTINCT ?name { ?s rdf:predicate pg:runsOn ; rdf:object ?h ; rdf:subject/skos:prefLabel ?name . ?h skos:prefLabel 'NVIDIA A100' }"
    methods = {str(row[0]) for row in opened.sparql(query).rows}
    assert methods
    assert methods <= shown
    for edge in found["edges"]:
        assert edge["facts"] or edge["predicate"] == "broader"
        for fact in edge["facts"]:
            assert all(0 <= start < end <= len(fact["sentence"]) for start, end in fact["marks"])
    assert client.get("/api/expand", params={"id": "hardware/none"}).status_code == 404


def test_health_and_openapi(client: httpx.Client, graph: Path) -> None:
    health = client.get("/health").json()
    assert (health["status"], health["counts"]["Paper"]) == ("ok", 32)
    assert client.get("/openapi.json").json() == json.loads(json.dumps(openapi()))
    described = {path.partition("{")[0].rstrip("/") or "/" for path in openapi()["paths"]}
    served = {route.path.partition("{")[0].rstrip("/") or "/" for route in create_app(graph).routes}  # type: ignore[attr-defined]
    assert served - {"/static"} <= described


def test_headers_of_every_answer(client: httpx.Client) -> None:
    for path in ("/", "/ask", "/none", "/health", "/static/app.js", "/sparql?query=x"):
        headers = client.get(path, headers=HTML).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
def test_other_names_are_refused(client: httpx.Client, host: str) -> None:
    assert client.get("/health", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost:8321", "127.0.0.1", "[::1]:8321", "LOCALHOST"])
def test_own_names(client: httpx.Client, host: str) -> None:
    assert client.get("/health", headers={"host": host}).status_code == 200


def test_allowed_host_and_origin(graph: Path, serve: Serve) -> None:
    client = serve(graph, hosts=["graph.example"], origins=["https://yasgui.example"])
    answer = client.get("/health", headers={"host": "graph.example", "origin": "https://yasgui.example"})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "https://yasgui.example")
    assert (
        "access-control-allow-origin" not in client.get("/health", headers={"origin": "https://evil.example"}).headers
    )


@pytest.mark.parametrize(
    "path",
    ["/static/..%2fapp.py", "/static/%2e%2e%2fapp.py", "/static/none.js", "/paper/..%2f..%2fetc", "/about?id=../x"],
)
def test_no_file_is_reached_by_a_path(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_over_the_limits(graph: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("SECONDS", 1), ("ROWS", 5), ("BODY_BYTES", 2000), ("ANSWER_BYTES", 3000)):
        monkeypatch.setenv(f"PAPERGRAPH_SERVE_{name}", str(value))
    client = serve(graph)
    for query, said in ((SLOW, "serve_seconds"), ("SELECT * { ?a ?b ?c }", "serve_rows"),
                        ("SELECT (GROUP_CONCAT(?c) AS ?x) { ?a schema:abstract ?c }", "serve_answer_bytes")):  # fmt: skip
        answer = client.get("/sparql", params={"query": query})
        assert (answer.status_code, said in answer.json()["error"]) == (422, True), answer.text
    assert "serve_body_bytes" in client.post("/sparql", data={"query": "#" * 3000}).json()["error"]
    assert client.post("/cypher", json={"query": "MATCH (n) RETURN n.id"}).json()["cut"] is True
    assert client.get("/sparql", params={"query": "ASK {}"}).json()["boolean"] is True


def test_too_many_at_once_are_turned_away(graph: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("SECONDS", 4), ("PROCESSES", 1), ("WAITING", 1)):
        monkeypatch.setenv(f"PAPERGRAPH_SERVE_{name}", str(value))
    client = serve(graph)
    codes: list[int] = []
    threads = [
        threading.Thread(target=lambda: codes.append(client.get("/sparql", params={"query": SLOW}).status_code))
        for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    assert client.get("/ask/matrix", headers=JSON).status_code == 200  # pages have processes of their own
    for thread in threads:
        thread.join()
    assert sorted(codes) == [422, 422, 503, 503, 503]


def test_a_rebuild_is_seen(tmp_path: Path, serve: Serve) -> None:
    rows = [
        {"id": f"p{n}", "title": f"Zibbo{n}: A Study", "abstract": "We propose Zibbo. It runs on an A100 GPU."}
        for n in range(2)
    ]
    kg.build([jsonl(tmp_path / "one.jsonl", rows[:1])], tmp_path / "g")
    client = serve(tmp_path / "g")
    count = {"query": "SELECT (COUNT(?p) AS ?n) { ?p a schema:ScholarlyArticle }", "format": "csv"}
    assert client.get("/sparql", params=count).text.split() == ["n", "1"]
    kg.build([jsonl(tmp_path / "two.jsonl", rows)], tmp_path / "g")
    assert client.get("/sparql", params=count).text.split() == ["n", "2"]
    assert client.get("/search", params={"q": "Zibbo1"}, headers=JSON).json()["found"]
    assert client.get("/health").json()["counts"]["Paper"] == 2


def test_no_trace_and_no_path_in_an_error(graph: Path, tmp_path: Path, serve: Serve) -> None:
    shutil.copytree(graph, tmp_path / "g")
    client = serve(tmp_path / "g")
    shutil.rmtree(tmp_path / "g" / "sparql")
    answer = client.get("/sparql", params={"query": "ASK {}"})
    assert answer.status_code == 503
    assert str(tmp_path) not in answer.text
    assert "Traceback" not in answer.text
