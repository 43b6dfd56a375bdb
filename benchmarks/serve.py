"""Load on a server of this machine: so many clients for so long, every answer compared with the right one.

    python benchmarks/serve.py GRAPH --clients 32 --seconds 300 --endless 2

Starts `kg serve` over the graph folder on a free port of 127.0.0.1, works out the right answers with the library, and asks.
One question in ten is an attack, which must be refused with a reason; `--endless` clients ask only what has no end, which must
be stopped by a limit. Prints requests a second, p50, p99, the answers by kind and status, and the memory of the server with its
processes over the run; stops the server and sees that its processes are gone. Fails if an answer was wrong, or one was neither
200, 4xx with a reason, 429 nor 503. What was turned away (429, 503) is counted apart.
"""

import argparse
import asyncio
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

import kg

SPARQL = [
    "SELECT (COUNT(?p) AS ?n) { ?p a schema:ScholarlyArticle }",
    "SELECT ?h (COUNT(DISTINCT ?p) AS ?n) { ?s rdf:predicate pg:runsOn ; rdf:object/skos:prefLabel ?h ; pg:paper ?p } GROUP BY ?h ORDER BY DESC(?n) ?h LIMIT 20",
    "SELECT ?t { ?p schema:name ?t } ORDER BY ?t LIMIT 50",
]
CYPHER = [
    "MATCH (p:Paper) RETURN count(p) AS n",
    "MATCH (m:Method)-[r:RUNS_ON]->(h:Hardware) RETURN h.name AS h, count(DISTINCT r.paper) AS n ORDER BY n DESC, h LIMIT 20",
]
ASKED: list[tuple[str, dict[str, str]]] = [
    ("methods-on-hardware", {"hardware": "GPU"}), ("speedups", {"hardware": "GPU"}), ("matrix", {}), ("results", {"metric": "throughput"}),
]  # fmt: skip


# What must be refused, and what must be stopped.
ATTACKS: list[tuple[str, str]] = [
    ("sparql", "SELECT * { ?s ?p ?o.SERVICE <http://127.0.0.1:9/> { ?a ?b ?c } }"),
    ("sparql", "DROP ALL"),
    ("sparql", "SELECT ?x {"),
    ("cypher", "`LOAD` CSV FROM '/etc/passwd' AS line RETURN line"),
    ("cypher", "MATCH (n) DETACH DELETE n"),
    ("cypher", "WITH 1 AS `a`CALL dbms.listConfig() YIELD name RETURN name"),
]
ENDLESS: list[tuple[str, str]] = [
    ("sparql", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"),
    ("cypher", "MATCH p = (a)-[*]-(b) RETURN count(p) AS n"),
]
Request = dict[str, Any]


@dataclass
class Told:
    """What came: seconds of each answer, how many by outcome and kind, how many by status, and memory by time."""

    seconds: list[float] = field(default_factory=list)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    memory: list[tuple[float, float]] = field(default_factory=list)


def posted(kind: str, query: str) -> Request:
    """A query as the arguments of httpx."""
    body = {"data": {"query": query}} if kind == "sparql" else {"json": {"query": query}}
    return {"method": "POST", "url": f"/{kind}", **body}


def right_answers(folder: Path) -> list[tuple[str, Request, Any]]:
    """Requests as (kind, arguments of httpx, the right answer)."""
    found: list[tuple[str, Request, Any]] = []
    with kg.open(folder) as graph:
        for query in SPARQL:
            rows = [["" if cell is None else str(cell) for cell in row] for row in graph.sparql(query).rows]
            found.append(("sparql", posted("sparql", query), rows))
        for query in CYPHER:
            found.append(("cypher", posted("cypher", query), [list(row) for row in graph.cypher(query).rows]))
        for name, given in ASKED:
            url = {"method": "GET", "url": f"/ask/{name}", "params": {**given, "format": "json"}}
            found.append(("ask", url, json.loads(json.dumps(graph.ask(name, **given).dicts()))))
    return found


def answered(kind: str, reply: httpx.Response) -> Any:
    """The answer as `right_answers` has it."""
    content = reply.json()
    if kind == "sparql":
        names = content["head"]["vars"]
        return [[row[name]["value"] if name in row else "" for name in names] for row in content["results"]["bindings"]]
    return content["rows"]


def outcome(kind: str, reply: httpx.Response, right: Any) -> str:
    """right, wrong or turned away. An attack is right with 400 or 403, what has no end with 422, each with a reason."""
    if reply.status_code in (429, 503):
        return "turned away"
    if kind in ("attack", "endless"):
        told = reply.status_code in (right if kind == "attack" else (422,)) and bool(reply.json()["error"])
        return "right" if told else "wrong"
    return "right" if reply.status_code == 200 and answered(kind, reply) == right else "wrong"


async def client(
    address: str, work: list[tuple[str, Request, Any]], until: float, seed: int, told: Told, *, endless: bool
) -> None:
    """One client: asks at random until the time is over, and tells what came."""
    chance = random.Random(seed)
    async with httpx.AsyncClient(base_url=address, timeout=90, headers={"accept": "application/json"}) as http:
        while time.monotonic() < until:
            if endless:
                kind, request, right = "endless", posted(*chance.choice(ENDLESS)), None
            elif chance.random() < 0.1:
                kind, request, right = "attack", posted(*chance.choice(ATTACKS)), (400, 403)
            else:
                kind, request, right = chance.choice(work)
            start = time.monotonic()
            reply = await http.request(**request)
            if not endless:
                told.seconds.append(time.monotonic() - start)
            told.statuses[reply.status_code] += 1
            told.outcomes[outcome(kind, reply, right), kind] += 1


async def load(
    server: int, address: str, work: list[tuple[str, Request, Any]], clients: int, seconds: float, endless: int
) -> Told:
    """All clients at once, and a look at the memory each second."""
    told, start = Told(), time.monotonic()
    everybody = asyncio.gather(
        *(client(address, work, start + seconds, n, told, endless=n < endless) for n in range(clients))
    )
    while not everybody.done():
        told.memory.append((time.monotonic() - start, sum(map(megabytes, family(server)))))
        await asyncio.wait([everybody], timeout=1)
    await everybody
    return told


def family(process: int) -> list[int]:
    """A process and all that it started."""
    found = [process]
    for one in found:
        for tasks in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found += map(int, tasks.read_text("ascii").split())
            except OSError:  # it has just ended
                continue
    return found


def megabytes(process: int) -> float:
    """The memory of a process, what it shares counted in part; 0 where it has ended."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text("ascii")
    except OSError:
        return 0.0
    return next(int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("Pss:"))


def curve(memory: list[tuple[float, float]]) -> str:
    """The median memory of each tenth of the run, and how the last fifth compares with the second."""
    parts = [
        statistics.median(m for _, m in memory[n * len(memory) // 10 :][: max(1, len(memory) // 10)]) for n in range(10)
    ]
    ratio = statistics.median(parts[8:]) / statistics.median(parts[2:4])
    return f"memory, MB, by tenths: {' '.join(f'{part:.0f}' for part in parts)}; the last fifth is {ratio:.2f} of the second"


def main() -> None:
    """Serve, load, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph", type=Path)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--endless", type=int, default=0, help="so many of the clients ask only what has no end")
    given = parser.parse_args()
    work = right_answers(given.graph)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "kg", "serve", "-g", str(given.graph), "--port", str(port)])
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                httpx.get(address + "/health")
                break
            except httpx.ConnectError:
                time.sleep(0.2)
        told = asyncio.run(load(server.pid, address, work, given.clients, given.seconds, given.endless))
        healthy = httpx.get(address + "/health", timeout=60).json()["status"] == "ok"
        processes = family(server.pid)
    finally:
        server.terminate()
        server.wait()
    for _ in range(50):
        left = [process for process in processes if megabytes(process)]
        if not left:
            break
        time.sleep(0.2)
    times = sorted(told.seconds)
    rate = len(times) / given.seconds
    print(
        f"{given.clients} clients, {given.seconds:g} s, {given.endless} of them endless; load {os.getloadavg()[0]:.1f}"
    )
    print(f"{len(times)} requests, {rate:.0f} a second; the endless not counted here and in the next line")
    print(
        f"p50 {1000 * times[len(times) // 2]:.0f} ms, p99 {1000 * times[int(len(times) * 0.99)]:.0f} ms, longest {1000 * times[-1]:.0f} ms"
    )
    for name in ("right", "wrong", "turned away"):
        kinds = {kind: number for (found, kind), number in sorted(told.outcomes.items()) if found == name}
        print(f"{name}: {sum(kinds.values())} {kinds}")
    print(f"statuses: {dict(sorted(told.statuses.items()))}")
    print(curve(told.memory))
    print(f"after: /health {'ok' if healthy else 'NOT ok'}; {len(processes)} processes, {len(left)} left after the end")
    strange = [status for status in told.statuses if status != 200 and status != 503 and not 400 <= status < 500]
    wrong = any(found == "wrong" for found, _ in told.outcomes)
    sys.exit(bool(wrong or strange or left or not healthy))


if __name__ == "__main__":
    main()
