"""Loads a graph into a Neo4j server: what differs from what is there, and nothing twice.

A paper and all that it states are one write: its node, results, relationships, and the bare nodes of the things that it
names. The properties of things follow, since they sum up many papers. Papers and things keep a digest of what was loaded
with them (`_loaded`), so a later load, or one that goes on where another was cut, sends only what has changed.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from kg.errors import StoreError
from kg.graph import Facts, Log, Nodes, PaperFacts
from kg.graph.property_graph import (
    PAPER_LABEL,
    RESULT_LABEL,
    GraphNode,
    Relationship,
    broader,
    entity_node,
    graph_nodes,
    graph_relationships,
    paper_nodes,
    paper_relationships,
)  # fmt: skip
from kg.model import content_hash
from kg.progress import Progress
from kg.schema import load_schema, schema_folder
from kg.settings import setting
from kg.stores.neo4j import DATABASE, DIGEST

if TYPE_CHECKING:
    import neo4j

_NAMED: Final = 5
_INDEX_SECONDS: Final = 300
_PAPERS: Final = 100  # removed in a transaction

Item = TypeVar("Item")
Part: TypeAlias = tuple[list[GraphNode], list[Relationship]]
"""The nodes and relationships that are written together."""


@dataclass
class Loaded:
    """What a load did: papers and things written and removed, and papers in the server that the graph does not have."""

    papers: int = 0
    things: int = 0
    unchanged: int = 0
    removed: int = 0
    strangers: list[str] = field(default_factory=list)
    nodes: Counter[str] = field(default_factory=Counter)
    relationships: Counter[str] = field(default_factory=Counter)


def load(
    graph: Path,
    driver: "neo4j.Driver",
    *,
    prune: bool = False,
    everything: bool = False,
    progress: Progress | None = None,
) -> Loaded:
    """Make the server's database hold a graph.

    Args:
        graph: the graph folder.
        driver: as `kg.stores.neo4j.connect` gives it.
        prune: remove papers that an earlier load brought and the graph no longer has; without it they stay, and are told.
        everything: write papers and things anew, also those that have not changed.
        progress: called as the load goes on.

    Raises:
        GraphError: there is no such graph.
        StoreError: the server refuses a write, or holds something else than the log afterwards.
    """
    tell = progress or (lambda stage, done, of: None)
    with (
        Log(graph) as log,
        driver.session(database=DATABASE) as session,
        ThreadPoolExecutor(max_workers=1) as sender,
    ):
        loading = _Loading(session, sender, everything=everything)
        loading.prepare()
        total, every = len(log), Facts(log)
        for done, facts in enumerate(every, start=1):
            loading.paper(facts)
            tell("loading", done, total)
        loading.write()
        loading.settle()
        loading.remove(prune=prune)
        loading.things()
        tell("comparing", 0, None)
        loading.compare(every, graph)
        return loading.loaded


def paper_part(facts: PaperFacts) -> tuple[str, Part]:
    """What a paper brings, and the digest of it."""
    nodes, relationships = list(paper_nodes(facts)), list(paper_relationships(facts))
    return _digest([n.properties for n in nodes], [[r.type, r.start, r.end, r.properties] for r in relationships]), (
        nodes,
        relationships,
    )


def thing_digest(node: GraphNode, above: Sequence[Relationship]) -> str:
    """The digest of a thing and what is above it."""
    return _digest(node.properties, [r.id for r in above])


def _digest(*parts: object) -> str:
    return content_hash(json.dumps(parts, sort_keys=True))


class _Loading:
    def __init__(self, session: "neo4j.Session", sender: Executor, *, everything: bool) -> None:
        self.session = session
        self._sender = sender
        self._sent: Future[None] | None = None
        self.everything = everything
        self.loaded = Loaded()
        self.labels = [label for label in load_schema().labels if label not in (PAPER_LABEL, RESULT_LABEL)]
        self.there: dict[str, dict[str, str]] = {}
        self.kept: list[str] = []
        """Things that only strangers may name."""
        self._nodes = Nodes()
        self._papers: set[str] = set()
        self._bare: set[tuple[str, str]] = set()
        self._waiting: list[tuple[GraphNode, Part]] = []
        self._rows = 0

    def prepare(self) -> None:
        """Constraints and indexes; the digests of what is there."""
        text = (schema_folder() / "neo4j.cypher").read_text("utf-8")
        for statement in text.split(";\n"):
            lines = "\n".join(line for line in statement.splitlines() if not line.startswith("//"))
            if lines.strip():
                self.session.run(lines).consume()
        self.session.run("CALL db.awaitIndexes($seconds)", seconds=_INDEX_SECONDS).consume()
        for label in (PAPER_LABEL, *self.labels):
            found = self.session.run(f"MATCH (n:{label}) WHERE n.{DIGEST} IS NOT NULL RETURN n.id, n.{DIGEST}")
            self.there[label] = dict(found.values())

    def paper(self, facts: PaperFacts) -> None:
        """Write a paper if it is new or has changed, together with others."""
        digest, (nodes, relationships) = paper_part(facts)
        paper = nodes[0]
        self._nodes.add(facts)
        self._papers.add(paper.id)
        self._count(nodes, relationships)
        if not self.everything and self.there[PAPER_LABEL].get(paper.id) == digest:
            self.loaded.unchanged += 1
            return
        paper.properties[DIGEST] = digest
        self._waiting.append((paper, (nodes, relationships)))
        self._rows += len(nodes) + len(relationships)
        if self._rows >= setting("neo4j_rows"):
            self.write()

    def _count(self, nodes: Iterable[GraphNode], relationships: Iterable[Relationship]) -> None:
        self.loaded.nodes.update(node.label for node in nodes)
        self.loaded.relationships.update(relationship.type for relationship in relationships)

    def write(self) -> None:
        """Write the papers that wait, in one transaction."""
        if not self._waiting:
            return
        papers = [paper.id for paper, _ in self._waiting]
        old = [id for id in papers if id in self.there[PAPER_LABEL]]
        nodes = [node for _, (nodes, _) in self._waiting for node in nodes]
        relationships = [one for _, (_, relationships) in self._waiting for one in relationships]
        bare: dict[str, set[str]] = defaultdict(set)
        for r in relationships:
            for label, id in ((r.start_label, r.start), (r.end_label, r.end)):
                if label in self.labels and (label, id) not in self._bare and id not in self.there[label]:
                    bare[label].add(id)

        def work(tx: "neo4j.ManagedTransaction") -> None:
            _empty(tx, old)
            _merge_bare(tx, bare)
            _merge_nodes(tx, nodes)
            _merge_relationships(tx, relationships)

        # The server works on these while the next are made here.
        self.settle()
        self._sent = self._sender.submit(self._transact, work, nodes)
        self._bare.update((label, id) for label, ids in bare.items() for id in ids)
        self.loaded.papers += len(papers)
        self._waiting, self._rows = [], 0

    def settle(self) -> None:
        """Wait until what was sent is written."""
        if self._sent is not None:
            self._sent.result()

    def _transact(self, work: "Callable[[neo4j.ManagedTransaction], None]", nodes: Sequence[GraphNode] = ()) -> None:
        """A managed transaction: the driver tries again where the server says that it may work."""
        from neo4j.exceptions import DatabaseError

        try:
            self.session.execute_write(work)
        except DatabaseError as error:
            if "too large to index" not in str(error):
                raise
            worst = max(nodes, key=lambda node: max(len(node.id), len(str(node.properties.get("name", "")))))
            raise StoreError(
                f"The id or name of the {worst.label} {worst.id[:60]!r} is longer than Neo4j can index "
                "(8,000 bytes for an id, 32,000 for a name): take that paper out with  kg remove"
            ) from error

    def remove(self, *, prune: bool) -> None:
        """Remove papers that earlier loads brought and the graph no longer has; without `prune`, only note them."""
        gone = sorted(self.there[PAPER_LABEL].keys() - self._papers)
        if not prune:
            self.loaded.strangers = gone
            return
        for ids in _parts(gone, _PAPERS):
            self._transact(partial(_empty, papers=ids))
            self._transact(partial(_delete, label=PAPER_LABEL, ids=ids))
        self.loaded.removed = len(gone)

    def things(self) -> None:
        """Write the things that are new or have changed; remove those that no paper names any more."""
        known: set[str] = set()
        changed: list[GraphNode] = []
        upward: list[Relationship] = []
        for one in self._nodes:
            node, above = entity_node(one), list(broader(one))
            known.add(node.id)
            self._count([node], above)
            digest = thing_digest(node, above)
            if self.everything or self.there[node.label].get(node.id) != digest:
                node.properties[DIGEST] = digest
                changed.append(node)
                upward += above
        # Upward first: a load that is cut here leaves the digests of these things as they were.
        bare: dict[str, set[str]] = defaultdict(set)
        for r in upward:
            bare[r.start_label].add(r.start)
            bare[r.end_label].add(r.end)
        self._transact(partial(_merge_bare, bare=bare))
        for nodes in _parts(changed, setting("neo4j_rows")):
            self._transact(partial(_detach_upward, nodes=nodes))
        for links in _parts(upward, setting("neo4j_rows")):
            self._transact(partial(_merge_relationships, relationships=links))
        for nodes in _parts(changed, setting("neo4j_rows")):
            self._transact(partial(_merge_nodes, nodes=nodes), nodes)
        self.loaded.things = len(changed)
        for label in self.labels:
            gone = sorted(self.there[label].keys() - known)
            if self.loaded.strangers:  # which may name them
                self.kept += gone
                continue
            for ids in _parts(gone, setting("neo4j_rows")):
                self._transact(partial(_delete, label=label, ids=ids))

    def compare(self, papers: Facts, graph: Path) -> None:
        """Compare the counts in the server with those of the log.

        Raises:
            StoreError: they differ; what is missing or too much is named.
        """
        differences: list[str] = []
        for label in load_schema().labels:
            expected, found = self.loaded.nodes[label], self._number(_nodes_query(label))
            if expected != found:
                differences.append(self._difference(label, expected, _nodes_query(label), _node_ids(papers, label)))
        for type in load_schema().relationship_types:
            query = _relationships_query(type, all=not self.loaded.strangers and not self.kept)
            expected, found = self.loaded.relationships[type], self._number(query)
            if expected != found:
                differences.append(self._difference(type, expected, query, _relationship_ids(papers, type)))
        if differences:
            raise StoreError(
                f"Neo4j does not hold what {graph} holds: {'; '.join(differences)}. "
                "Load once more with --all, which writes everything anew."
            )

    def _number(self, query: str) -> int:
        found = self.session.run(f"{query} RETURN count(x)", strangers=self.loaded.strangers, kept=self.kept).single()
        assert found is not None
        return int(found[0])

    def _difference(self, name: str, expected: int, query: str, wanted: set[str]) -> str:
        found = {
            id
            for (id,) in self.session.run(
                f"{query} RETURN x.id", strangers=self.loaded.strangers, kept=self.kept
            ).values()
        }
        missing, more = sorted(wanted - found), sorted(map(str, found - wanted))
        said = [
            f"{len(ids)} {what} ({', '.join(ids[:_NAMED])}{' …' if len(ids) > _NAMED else ''})"
            for what, ids in (("missing", missing), ("too many", more))
            if ids
        ] or ["some are there twice"]
        return f"of {expected} {name} {' and '.join(said)}"


def _nodes_query(label: str) -> str:
    if label == PAPER_LABEL:
        return f"MATCH (x:{label}) WHERE x.{DIGEST} IS NOT NULL AND NOT x.id IN $strangers"
    if label == RESULT_LABEL:
        return f"MATCH (x:{label}) WHERE NOT x.paper IN $strangers"
    return f"MATCH (x:{label}) WHERE x.{DIGEST} IS NOT NULL AND NOT x.id IN $kept"


def _relationships_query(type: str, *, all: bool) -> str:
    if all:  # what the server has counted already
        return f"MATCH ()-[x:{type}]->()"
    # The catalogue's relationships are of no paper: those are counted whose start the graph knows.
    return f"MATCH (n)-[x:{type}]->() WHERE CASE WHEN x.paper IS NULL THEN NOT n.id IN $kept ELSE NOT x.paper IN $strangers END"


def _node_ids(papers: Facts, label: str) -> set[str]:
    return {node.id for node in graph_nodes(papers) if node.label == label}


def _relationship_ids(papers: Facts, type: str) -> set[str]:
    nodes = Nodes(papers)
    return {r.id for r in graph_relationships(papers, nodes) if r.type == type}


def _empty(tx: "neo4j.ManagedTransaction", papers: list[str]) -> None:
    """Take away all that some papers state; their nodes stay."""
    if not papers:
        return
    paper = f"UNWIND $papers AS paper MATCH (p:{PAPER_LABEL} {{id: paper}})"
    tx.run(f"{paper}-[:REPORTS]->(r:{RESULT_LABEL}) DETACH DELETE r", papers=papers)
    tx.run(f"{paper}-[r]->() DELETE r", papers=papers)
    for type in load_schema().types_between_things:
        tx.run(f"UNWIND $papers AS paper MATCH ()-[r:{type} {{paper: paper}}]->() DELETE r", papers=papers)


def _delete(tx: "neo4j.ManagedTransaction", label: str, ids: list[str]) -> None:
    tx.run(f"UNWIND $ids AS id MATCH (n:{label} {{id: id}}) DETACH DELETE n", ids=ids)


def _detach_upward(tx: "neo4j.ManagedTransaction", nodes: Iterable[GraphNode]) -> None:
    """Take away what the catalogue knew above some hardware."""
    ids = [node.id for node in nodes if node.label == "Hardware"]
    tx.run("UNWIND $ids AS id MATCH (:Hardware {id: id})-[r:BROADER]->() DELETE r", ids=ids)


def _merge_bare(tx: "neo4j.ManagedTransaction", bare: Mapping[str, set[str]]) -> None:
    """Things that relationships lead to; their properties come later."""
    for label, ids in bare.items():
        tx.run(f"UNWIND $ids AS id MERGE (n:{label} {{id: id}}) ON CREATE SET n.{DIGEST} = ''", ids=sorted(ids))


def _merge_nodes(tx: "neo4j.ManagedTransaction", nodes: Iterable[GraphNode]) -> None:
    rows: dict[str, list[list[object]]] = defaultdict(list)
    for node in nodes:
        rows[node.label].append([node.id, node.properties])
    for label, some in rows.items():
        tx.run(f"UNWIND $rows AS row MERGE (n:{label} {{id: row[0]}}) SET n = row[1]", rows=some)


def _merge_relationships(tx: "neo4j.ManagedTransaction", relationships: Iterable[Relationship]) -> None:
    rows: dict[tuple[str, str, str], list[list[object]]] = defaultdict(list)
    for r in relationships:
        rows[r.start_label, r.type, r.end_label].append([r.start, r.end, r.id, r.properties])
    for (start, type, end), some in rows.items():
        tx.run(
            f"UNWIND $rows AS row MATCH (a:{start} {{id: row[0]}}) MATCH (b:{end} {{id: row[1]}}) "
            f"MERGE (a)-[r:{type} {{id: row[2]}}]->(b) SET r = row[3]",
            rows=some,
        )


def _parts(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    stream = iter(items)
    while part := list(islice(stream, size)):
        yield part
