import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import kg
from kg.engines import Failed, in_processes
from kg.engines.processes import _Worker
from kg.errors import EngineError
from kg.graph import Log
from kg.model import Paper
from tests.engines.reads import NoStart, troubled, upper
from tests.helpers import ROOT, jsonl, nquads, paper


def papers(*troubles: str, quiet: int = 20) -> list[Paper]:
    return [paper(text, id=f"p{n:03}") for n, text in enumerate([*troubles, *(f"Text {n}." for n in range(quiet))])]


def run(given: list[Paper], workers: int = 2) -> tuple[dict[str, str], dict[str, str]]:
    """(what was read, why the rest was not), by paper id."""
    outcomes = list(in_processes(given, troubled, total=len(given), workers=workers))
    failed = {o.paper.id: o.reason for o in outcomes if isinstance(o, Failed)}
    done = {o.id: o.record for o in outcomes if not isinstance(o, Failed)}
    assert len(outcomes) == len(given) == len(failed) + len(done)
    return done, failed


def test_every_paper_once() -> None:
    given = papers(quiet=50)
    found = [o for o in in_processes(given, upper, total=50, workers=3) if not isinstance(o, Failed)]
    assert sorted(row.id for row in found) == [p.id for p in given]
    assert all(row.record.startswith("TEXT") for row in found)


def test_more_workers_than_papers_and_none_at_all() -> None:
    assert len(list(in_processes(papers(quiet=1), upper, total=1, workers=9))) == 1
    assert list(in_processes([], upper, total=0, workers=2)) == []


def test_an_error_fails_one_paper() -> None:
    done, failed = run(papers("raise zounds"))
    assert list(failed) == ["p000"]
    assert "zounds" in failed["p000"]
    assert len(done) == 20


def test_a_paper_that_kills_its_process_is_tried_twice_and_fails() -> None:
    done, failed = run(papers("die", "fine", "die"))
    assert list(failed) == ["p000", "p002"]
    assert all("SIGKILL" in reason for reason in failed.values())
    assert len(done) == 21


def test_a_process_that_is_killed_costs_nothing(tmp_path: Path) -> None:
    done, failed = run(papers("fine", f"die-once {tmp_path / 'mark'}", "fine"))
    assert failed == {}
    assert len(done) == 23


def test_a_paper_that_takes_too_long_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERGRAPH_PAPER_SECONDS", "3")
    done, failed = run(papers("hang", quiet=4))
    assert list(failed) == ["p000"]
    assert "paper_seconds" in failed["p000"]
    assert len(done) == 4


def test_processes_that_do_not_start() -> None:
    with pytest.raises(EngineError, match="does not start"):
        list(in_processes(papers(), NoStart(), total=20, workers=2))


def test_same_bytes_from_two_processes(graph: Path, sample: Path, tmp_path: Path) -> None:
    summary = kg.build([str(sample)], tmp_path / "g", workers=2)
    assert (summary.extracted, summary.unread) == (32, [])
    assert nquads(tmp_path / "g", tmp_path / "a.nq") == nquads(graph, tmp_path / "b.nq")
    assert (tmp_path / "g/manifest.json").read_bytes() == (graph / "manifest.json").read_bytes()


def wait_for(what: Callable[[], bool]) -> None:
    for _ in range(1200):
        if what():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen within a minute")


def gone(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_build_that_ends_leaves_no_process_and_goes_on(tmp_path: Path, sent: signal.Signals, code: int) -> None:
    many = [
        {"id": f"p{n:03}", "title": f"Study {n}", "abstract": f"We propose Zib{n}Net. It runs on an A100 GPU. " * 20}
        for n in range(150)
    ]
    file, folder = jsonl(tmp_path / "many.jsonl", many), tmp_path / "g"
    command = [sys.executable, "-m", "kg", "build", file, "--out", str(folder), "--workers", "2"]
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True, stderr=subprocess.PIPE, text=True)

    def kept() -> int:
        if not (folder / "records.sqlite").is_file():
            return 0
        try:
            with Log(folder) as log:
                return len(log)
        except kg.GraphError:  # its tables are being made
            return 0

    wait_for(lambda: kept() > 5)
    (os.killpg if sent == signal.SIGINT else os.kill)(process.pid, sent)
    _, said = process.communicate()
    assert process.returncode == code
    assert "Traceback" not in said
    wait_for(lambda: gone(process.pid))
    before = kept()
    assert 5 < before < 150
    summary = kg.build([file], folder)
    assert (summary.extracted, summary.unchanged) == (150 - before, before)


def test_a_process_ends_by_itself_when_the_build_is_gone() -> None:
    """Its end of the pipe is closed: with no paper in hand, and in the middle of a shard."""
    for taken in (False, True):
        worker = _Worker(upper)
        worker.pipe.recv()
        if taken:
            worker.pipe.send(papers(quiet=2))
            assert worker.pipe.recv().record == "TEXT 0."
        worker.pipe.close()
        worker.process.join(60)
        assert worker.process.exitcode == 0
