"""The CSV export taken in by the real neo4j-admin, then served and compared by a load."""

import secrets
from pathlib import Path

import pytest

import kg
from kg.stores.neo4j import connect
from kg.stores.neo4j_load import load
from scripts.neo4j_server import NoServer, Server
from tests.neo4j_server import missing_server
from tests.stores.test_neo4j_load import everything, expected, hostile_graph


@pytest.mark.parametrize("which", ["sample", "hostile"])
def test_import(which: str, graph: Path, tmp_path: Path) -> None:
    folder = graph if which == "sample" else hostile_graph(tmp_path)
    kg.export("neo4j-csv", folder, tmp_path / "csv")
    server, password = Server(tmp_path / "server", quick=True), secrets.token_urlsafe(12)
    try:
        server.prepare(password)
    except NoServer as error:
        missing_server(error)
    server.admin(
        "database", "import", "full", "neo4j", "@import.args", "--overwrite-destination", folder=tmp_path / "csv"
    )
    uri = server.start(password)
    try:
        with connect(uri, server.user, password) as driver:
            assert everything(driver) == expected(folder)
            loaded = load(folder, driver)
            assert (loaded.papers, loaded.things) == (0, 0)
            assert everything(driver) == expected(folder)
    finally:
        server.stop(seconds=0)
