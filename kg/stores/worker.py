"""A child process that answers queries of one store, within limits. Started by `kg.stores.runner`, never by hand.

Requests and answers are JSON on the connection whose file descriptor is the first argument, so nothing that a query
makes is executed here or there.
"""

import json
import resource
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import kg
from kg.errors import GraphError, LimitError, PapergraphError, QueryError
from kg.stores.base import Store
from kg.stores.confine import confine
from kg.stores.folder import FOLDERS
from kg.stores.oxigraph import OxigraphStore

if TYPE_CHECKING:
    from kg.stores.kglite import KgliteStore

_GRACE: int = 2  # seconds after the runner's own deadline


def main(arguments: list[str]) -> None:
    """Open a store and answer until the connection ends.

    Args:
        arguments: file descriptor, language, graph folder, megabytes that a query may need beside the open store.
    """
    descriptor, language, folder, megabytes = arguments
    connection = Connection(int(descriptor))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    kind, statm = _store_of(language), _statm()
    confine([Path(folder) / FOLDERS[kind.language], Path(kg.__file__).parent])
    try:
        store = kind(Path(folder))
    except PapergraphError as error:
        connection.send_bytes(_error(error))
        return
    # What is writable and private, not the address space: stores reserve gigabytes of that and never touch them.
    most = _held(statm) + int(megabytes) * 1_000_000
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    connection.send_bytes(b"{}")
    while True:
        try:
            request = json.loads(connection.recv_bytes())
        except EOFError:
            return
        # Should the runner be gone, the child still ends.
        signal.alarm(request["seconds"] + _GRACE)
        connection.send_bytes(_answer(store, request))
        signal.alarm(0)


def _statm() -> BinaryIO | None:
    """How much memory this process has, to be read later; None where there is no Linux, and no limit on memory."""
    try:
        return open("/proc/self/statm", "rb", buffering=0)
    except OSError:
        return None


def _held(statm: BinaryIO | None) -> int:
    """Bytes of private memory of this process, as the limit counts them."""
    if statm is None:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return int(statm.read(200).split()[5]) * resource.getpagesize()


def _store_of(language: str) -> type[OxigraphStore] | type["KgliteStore"]:
    """The store, its code loaded."""
    if language == "cypher":
        from kg.stores.kglite import KgliteStore

        return KgliteStore
    return OxigraphStore


def _answer(store: Store, request: dict[str, Any]) -> bytes:
    try:
        content = json.dumps(_found(store, request)).encode("ascii")
    except PapergraphError as error:
        return _error(error)
    except MemoryError:
        return _error(QueryError("memory"), "memory")
    if len(content) > request["bytes"]:
        said = (
            f"The answer has {len(content):,} bytes, more than {request['bytes']:,} (query_answer_bytes): ask for less."
        )
        return _error(LimitError(said))
    return content


def _found(store: Store, request: dict[str, Any]) -> dict[str, Any]:
    """The answer of a store as JSON takes it: of a request with a `dataset` in RDF terms, else in cells."""
    if "dataset" in request:
        assert isinstance(store, OxigraphStore)
        terms = store.terms(request["query"], most=request["most"], **request["dataset"])
        return {"form": terms.form, "columns": terms.columns, "rows": terms.rows, "cut": terms.cut}
    found = store.select(request["query"], request["parameters"], most=request["most"])
    return {"columns": found.columns, "rows": found.rows, "cut": found.cut, "remarks": found.remarks}


def _error(error: Exception, kind: str = "") -> bytes:
    kinds: dict[type[Exception], str] = {GraphError: "graph", LimitError: "limit"}
    name = kind or kinds.get(type(error), "query")
    return json.dumps({"error": name, "message": str(error)}).encode("ascii")


if __name__ == "__main__":
    main(sys.argv[1:])
