import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import kg
from kg.errors import GraphError, InputError
from kg.exports import EXPORTS
from kg.graph import Log
from kg.graph.statements import paper_iri
from tests.helpers import ROOT, jsonl, nquads, rows_of

KILLED = """
import os, signal, sys, kg
stage, count = sys.argv[3], int(sys.argv[4])
def tell(now, done, of):
    if now == stage and done >= count:
        os.kill(os.getpid(), signal.SIGKILL)
kg.build([sys.argv[1]], sys.argv[2], progress=tell)
"""


@pytest.fixture(scope="module")
def rows(sample: Path) -> list[dict[str, Any]]:
    return rows_of(sample)


@pytest.fixture(scope="module")
def whole(rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph of the sample's papers with ids; to be copied."""
    folder = tmp_path_factory.mktemp("whole")
    kg.build([jsonl(folder / "x.jsonl", rows)], folder / "g")
    return folder / "g"


def plain(quads: bytes) -> list[bytes]:
    """The lines without those that say in which input a paper stood."""
    return [line for line in quads.splitlines() if not re.search(rb"ontology#(input|inputRecord)>", line)]


def traces(folder: Path, text: str) -> list[str]:
    """Files that hold a text in any of their bytes."""
    return [str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file() and text.encode() in f.read_bytes()]


def test_order_of_inputs_changes_no_byte(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    one, two = jsonl(tmp_path / "1.jsonl", rows[:9]), jsonl(tmp_path / "2.jsonl", rows[6:15])
    kg.build([one, two], tmp_path / "a")
    kg.build([two, one], tmp_path / "b")
    assert nquads(tmp_path / "a", tmp_path / "a.nq") == nquads(tmp_path / "b", tmp_path / "b.nq")


def test_split_inputs_change_only_where_a_paper_stood(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    kg.build([jsonl(tmp_path / "all.jsonl", rows[:16])], tmp_path / "a")
    kg.build([jsonl(tmp_path / "2.jsonl", rows[15:7:-1]), jsonl(tmp_path / "1.jsonl", rows[:8])], tmp_path / "b")
    assert plain(nquads(tmp_path / "a", tmp_path / "a.nq")) == plain(nquads(tmp_path / "b", tmp_path / "b.nq"))


@pytest.mark.parametrize(("stage", "count"), [("reading", 50), ("extracting", 70), ("storing", 40)])
def test_killed_build_resumes(tmp_path: Path, stage: str, count: int) -> None:
    many = [
        {"id": f"p{n}", "title": f"Study {n}", "abstract": f"We propose Zib{n}Net. It runs on an A100 GPU."}
        for n in range(96)
    ]
    file, folder = jsonl(tmp_path / "many.jsonl", many), tmp_path / "killed"
    done = subprocess.run([sys.executable, "-c", KILLED, file, folder, stage, str(count)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    with Log(folder) as log:
        kept = len(log)
    assert kept in {"reading": [0], "extracting": [70], "storing": [96]}[stage]
    summary = kg.build([file], folder)
    assert (summary.extracted, summary.unchanged, summary.papers) == (96 - kept, kept, 96)
    kg.build([file], tmp_path / "whole")
    assert nquads(folder, tmp_path / "a.nq") == nquads(tmp_path / "whole", tmp_path / "b.nq")
    assert {f.name for f in folder.iterdir()} == {f.name for f in (tmp_path / "whole").iterdir()}


def test_rerun_changes_nothing(sample: Path, tmp_path: Path) -> None:
    kg.build([str(sample)], tmp_path / "g")
    before = (tmp_path / "g" / "manifest.json").read_bytes()
    summary = kg.build([str(sample)], tmp_path / "g")
    assert (summary.extracted, summary.unchanged, summary.papers, summary.quads) == (0, 32, 32, None)
    assert (tmp_path / "g" / "manifest.json").read_bytes() == before


def test_changed_abstract_is_extracted_again(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    file = jsonl(tmp_path / "x.jsonl", rows[:5])
    kg.build([file], tmp_path / "g")
    changed = [*rows[:4], rows[4] | {"abstract": "A new text. It runs on an A100 GPU."}]
    jsonl(tmp_path / "x.jsonl", changed)
    summary = kg.build([file], tmp_path / "g")
    assert (summary.extracted, summary.unchanged, summary.papers) == (1, 4, 5)
    kg.build([file], tmp_path / "fresh")
    assert nquads(tmp_path / "g", tmp_path / "a.nq") == nquads(tmp_path / "fresh", tmp_path / "b.nq")


def test_build_removes_nothing_and_sync_does(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    kg.build([jsonl(tmp_path / "x.jsonl", rows[:6])], tmp_path / "g")
    fewer = jsonl(tmp_path / "x.jsonl", rows[:4])
    assert kg.build([fewer], tmp_path / "g").papers == 6
    summary = kg.build([fewer], tmp_path / "g", sync=True)
    assert (summary.removed, summary.papers) == ([rows[4]["id"], rows[5]["id"]], 4)
    kg.build([fewer], tmp_path / "fresh")
    assert nquads(tmp_path / "g", tmp_path / "a.nq") == nquads(tmp_path / "fresh", tmp_path / "b.nq")
    assert traces(tmp_path / "g", rows[5]["title"]) == []


def test_sync_with_an_unreadable_input_removes_nothing(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    kg.build([jsonl(tmp_path / "x.jsonl", rows[:6])], tmp_path / "g")
    summary = kg.build([jsonl(tmp_path / "x.jsonl", rows[:4]), str(tmp_path / "none")], tmp_path / "g", sync=True)
    assert (summary.removed, summary.papers, len(summary.failed)) == ([], 6, 1)


@pytest.mark.parametrize("number", [0, 17])
def test_remove_leaves_no_trace(rows: list[dict[str, Any]], whole: Path, tmp_path: Path, number: int) -> None:
    row, folder = rows[number], tmp_path / "g"
    shutil.copytree(whole, folder)
    assert traces(folder, row["title"])
    assert kg.remove(row["id"], folder) == row["id"]
    assert traces(folder, row["title"]) == []
    assert traces(folder, row["abstract"][:60]) == []
    (tmp_path / "out").mkdir()
    for name in EXPORTS:
        kg.export(name, folder, tmp_path / "out" / name)
    assert traces(tmp_path / "out", row["title"]) == []


def test_after_remove_the_graph_is_that_of_the_rest(rows: list[dict[str, Any]], whole: Path, tmp_path: Path) -> None:
    row, folder = rows[6], tmp_path / "g"
    shutil.copytree(whole, folder)
    kg.remove(row["id"], folder)
    kg.build([jsonl(tmp_path / "x.jsonl", [r for r in rows if r is not row])], tmp_path / "fresh")
    assert plain(nquads(folder, tmp_path / "a.nq")) == plain(nquads(tmp_path / "fresh", tmp_path / "b.nq"))


def test_replaced_text_leaves_no_trace(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    kg.build([jsonl(tmp_path / "x.jsonl", rows[:12])], tmp_path / "g")
    secret = rows[3] | {"title": "Quoll Wombat Numbat", "abstract": "A text that was a mistake."}
    kg.build([jsonl(tmp_path / "x.jsonl", [secret])], tmp_path / "g")
    kg.build([jsonl(tmp_path / "x.jsonl", rows[3:4])], tmp_path / "g")
    kg.remove(rows[3]["id"], tmp_path / "g")
    assert traces(tmp_path / "g", "Quoll Wombat") == []


def test_remove_by_iri_and_unknown(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    kg.build([jsonl(tmp_path / "x.jsonl", rows[:2])], tmp_path / "g")
    assert kg.remove(paper_iri(rows[0]["id"]), tmp_path / "g") == rows[0]["id"]
    with pytest.raises(GraphError, match="no paper"):
        kg.remove(rows[0]["id"], tmp_path / "g")
    with pytest.raises(GraphError, match="kg build"):
        kg.remove("x", tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_second_build_is_refused(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    file = jsonl(tmp_path / "x.jsonl", rows[:2])
    with Log(tmp_path / "g", write=True), pytest.raises(GraphError, match="another build"):
        kg.build([file], tmp_path / "g")
    assert kg.build([file], tmp_path / "g").papers == 2


def test_a_paper_given_twice(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    older = rows[0] | {"date": "2001-01-01", "abstract": "An old text."}
    one, two = jsonl(tmp_path / "1.jsonl", [rows[0]]), jsonl(tmp_path / "2.jsonl", [older])
    for name, inputs in (("a", [one, two]), ("b", [two, one])):
        summary = kg.build(inputs, tmp_path / name)
        assert (summary.read, summary.papers, summary.replaced) == (2, 1, [rows[0]["title"]])
        with kg.open(tmp_path / name) as opened:
            assert [record.abstract for record in opened.records()] == [rows[0]["abstract"]]


@pytest.mark.parametrize("runs", [[("1", "2")], [("2", "1")], [("1",), ("2",)], [("2",), ("1",)]])
def test_paper_without_id_joins_its_title(
    rows: list[dict[str, Any]], tmp_path: Path, runs: list[tuple[str, ...]]
) -> None:
    bare = {"title": rows[0]["title"].upper() + "!", "abstract": rows[0]["abstract"]}
    jsonl(tmp_path / "1.jsonl", [rows[0]])
    jsonl(tmp_path / "2.jsonl", [bare])
    for run in runs:
        kg.build([str(tmp_path / f"{name}.jsonl") for name in run], tmp_path / "g")
    with kg.open(tmp_path / "g") as opened:
        assert [record.id for record in opened.records()] == [rows[0]["id"]]


def test_nothing_readable(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        kg.build([str(tmp_path / "none")], tmp_path / "g")


def test_folder_that_cannot_be_written(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(GraphError, match="cannot be written"):
        kg.build([jsonl(tmp_path / "x.jsonl", rows[:1])], tmp_path / "file" / "g")


def test_manifest_counts_are_those_of_the_store(graph: Path, opened: kg.Graph) -> None:
    counts = json.loads((graph / "manifest.json").read_text("utf-8"))["counts"]
    assert counts["papers"] == len(opened) == 32
    assert counts["quads"] == len(opened.store)
    found = opened.sparql("SELECT ?p (COUNT(?s) AS ?n) { ?s a pg:Statement ; rdf:predicate ?p } GROUP BY ?p").rows
    assert sum(int(n or 0) for _, n in found) == sum(v for k, v in counts.items() if k.startswith("statements:"))
    assert opened.sparql("SELECT (COUNT(?r) AS ?n) { ?r a pg:Result }").rows == [(counts["results"],)]
    assert (
        sum(v for k, v in counts.items() if k.startswith("nodes:"))
        == opened.sparql("SELECT (COUNT(DISTINCT ?n) AS ?c) { ?n skos:prefLabel ?l }").rows[0][0]
    )
