"""Queries that go over a limit end their process, and nothing else."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import kg
from kg.errors import GraphError, QueryError
from kg.stores import Runner
from kg.stores.base import Language
from tests.helpers import jsonl

SLOW: dict[Language, str] = {
    "sparql": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "cypher": "MATCH (a), (b), (c), (d) RETURN count(*)",
}
LARGE: dict[Language, str] = {
    "sparql": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i",
    "cypher": "RETURN reduce(text = 'x', i IN range(1, 40) | text + text) AS text",
}
QUICK: dict[Language, str] = {"sparql": "SELECT (1 AS ?one) {}", "cypher": "RETURN 1 AS one"}


@pytest.fixture
def runner() -> Iterator[Runner]:
    found = Runner()
    yield found
    found.close()


@pytest.mark.parametrize("language", QUICK)
def test_over_time_and_then_again(graph: Path, runner: Runner, language: Language) -> None:
    with pytest.raises(QueryError, match="query_seconds"):
        runner.run(language, graph, SLOW[language], seconds=1)
    assert runner.run(language, graph, QUICK[language]).dicts() == [{"one": 1}]


@pytest.mark.parametrize("language", QUICK)
def test_over_memory_and_then_again(graph: Path, runner: Runner, language: Language) -> None:
    assert runner.run(language, graph, QUICK[language], megabytes=400).dicts() == [{"one": 1}]
    with pytest.raises(QueryError, match=r"megabytes|memory"):
        runner.run(language, graph, LARGE[language], megabytes=400, seconds=600)
    assert runner.run(language, graph, QUICK[language], megabytes=400).dicts() == [{"one": 1}]


def test_children_are_kept_and_an_older_store_is_left(tmp_path: Path, runner: Runner) -> None:
    count = "MATCH (p:Paper) RETURN count(p) AS n"
    rows = [{"id": f"p{n}", "title": f"Zibbo{n}: A Study", "abstract": "It runs on an A100 GPU."} for n in range(2)]
    kg.build([jsonl(tmp_path / "one.jsonl", rows[:1])], tmp_path / "g")
    assert runner.run("cypher", tmp_path / "g", count).rows == [(1,)]
    (child,) = runner._idle["cypher", (tmp_path / "g").resolve()]
    assert runner.run("cypher", tmp_path / "g", count).rows == [(1,)]
    assert runner._idle["cypher", (tmp_path / "g").resolve()] == [child]
    kg.build([jsonl(tmp_path / "two.jsonl", rows)], tmp_path / "g")
    assert runner.run("cypher", tmp_path / "g", count).rows == [(2,)]
    assert not child.alive


def test_threads_share_a_runner(graph: Path, runner: Runner) -> None:
    found: list[object] = []

    def ask(number: int) -> None:
        found.append(runner.run("cypher", graph, "RETURN $number AS n", {"number": number}).rows[0][0])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(8))  # type: ignore[type-var]
    assert sum(map(len, runner._idle.values())) <= 2


def test_values_come_through_unchanged(graph: Path, runner: Runner) -> None:
    for value in (-(2**62), 0.1, True, None, [1, "a"], {"k": [1.5]}):
        assert runner.run("cypher", graph, "RETURN $v AS v", {"v": value}).rows == [(value,)]
    text = "‮'`\n日本"
    assert runner.run("cypher", graph, "RETURN $v AS v", {"v": text}).rows == [(text,)]
    assert runner.run("sparql", graph, "SELECT (?v AS ?w) {}", {"v": text}).rows == [(text,)]


def test_no_store_is_an_error(tmp_path: Path, runner: Runner) -> None:
    with pytest.raises(GraphError, match="kg build"):
        runner.run("cypher", tmp_path, "RETURN 1")
