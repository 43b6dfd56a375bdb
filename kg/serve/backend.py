"""The graph behind the server. All queries run in child processes: those of users apart from those of the server's own pages,
so that no query of a user keeps a page waiting. A rebuild that swaps the stores is seen with the next query.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final, TypeVar

from pyoxigraph import NamedNode

from kg.errors import GraphError
from kg.serve.lanes import Lane
from kg.serve.names import Names
from kg.settings import setting
from kg.stores import Answer
from kg.stores.base import Language, Value
from kg.stores.folder import FOLDERS, check_folder, digest_of
from kg.stores.runner import Runner
from kg.stores.terms import TermAnswer

EVERYTHING: Final = 100_000_000
_SWAP_SECONDS: Final = 2.0
Found = TypeVar("Found")


class Backend:
    """One graph folder, open for questions until it is closed.

    Args:
        folder: the graph folder.

    Raises:
        GraphError: there is no graph, or it lacks a store.
    """

    def __init__(self, folder: Path) -> None:
        if not (folder / "records.sqlite").is_file():
            raise GraphError(f"{folder} holds no graph: make one with  kg build INPUT --out {folder}")
        self.folder = folder.resolve()
        self.title = self.folder.name
        for language in FOLDERS:
            check_folder(self.folder, language, None)
        width = setting("serve_processes")
        self._users = Runner(width, setting("serve_answer_bytes"))
        self._own = Runner(width)
        self.users, self.pages = Lane(width), Lane(width)
        self._names: Names | None = None
        self._naming = threading.Lock()

    @property
    def digest(self) -> str | None:
        """What changes when the graph was rebuilt from other Records."""
        return digest_of(self.folder, FOLDERS["sparql"])

    # --- queries of users; they block

    def sparql(self, query: str, *, graphs: Sequence[str], named_graphs: Sequence[str]) -> TermAnswer:
        """Answer a user's SPARQL query, within the server's limits.

        Raises:
            QueryError: it cannot be answered.
            LimitError: it went over a limit.
        """
        limits = {"seconds": setting("serve_seconds"), "megabytes": setting("serve_megabytes")}
        most = setting("serve_rows")
        return _through_a_swap(
            lambda: self._users.terms(self.folder, query, graphs=graphs, named_graphs=named_graphs, most=most, **limits)
        )

    def cypher(self, query: str, parameters: Mapping[str, Value]) -> Answer:
        """Answer a user's Cypher query, within the server's limits.

        Raises:
            QueryError: it cannot be answered.
            LimitError: it went over a limit.
        """
        limits = {"seconds": setting("serve_seconds"), "megabytes": setting("serve_megabytes")}
        most = setting("serve_rows")
        return _through_a_swap(lambda: self._users.run("cypher", self.folder, query, parameters, most=most, **limits))

    # --- queries of the server's own; they block

    def rows(self, name: str, /, **nodes: str | Sequence[str]) -> list[dict[str, Value]]:
        """The answer of a query of `kg/serve/queries`, its placeholders filled with IRIs: one, or a list for VALUES."""
        return self.first_rows(name, EVERYTHING, **nodes)

    def first_rows(self, name: str, most: int, /, **nodes: str | Sequence[str]) -> list[dict[str, Value]]:
        """The first rows of `rows`."""
        return self.select(_filled(name, nodes), most=most).dicts()

    def select(self, query: str, parameters: Mapping[str, Value] | None = None, *, most: int | None = None) -> Answer:
        """Answer a query of the server's own: with it a Backend is a `Store`."""
        return _through_a_swap(lambda: self._own.run("sparql", self.folder, query, parameters, most=most))

    @property
    def language(self) -> Language:
        """The language of `select`."""
        return "sparql"

    def names(self) -> Names:
        """The names of all that is in the graph; read again after a rebuild."""
        with self._naming:
            digest = self.digest
            if self._names is None or (digest is not None and self._names.digest != digest):
                self._names = Names(self, digest)
            return self._names

    def warm(self) -> None:
        """Start the processes and read the names, so that the first page need not wait for them."""
        self.names()
        self.cypher("RETURN 1 AS one", {})

    def close(self) -> None:
        """End the processes."""
        self._users.close()
        self._own.close()


@cache
def _text(name: str) -> str:
    return (files("kg.serve") / "queries" / f"{name}.rq").read_text("utf-8")


def _filled(name: str, nodes: Mapping[str, str | Sequence[str]]) -> str:
    """A query with `<urn:x:name>` replaced by IRIs; pyoxigraph refuses what is none.

    Raises:
        ValueError: a text is no IRI.
    """
    query = _text(name)
    for placeholder, iris in nodes.items():
        every = [iris] if isinstance(iris, str) else iris
        query = query.replace(f"<urn:x:{placeholder}>", " ".join(str(NamedNode(iri)) for iri in every))
    return query


def _through_a_swap(ask: Callable[[], Found]) -> Found:
    """Ask again for a moment where a rebuild is just putting the new store in the place of the old one."""
    until = time.monotonic() + _SWAP_SECONDS
    while True:
        try:
            return ask()
        except (GraphError, FileNotFoundError) as error:
            if time.monotonic() > until:
                raise GraphError(f"The graph is being rebuilt, or lacks a store ({error})") from error
            time.sleep(0.1)
