import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import kg
from tests.conftest import Ran
from tests.helpers import ROOT

GOOD = {
    "id": "good:1",
    "title": "Zibbo-Net: Small and Fast",
    "abstract": "It was built with care. Zibbo-Net runs on an A100 GPU.",
}
LINE = (json.dumps(GOOD) + "\n").encode()
Cli = Callable[..., Ran]


def check(ran: Ran, *words: str) -> None:
    assert "Traceback" not in ran.text
    for word in words:
        assert word in ran.text, ran.text


@pytest.fixture
def good(tmp_path: Path) -> Path:
    (tmp_path / "good.jsonl").write_bytes(LINE)
    return tmp_path / "good.jsonl"


UNREADABLE = [
    (b"", "empty"), (b" \n\n ", "empty"), (bytes(range(256)) * 40, "binary"), (b"<html><p>x</p></html>", "kg sources"),
    (gzip.compress(b"", mtime=0)[:5], "gzip"), (b"\x1f\x8bnot gzip at all", "gzip"), (gzip.compress(b"", mtime=0), "empty"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "word"), UNREADABLE)
def test_unreadable_input(cli: Cli, tmp_path: Path, good: Path, data: bytes, word: str) -> None:
    (tmp_path / "bad.dat").write_bytes(data)
    alone = cli("build", tmp_path / "bad.dat", "--out", tmp_path / "g1")
    check(alone, "bad.dat", word)
    assert alone.code == 1
    beside = cli("build", tmp_path / "bad.dat", good, "--out", tmp_path / "g2")
    check(beside, "bad.dat", word, "1 papers")
    assert beside.code == 3
    with kg.open(tmp_path / "g2") as opened:
        assert [record.id for record in opened.records()] == ["good:1"]


@pytest.mark.parametrize("name", ["none.jsonl", "."])
def test_missing_file_and_folder(cli: Cli, tmp_path: Path, good: Path, name: str) -> None:
    ran = cli("build", good, tmp_path / name, "--out", tmp_path / "g")
    check(ran, "does not exist" if name != "." else "is a folder", "1 papers")
    assert ran.code == 3


BAD_RECORDS = [
    (b'{"id": "x", "title": "cut', "no JSON"), (b'{"title": "' + b"x" * 10_000_000 + b'"}', "max_record_bytes"),
    ('{"title": "caf\xe9", "abstract": "x."}'.encode("latin-1"), "UTF-8"), (b"[1, 2]", "object"), (b'{"id": "x"}', "neither"),
    (b'{"title": "t", "abstract": "' + b"y" * 30_000 + b'"}', "max_abstract_chars"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "word"), BAD_RECORDS)
def test_bad_record_is_named_and_the_rest_is_built(cli: Cli, tmp_path: Path, line: bytes, word: str) -> None:
    other = LINE.replace(b"good:1", b"good:2").replace(b"Small", b"Large")
    (tmp_path / "in.jsonl").write_bytes(LINE + line + b"\n" + other)
    ran = cli("build", tmp_path / "in.jsonl", "--out", tmp_path / "g")
    check(ran, "in.jsonl", "record 2", word, "skipped 1", "2 papers")
    assert ran.code == 3
    with kg.open(tmp_path / "g") as opened:
        assert [record.id for record in opened.records()] == ["good:1", "good:2"]


def test_all_bad_file_tells_every_record(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(b'{"a": 1}\n[2]\nthree\n')
    ran = cli("build", "--source", "jsonl", tmp_path / "in.jsonl", "--out", tmp_path / "g")
    check(ran, "in.jsonl, record 1", "in.jsonl, record 2", "in.jsonl, record 3")


def test_all_bad_file_is_an_error(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(b'{"a": 1}\n[2]\nthree\n')
    assert cli("build", tmp_path / "in.jsonl", "--out", tmp_path / "g").code == 1


def truncated(path: Path) -> Path:
    lines = b"".join(LINE.replace(b"good:1", b"n%d" % n).replace(b"Small", b"Small%d" % (n * 7919)) for n in range(400))
    data = gzip.compress(lines)
    path.write_bytes(data[: len(data) // 2])
    return path


def test_truncated_gzip_says_so(cli: Cli, tmp_path: Path, good: Path) -> None:
    ran = cli("build", truncated(tmp_path / "cut.gz"), good, "--out", tmp_path / "g")
    check(ran, "cut.gz", "damaged gzip", "again")
    assert ran.code == 3


def test_truncated_gzip_keeps_what_came_before(cli: Cli, tmp_path: Path, good: Path) -> None:
    cli("build", truncated(tmp_path / "cut.gz"), good, "--out", tmp_path / "g")
    with kg.open(tmp_path / "g") as opened:
        assert len(opened) > 1


def test_extract_keeps_what_came_before(cli: Cli, tmp_path: Path) -> None:
    ran = cli("extract", truncated(tmp_path / "cut.gz"), "-o", tmp_path / "r.jsonl")
    check(ran, "cut.gz")
    assert ran.code == 3
    assert len((tmp_path / "r.jsonl").read_text("utf-8").splitlines()) > 1


def test_extract_exit_codes(cli: Cli, tmp_path: Path, good: Path) -> None:
    assert cli("extract", good, "-o", tmp_path / "r.jsonl").code == 0
    assert cli("extract", good, tmp_path / "none", "-o", tmp_path / "r.jsonl").code == 3
    ran = cli("extract", tmp_path / "none", "-o", tmp_path / "r.jsonl")
    check(ran, "does not exist")
    assert ran.code == 1


@pytest.mark.parametrize("field", ["organisation", "url"])
def test_lone_surrogate_in_any_field(cli: Cli, tmp_path: Path, good: Path, field: str) -> None:
    row = json.dumps({"id": "s", "title": "t", "abstract": "Some text.", field: "a\ud800b"})
    (tmp_path / "in.jsonl").write_text(row + "\n", "utf-8")
    try:
        ran = cli("build", tmp_path / "in.jsonl", good, "--out", tmp_path / "g")
    except ValueError as error:  # so that an engine's own error is a failure of this test
        pytest.fail(f"{type(error).__name__}: {error}"[:200])
    check(ran)
    assert ran.code == 0


def test_file_name_that_is_no_utf8(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9.jsonl"
    with open(name, "wb") as file:
        file.write(LINE)
    done = subprocess.run(
        [sys.executable, "-m", "kg", "build", name, "--out", str(tmp_path / "g")],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize("value", ["0", "-1", "many", ""])
def test_bad_setting(cli: Cli, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PAPERGRAPH_MAX_TITLE_CHARS", value)
    ran = cli("build", good, "--out", tmp_path / "g")
    check(ran, "PAPERGRAPH_MAX_TITLE_CHARS")
    assert ran.code == 1


def test_bad_as_of(cli: Cli, good: Path, tmp_path: Path) -> None:
    ran = cli("build", good, "--out", tmp_path / "g", "--as-of", "yesterday")
    check(ran, "YYYY-MM-DD")
    assert ran.code == 1


def test_process_prints_no_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kg", "build", tmp_path / "none", "--out", tmp_path / "g"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "does not exist" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
