"""The attacks on the query doors, and what holds for every answer to one: nothing is written, read or fetched, the reason is
given, and nothing runs on.

An attack is a line of sparql.jsonl or cypher.jsonl: `name`; what it `tries`; the `query`, or parts of it, where [text, n] is a
text n times; its `parameters`; and the `answer` that it must get:

    refused    not run, with a reason
    limit      stopped by a limit, with the limit as the reason
    harmless   answered, and there was nothing to fear
    data       answered, and the parameter `value` came back as it went in

`said` is a part of the reason. In a query {file} is a file with a secret, {url} an address where somebody listens. `neo4j` is
false where a Neo4j server has limits of its own, or other words.
"""

import hashlib
import json
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kg.stores.base import Language
from tests.conftest import Ran

LIMITS = ("_seconds", "_megabytes", "_answer_bytes", "_rows")
SECRET = "sesame-4711"
ALIVE: dict[Language, str] = {"sparql": "ASK { ?s ?p ?o }", "cypher": "RETURN 1 AS one"}

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
"""Values for the parameters of the named questions."""


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
    """The attacks in a language."""
    found = []
    for line in (Path(__file__).with_name(f"{language}.jsonl")).read_text("ascii").splitlines():
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


def check(attack: Attack, reply: Reply, watch: Watch, graph: Path) -> None:
    """What holds for every answer to an attack, at any door."""
    said = reply.text[:500]
    assert reply.kind == {"harmless": "answered", "data": "answered"}.get(attack.answer, attack.answer), said
    # Which limit is reached first, of time, memory or rows, is a matter of how fast the machine is.
    assert attack.said in reply.text or (reply.kind == "limit" and any(limit in reply.text for limit in LIMITS)), said
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


def filled(attack: Attack, watch: Watch, file: str | None = None) -> Attack:
    """The attack with the file and the address in its parameters."""
    return Attack(**{**vars(attack), "parameters": watch.filled(attack.parameters, file)})


def by_command(cli: Callable[..., Ran], attack: Attack, watch: Watch, file: str | None, *more: object) -> Reply:
    """What `kg sparql` or `kg cypher` answers."""
    query, parameters = watch.filled(attack.query, file), watch.filled(attack.parameters, file)
    given = [f"{name}={value if isinstance(value, str) else json.dumps(value)}" for name, value in parameters.items()]
    ran = cli(attack.language, query, *(part for item in given for part in ("-p", item)), "-f", "json", *more)
    if ran.code == 0:
        rows = json.loads(ran.out)
        return Reply("answered", ran.text, next(iter(rows[0].values()), None) if rows else None)
    assert ran.code == 1, ran.text[:500]
    assert ran.err.startswith("error:"), ran.err[:500]
    return Reply("limit" if any(limit in ran.err for limit in LIMITS) else "refused", ran.text)
