"""What a graph is after a full disk, a folder that may not be written, damage, and versions of Papergraph past and to come."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import kg
from kg.errors import GraphError
from kg.extract import extractor_identity
from kg.graph import Log
from kg.stores import OxigraphStore
from tests.conftest import Ran
from tests.helpers import ROOT, jsonl

OLD = sorted((ROOT / "tests/data/graphs").iterdir())
MIB = 1024 * 1024


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a disk of its own needs root and mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)  # a store may still be open


def fill(disk: Path, *, leave: int) -> None:
    """Fill a disk but for so many bytes."""
    state = os.statvfs(disk)
    (disk / "filling").write_bytes(b"\x00" * max(0, state.f_bavail * state.f_bsize - leave))


def papers(name: str, count: int, size: int) -> list[dict[str, str]]:
    return [
        {
            "id": f"{name}{n}",
            "title": f"Study {name}{n}",
            "abstract": "We propose ZibNet. It runs on an A100 GPU. " * size,
        }
        for n in range(count)
    ]


def stands(folder: Path, ids: list[str]) -> None:
    """The graph answers, and holds these papers."""
    with kg.open(folder) as opened:
        assert sorted(r.id for r in opened.records()) == sorted(ids)
        assert sorted(opened.sparql("SELECT ?id { ?p pg:paperId ?id }").column("id")) == sorted(ids)


def test_a_disk_that_is_full_for_the_log(disk: Path, tmp_path: Path) -> None:
    kg.build([jsonl(tmp_path / "a.jsonl", papers("a", 2, 1))], disk / "g")
    fill(disk, leave=200_000)
    more = jsonl(tmp_path / "b.jsonl", papers("b", 40, 60))
    with pytest.raises(GraphError, match="disk is full"):
        kg.build([more], disk / "g")
    (disk / "filling").unlink()
    with Log(disk / "g") as log:
        kept = len(log)
    assert 2 <= kept < 42
    summary = kg.build([more], disk / "g")
    assert (summary.unchanged, summary.papers) == (kept - 2, 42)
    stands(disk / "g", [f"a{n}" for n in range(2)] + [f"b{n}" for n in range(40)])


def test_a_disk_that_is_full_for_the_store(disk: Path, tmp_path: Path) -> None:
    kg.build([jsonl(tmp_path / "a.jsonl", papers("a", 3, 1))], disk / "g")
    (disk / "g/manifest.json").unlink()
    fill(disk, leave=120_000)
    with pytest.raises(GraphError, match="cannot be written"):
        kg.build([], disk / "g")
    assert not (disk / "g/sparql.new").exists()
    stands(disk / "g", ["a0", "a1", "a2"])
    (disk / "filling").unlink()
    kg.build([], disk / "g")
    stands(disk / "g", ["a0", "a1", "a2"])


def test_a_disk_that_may_not_be_written_is_read(disk: Path, tmp_path: Path, cli: Callable[..., Ran]) -> None:
    file = jsonl(tmp_path / "a.jsonl", papers("a", 3, 1))
    kg.build([file], disk / "g")
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    stands(disk / "g", ["a0", "a1", "a2"])
    for command in (
        ("build", file, "--out", disk / "g"),
        ("build", file, "--out", disk / "h"),
        ("remove", "a0", "-g", disk / "g"),
    ):
        ran = cli(*command)
        assert ran.code == 1
        assert "Read-only file system" in ran.err
        assert "Traceback" not in ran.err
    stands(disk / "g", ["a0", "a1", "a2"])


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph whose log has many pages; to be copied."""
    folder = tmp_path_factory.mktemp("large")
    kg.build([jsonl(folder / "a.jsonl", papers("a", 30, 30))], folder / "g")
    return folder / "g"


def pages(log: Path, of: str) -> list[int]:
    """Where the pages of the table with the Records begin in the file."""
    with sqlite3.connect(log) as database:
        try:
            found = database.execute("SELECT pageno FROM dbstat WHERE name = ? ORDER BY pageno", (of,)).fetchall()
        except sqlite3.OperationalError:
            pytest.skip("this SQLite has no dbstat")
        size = database.execute("PRAGMA page_size").fetchone()[0]
    database.close()
    return [(number - 1) * size for (number,) in found]


@pytest.mark.parametrize("which", [0, 1, -1])
def test_a_broken_page_is_told_and_nothing_is_changed(
    large: Path, tmp_path: Path, cli: Callable[..., Ran], which: int
) -> None:
    folder = tmp_path / "g"
    shutil.copytree(large, folder)
    with (folder / "records.sqlite").open("r+b") as file:
        file.seek(pages(folder / "records.sqlite", "papers")[which])
        file.write(b"\xa5" * 4096)
    store = OxigraphStore.digest(folder)
    more = jsonl(tmp_path / "b.jsonl", papers("b", 2, 1))
    (folder / "manifest.json").unlink()
    for command in (("build", more, "--out", folder), ("export", "nquads", "-g", folder, "-o", tmp_path / "x.nq")):
        ran = cli(*command)
        assert ran.code == 1, ran.text
        assert "records.sqlite is damaged" in ran.err
        assert "Traceback" not in ran.err
    assert not (tmp_path / "x.nq").exists()
    assert OxigraphStore.digest(folder) == store
    assert len(OxigraphStore(folder)) > 0


def test_a_record_that_is_not_what_was_written(large: Path, tmp_path: Path) -> None:
    folder = tmp_path / "g"
    shutil.copytree(large, folder)
    data = (folder / "records.sqlite").read_bytes()
    assert data.count(b"Study a7") > 1
    (folder / "records.sqlite").write_bytes(data.replace(b"Study a7", b"Study b7"))
    with kg.open(folder) as opened, pytest.raises(GraphError, match="not what was written"):
        list(opened.records())


@pytest.mark.parametrize("old", OLD, ids=lambda path: path.name)
def test_a_graph_of_an_older_version(old: Path, tmp_path: Path) -> None:
    """It opens for reading its Records; its store is made anew, and what an older extractor read is read again."""
    shutil.copytree(old, tmp_path / "g")
    with kg.open(tmp_path / "g") as opened:
        assert len(opened) == 3
        with pytest.raises(GraphError, match="kg build --out"):
            opened.sparql("ASK {}")
        older = sum(record.extractor != extractor_identity() for record in opened.records())
    summary = kg.build([], tmp_path / "g")
    assert (summary.extracted, summary.papers) == (older, 3)
    with kg.open(tmp_path / "g") as opened:
        ids = [record.id for record in opened.records()]
        assert {record.extractor for record in opened.records()} == {extractor_identity()}
    stands(tmp_path / "g", ids)
    kg.remove(ids[0], tmp_path / "g")
    stands(tmp_path / "g", ids[1:])


def test_a_graph_of_a_newer_version(tmp_path: Path) -> None:
    kg.build([jsonl(tmp_path / "a.jsonl", papers("a", 1, 1))], tmp_path / "g")
    with sqlite3.connect(tmp_path / "g/records.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    before = (tmp_path / "g/records.sqlite").read_bytes()
    for refused in (
        lambda: kg.open(tmp_path / "g"),
        lambda: kg.build([], tmp_path / "g"),
        lambda: kg.remove("a0", tmp_path / "g"),
    ):
        with pytest.raises(GraphError, match=r"another version .* build it anew"):
            refused()
    assert (tmp_path / "g/records.sqlite").read_bytes() == before


def test_killed_at_random_moments() -> None:
    """A short form of scripts/crash.py, which says what must hold."""
    ran = subprocess.run(
        [sys.executable, "scripts/crash.py", "--kills", "3"], cwd=ROOT, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "3 of 3" in ran.stdout
