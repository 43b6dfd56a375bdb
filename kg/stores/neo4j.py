"""A Neo4j server as a store, by the official driver: queries run in read transactions with a time limit."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from kg.errors import StoreError

if TYPE_CHECKING:
    import neo4j

DATABASE: Final = "neo4j"
"""The database of a Community server."""


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
    where = _plain(uri)
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


def _plain(uri: str) -> str:
    """An address without the password that somebody may have put into it."""
    try:
        parts = urlsplit(uri)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    except ValueError:
        return "the address given"


def _first(error: Exception) -> str:
    """What an error says, in one line."""
    return (str(getattr(error, "message", None) or error).splitlines() or [type(error).__name__])[0]
