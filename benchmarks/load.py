"""How fast a graph is loaded: Neo4j against a plain driver loop of the same rows, Oxigraph against a bare bulk load.

python benchmarks/load.py GRAPH [ROUNDS]

It starts a Neo4j server of its own (scripts/neo4j_server.py). Each round empties the database and loads it each way, in turns;
what is printed is the median. A first round, in which Java compiles, is left out. Both plain ways read what was made before, from a
file; `kg load` and the store's build start from the log.
"""

import json
import secrets
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path

import neo4j
import pyoxigraph

import kg
from kg.graph import Facts, Log, Nodes
from kg.graph.property_graph import graph_nodes, graph_relationships
from kg.graph.rdf import graph_lines
from kg.schema import schema_folder
from kg.stores import OxigraphStore
from kg.stores.neo4j import connect
from kg.stores.neo4j_load import load
from scripts.neo4j_server import Server

BATCH = 5_000


def seconds(work: Callable[[], object]) -> float:
    """How long something takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def write_rows(graph: Path, file: Path) -> int:
    """Write the rows that a load sends, a query and its row a line, by query; how many."""
    with Log(graph) as log:
        nodes, rows = Nodes(), defaultdict(list)
        for node in graph_nodes(Facts(log), nodes):
            rows[f"UNWIND $rows AS row MERGE (n:{node.label} {{id: row.id}}) SET n = row.p"].append(
                {"id": node.id, "p": node.properties}
            )
        for r in graph_relationships(Facts(log), nodes):
            rows[
                f"UNWIND $rows AS row MATCH (a:{r.start_label} {{id: row.a}}) MATCH (b:{r.end_label} {{id: row.b}}) "
                f"MERGE (a)-[r:{r.type} {{id: row.id}}]->(b) SET r = row.p"
            ].append({"a": r.start, "b": r.end, "id": r.id, "p": r.properties})
    with file.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps([query, row]) + "\n" for query, some in rows.items() for row in some)
    return sum(map(len, rows.values()))


def plain_loop(driver: neo4j.Driver, file: Path) -> None:
    """What one would write by hand: constraints, then the rows of a file, nodes before relationships, in batches."""
    with driver.session() as session, file.open(encoding="utf-8") as lines:
        for statement in (schema_folder() / "neo4j.cypher").read_text("utf-8").split(";\n"):
            if statement.strip():
                session.run(statement).consume()
        session.run("CALL db.awaitIndexes(300)").consume()
        for query, some in groupby(map(json.loads, lines), itemgetter(0)):
            while rows := [row for _, row in islice(some, BATCH)]:
                session.run(query, rows=rows).consume()


def empty(driver: neo4j.Driver) -> None:
    """Delete everything."""
    with driver.session() as session:
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS").consume()


def neo4j_loads(graph: Path, rounds: int, work: Path) -> None:
    """Print the rates into Neo4j."""
    count = write_rows(graph, work / "rows.jsonl")
    taken: dict[str, list[float]] = defaultdict(list)
    server, password = Server(work / "neo4j"), secrets.token_urlsafe(12)
    uri = server.start(password)
    try:
        with connect(uri, server.user, password) as driver:
            for _ in range(rounds + 1):
                empty(driver)
                taken["plain driver loop"].append(seconds(lambda: plain_loop(driver, work / "rows.jsonl")))
                empty(driver)
                taken["kg load neo4j"].append(seconds(lambda: load(graph, driver)))
                taken["kg load neo4j, nothing changed"].append(seconds(lambda: load(graph, driver)))
    finally:
        server.stop(seconds=0)
    exported = seconds(lambda: kg.export("neo4j-csv", graph, work / "csv"))
    arguments = ("database", "import", "full", "neo4j", "@import.args", "--overwrite-destination")
    imported = seconds(lambda: server.admin(*arguments, folder=work / "csv"))
    plain = statistics.median(taken["plain driver loop"][1:])
    for name, times in taken.items():
        median = statistics.median(times[1:])
        print(
            f"{name:<32} {count:>9,} rows {median:7.1f} s {count / median:>9,.0f} rows/s {plain / median:6.2f} of plain"
        )
    total = exported + imported
    print(f"{'kg export neo4j-csv and import':<32} {count:>9,} rows {total:7.1f} s {count / total:>9,.0f} rows/s "
          f"({exported:.1f} s to write, {imported:.1f} s to import)")  # fmt: skip


def oxigraph_loads(graph: Path, rounds: int, work: Path) -> None:
    """Print the rates into Oxigraph."""
    kg.export("nquads", graph, work / "graph.nq")
    taken: dict[str, list[float]] = defaultdict(list)
    with Log(graph) as log:
        lines = list(graph_lines(Facts(log)))
        for number in range(rounds + 1):
            store = pyoxigraph.Store(str(work / f"bare-{number}"))
            taken["bare pyoxigraph bulk_load"].append(
                seconds(lambda s=store: s.bulk_load(path=work / "graph.nq", format=pyoxigraph.RdfFormat.N_QUADS))  # type: ignore[misc]
            )
            taken["the store's build, from lines"].append(
                seconds(lambda n=number: OxigraphStore.build(work / f"lines-{n}", lines, "digest"))  # type: ignore[misc]
            )
            taken["the store's build, from the log"].append(
                seconds(lambda n=number: OxigraphStore.build(work / f"log-{n}", graph_lines(Facts(log)), "digest"))  # type: ignore[misc]
            )
    bare = statistics.median(taken["bare pyoxigraph bulk_load"][1:])
    for name, times in taken.items():
        median = statistics.median(times[1:])
        print(
            f"{name:<32} {len(lines):>9,} quads {median:6.1f} s {len(lines) / median:>9,.0f} quads/s {bare / median:5.2f} of bare"
        )


def main() -> None:
    """Measure both stores."""
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    graph, rounds = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory() as work:
        neo4j_loads(graph, rounds, Path(work))
        oxigraph_loads(graph, rounds, Path(work))


if __name__ == "__main__":
    main()
