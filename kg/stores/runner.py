"""Runs queries in child processes with limits on time and memory, and keeps the children for the next query.

A store has no limits of its own that hold for every query: Oxigraph has no deadline, kglite's does not bound the memory of
one expression. So a query that goes over a limit ends its process, and nothing else.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from multiprocessing import Pipe
from pathlib import Path
from typing import Any, Final

from kg.errors import GraphError, LimitError, QueryError
from kg.settings import setting
from kg.stores.base import Answer, Language, Value
from kg.stores.folder import FOLDERS, digest_of
from kg.stores.terms import TermAnswer

_START_SECONDS: Final = 60
_PACKAGES: Final = Path(__file__).parents[2]


class _Child:
    """One child process with one store open."""

    def __init__(self, language: Language, folder: Path, megabytes: int) -> None:
        self.digest = digest_of(folder, FOLDERS[language])
        self.megabytes = megabytes
        self._connection, theirs = Pipe()
        # -P: the folder that we are in is no place to load code from.
        command = [sys.executable, "-P", "-m", "kg.stores.worker", str(theirs.fileno()), language, str(folder.resolve()), str(megabytes)]  # fmt: skip
        paths = [str(_PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )  # fmt: skip
        theirs.close()
        self._receive(_START_SECONDS)

    def ask(self, request: Mapping[str, object], seconds: int) -> dict[str, Any]:
        """The reply of `kg.stores.worker` to one request.

        Raises:
            LimitError: the query went over a limit. Over time or memory, the child is gone.
            QueryError: it cannot be answered.
        """
        try:
            self._connection.send_bytes(json.dumps({**request, "seconds": seconds}).encode("ascii"))
        except OSError:
            raise self._over_memory() from None
        return self._receive(seconds)

    def _receive(self, seconds: int) -> dict[str, Any]:
        try:
            if not self._connection.poll(seconds):
                self.end()
                raise LimitError(
                    f"The query took more than {seconds} seconds and was stopped: ask for less, or raise query_seconds."
                )
            found: dict[str, Any] = json.loads(self._connection.recv_bytes())
        except (EOFError, OSError):
            raise self._over_memory() from None
        match found.get("error"):
            case None:
                return found
            case "graph":
                raise GraphError(found["message"])
            case "memory":
                raise self._over_memory()
            case "limit":
                raise LimitError(found["message"])
            case _:
                raise QueryError(found["message"])

    def _over_memory(self) -> LimitError:
        self.end()
        return LimitError(
            f"The query was stopped: its process ended, since it needed more than {self.megabytes} megabytes of memory or is "
            "nested too deeply. Ask for less, or raise query_megabytes."
        )

    @property
    def alive(self) -> bool:
        """Whether it can be asked again."""
        return self._process.poll() is None

    def end(self) -> None:
        """Stop the process."""
        self._process.kill()
        self._process.wait()
        self._connection.close()


class Runner:
    """Children by store, lent to one query at a time; safe to use from several threads.

    Args:
        processes: how many queries run at a time; `query_processes` where not given. More wait.
        answer_bytes: the most bytes of an answer as JSON; `query_answer_bytes` where not given.
    """

    def __init__(self, processes: int | None = None, answer_bytes: int | None = None) -> None:
        self._answer_bytes = answer_bytes or setting("query_answer_bytes")
        self._lock = threading.Lock()
        self._idle: dict[tuple[Language, Path], list[_Child]] = {}
        self._slots = threading.BoundedSemaphore(processes or setting("query_processes"))

    def run(
        self,
        language: Language,
        folder: Path,
        query: str,
        parameters: Mapping[str, Value] | None = None,
        *,
        most: int | None = None,
        seconds: int | None = None,
        megabytes: int | None = None,
    ) -> Answer:
        """Answer a query of the store of that language in a graph folder.

        Args:
            language: which store.
            folder: the graph folder.
            query: the query.
            parameters: its parameters.
            most: the most rows; `query_rows` where not given.
            seconds: the most time; `query_seconds` where not given.
            megabytes: the most memory; `query_megabytes` where not given.

        Raises:
            GraphError: there is no such store.
            QueryError: the query cannot be answered, would do more than read, or went over a limit.
        """
        request = {"query": query, "parameters": dict(parameters or {}), "most": most or setting("query_rows")}
        found = self._ask(language, folder, request, seconds, megabytes)
        return Answer(
            tuple(found["columns"]), [tuple(row) for row in found["rows"]], found["cut"], tuple(found["remarks"])
        )

    def terms(
        self,
        folder: Path,
        query: str,
        *,
        graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        most: int | None = None,
        seconds: int | None = None,
        megabytes: int | None = None,
    ) -> TermAnswer:
        """Answer a SPARQL query of any form with RDF terms; arguments as for `run` and `OxigraphStore.terms`.

        Raises:
            GraphError: there is no such store.
            QueryError: the query cannot be answered, would do more than read, or went over a limit.
        """
        dataset = {"graphs": list(graphs), "named_graphs": list(named_graphs)}
        request = {"query": query, "most": most or setting("query_rows"), "dataset": dataset}
        found = self._ask("sparql", folder, request, seconds, megabytes)
        return TermAnswer(found["form"], tuple(found["columns"]), [tuple(row) for row in found["rows"]], found["cut"])

    def _ask(
        self,
        language: Language,
        folder: Path,
        request: Mapping[str, object],
        seconds: int | None,
        megabytes: int | None,
    ) -> dict[str, Any]:
        with self._slots, self._child(language, folder, megabytes or setting("query_megabytes")) as child:
            return child.ask({**request, "bytes": self._answer_bytes}, seconds or setting("query_seconds"))

    @contextmanager
    def _child(self, language: Language, folder: Path, megabytes: int) -> Iterator[_Child]:
        key, digest = (language, folder.resolve()), digest_of(folder, FOLDERS[language])
        child = None
        while child is None:
            with self._lock:
                waiting = self._idle.setdefault(key, [])
                child = waiting.pop() if waiting else None
            if child is None:
                child = _Child(language, folder, megabytes)
            elif (child.digest, child.megabytes, child.alive) != (
                digest,
                megabytes,
                True,
            ):  # an older store, other limits
                child.end()
                child = None
        try:
            yield child
        finally:
            with self._lock:
                if child.alive:
                    self._idle[key].append(child)

    def close(self) -> None:
        """End the children that wait."""
        with self._lock:
            children = [child for waiting in self._idle.values() for child in waiting]
            self._idle.clear()
        for child in children:
            child.end()


class GuardedStore:
    """The store of one language of a graph folder, each query in a child process with limits."""

    def __init__(self, language: Language, folder: Path, runner: Runner | None = None) -> None:
        self.language: Language = language
        self.folder = folder
        self._runner = runner or shared_runner()

    def select(self, query: str, parameters: Mapping[str, Value] | None = None, *, most: int | None = None) -> Answer:
        """Run a query, within limits.

        Raises:
            QueryError: it cannot be answered, would do more than read, or went over a limit.
        """
        return self._runner.run(self.language, self.folder, query, parameters, most=most)


@cache
def shared_runner() -> Runner:
    """The runner of this program."""
    return Runner()
