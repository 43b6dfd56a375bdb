import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kg
from kg.errors import InputError
from kg.extract import to_json
from kg.model import Paper
from kg.sources import Rejected
from tests.helpers import jsonl, record


def read(tmp_path: Path, *rows: dict[str, Any]) -> list[Any]:
    return list(kg.read(jsonl(tmp_path / "in.jsonl", rows)))


def test_fields(tmp_path: Path) -> None:
    row = {
        "id": 7, "title": " T\tx ", "summary": "Some text.", "published": "2024-05-06T07:08:09Z", "url": "https://e.org/7",
        "authors": ["A. B.", {"name": "C. D."}], "categories": "cs.AR cs.LG", "organization": "Lab", "upvotes": 3, "comments": 0,
    }  # fmt: skip
    (found,) = read(tmp_path, row)
    assert (found.id, found.title, found.abstract, found.date) == ("7", "T x", "Some text.", "2024-05-06")
    assert (found.authors, found.categories, found.organisation) == (("A. B.", "C. D."), ("cs.AR", "cs.LG"), "Lab")
    assert (found.upvotes, found.comments, found.origin.record, found.origin.kind) == (3, 0, 1, "jsonl")


def test_a_record_is_read_as_its_paper(tmp_path: Path) -> None:
    made = record("We propose Zibbo-Net.")
    (tmp_path / "r.jsonl").write_text(to_json(made) + "\n", "utf-8")
    (found,) = kg.read(str(tmp_path / "r.jsonl"))
    assert isinstance(found, Paper)
    assert (found.id, found.title, found.abstract) == (made.id, made.title, made.abstract)


def test_blank_lines_are_no_records(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"title":"a"}\n\n   \n{"title":"b"}', "utf-8")
    assert [item.origin.record for item in kg.read(str(tmp_path / "x.jsonl"))] == [1, 2]


def test_no_id_gives_one_by_title(tmp_path: Path) -> None:
    one, two = read(tmp_path, {"title": "On Mice!", "abstract": "a"}, {"title": "on  mice", "abstract": "b"})
    assert one.id == two.id
    assert one.id.startswith("title:")


def test_control_characters_become_spaces_and_offsets_stay(tmp_path: Path) -> None:
    (found,) = read(tmp_path, {"title": "a\x00b\u2028c", "abstract": "line\none\x85two\x7f."})
    assert (found.title, found.abstract) == ("a b c", "line one two .")


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ({"id": "x"}, "neither"), ({"title": 3.5}, "title"), ({"title": "t", "abstract": ["x"]}, "abstract"),
        ({"title": "t", "date": "soon"}, "date"), ({"title": "t", "upvotes": -1}, "upvotes"),
        ({"title": "t" * 1001}, "max_title_chars"), ({"title": "t", "abstract": "a" * 20_001}, "max_abstract_chars"),
    ],
)  # fmt: skip
def test_rejected_with_a_reason(tmp_path: Path, row: dict[str, Any], word: str) -> None:
    bad, good = read(tmp_path, row, {"title": "good"})
    assert isinstance(bad, Rejected)
    assert word in str(bad)
    assert "in.jsonl" in str(bad)
    assert "record 1" in str(bad)
    assert isinstance(good, Paper)


@pytest.mark.parametrize(
    "line", ["nope", '{"title": "cut', "[1, 2]", "3", "[" * 100_000, '{"n": ' + "9" * 5000 + "}", "null"]
)
def test_bad_line_is_rejected(tmp_path: Path, line: str) -> None:
    (tmp_path / "x.jsonl").write_text(f'{{"title":"a"}}\n{line}\n{{"title":"b"}}\n', "utf-8")
    one, bad, two = kg.read(str(tmp_path / "x.jsonl"))
    assert isinstance(bad, Rejected)
    assert isinstance(one, Paper)
    assert isinstance(two, Paper)


@given(st.text())
def test_arbitrary_text_never_raises(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / "any.jsonl"
    file.write_bytes(text.encode("utf-8", "replace") + b'\n{"title":"last"}')
    try:
        items = list(kg.read(str(file), source="jsonl"))
    except InputError:
        assert "\x00" in text  # then it counts as binary
        return
    lines = [
        line for line in text.encode("utf-8", "replace").decode().removeprefix("\ufeff").split("\n") if line.strip()
    ]
    assert len(items) == len(lines) + 1
    assert isinstance(items[-1], Paper)


KEYS = st.sampled_from(
    ["id", "title", "abstract", "text", "date", "authors", "categories", "upvotes", "paper", "url", "organisation"]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=6), min_size=1, max_size=5))
def test_arbitrary_objects_never_raise(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]) -> None:
    file = tmp_path_factory.getbasetemp() / "objects.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    items = list(kg.read(str(file), source="jsonl"))
    assert len(items) == len(rows)
    for item in items:
        assert isinstance(item, Paper | Rejected)
        if isinstance(item, Paper):
            assert Paper.model_validate_json(item.model_dump_json()) == item
