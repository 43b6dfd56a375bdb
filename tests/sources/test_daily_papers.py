from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kg
from kg.errors import InputError
from kg.model import Paper
from kg.sources import Rejected
from tests.helpers import ROOT

PAGE = """Daily Papers

byAK and the research community

{header}

A Study of Sorting Marbles

We sort marbles by colour. It takes one minute on a CPU.

  • 3 authors
·
{first}

Counting Pebbles Quickly

Pebbles are counted by a robot arm. The robot is fast.

stonelab Stone Laboratory
·
{second}
"""
SAMPLE = (ROOT / "examples" / "daily-papers.txt").read_text("utf-8")


def write(tmp_path: Path, text: str) -> str:
    file = tmp_path / "page.txt"
    file.write_text(text, "utf-8")
    return str(file)


def read(tmp_path: Path, text: str, **options: object) -> list[Paper]:
    items = list(kg.read(write(tmp_path, text), **options))  # type: ignore[arg-type]
    assert all(isinstance(item, Paper) for item in items), items
    return [item for item in items if isinstance(item, Paper)]


def test_sample_has_32_papers(sample: Path) -> None:
    items = list(kg.read(str(sample)))
    assert len(items) == 32
    assert all(isinstance(item, Paper) and item.origin.kind == "daily-papers" for item in items)
    assert [item.origin.record for item in items] == list(range(1, 33))


def test_fields(tmp_path: Path) -> None:
    one, two = read(tmp_path, PAGE.format(header="Nov 4", first="Mar 5, 2024 7", second="Mar 6, 2024"))
    assert (one.title, one.date, one.comments, one.author_count) == ("A Study of Sorting Marbles", "2024-03-05", 7, 3)
    assert one.abstract == "We sort marbles by colour. It takes one minute on a CPU."
    assert (two.organisation, two.author_count, two.comments, two.date_inferred) == (
        "Stone Laboratory",
        None,
        None,
        False,
    )
    assert one.id != two.id
    assert one.origin.input == "page.txt"


def test_navigation_is_no_paper(sample: Path) -> None:
    text = " ".join(item.title + item.abstract for item in kg.read(str(sample)) if isinstance(item, Paper))
    assert "trending papers in your email" not in text
    assert "research community" not in text


def test_paper_without_footer_is_kept(sample: Path) -> None:
    papers = {item.title: item for item in kg.read(str(sample)) if isinstance(item, Paper)}
    bare = papers["Nearest-Neighbour Search at Billion Scale inside Commodity DIMMs"]
    assert (bare.date, bare.author_count, bare.organisation) == (None, None, None)
    assert bare.abstract.endswith("throughput of Brineseek.")
    assert papers["Flickerwing: Event-Driven Gesture Recognition with Graded Spikes"].date == "2024-11-01"


@pytest.mark.parametrize(
    ("header", "newest", "bare", "expected"),
    [
        ("Nov 4", "Dec 25, 2024", "Oct 2", "2025-10-02"),
        ("Nov 4", "Dec 25, 2024", "Nov 4", "2025-11-04"),
        ("Nov 4", "Dec 25, 2024", "Nov 5", "2024-11-05"),
        ("Nov 4", "Jan 2, 2024", "Dec 30", "2023-12-30"),
        ("Nov 4", "Jan 2, 2024", "Feb 29", "2024-02-29"),
    ],
)
def test_date_without_year(tmp_path: Path, header: str, newest: str, bare: str, expected: str) -> None:
    _, two = read(tmp_path, PAGE.format(header=header, first=newest, second=bare))
    assert (two.date, two.date_inferred) == (expected, True)


def test_as_of_wins_over_the_header(tmp_path: Path) -> None:
    _, two = read(tmp_path, PAGE.format(header="Nov 4", first="Dec 25, 2019", second="Oct 2"), as_of=date(2023, 10, 1))
    assert two.date == "2022-10-02"


def test_date_that_does_not_exist_is_rejected(tmp_path: Path) -> None:
    file = write(tmp_path, PAGE.format(header="Nov 4", first="Feb 30, 2024", second="Mar 1, 2024"))
    one, two = kg.read(file)
    assert isinstance(one, Rejected)
    assert one.origin.record == 1
    assert isinstance(two, Paper)


def test_header_day_that_does_not_exist(tmp_path: Path) -> None:
    assert len(read(tmp_path, PAGE.format(header="Feb 30", first="Mar 5, 2024", second="Mar 1, 2024"))) == 2


def test_upvotes_before_the_title(tmp_path: Path) -> None:
    text = PAGE.format(header="Nov 4", first="Mar 5, 2024", second="Mar 6, 2024").replace("Counting", "41\n\nCounting")
    one, two = read(tmp_path, text)
    assert (one.upvotes, two.upvotes) == (None, 41)


def test_a_question_as_title(tmp_path: Path) -> None:
    text = PAGE.format(header="Nov 4", first="Mar 5, 2024", second="Mar 6, 2024")
    titles = [p.title for p in read(tmp_path, text.replace("Counting Pebbles Quickly", "Who Counts the Pebbles?"))]
    assert titles == ["A Study of Sorting Marbles", "Who Counts the Pebbles?"]


def test_windows_line_ends(tmp_path: Path) -> None:
    text = PAGE.format(header="Nov 4", first="Mar 5, 2024", second="Mar 6, 2024")
    plain = [(p.title, p.abstract, p.date) for p in read(tmp_path, text)]
    assert [(p.title, p.abstract, p.date) for p in read(tmp_path, text.replace("\n", "\r\n"))] == plain


PIECES = st.sampled_from(
    ["\n", "\n\n", "·\n", "\n·\nOct 2\n", "Nov 31, 2024", "  • 9999 authors\n", "17\n\n", "Upvote 3\n", "\r\n", "\x00", "\u2028",
     "Why?", "Short", "{", "<p>", "‮", "\ufeff", " ", "A sentence ends here. "]
)  # fmt: skip
EDITS = st.lists(
    st.tuples(st.integers(0, len(SAMPLE)), st.integers(0, 400), st.one_of(PIECES, st.text(max_size=8))), max_size=12
)


@given(EDITS)
def test_mutated_page_never_raises_and_counts_add_up(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int, str]]
) -> None:
    text = SAMPLE
    for position, cut, piece in edits:
        text = text[:position] + piece + text[position + cut :]
    file = tmp_path_factory.getbasetemp() / "mutated.txt"
    file.write_bytes(text.encode("utf-8", "replace"))
    try:
        items = list(kg.read(str(file), source="daily-papers"))
    except InputError:
        assert not text.strip()
        return
    assert [item.origin.record for item in items] == list(range(1, len(items) + 1))
    for item in items:
        if isinstance(item, Rejected):
            assert item.reason
        else:
            assert item.title.strip() or item.abstract.strip()
            assert not set(item.title + item.abstract) & set("\x00\n\r\u2028")
