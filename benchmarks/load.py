"""How fast a graph is loaded: Neo4j against a plain driver loop of the same rows, Oxigraph against a bare bulk load.

python benchmarks/load.py GRAPH [ROUNDS]

It starts a Neo4j server of its own (scripts/neo4j_server.py). Each round empties the database and loads it each way, in turns;
what is printed is the median. A first round, in which Java compiles, is left out.
"""

import secrets
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import neo4j
import pyoxigraph

import kg
from kg.graph import Facts, Log, Nodes
from kg.graph.property_graph import GraphNode, Relationship, graph_nodes, graph_relationships
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


def plain_loop(driver: neo4j.Driver, nodes: list[GraphNode], relationships: list[Relationship]) -> None:
    """What one would write by hand: constraints, then nodes by label, then relationships by kind, in batches."""
    by_label: dict[str, list[dict[str, object]]] = defaultdict(list)
    for node in nodes:
        by_label[node.label].append({"id": node.id, "p": node.properties})
    by_kind: dict[tuple[str, str, str], list[dict[str, object]]] = defaultdict(list)
    for r in relationships:
        by_kind[r.start_label, r.type, r.end_label].append({"a": r.start, "b": r.end, "id": r.id, "p": r.properties})
    with driver.session() as session:
        for statement in (schema_folder() / "neo4j.cypher").read_text("utf-8").split(";\n"):
            if statement.strip():
                session.run(statement).consume()
        session.run("CALL db.awaitIndexes(300)").consume()
        for label, rows in by_label.items():
            query = f"UNWIND $rows AS row MERGE (n:{label} {{id: row.id}}) SET n = row.p"
            for at in range(0, len(rows), BATCH):
                session.run(query, rows=rows[at : at + BATCH]).consume()
        for (start, type, end), rows in by_kind.items():
            query = (
                f"UNWIND $rows AS row MATCH (a:{start} {{id: row.a}}) MATCH (b:{end} {{id: row.b}}) "
                f"MERGE (a)-[r:{type} {{id: row.id}}]->(b) SET r = row.p"
            )
            for at in range(0, len(rows), BATCH):
                session.run(query, rows=rows[at : at + BATCH]).consume()


def empty(driver: neo4j.Driver) -> None:
    """Delete everything."""
    with driver.session() as session:
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS").consume()


def neo4j_loads(graph: Path, rounds: int, work: Path) -> None:
    """Print the rates into Neo4j."""
    with Log(graph) as log:
        nodes = Nodes()
        every_node = list(graph_nodes(Facts(log), nodes))
        every_link = list(graph_relationships(Facts(log), nodes))
    count = len(every_node) + len(every_link)
    taken: dict[str, list[float]] = defaultdict(list)
    server, password = Server(work / "neo4j"), secrets.token_urlsafe(12)
    uri = server.start(password)
    try:
        with connect(uri, server.user, password) as driver:
            for _ in range(rounds + 1):
                empty(driver)
                taken["plain driver loop"].append(seconds(lambda: plain_loop(driver, every_node, every_link)))
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
