"""A graph opened for reading: the front door in Python."""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from kg.graph import Log, paper_facts
from kg.graph.networkx import to_networkx
from kg.graph.pandas import Table, to_pandas
from kg.model import Record
from kg.queries import ask
from kg.stores import Answer, OxigraphStore
from kg.stores.base import Cell, Language, Value
from kg.stores.derived import store_digest
from kg.stores.folder import check_folder
from kg.stores.runner import GuardedStore

if TYPE_CHECKING:
    import networkx
    import pandas


class Graph:
    """A graph folder, read-only.

    Raises:
        GraphError: there is no graph there, or it is damaged or of another version.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._log = Log(self.folder)
        self._store: OxigraphStore | None = None
        self._digest: str | None = None

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

    def guarded(self, language: Language) -> GuardedStore:
        """The store of a language, each query in a child process with limits on time and memory (docs/settings.md).

        Raises:
            GraphError: there is no such store, or it is older than the log.
        """
        if self._digest is None:
            self._digest = store_digest(self._log)
        check_folder(self.folder, language, self._digest)
        return GuardedStore(language, self.folder)

    def sparql(self, query: str, /, **parameters: Value) -> Answer:
        """Run a SPARQL query; keyword arguments are values of its variables.

        Raises:
            QueryError: it does not parse, would do more than read, or takes too long or too much memory.
        """
        return self.guarded("sparql").select(query, parameters)

    def cypher(self, query: str, /, **parameters: Value) -> Answer:
        """Run a Cypher query; keyword arguments are values of its $parameters. See docs/cypher.md.

        Raises:
            QueryError: it does not parse, would do more than read, or takes too long or too much memory.
        """
        return self.guarded("cypher").select(query, parameters)

    def ask(self, name: str, /, **parameters: Cell) -> Answer:
        """Ask a named question.

        Raises:
            QueryError: there is no such question, or a parameter does not fit.
        """
        return ask(self.guarded("sparql"), name, parameters)

    def to_pandas(self, table: Table) -> "pandas.DataFrame":
        """One of the graph's tables as a pandas DataFrame: papers, nodes, statements or results. Needs papergraph[pandas].

        Raises:
            QueryError: there is no such table.
            GraphError: pandas is not installed.
        """
        return to_pandas(table, map(paper_facts, self._log))

    def networkx(self) -> "networkx.MultiDiGraph[str]":
        """The graph as a networkx MultiDiGraph, evidence on every edge."""
        return to_networkx(map(paper_facts, self._log))

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
