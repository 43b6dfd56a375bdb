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

from kg.errors import GraphError, PapergraphError, QueryError
from kg.stores.base import Store

_GRACE: int = 2  # seconds after the runner's own deadline


def main(arguments: list[str]) -> None:
    """Open a store and answer until the connection ends.

    Args:
        arguments: file descriptor, language, graph folder, megabytes that a query may need beside the open store.
    """
    descriptor, language, folder, megabytes = arguments
    connection = Connection(int(descriptor))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        store = _open(language, Path(folder))
    except PapergraphError as error:
        connection.send_bytes(_error(error))
        return
    # What is writable and private, not the address space: stores reserve gigabytes of that and never touch them.
    most = _held() + int(megabytes) * 1_000_000
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


def _held() -> int:
    """Bytes of private memory of this process, as the limit counts them."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[5]) * resource.getpagesize()
    except OSError:  # not Linux, where the limit does not hold either
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _open(language: str, folder: Path) -> Store:
    if language == "cypher":
        from kg.stores.kglite import KgliteStore

        return KgliteStore(folder)
    from kg.stores.oxigraph import OxigraphStore

    return OxigraphStore(folder)


def _answer(store: Store, request: dict[str, object]) -> bytes:
    try:
        found = store.select(request["query"], request["parameters"], most=request["most"])  # type: ignore[arg-type]
        content = {"columns": found.columns, "rows": found.rows, "cut": found.cut, "remarks": found.remarks}
        return json.dumps(content).encode("ascii")
    except PapergraphError as error:
        return _error(error)
    except MemoryError:
        return _error(QueryError("memory"), "memory")


def _error(error: Exception, kind: str = "") -> bytes:
    name = kind or ("graph" if isinstance(error, GraphError) else "query")
    return json.dumps({"error": name, "message": str(error)}).encode("ascii")


if __name__ == "__main__":
    main(sys.argv[1:])
