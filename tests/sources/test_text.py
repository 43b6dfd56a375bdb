from pathlib import Path

import pytest

import kg
from kg.model import Paper


def read(tmp_path: Path, text: str) -> list[Paper]:
    (tmp_path / "notes.txt").write_text(text, "utf-8")
    return [item for item in kg.read(str(tmp_path / "notes.txt")) if isinstance(item, Paper)]


def test_titles_and_abstracts(tmp_path: Path) -> None:
    found = read(tmp_path, "First Title\n\nAn abstract that ends.\n\nSecond Title\n\nAnother one.\n")
    assert [(p.title, p.abstract) for p in found] == [
        ("First Title", "An abstract that ends."),
        ("Second Title", "Another one."),
    ]
    assert [(p.origin.kind, p.origin.record) for p in found] == [("text", 1), ("text", 2)]


@pytest.mark.parametrize(
    "gap",
    [
        "\n\n",
        "\n",
    ],
)
def test_rules_part_papers(tmp_path: Path, gap: str) -> None:
    lines = ["An abstract alone.", "---", "Another abstract alone.", "=====", "A third one."]
    found = read(tmp_path, gap.join(lines))
    assert [(p.title, p.abstract) for p in found] == [
        ("", "An abstract alone."),
        ("", "Another abstract alone."),
        ("", "A third one."),
    ]


def test_second_paragraph_continues_the_abstract(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "A Title\n\nPart one.\n\nPart two.\n")
    assert found.abstract == "Part one. Part two."


def test_wrapped_lines_are_joined(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "A Title\n\nOne line and\n  the next line.\n")
    assert found.abstract == "One line and the next line."


def test_title_directly_above_its_abstract(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "Sorting Marbles Fast\nWe sort marbles by colour and by size.\n")
    assert (found.title, found.abstract) == ("Sorting Marbles Fast", "We sort marbles by colour and by size.")
