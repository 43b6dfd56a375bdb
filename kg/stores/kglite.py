"""The embedded Cypher store: kglite, one file, derived from the log and swapped in whole."""

import warnings
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import kglite

from kg.errors import GraphError, LimitError, QueryError
from kg.settings import setting
from kg.stores.base import Answer, Language, Value
from kg.stores.cypher_text import read_only
from kg.stores.folder import FOLDERS, check_folder, digest_of, swapped_in
from kg.stores.kglite_dialect import for_kglite

if TYPE_CHECKING:
    from kg.graph.property_graph import GraphNode, Relationship

FOLDER: Final = FOLDERS["cypher"]
_FILE: Final = "graph.kgl"
_BATCH: Final = 5_000
# What kglite adds to the properties of a node.
_ADDED: Final = frozenset({"title", "type"})
Item = TypeVar("Item")

kglite.set_query_warning_policy("silent")  # remarks are part of the answer


class KgliteStore:
    """A graph's nodes and relationships, read-only.

    Raises:
        GraphError: there is no store, or it was not derived from the log with this digest.
    """

    language: Final[Language] = "cypher"

    def __init__(self, graph_folder: Path, digest: str | None = None) -> None:
        check_folder(graph_folder, self.language, digest)
        try:
            self._graph = kglite.load(str(graph_folder / FOLDER / _FILE), storage="mapped")
        except (OSError, RuntimeError, ValueError, kglite.KgError) as error:
            raise GraphError(
                f"The Cypher store of {graph_folder} cannot be read ({error}): run  kg build --out {graph_folder}."
            ) from error
        self._graph.read_only(True)

    @staticmethod
    def digest(graph_folder: Path) -> str | None:
        """The digest of the log that the store was derived from."""
        return digest_of(graph_folder, FOLDER)

    @staticmethod
    def build(
        graph_folder: Path, nodes: "Iterable[GraphNode]", relationships: "Iterable[Relationship]", digest: str
    ) -> int:
        """Derive the store anew, beside the old one, and swap it in; the number of relationships.

        Labels and types come from the ontology; all else is a parameter. CREATE keeps parallel facts apart.

        Raises:
            GraphError: the folder cannot be written. The old store is intact then.
        """
        with swapped_in(graph_folder, FOLDER, digest) as new:
            graph = kglite.KnowledgeGraph()
            graph.set_default_timeout(0)  # a machine that sleeps, or is busy, is no error
            for batch in _batches(nodes):
                for label, group in groupby(sorted(batch, key=attrgetter("label")), attrgetter("label")):
                    rows = [node.properties for node in group]
                    graph.cypher(f"UNWIND $rows AS row CREATE (n:{label}) SET n = row", params={"rows": rows})
            count, kind = 0, attrgetter("start_label", "type", "end_label")
            for links in _batches(relationships):
                for (start, name, end), some in groupby(sorted(links, key=kind), kind):
                    facts = [{"from": link.start, "to": link.end, "properties": link.properties} for link in some]
                    graph.cypher(
                        f"UNWIND $rows AS row MATCH (a:{start} {{id: row.from}}), (b:{end} {{id: row.to}}) "
                        f"CREATE (a)-[r:{name}]->(b) SET r = row.properties",
                        params={"rows": facts},
                    )
                    count += len(facts)
            with warnings.catch_warnings():
                # that some columns are read into memory is no matter of the user's
                warnings.filterwarnings("ignore", message=".*without a mapped form")
                graph.save(str(new / _FILE))
        return count

    def select(self, query: str, parameters: Mapping[str, Value] | None = None, *, most: int | None = None) -> Answer:
        """Run a Cypher query that reads.

        Args:
            query: openCypher as Neo4j 5 takes it.
            parameters: values of $name in the query.
            most: the most rows; `query_rows` where not given.

        Raises:
            QueryError: it does not parse, would write or read a file, or cannot be answered.
        """
        query, most = for_kglite(read_only(query)), most or setting("query_rows")
        try:
            found = self._graph.cypher(
                query, params=dict(parameters or {}), timeout_ms=setting("query_seconds") * 1000, row_limit=most + 1
            )
            if isinstance(found, str):
                raise QueryError("The query asks for another form of answer (FORMAT): take it out.")
            columns = tuple(found.columns)
            rows = [tuple(_value(row[column]) for column in columns) for row in found]
        except kglite.ReadOnlyError as error:
            raise QueryError("The query would change the graph: only reading is possible here.") from error
        except kglite.CypherTimeoutError as error:
            raise LimitError(f"The query took more than {setting('query_seconds')} seconds (query_seconds).") from error
        except (kglite.KgError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise QueryError(f"The query cannot be answered: {error}") from error
        remarks = tuple(remark for remark in found.warnings if "row_limit" not in remark)
        # A column without a name of its own is called by its text, as it stood before `for_kglite`.
        names = tuple(column.replace("`end`", "end") for column in columns)
        return Answer(names, rows[:most], cut=len(rows) > most, remarks=remarks)


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    stream = iter(items)
    while batch := list(islice(stream, _BATCH)):
        yield batch


def _value(value: Any) -> Value:
    """A value as every Cypher store gives it; dates and durations as text."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, list | tuple):
        return [_value(item) for item in value]
    if isinstance(value, dict):
        if value.keys() == {"id", "labels", "properties"}:
            kept = {key: item for key, item in value["properties"].items() if key not in _ADDED}
            value = {**value, "properties": kept}
        return {str(key): _value(item) for key, item in value.items()}
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
