"""The attacks on a server's endpoints, by each way in."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from kg.queries import questions
from tests.attacks.corpus import ALIVE, ATTACKS, HOSTILE, SECRET, Attack, Reply, Watch, check, filled


def by_http(answer: httpx.Response) -> Reply:
    if answer.status_code == 200:
        rows = answer.json()["rows"] if answer.url.path == "/cypher" else []
        return Reply("answered", answer.text, rows[0][0] if rows and rows[0] else None)
    said = answer.json()
    assert said["status"] == answer.status_code
    assert answer.status_code in (400, 403, 422), answer.text[:500]
    return Reply("limit" if answer.status_code == 422 else "refused", said["error"])


WAYS = [
    (way, attack)
    for attack in ATTACKS
    for way in (("get", "form", "body") if attack.language == "sparql" else ("get", "json"))
    if not (attack.parameters and way != "json")  # parameters come as JSON alone
    and not (way == "get" and (len(attack.query) > 20_000 or attack.query == ""))  # longer than an address may be
    and not (way not in ("form", "json") and attack.answer == "limit")  # the same as by form, and each takes a second
    and not (way != "json" and "\ud800" in attack.query)  # no UTF-8 can hold it
]


@pytest.mark.parametrize(("way", "attack"), WAYS, ids=[f"{a.language}-{a.name}-{way}" for way, a in WAYS])
def test_server(way: str, attack: Attack, graph: Path, watch: Watch, limits: None, client: httpx.Client) -> None:
    query, path = watch.filled(attack.query), f"/{attack.language}"
    match way:
        case "get":
            answer = client.get(path, params={"query": query})
        case "form":
            answer = client.post(path, data={"query": query})
        case "body":
            answer = client.post(path, content=query.encode(), headers={"content-type": "application/sparql-query"})
        case _:
            body = json.dumps({"query": query, "parameters": watch.filled(attack.parameters)})
            answer = client.post(path, content=body, headers={"content-type": "application/json"})
    check(filled(attack, watch), by_http(answer), watch, graph)
    assert client.get("/health").json()["status"] == "ok"
    assert client.get(path, params={"query": ALIVE[attack.language]}).status_code == 200


@pytest.mark.parametrize(
    ("status", "given"),
    [
        (403, {"data": {"update": "DROP ALL"}}),
        (403, {"data": {"query": "ASK {}", "update": "DROP ALL"}}),
        (403, {"data": {"query": "ASK {}", "using-graph-uri": "a:b"}}),
        (403, {"data": {"query": "ASK {}"}, "params": {"update": "DROP ALL"}}),
        (403, {"content": "DROP ALL", "headers": {"content-type": "application/sparql-update"}}),
        (415, {"content": "DROP ALL", "headers": {"content-type": "text/plain"}}),
        (415, {"content": "query=ASK {}", "headers": {"content-type": "multipart/form-data; boundary=x"}}),
        (200, {"data": {"query": "SELECT * { ?a ?b ?c }", "default-graph-uri": "file://{file}"}}),
        (200, {"data": {"query": "SELECT * { ?a ?b ?c }", "default-graph-uri": "{url}"}}),
        (200, {"data": {"query": "SELECT * { GRAPH ?g { ?a ?b ?c } }", "named-graph-uri": "{url}"}}),
        (400, {"data": {"query": "ASK {}", "default-graph-uri": "> } DROP ALL #"}}),
        (400, {"data": {"query": "ASK {}", "default-graph-uri": "secret.csv"}}),
        (400, {"content": b"query=%ff%fe", "headers": {"content-type": "application/x-www-form-urlencoded"}}),
        (400, {"content": b"\xff\xfe", "headers": {"content-type": "application/sparql-query"}}),
    ],
)  # fmt: skip
def test_protocol(status: int, given: dict[str, Any], graph: Path, watch: Watch, client: httpx.Client) -> None:
    answer = client.post("/sparql", **{name: watch.filled(value) for name, value in given.items()})
    assert answer.status_code == status, answer.text[:500]
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text
    assert watch.asked == 0
    if status == 200:
        assert answer.json()["results"]["bindings"] == []


@pytest.mark.parametrize("value", HOSTILE)
def test_parameters_of_questions(value: str, watch: Watch, client: httpx.Client) -> None:
    for question in questions().values():
        given = {p.name: watch.filled(value) for p in question.parameters if p.kind != "number"}
        answer = client.get(f"/ask/{question.name}", params=given, headers={"accept": "application/json"})
        assert answer.status_code in (200, 400), answer.text
        assert answer.status_code == 400 or not (given and value.strip()) or answer.json()["rows"] == []
    assert watch.asked == 0
