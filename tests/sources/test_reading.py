import gzip
import io
import sys
from pathlib import Path

import pytest

import kg
from kg.errors import InputError
from kg.model import Paper
from kg.sources import SOURCES, Rejected

GOOD = b'{"title": "a title", "abstract": "some text."}\n'


def papers(path: Path | str) -> list[Paper]:
    return [item for item in kg.read(str(path)) if isinstance(item, Paper)]


def test_gzip_is_found_by_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "named.txt").write_bytes(gzip.compress(GOOD))
    assert papers(tmp_path / "named.txt")[0].title == "a title"


def test_standard_input_plain_and_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    for data in (GOOD, gzip.compress(GOOD)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        (found,) = papers("-")
        assert found.origin.input == "standard input"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (GOOD, "jsonl"), (b"A Title\n\nA sentence.\n", "text"),
        ("A Title\n\nA sentence.\n\n  • 2 authors\n·\nMay 3, 2024\n".encode(), "daily-papers"),
    ],
)  # fmt: skip
def test_kind_is_found_by_looking(tmp_path: Path, data: bytes, kind: str) -> None:
    (tmp_path / "x").write_bytes(data)
    assert [p.origin.kind for p in papers(tmp_path / "x")] == [kind]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "x").write_bytes('{"title": "Zoë", "abstract": "x."}\n'.encode(encoding))
    assert [p.title for p in papers(tmp_path / "x")] == ["Zoë"]


@pytest.mark.parametrize("data", [b"", b"  \n\n", bytes(range(256)) * 20, b"<html></html>", b"[1, 2]"])
def test_input_that_is_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.bin").write_bytes(data)
    with pytest.raises(InputError, match=r"x\.bin"):
        papers(tmp_path / "x.bin")


def test_folder_and_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="folder"):
        papers(tmp_path)
    with pytest.raises(InputError, match="does not exist"):
        papers(tmp_path / "none")


def test_unknown_source_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="jsonl"):
        list(kg.read(str(tmp_path / "x"), source="xml"))


def test_line_over_the_limit_is_one_rejected_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERGRAPH_MAX_RECORD_BYTES", "100")
    (tmp_path / "x").write_bytes(GOOD + b'{"title": "' + b"x" * 500 + b'"}\n' + GOOD)
    one, bad, two = kg.read(str(tmp_path / "x"))
    assert isinstance(one, Paper)
    assert isinstance(two, Paper)
    assert isinstance(bad, Rejected)
    assert "max_record_bytes" in bad.reason


def test_truncated_gzip_gives_what_came_before(tmp_path: Path) -> None:
    data = gzip.compress(b"".join(b'{"title": "t%d", "abstract": "x%d."}\n' % (i, i * i * 7919) for i in range(4000)))
    (tmp_path / "x.gz").write_bytes(data[: len(data) // 2])
    items = kg.read(str(tmp_path / "x.gz"))
    assert all(isinstance(next(items), Paper) for _ in range(100))
    with pytest.raises(InputError, match="gzip"):
        list(items)


def test_every_source_says_what_it_is() -> None:
    assert set(SOURCES) == {"daily-papers", "jsonl", "text"}
    for source in SOURCES.values():
        assert source.says
        assert source.example.startswith(("kg ", "zcat"))
