"""Load on a server of this machine: so many clients for so long, every answer compared with the right one.

    python benchmarks/serve.py GRAPH --clients 32 --seconds 60

Starts `kg serve` over the graph folder on a free port of 127.0.0.1, works out the right answers with the library, asks, prints
requests a second, p50, p99 and the wrong answers by kind, and fails if there is one. Turned away (503) is counted apart.
"""

import argparse
import asyncio
import json
import random
import socket
import subprocess
import sys
import time
from collections import Counter
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


def right_answers(folder: Path) -> list[tuple[str, dict[str, Any], Any]]:
    """Requests as (kind, arguments of httpx, the right answer)."""
    found: list[tuple[str, dict[str, Any], Any]] = []
    with kg.open(folder) as graph:
        for query in SPARQL:
            rows = [["" if cell is None else str(cell) for cell in row] for row in graph.sparql(query).rows]
            found.append(("sparql", {"method": "POST", "url": "/sparql", "data": {"query": query}}, rows))
        for query in CYPHER:
            rows = [list(row) for row in graph.cypher(query).rows]
            found.append(("cypher", {"method": "POST", "url": "/cypher", "json": {"query": query}}, rows))
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


async def client(
    address: str, work: list[tuple[str, dict[str, Any], Any]], until: float, seed: int, told: dict[str, Any]
) -> None:
    """One client: asks at random until the time is over, and tells what came."""
    chance = random.Random(seed)
    async with httpx.AsyncClient(base_url=address, timeout=60, headers={"accept": "application/json"}) as http:
        while time.monotonic() < until:
            kind, request, right = chance.choice(work)
            start = time.monotonic()
            reply = await http.request(**request)
            told["seconds"].append(time.monotonic() - start)
            if reply.status_code == 503:
                told["turned away"][kind] += 1
            elif reply.status_code != 200 or answered(kind, reply) != right:
                told["wrong"][kind] += 1
            else:
                told["right"][kind] += 1


async def load(
    address: str, work: list[tuple[str, dict[str, Any], Any]], clients: int, seconds: float
) -> dict[str, Any]:
    """All clients at once."""
    told: dict[str, Any] = {"seconds": [], "right": Counter(), "wrong": Counter(), "turned away": Counter()}
    until = time.monotonic() + seconds
    await asyncio.gather(*(client(address, work, until, seed, told) for seed in range(clients)))
    return told


def main() -> None:
    """Serve, load, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("graph", type=Path)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=60)
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
        told = asyncio.run(load(address, work, given.clients, given.seconds))
    finally:
        server.terminate()
        server.wait()
    times = sorted(told["seconds"])
    print(
        f"{given.clients} clients, {given.seconds:g} s: {len(times)} requests, {len(times) / given.seconds:.0f} a second"
    )
    print(
        f"p50 {1000 * times[len(times) // 2]:.0f} ms, p99 {1000 * times[int(len(times) * 0.99)]:.0f} ms, longest {1000 * times[-1]:.0f} ms"
    )
    for name in ("right", "wrong", "turned away"):
        print(f"{name}: {sum(told[name].values())} {dict(sorted(told[name].items()))}")
    sys.exit(bool(told["wrong"]))


if __name__ == "__main__":
    main()
