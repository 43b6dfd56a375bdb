"""A real Neo4j server for the tests that need one: started once a test process, or the one that NEO4J_URI names."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import neo4j
import pytest

from kg.stores.neo4j import Neo4jStore, connect
from kg.stores.neo4j_load import load
from scripts.neo4j_server import NoServer, Server


@dataclass(frozen=True)
class Neo4j:
    """Where a server is, and how to get in."""

    uri: str
    user: str
    password: str


def missing_server(error: NoServer) -> NoReturn:
    """A failure in CI and where all tests are asked for; elsewhere the reason why a test is left out."""
    if os.environ.get("CI") or os.environ.get("PAPERGRAPH_TEST_ALL") == "1":
        pytest.fail(str(error))
    pytest.skip(str(error))


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4j]:
    """A server whose database tests may empty. Each process of a parallel run has its own: Community has one database."""
    if uri := os.environ.get("NEO4J_URI"):
        given = Neo4j(uri, os.environ.get("NEO4J_USER", "neo4j"), os.environ.get("NEO4J_PASSWORD", ""))
        with connect(given.uri, given.user, given.password) as driver:
            held = driver.execute_query("MATCH (n) RETURN count(n)").records[0][0]
        assert not held, f"The database at {uri} holds {held} nodes, which the tests would delete: give an empty one."
        yield given
        return
    server = Server(tmp_path_factory.mktemp("neo4j"), quick=True)
    password = secrets.token_urlsafe(12)
    try:
        uri = server.start(password)
    except NoServer as error:
        missing_server(error)
    try:
        yield Neo4j(uri, server.user, password)
    finally:
        server.stop(seconds=0)


@contextmanager
def loaded(server: Neo4j, graph: Path) -> Iterator[Neo4jStore]:
    """A graph in the server, and nothing else."""
    with connect(server.uri, server.user, server.password) as driver:
        driver.execute_query("MATCH (n) DETACH DELETE n")
        load(graph, driver)
        yield Neo4jStore(driver)


@pytest.fixture
def driver(neo4j_server: Neo4j) -> Iterator[neo4j.Driver]:
    """A driver of the server, its database empty."""
    with connect(neo4j_server.uri, neo4j_server.user, neo4j_server.password) as found:
        found.execute_query("MATCH (n) DETACH DELETE n")
        yield found
        found.execute_query("MATCH (n) DETACH DELETE n")
