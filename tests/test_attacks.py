"""The attacks of tests/attacks at every door: nothing is written, read or fetched, the reason is given, and the next query is
answered.

An attack is a line of JSON: `name`; what it `tries`; the `query`, or parts of it, where [text, n] is a text n times; its
`parameters`; and the `answer` that it must get:

    refused    not run, with a reason
    limit      stopped by a limit, with the limit as the reason
    harmless   answered, and there was nothing to fear
    data       answered, and the parameter `value` came back as it went in

`said` is a part of the reason. In a query {file} is a file with a secret, {url} an address where somebody listens.
"""

import hashlib
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

import kg
from kg.queries import questions
from kg.stores.base import Language
from kg.stores.neo4j import Neo4jStore
from tests.conftest import Ran
from tests.helpers import ROOT
from tests.neo4j_server import Neo4j, loaded
from tests.serve.conftest import address, client

__all__ = ["address", "client"]

SECRET = "sesame-4711"
LIMITS = ("_seconds", "_megabytes", "_answer_bytes", "_rows")
ALIVE: dict[Language, str] = {"sparql": "ASK { ?s ?p ?o }", "cypher": "RETURN 1 AS one"}
Cli = Callable[..., Ran]


@dataclass(frozen=True)
class Attack:
    """A line of the corpus."""

    language: Language
    name: str
    tries: str
    query: str
    answer: str
    said: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    neo4j: bool = True


@dataclass(frozen=True)
class Reply:
    """What a door answered: `answered`, `refused` or `limit`; its text; the first cell where there is one."""

    kind: str
    text: str
    cell: Any = None


def corpus(language: Language) -> list[Attack]:
    found = []
    for line in (ROOT / "tests" / "attacks" / f"{language}.jsonl").read_text("ascii").splitlines():
        item = json.loads(line)
        if not isinstance(item["query"], str):
            item["query"] = "".join(part if isinstance(part, str) else part[0] * part[1] for part in item["query"])
        found.append(Attack(language, **item))
    return found


ATTACKS = [*corpus("sparql"), *corpus("cypher")]
every_attack = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"{attack.language}-{attack.name}")


class Watch:
    """A file that must not be read, and an address that must not be asked."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "secret.csv"
        self.file.write_text(f"{SECRET},x\n", "ascii")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/x"
        self.asked = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.asked += 1
            connection.close()

    def filled(self, value: Any, file: str | None = None) -> Any:
        """A query or parameters with the file and the address put in."""
        if isinstance(value, dict):
            return {name: self.filled(item, file) for name, item in value.items()}
        if not isinstance(value, str):
            return value
        return value.replace("{file}", file or str(self.file)).replace("{url}", self.url)

    def close(self) -> None:
        self._listener.close()


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    found = Watch(tmp_path_factory.mktemp("watch"))
    yield found
    found.close()


@pytest.fixture(scope="module", autouse=True)
def unchanged(graph: Path) -> Iterator[None]:
    """The graph has the same files with the same bytes after all attacks as before."""
    before = content(graph)
    yield
    assert content(graph) == before


def content(folder: Path) -> dict[str, str]:
    """The hash of each file of a graph, but for what SQLite keeps beside the log while somebody reads it."""
    files = [file for file in folder.rglob("*") if file.is_file() and not file.name.endswith(("-shm", "-wal"))]
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(files)}


def at_work() -> list[str]:
    """Our processes of stores that still run something, by the state of each of their threads."""
    found = []
    for tasks in Path("/proc").glob("[0-9]*/task"):
        try:
            if b"kg.stores.worker" not in (tasks.parent / "cmdline").read_bytes():
                continue
            states = [
                (task / "stat").read_text("ascii", "replace").rpartition(") ")[2].split() for task in tasks.iterdir()
            ]
        except OSError:  # it has just ended
            continue
        if any(int(state[1]) == os.getpid() and state[0] in "RD" for state in states):
            found.append(tasks.parent.name)
    return found


@pytest.fixture
def limits(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Short limits for what is to go over one: a second where time is the reason or may be; else memory is."""
    if attack.answer == "limit":
        for door in ("QUERY", "SERVE"):
            monkeypatch.setenv(f"PAPERGRAPH_{door}_SECONDS", "1" if attack.said in ("", "seconds") else "100")
            monkeypatch.setenv(f"PAPERGRAPH_{door}_MEGABYTES", "300")


def check(attack: Attack, reply: Reply, watch: Watch, graph: Path) -> None:
    """What holds for every answer to an attack, at any door."""
    said = reply.text[:500]
    assert reply.kind == {"harmless": "answered", "data": "answered"}.get(attack.answer, attack.answer), said
    assert attack.said in reply.text, said
    if attack.answer == "data":
        assert reply.cell == attack.parameters["value"]
    if reply.kind != "answered":
        assert reply.text.strip(), "a reason is given"
    assert SECRET not in reply.text
    assert "Traceback" not in reply.text, said
    assert str(graph) not in reply.text
    assert watch.asked == 0, "somebody was asked"
    until = time.monotonic() + 30
    while attack.tries == "exhaust" and (busy := at_work()):
        assert time.monotonic() < until, f"{busy} still run"
        time.sleep(0.02)


@every_attack
def test_library(attack: Attack, graph: Path, watch: Watch, limits: None) -> None:
    query, parameters = watch.filled(attack.query), watch.filled(attack.parameters)
    with kg.open(graph) as opened:
        ask = opened.sparql if attack.language == "sparql" else opened.cypher
        try:
            rows = ask(query, **parameters).rows
            reply = Reply("answered", repr(rows), rows[0][0] if rows and rows[0] else None)
        except kg.LimitError as error:
            reply = Reply("limit", str(error))
        except kg.QueryError as error:
            reply = Reply("refused", str(error))
        check(
            attack if attack.answer != "data" else Attack(**{**vars(attack), "parameters": parameters}),
            reply,
            watch,
            graph,
        )
        ask = opened.sparql if attack.language == "sparql" else opened.cypher
        assert ask(ALIVE[attack.language]).rows in ([(True,)], [(1,)])


def by_command(cli: Cli, attack: Attack, watch: Watch, file: str | None, *more: object) -> Reply:
    query, parameters = watch.filled(attack.query, file), watch.filled(attack.parameters, file)
    given = [f"{name}={value if isinstance(value, str) else json.dumps(value)}" for name, value in parameters.items()]
    ran = cli(attack.language, query, *(part for item in given for part in ("-p", item)), "-f", "json", *more)
    if ran.code == 0:
        rows = json.loads(ran.out)
        return Reply("answered", ran.text, next(iter(rows[0].values()), None) if rows else None)
    assert ran.code == 1, ran.text[:500]
    assert ran.err.startswith("error:"), ran.err[:500]
    return Reply("limit" if any(limit in ran.err for limit in LIMITS) else "refused", ran.text)


def filled(attack: Attack, watch: Watch, file: str | None = None) -> Attack:
    return Attack(**{**vars(attack), "parameters": watch.filled(attack.parameters, file)})


@pytest.mark.parametrize(
    "attack",
    [
        attack
        for attack in ATTACKS
        if (attack.answer != "limit" or attack.name in ("product", "text-doubled")) and attack.name != "parameter-list"
    ],  # the command takes each parameter of SPARQL as a text
    ids=lambda attack: f"{attack.language}-{attack.name}",
)
def test_command(attack: Attack, graph: Path, watch: Watch, limits: None, cli: Cli) -> None:
    check(filled(attack, watch), by_command(cli, attack, watch, None, "-g", graph), watch, graph)


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


HOSTILE = [
    "' } SERVICE <{url}> { ?a ?b ?c } #",
    "`}) DETACH DELETE n //",
    '"',
    "\\",
    "\\u0022",
    "$hardware",
    "\n",
    "\u202e",
]


@pytest.mark.parametrize("language", ["sparql", "cypher"])
@pytest.mark.parametrize("value", HOSTILE)
def test_parameters_of_questions(
    value: str, language: str, graph: Path, watch: Watch, cli: Cli, client: httpx.Client
) -> None:
    value = watch.filled(value)
    for question in questions().values():
        given = {p.name: value for p in question.parameters if p.kind != "number"}
        options = [part for name, text in given.items() for part in (f"--{name}", text)]
        ran = cli("ask", question.name, *options, "-g", graph, "-f", "json", "--lang", language)
        assert ran.code in (0, 1)
        assert "Traceback" not in ran.text
        assert ran.code == 1 or not given or json.loads(ran.out) == []
        answer = client.get(f"/ask/{question.name}", params=given, headers={"accept": "application/json"})
        assert answer.status_code in (200, 400), answer.text
    assert watch.asked == 0


@pytest.fixture(scope="module")
def neo4j_store(graph: Path, neo4j_server: Neo4j) -> Iterator[Neo4jStore]:
    with loaded(neo4j_server, graph) as found:
        yield found


@pytest.mark.parametrize(
    "attack",
    [attack for attack in ATTACKS if attack.language == "cypher" and attack.neo4j],
    ids=lambda attack: attack.name,
)
def test_neo4j(
    attack: Attack,
    graph: Path,
    watch: Watch,
    limits: None,
    cli: Cli,
    neo4j_store: Neo4jStore,
    neo4j_server: Neo4j,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    driver = neo4j_store._driver
    config = driver.execute_query("CALL dbms.listConfig('server.directories.import') YIELD value RETURN value").records
    import_folder = Path(config[0][0])
    if import_folder.parent.is_dir():  # else the server is another machine's
        import_folder.mkdir(exist_ok=True)
        (import_folder / watch.file.name).write_bytes(watch.file.read_bytes())
    file = f"file:///{watch.file.name}"
    before = held(neo4j_store)
    monkeypatch.setenv("NEO4J_PASSWORD", neo4j_server.password)
    at = ("--uri", neo4j_server.uri, "--user", neo4j_server.user)
    check(filled(attack, watch, file), by_command(cli, attack, watch, file, *at), watch, graph)
    assert held(neo4j_store) == before


def held(store: Neo4jStore) -> list[Any]:
    """How many nodes, relationships, properties, indexes and users there are."""
    counts = "MATCH (n) WITH count(n) AS n, sum(size(keys(n))) AS k, sum(size(labels(n))) AS l OPTIONAL MATCH ()-[r]->() RETURN n, k, l, count(r), sum(size(keys(r)))"
    asked = (
        counts,
        "SHOW INDEXES YIELD name RETURN name",
        "SHOW CONSTRAINTS YIELD name RETURN name",
        "SHOW USERS YIELD user",
    )
    return [[record.values() for record in store._driver.execute_query(query).records] for query in asked]
