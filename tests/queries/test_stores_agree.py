"""Every named question gives the same table in every store; the stores hold what the log holds."""

from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from benchmarks.stores_agree import asked, differences
from kg.graph import Facts, Log
from kg.queries import ask, questions
from kg.stores import GuardedStore, KgliteStore, OxigraphStore, Store
from kg.stores.counts import held, logged
from tests.neo4j_server import loaded

# Each opens a store of a graph folder. A Neo4j server is asked too.
STORES: dict[str, Callable[[Path], Store]] = {
    "oxigraph": OxigraphStore,
    "kglite": KgliteStore,
    "kglite, guarded": lambda folder: GuardedStore("cypher", folder),
}


@pytest.fixture(scope="module", params=[*STORES, "neo4j"])
def store(request: pytest.FixtureRequest, graph: Path) -> Iterator[Store]:
    if request.param in STORES:
        yield STORES[request.param](graph)
    else:
        with loaded(request.getfixturevalue("neo4j_server"), graph) as server:
            yield server


@pytest.fixture(scope="module")
def reference(graph: Path) -> Store:
    return OxigraphStore(graph)


def test_every_question_stands_in_both_languages() -> None:
    names = {file.name for file in files("kg.queries").iterdir()}
    assert {f"{name}.{kind}" for name in questions() for kind in ("rq", "cypher", "toml")} <= names


@pytest.mark.parametrize("name", sorted(questions()))
def test_same_table(graph: Path, reference: Store, store: Store, name: str) -> None:
    rows = 0
    for question, parameters in asked(KgliteStore(graph)):
        if question == name:
            wanted = ask(reference, name, parameters)
            rows += len(wanted.rows)
            found = ask(store, name, parameters)
            assert (found.columns, found.rows) == (wanted.columns, wanted.rows), parameters
    assert rows


def test_same_counts_as_the_log(graph: Path, store: Store) -> None:
    with Log(graph) as log:
        assert held(store) == logged(Facts(log))


def test_a_difference_is_named(graph: Path) -> None:
    class Short(KgliteStore):
        def select(self, query, parameters=None, *, most=None):  # type: ignore[no-untyped-def]
            answer = super().select(query, parameters, most=most)
            return type(answer)(answer.columns, answer.rows[1:])

    found = list(differences(graph, {"SPARQL": OxigraphStore(graph), "short": Short(graph)}))
    assert any("matrix" in line for line in found)
    assert any("the log" in line for line in found)
