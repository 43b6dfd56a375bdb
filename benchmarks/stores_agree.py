"""Do the stores of a graph hold and answer the same?

python benchmarks/stores_agree.py GRAPH_FOLDER
python benchmarks/stores_agree.py GRAPH_FOLDER --neo4j load          brings up a Neo4j server and loads the graph into it first
python benchmarks/stores_agree.py GRAPH_FOLDER --neo4j import        the same by CSV and neo4j-admin, for a large graph
python benchmarks/stores_agree.py GRAPH_FOLDER --uri bolt://…        a server that kg load has loaded; NEO4J_PASSWORD

Papers, nodes by label, results and statements by predicate are compared with the log, and every named question is asked
in every store with names from the graph itself. Exits with 1 and names each difference.
"""

import argparse
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import kg
from kg.graph import Facts, Log
from kg.queries import ask, questions
from kg.stores import KgliteStore, OxigraphStore, Store
from kg.stores.base import Cell
from kg.stores.counts import held, logged
from kg.stores.neo4j import Neo4jStore, connect
from kg.stores.neo4j_load import load
from scripts.neo4j_server import Server

# Where the names of a parameter come from: the things that most papers name.
_NAMES = "MATCH (p:Paper)-[:MENTIONS]->(n:{label}) RETURN n.name AS name, count(*) AS papers ORDER BY papers DESC, name LIMIT 12"
_LABELS = {"hardware": "Hardware", "method": "Method", "metric": "Metric", "task": "Task", "name": "Method", "from": "Method",
           "to": "Hardware"}  # fmt: skip
_FIXED: dict[str, tuple[Cell, ...]] = {
    "unit": ("x", "%"), "min": (-10, 2, 90.5),
    "hardware": ("GPU", "NVIDIA", "Ampere", "nothing of that name"), "to": ("accuracy",),
}  # fmt: skip


def values(names: Store) -> dict[str, list[Cell]]:
    """Values to ask with, by parameter."""
    found = {key: list(names.select(_NAMES.format(label=label)).column("name")) for key, label in _LABELS.items()}
    return {key: [*_FIXED.get(key, ()), *map(str, found.get(key, ()))] for key in {*_FIXED, *_LABELS}}


def asked(names: Store) -> Iterator[tuple[str, dict[str, Cell]]]:
    """Every question: with nothing but what it needs, then with each value of each parameter."""
    known = values(names)
    for name, question in questions().items():
        needed = {p.name: known[p.name][0] for p in question.parameters if p.required}
        yield name, dict(needed)
        for parameter in question.parameters:
            for value in parameter.choices or known[parameter.name]:
                yield name, {**needed, parameter.name: value}


def differences(graph: Path, stores: Mapping[str, Store]) -> Iterator[str]:
    """What differs between the stores, or between a store and the log."""
    with Log(graph) as log:
        wanted = logged(Facts(log))
    for name, store in stores.items():
        found = held(store)
        for what in sorted(wanted | found):
            if wanted[what] != found[what]:
                yield f"{name} holds {found[what]} {what}, the log {wanted[what]}"
    first, *others = stores
    taken = dict.fromkeys(stores, 0.0)
    count = 0
    for question, parameters in asked(stores[first] if stores[first].language == "cypher" else stores[others[0]]):
        answers = {}
        count += 1
        for name, store in stores.items():
            since = time.perf_counter()
            answers[name] = ask(store, question, parameters, most=sys.maxsize).rows
            taken[name] += time.perf_counter() - since
        for name in others:
            if answers[name] != answers[first]:
                less = [row for row in answers[first] if row not in answers[name]][:1]
                more = [row for row in answers[name] if row not in answers[first]][:1]
                yield f"{question} {parameters}: {len(answers[first])} rows in {first}, {len(answers[name])} in {name}: {less} {more}"
    times = ", ".join(f"{name} {seconds / count * 1000:.0f} ms" for name, seconds in taken.items())
    print(f"{sum(wanted.values())} things counted, {count} questions asked; a question takes {times}", file=sys.stderr)


@contextmanager
def own_server(graph: Path, how: str) -> Iterator[Neo4jStore]:
    """A Neo4j server that holds the graph, and is gone afterwards."""
    with tempfile.TemporaryDirectory() as work:
        server, password = Server(Path(work) / "neo4j"), secrets.token_urlsafe(12)
        server.prepare(password)
        if how == "import":
            since = time.perf_counter()
            kg.export("neo4j-csv", graph, Path(work) / "csv")
            written = time.perf_counter()
            arguments = ("database", "import", "full", "neo4j", "@import.args", "--overwrite-destination")
            server.admin(*arguments, folder=Path(work) / "csv")
            print(
                f"{written - since:.0f} s to write CSV, {time.perf_counter() - written:.0f} s to import",
                file=sys.stderr,
            )
        uri = server.start(password)
        try:
            with connect(uri, server.user, password) as driver:
                since = time.perf_counter()
                loaded = load(graph, driver)  # which compares the counts too
                print(
                    f"{time.perf_counter() - since:.0f} s to load {loaded.papers} papers, {loaded.unchanged} there",
                    file=sys.stderr,
                )
                yield Neo4jStore(driver)
        finally:
            server.stop(seconds=0)


@contextmanager
def neo4j_stores(graph: Path, how: str | None, uri: str | None, user: str) -> Iterator[dict[str, Store]]:
    """The Neo4j store to compare with, if one is asked for."""
    if how is not None:
        with own_server(graph, how) as store:
            yield {"Neo4j": store}
    elif uri is not None:
        with connect(uri, user, os.environ.get("NEO4J_PASSWORD", "")) as driver:
            yield {"Neo4j": Neo4jStore(driver)}
    else:
        yield {}


def main() -> int:
    """Compare, and print each difference."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("graph", type=Path, help="the graph folder")
    parser.add_argument("--neo4j", choices=("load", "import"), help="bring up a Neo4j server, and fill it so")
    parser.add_argument("--uri", help="the address of a Neo4j server that holds the graph")
    parser.add_argument("--user", default="neo4j", help="its user; the password is NEO4J_PASSWORD")
    given = parser.parse_args()
    with neo4j_stores(given.graph, given.neo4j, given.uri, given.user) as more:
        stores: dict[str, Store] = {"SPARQL": OxigraphStore(given.graph), "Cypher": KgliteStore(given.graph), **more}
        found = list(differences(given.graph, stores))
    print("\n".join(found) or f"The stores agree: {', '.join(stores)}.")
    return int(bool(found))


if __name__ == "__main__":
    raise SystemExit(main())
