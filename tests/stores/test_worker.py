"""The child process that answers queries, spoken to as its runner does; it ends when the runner does."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import ROOT
from tests.stores.test_runner import LARGE, QUICK, SLOW

RUN = {"most": 10, "seconds": 60, "bytes": 100_000}


class Child:
    """A worker with one store open; `said` is what it says first."""

    def __init__(self, language: str, folder: Path, megabytes: int) -> None:
        self.pipe, theirs = Pipe()
        command = [
            sys.executable,
            "-m",
            "kg.stores.worker",
            str(theirs.fileno()),
            language,
            str(folder),
            str(megabytes),
        ]
        self.process = subprocess.Popen(command, pass_fds=[theirs.fileno()], cwd=ROOT)
        theirs.close()
        self.said = json.loads(self.pipe.recv_bytes())

    def ask(self, query: str, **request: Any) -> Any:
        self.pipe.send_bytes(json.dumps({"query": query, "parameters": {}, **RUN, **request}).encode())
        return json.loads(self.pipe.recv_bytes())


@contextmanager
def child(language: str, folder: Path, megabytes: int = 1000) -> Iterator[Child]:
    found = Child(language, folder, megabytes)
    try:
        yield found
    finally:
        found.pipe.close()
        found.process.wait(60)


@pytest.mark.parametrize("language", QUICK)
def test_it_answers_until_its_runner_is_gone(graph: Path, language: str) -> None:
    with child(language, graph) as worker:
        assert worker.said == {}
        for _ in range(2):
            assert worker.ask(QUICK[language]) == {"columns": ["one"], "rows": [[1]], "cut": False, "remarks": []}  # type: ignore[index]
    assert worker.process.returncode == 0


def test_parameters_rows_and_terms(graph: Path) -> None:
    with child("cypher", graph) as worker:
        assert worker.ask("RETURN $n AS n", parameters={"n": 7})["rows"] == [[7]]
        found = worker.ask("MATCH (p:Paper) RETURN p.id", most=2)
        assert (len(found["rows"]), found["cut"]) == (2, True)
    with child("sparql", graph) as worker:
        dataset = {"graphs": [], "named_graphs": []}
        assert worker.ask("ASK {}", dataset=dataset)["form"] == "boolean"
        found = worker.ask("SELECT (1 AS ?n) {}", dataset=dataset)
        assert (found["form"], found["columns"], found["cut"]) == ("solutions", ["n"], False)


@pytest.mark.parametrize("language", QUICK)
def test_errors_are_answers_and_the_next_query_is_answered(graph: Path, language: str) -> None:
    with child(language, graph) as worker:
        assert worker.ask("no query")["error"] == "query"
        found = worker.ask(QUICK[language], bytes=5)  # type: ignore[index]
        assert found["error"] == "limit"
        assert "more than 5 (query_answer_bytes): ask for less." in found["message"]
        assert worker.ask(QUICK[language])["rows"] == [[1]]  # type: ignore[index]
    assert worker.process.returncode == 0


def test_a_folder_without_a_store(tmp_path: Path) -> None:
    for language in QUICK:
        with child(language, tmp_path) as worker:
            assert worker.said["error"] == "graph"
            assert str(tmp_path) in worker.said["message"]
        assert worker.process.returncode == 0


def test_it_ends_by_itself_where_nobody_stops_a_long_query(graph: Path) -> None:
    with child("sparql", graph) as worker:
        with pytest.raises(EOFError):
            worker.ask(SLOW["sparql"], seconds=0)
        assert worker.process.wait(60) == -signal.SIGALRM


def test_it_gets_no_more_memory_than_it_may(graph: Path) -> None:
    with child("cypher", graph, megabytes=200) as worker:
        try:
            assert worker.ask(LARGE["cypher"], seconds=600)["error"] == "memory"
        except EOFError:  # a store that takes memory of its own ends the process
            assert worker.process.wait(60) != 0
