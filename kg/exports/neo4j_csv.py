"""CSV files for `neo4j-admin database import full`, with its arguments: the fastest way into an empty Neo4j.

Rows carry the digests that `kg load neo4j` writes, so a load after the import finds everything there, adds the constraints,
and compares the counts.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final, TextIO

from kg.exports.base import FolderExport, Source
from kg.graph import Nodes
from kg.graph.property_graph import GraphNode, Relationship, Value, broader, entity_node
from kg.graph.property_kinds import keys_of, property_kinds
from kg.stores.neo4j import DIGEST
from kg.stores.neo4j_load import paper_part, thing_digest

ARGUMENTS: Final = "import.args"
_BETWEEN: Final = "\x1f"  # the unit separator: parts the values of a list
_OPTIONS: Final = ("--multiline-fields=true", "--array-delimiter=U+001F", "--bad-tolerance=0", "--id-type=string")


class _Files:
    """A file for each label and each kind of relationship, opened when its first row comes."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.arguments: dict[str, str] = {}
        self._stack = stack
        self._open: dict[str, TextIO] = {}

    def node(self, node: GraphNode) -> None:
        name = f"nodes-{node.label}.csv"
        keys = (*keys_of("nodes"), DIGEST)
        if name not in self._open:
            columns = [f"id:ID({node.label})", *(_column(key) for key in keys if key != "id")]
            self._begin(name, f"--nodes={node.label}", columns)
        self._row(name, [node.id, *(node.properties.get(key) for key in keys if key != "id")])

    def relationship(self, r: Relationship) -> None:
        name = f"{r.start_label}-{r.type}-{r.end_label}.csv"
        keys = keys_of("relationships")
        if name not in self._open:
            columns = [f":START_ID({r.start_label})", f":END_ID({r.end_label})", *map(_column, keys)]
            self._begin(name, f"--relationships={r.type}", columns)
        self._row(name, [r.start, r.end, *(r.properties.get(key) for key in keys)])

    def _begin(self, name: str, option: str, columns: list[str]) -> None:
        self._open[name] = self._stack.enter_context((self.folder / name).open("w", encoding="utf-8", newline=""))
        self._open[name].write(",".join(columns) + "\n")
        self.arguments[name] = option

    def _row(self, name: str, values: list[Value | None]) -> None:
        self._open[name].write(",".join(map(_cell, values)) + "\n")


def _column(key: str) -> str:
    return f"{key}:{property_kinds().get(key, 'string')}"


def _cell(value: Value | None) -> str:
    """A quoted text, a number, or nothing where there is no value: an empty text is quoted too."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list):
        value = _BETWEEN.join(str(item).replace(_BETWEEN, " ") for item in value)
    return '"' + value.replace('"', '""') + '"'


def _write(source: Source, folder: Path) -> None:
    nodes = Nodes()
    with ExitStack() as stack:
        files = _Files(folder, stack)
        for facts in source:
            nodes.add(facts)
            digest, (own, relationships) = paper_part(facts)
            own[0].properties[DIGEST] = digest
            for node in own:
                files.node(node)
            for relationship in relationships:
                files.relationship(relationship)
        for node, above in _things(nodes):
            files.node(node)
            for relationship in above:
                files.relationship(relationship)
    lines = [*_OPTIONS, *(f"{option}={name}" for name, option in sorted(files.arguments.items()))]
    (folder / ARGUMENTS).write_text("".join(f"{line}\n" for line in lines), "utf-8")


def _things(nodes: Nodes) -> Iterator[tuple[GraphNode, list[Relationship]]]:
    for each in nodes:
        node, above = entity_node(each), list(broader(each))
        node.properties[DIGEST] = thing_digest(node, above)
        yield node, above


NEO4J_CSV = FolderExport(
    "neo4j-csv", "CSV files for neo4j-admin database import full, in a folder", _write,
    then=f"With the server stopped:  cd {{folder}} && neo4j-admin database import full neo4j @{ARGUMENTS} --overwrite-destination\n"
    "Then start it:  kg load neo4j  adds the constraints and compares the counts.",
)  # fmt: skip
