import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kg
from kg.errors import InputError
from kg.evaluate import Score, evaluate, words
from kg.extract import to_json
from kg.model import Paper
from tests.conftest import Ran
from tests.helpers import ROOT, jsonl

SHARED = ROOT.parent / "shared" / "eval"


def entity(id: str, type: str, name: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "type": type, "name": name, "mentions": [name], **more}


GOLD: dict[str, Any] = {
    "id": "a",
    "title": "On Mice",
    "entities": [
        entity("e1", "Method", "Zibbo"),
        entity("e2", "Hardware", "NVIDIA A100", mentions=["A100"]),
        entity("e3", "Metric", "throughput"),
        entity("e4", "Method", "vLLM"),
        entity("e5", "Method", "language models", optional=True),
        entity("e6", "Task", "kernel search", also="Method"),
    ],
    "relations": [
        {"type": "proposes", "head": "paper", "tail": "e1"},
        {"type": "runs_on", "head": "e1", "tail": "e2"},
        {"type": "uses", "head": "e1", "tail": "e5"},
    ],
    "results": [
        {
            "method": "e1",
            "metric": "e3",
            "value": "4.6",
            "unit": "x",
            "baseline": "e4",
            "hardware": "e2",
            "dataset": None,
        },
        {
            "method": "e1",
            "metric": "e3",
            "value": "90",
            "unit": "%",
            "baseline": None,
            "hardware": None,
            "dataset": None,
        },
    ],
}
FOUND: dict[str, Any] = {
    "id": "a",
    "title": "On Mice",
    "entities": [
        entity("x1", "Method", "Zibbo"),
        entity("x2", "Hardware", "A100s"),
        entity("x3", "Metric", "throughput"),
        entity("x4", "Dataset", "COCO"),
        entity("x5", "Method", "large language models"),
        entity("x6", "Method", "kernel search"),
    ],
    "relations": [
        {"type": "proposes", "head": "paper", "tail": "x1"},
        {"type": "runs_on", "head": "paper", "tail": "x2"},
        {"type": "uses", "head": "x1", "tail": "x5"},
    ],
    "results": [
        {
            "method": "x1",
            "metric": "x3",
            "value": "4.60",
            "unit": "×",
            "baseline": None,
            "hardware": "x2",
            "dataset": "x4",
        },
        {
            "method": "x1",
            "metric": "x3",
            "value": "7",
            "unit": "ms",
            "baseline": None,
            "hardware": None,
            "dataset": None,
        },
    ],
}


def counts(score: Score) -> tuple[int, int, int]:
    return score.tp, score.fp, score.fn


def test_known_counts(tmp_path: Path) -> None:
    report = evaluate(jsonl(tmp_path / "g", [GOLD]), jsonl(tmp_path / "r", [FOUND]))
    assert report.papers == 1
    assert {name: counts(s) for name, s in report.entities.items()} == {
        "Method": (1, 0, 1), "Hardware": (1, 0, 0), "Metric": (1, 0, 0), "Dataset": (0, 1, 0), "Task": (1, 0, 0), "core": (3, 1, 1),
    }  # fmt: skip
    assert {name: counts(s) for name, s in report.relations.items()} == {
        "proposes": (1, 0, 0), "runs_on": (0, 1, 1), "all": (1, 1, 1),
    }  # fmt: skip
    assert {name: counts(s) for name, s in report.results.items()} == {
        "hardware_links": (1, 0, 0), "result_value": (1, 1, 1), "result_full": (1, 1, 1), "result_baseline": (0, 0, 1),
        "result_hardware": (1, 0, 0), "result_dataset": (0, 1, 0),
    }  # fmt: skip


def test_gold_against_itself_is_perfect(tmp_path: Path) -> None:
    file = jsonl(tmp_path / "g", [GOLD])
    report = evaluate(file, file)
    for group in (report.entities, report.relations, report.results):
        assert all(score.fp == score.fn == 0 for score in group.values())


def test_paired_by_title_where_ids_differ(tmp_path: Path) -> None:
    found = FOUND | {"id": "other", "title": "on MICE!"}
    assert evaluate(jsonl(tmp_path / "g", [GOLD]), jsonl(tmp_path / "r", [found])).entities["Method"].tp == 1


def test_a_paper_without_record_counts_as_missed(tmp_path: Path) -> None:
    report = evaluate(jsonl(tmp_path / "g", [GOLD]), jsonl(tmp_path / "r", [FOUND | {"id": "b", "title": "Else"}]))
    assert counts(report.entities["Method"]) == (0, 0, 2)


def test_a_second_find_of_one_thing_is_wrong(tmp_path: Path) -> None:
    twice = FOUND | {"entities": [*FOUND["entities"], entity("x9", "Method", "Zibbo")]}
    assert evaluate(jsonl(tmp_path / "g", [GOLD]), jsonl(tmp_path / "r", [twice])).entities["Method"].fp == 1


def test_scores_of_nothing() -> None:
    assert (Score().precision, Score().recall, Score().f1) == (0, 0, 0)
    assert Score(1, 1, 3).f1 == pytest.approx(1 / 3)


def test_words() -> None:
    assert words("The A100 GPUs") == ["a", "100", "gpu"]


@pytest.mark.parametrize("line", ["nope", "[]", '{"id": "a"}', '{"id": "a", "entities": 3}', "\udcff"])
def test_files_that_are_none(tmp_path: Path, line: str) -> None:
    (tmp_path / "g").write_bytes(line.encode("utf-8", "surrogateescape") + b"\n")
    with pytest.raises(InputError):
        evaluate(tmp_path / "g", tmp_path / "g")


@pytest.mark.parametrize("line", ['{"id": "a", "entities": [{}]}', '{"id": ["a"], "entities": []}', "[" * 100_000])
def test_rows_of_odd_shape(tmp_path: Path, line: str) -> None:
    (tmp_path / "g").write_text(line + "\n", "utf-8")
    with pytest.raises(InputError):
        evaluate(tmp_path / "g", tmp_path / "g")


def test_command(cli: Callable[..., Ran], tmp_path: Path) -> None:
    ran = cli("evaluate", jsonl(tmp_path / "g", [GOLD]), jsonl(tmp_path / "r", [FOUND]), "--format", "json")
    rows = {(row["group"], row["name"]): row for row in json.loads(ran.out)}
    assert (rows["entities", "Method"]["precision"], rows["entities", "Method"]["recall"]) == (1, 0.5)
    assert {"result_baseline", "result_hardware"} <= {name for group, name in rows if group == "results"}


@pytest.mark.shared
@pytest.mark.skipif(not (SHARED / "score.py").is_file(), reason="../shared/eval is not beside this checkout")
def test_same_figures_as_the_shared_scorer(tmp_path: Path) -> None:
    gold = SHARED / "gold_visible.jsonl"
    papers = [item for item in kg.read(str(gold)) if isinstance(item, Paper)]
    (tmp_path / "r.jsonl").write_text("".join(to_json(record) + "\n" for record in kg.pipe(papers)), "utf-8")
    done = subprocess.run(
        [sys.executable, SHARED / "score.py", gold, tmp_path / "r.jsonl", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    theirs, ours = json.loads(done.stdout), evaluate(gold, tmp_path / "r.jsonl")

    def same(their: dict[str, Any], our: Score) -> bool:
        return (their["tp"], their["fp"], their["fn"]) == counts(our)

    assert theirs["papers"] == ours.papers == len(papers)
    for name, score in theirs["entities_relaxed"].items():
        assert same(score, ours.entities[name]), name
    for name, score in theirs["relations"].items():
        assert same(score, ours.relations[name]), name
    for name in ("hardware_links", "result_value", "result_full"):
        assert same(theirs[name], ours.results[name]), name
