"""A Neo4j server as a store, by the official driver: queries run in read transactions with limits on time and rows."""

import logging
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from kg.errors import LimitError, QueryError, StoreError
from kg.settings import setting
from kg.stores.base import Answer, Language, Value
from kg.stores.cypher_text import read_only

if TYPE_CHECKING:
    import neo4j

# What the driver remarks is part of the answer.
logging.getLogger("neo4j").addHandler(logging.NullHandler())

_ADDRESS: Final = re.compile(r"(bolt|neo4j)(\+s|\+ssc)?://")
DATABASE: Final = "neo4j"
"""The database of a Community server."""
_GRACE: Final = 1.0  # seconds that the server has to stop by itself
DIGEST: Final = "_loaded"
"""A property of what `kg load` has written: a digest of what was loaded. Nodes without it are not Papergraph's."""


class Neo4jStore:
    """What a Neo4j server holds, read-only.

    Args:
        driver: as `connect` gives it.
    """

    language: Final[Language] = "cypher"

    def __init__(self, driver: "neo4j.Driver") -> None:
        self._driver = driver

    def select(self, query: str, parameters: Mapping[str, Value] | None = None, *, most: int | None = None) -> Answer:
        """Run a Cypher query that reads, for at most `query_seconds`.

        Args:
            query: Cypher as the server takes it.
            parameters: values of $name in the query.
            most: the most rows; `query_rows` where not given.

        Raises:
            QueryError: it does not parse, would write or read a file, or cannot be answered.
            LimitError: it takes too long.
        """
        query, most, seconds = read_only(query), most or setting("query_rows"), setting("query_seconds")
        done: Queue[Answer | BaseException] = Queue()

        def ask() -> None:
            try:
                done.put(self._select(query, parameters or {}, most, seconds))
            except BaseException as error:
                done.put(error)

        # The server looks at its clock between the parts of its work, and some parts have no end.
        threading.Thread(target=ask, daemon=True).start()
        try:
            found = done.get(timeout=seconds + _GRACE)
        except Empty:
            raise _over_time(seconds) from None
        if isinstance(found, BaseException):
            raise found
        return found

    def _select(self, query: str, parameters: Mapping[str, Value], most: int, seconds: int) -> Answer:
        from neo4j import READ_ACCESS
        from neo4j.exceptions import ClientError, Neo4jError

        try:
            with (
                self._driver.session(
                    database=DATABASE, default_access_mode=READ_ACCESS, notifications_min_severity="WARNING"
                ) as session,
                session.begin_transaction(timeout=seconds) as tx,
            ):
                result = tx.run(query, dict(parameters))
                columns = tuple(result.keys())
                rows = [tuple(_value(cell) for cell in record) for record in islice(result, most + 1)]
                said = result.consume().gql_status_objects
                remarks = [each.status_description for each in said if each.is_notification]
        except Neo4jError as error:
            if "TransactionTimedOut" in str(error.code) or "Terminated" in str(error.code):
                raise _over_time(seconds) from error
            if isinstance(error, ClientError) and str(error.code).endswith("AccessMode"):
                raise QueryError("The query would change the graph: only reading is possible here.") from error
            raise QueryError(f"The query cannot be answered: {_first(error)}") from error
        except (OverflowError, TypeError, ValueError) as error:
            raise QueryError(f"A parameter is nothing that Neo4j can take: {error}.") from error
        return Answer(columns, rows[:most], cut=len(rows) > most, remarks=tuple(dict.fromkeys(remarks)))


@contextmanager
def connect(uri: str, user: str, password: str) -> "Iterator[neo4j.Driver]":
    """A driver whose server answers and knows the user.

    Raises:
        StoreError: the driver is not installed, the address is none, the server does not answer or refuses.
    """
    try:
        import neo4j
        from neo4j.exceptions import AuthError, ConfigurationError, DriverError, Neo4jError
    except ImportError as error:
        raise StoreError("Neo4j needs its driver: install it with  pip install 'papergraph[neo4j]'") from error
    where = plain_address(uri)
    if not _ADDRESS.match(uri):
        raise StoreError(f"{where} is no address of a Neo4j server: give one like bolt://localhost:7687.")
    try:
        with neo4j.GraphDatabase.driver(uri, auth=(user, password), notifications_min_severity="OFF") as driver:
            driver.verify_connectivity()
            yield driver
    except AuthError as error:
        raise StoreError(
            f"Neo4j at {where} refuses the user {user!r} with this password: check --user and NEO4J_PASSWORD."
        ) from error
    except (ConfigurationError, ValueError, UnicodeError) as error:
        raise StoreError(f"{where} is no address of a Neo4j server: give one like bolt://localhost:7687.") from error
    except (DriverError, OSError) as error:
        raise StoreError(f"Neo4j at {where} does not answer: start it, or check --uri. ({_first(error)})") from error
    except Neo4jError as error:
        raise StoreError(f"Neo4j at {where} refuses: {_first(error)}") from error


def _over_time(seconds: int) -> LimitError:
    return LimitError(f"The query took more than {seconds} seconds (query_seconds) and was stopped.")


def plain_address(uri: str) -> str:
    """An address without the password that somebody may have put into it."""
    try:
        parts = urlsplit(uri)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    except ValueError:
        return "the address given"


def _first(error: Exception) -> str:
    """What an error says, in one line."""
    return (str(getattr(error, "message", None) or error).splitlines() or [type(error).__name__])[0]


def _value(value: Any) -> Value:
    """A value as every Cypher store gives it; dates, times, durations and points as text."""
    from neo4j.graph import Node, Path, Relationship

    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, list | tuple) and type(value) in (list, tuple):
        return [_value(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _value(item) for key, item in value.items()}
    if isinstance(value, Node):
        kept = {key: _value(item) for key, item in sorted(value.items()) if key != DIGEST}
        return {"id": _id(value), "labels": [*sorted(value.labels)], "properties": kept}
    if isinstance(value, Relationship):
        ends = {"start": _id(value.start_node), "end": _id(value.end_node)}
        properties = {key: _value(item) for key, item in sorted(value.items())}
        return {"id": value.element_id, **ends, "type": value.type, "properties": properties}
    if isinstance(value, Path):
        return {
            "nodes": [_value(node) for node in value.nodes],
            "relationships": [_value(r) for r in value.relationships],
        }
    return value.iso_format() if hasattr(value, "iso_format") else str(value)


def _id(node: Any) -> str:
    """The server's own id: the ends of a relationship have no other in an answer."""
    return str(node.element_id)
