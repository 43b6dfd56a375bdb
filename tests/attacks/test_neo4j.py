"""The attacks on a Neo4j server, by the command line."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.stores.neo4j import Neo4jStore
from tests.attacks.corpus import ATTACKS, Attack, Watch, by_command, check, filled
from tests.conftest import Ran
from tests.neo4j_server import Neo4j, loaded

Cli = Callable[..., Ran]


@pytest.fixture(scope="module")
def neo4j_store(graph: Path, neo4j_server: Neo4j) -> Iterator[Neo4jStore]:
    with loaded(neo4j_server, graph) as found:
        yield found


@pytest.mark.parametrize(
    "attack",
    [attack for attack in ATTACKS if attack.language == "cypher" and attack.neo4j],
    ids=lambda attack: attack.name,
)
def test_neo4j(
    attack: Attack,
    graph: Path,
    watch: Watch,
    limits: None,
    cli: Cli,
    neo4j_store: Neo4jStore,
    neo4j_server: Neo4j,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    driver = neo4j_store._driver
    config = driver.execute_query("CALL dbms.listConfig('server.directories.import') YIELD value RETURN value").records
    import_folder = Path(config[0][0])
    if import_folder.parent.is_dir():  # else the server is another machine's
        import_folder.mkdir(exist_ok=True)
        (import_folder / watch.file.name).write_bytes(watch.file.read_bytes())
    file = f"file:///{watch.file.name}"
    before = held(neo4j_store)
    monkeypatch.setenv("NEO4J_PASSWORD", neo4j_server.password)
    at = ("--uri", neo4j_server.uri, "--user", neo4j_server.user)
    check(filled(attack, watch, file), by_command(cli, attack, watch, file, *at), watch, graph)
    assert held(neo4j_store) == before


def held(store: Neo4jStore) -> list[Any]:
    """How many nodes, relationships, properties, indexes and users there are."""
    counts = "MATCH (n) WITH count(n) AS n, sum(size(keys(n))) AS k, sum(size(labels(n))) AS l OPTIONAL MATCH ()-[r]->() RETURN n, k, l, count(r), sum(size(keys(r)))"
    asked = (
        counts,
        "SHOW INDEXES YIELD name RETURN name",
        "SHOW CONSTRAINTS YIELD name RETURN name",
        "SHOW USERS YIELD user",
    )
    return [[record.values() for record in store._driver.execute_query(query).records] for query in asked]
