"""A graph opened for reading: the front door in Python."""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from kg.graph import Facts, Log
from kg.graph.networkx import to_networkx
from kg.merges import merges
from kg.model import Record
from kg.queries import ask
from kg.stores import Answer, OxigraphStore
from kg.stores.base import Cell
from kg.stores.derived import store_digest

if TYPE_CHECKING:
    import networkx


class Graph:
    """A graph folder, read-only.

    Raises:
        GraphError: there is no graph there, or it is damaged or of another version.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._log = Log(self.folder)
        self._store: OxigraphStore | None = None

    @property
    def store(self) -> OxigraphStore:
        """The SPARQL store, opened when first asked."""
        if self._store is None:
            self._store = OxigraphStore(self.folder, store_digest(self._log))
        return self._store

    def __len__(self) -> int:
        """How many papers there are."""
        return len(self._log)

    def records(self) -> Iterator[Record]:
        """All Records, by paper id."""
        return iter(self._log)

    def record(self, paper_id: str) -> Record | None:
        """The Record of a paper."""
        return self._log.get(paper_id)

    def sparql(self, query: str, /, **parameters: Cell) -> Answer:
        """Run a SPARQL query; keyword arguments are values of its variables.

        Raises:
            QueryError: it does not parse, or would do more than read.
        """
        return self.store.select(query, parameters)

    def ask(self, name: str, /, **parameters: Cell) -> Answer:
        """Ask a named question.

        Raises:
            QueryError: there is no such question, or a parameter does not fit.
        """
        return ask(self.store, name, parameters)

    def merges(self, name: str | None = None) -> Answer:
        """Which names are joined, which are kept apart, and what corrections did; all, or those about a name."""
        return merges(self.store, name=name)

    def networkx(self) -> "networkx.MultiDiGraph[str]":
        """The graph as a networkx MultiDiGraph, evidence on every edge."""
        return to_networkx(Facts(self._log))

    def close(self) -> None:
        """Close the graph."""
        self._store = None
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open(folder: str | Path) -> Graph:
    """Open a graph folder for reading.

    Raises:
        GraphError: there is no graph there, or it is damaged or of another version.
    """
    return Graph(folder)
