"""What the user says of a graph, as files in its folder."""

import os
from pathlib import Path

import pytest

from kg.errors import GraphError, InputError
from kg.model import content_hash
from kg.resolve.say import Say, read_say, take_say

ALIAS = '{"do": "alias", "name": "a", "of": "b", "type": "Method"}\r\n'
TERMS = "type,name\r\nMethod,Zibbo\r\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    one, other = tmp_path / "mine.jsonl", tmp_path / "mine.csv"
    one.write_bytes(ALIAS.encode())
    other.write_bytes(TERMS.encode())
    return one, other


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "graph").mkdir()
    return tmp_path / "graph"


def test_nothing_said(folder: Path) -> None:
    assert read_say(folder) == Say() == Say((), (), "")
    assert read_say(folder).counts == {}
    for name in ("corrections.jsonl", "lexicon.csv"):
        (folder / name).write_text("", "utf-8")
    assert read_say(folder).digest == ""


def test_files_are_copied_byte_by_byte_and_read(folder: Path, files: tuple[Path, Path]) -> None:
    take_say(folder, corrections=files[0], lexicon=files[1])
    assert (folder / "corrections.jsonl").read_bytes() == ALIAS.encode()
    assert (folder / "lexicon.csv").read_bytes() == TERMS.encode()
    assert sorted(os.listdir(folder)) == ["corrections.jsonl", "lexicon.csv"]
    said = read_say(folder)
    assert [correction.name for correction in said.corrections] == ["a"]
    assert [entry.name for entry in said.own] == ["Zibbo"]
    assert said.digest == content_hash(ALIAS, TERMS)
    assert said.counts == {"alias": 1, "terms": 1}
    assert list(said.counts) == ["alias", "terms"]


def test_one_file_alone(folder: Path, files: tuple[Path, Path]) -> None:
    take_say(folder, corrections=files[0], lexicon=None)
    assert read_say(folder).counts == {"alias": 1}
    assert read_say(folder).digest == content_hash(ALIAS, "")
    take_say(folder, corrections=None, lexicon=files[1])
    assert read_say(folder).counts == {"alias": 1, "terms": 1}
    (folder / "corrections.jsonl").unlink()
    assert read_say(folder).counts == {"terms": 1}


def test_a_wrong_file_is_named_and_nothing_is_copied(folder: Path, files: tuple[Path, Path]) -> None:
    wrong = folder.parent / "wrong"
    wrong.write_text("type,name\nThing,x", "utf-8")
    with pytest.raises(InputError, match=r"/wrong, line 2: the type is 'Thing'"):
        take_say(folder, corrections=files[0], lexicon=wrong)
    with pytest.raises(InputError, match=r"/wrong, line 1: Invalid JSON"):
        take_say(folder, corrections=wrong, lexicon=files[1])
    assert os.listdir(folder) == []
    (folder / "corrections.jsonl").write_text("no", "utf-8")
    with pytest.raises(InputError, match=r"graph/corrections\.jsonl, line 1"):
        read_say(folder)
    (folder / "corrections.jsonl").unlink()
    (folder / "lexicon.csv").write_text("no", "utf-8")
    with pytest.raises(InputError, match=r"graph/lexicon\.csv, line 1"):
        read_say(folder)


def test_files_that_cannot_be_read(folder: Path) -> None:
    with pytest.raises(InputError, match=r"/none does not exist: give a file of your own terms or corrections\."):
        take_say(folder, corrections=folder / "none", lexicon=None)
    with pytest.raises(InputError, match=r"/graph cannot be read: Is a directory\."):
        take_say(folder, corrections=None, lexicon=folder)
    (folder.parent / "latin").write_bytes(b"ab\xe9")
    with pytest.raises(InputError, match=r"/latin is not UTF-8 \(byte 3\): save it as UTF-8\."):
        take_say(folder, corrections=folder.parent / "latin", lexicon=None)


def test_a_folder_that_cannot_be_written(folder: Path, files: tuple[Path, Path]) -> None:
    (folder / "lexicon.csv").mkdir()  # stands in the way
    with pytest.raises(GraphError, match=r"graph/lexicon\.csv cannot be written: Is a directory\."):
        take_say(folder, corrections=None, lexicon=files[1])
