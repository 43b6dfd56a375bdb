"""Damaged inputs of every kind: nothing but Papergraph's own errors, and each record read or skipped with a reason."""

import gzip
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg.errors import InputError
from kg.extract import to_json
from kg.graph import Log
from kg.lexicon.own import read_own
from kg.model import Paper, Record, paper_id
from kg.resolve.corrections import read_corrections
from kg.sources import SOURCES, Item, Rejected
from tests.helpers import ROOT, paper

CALM = settings(derandomize=True, max_examples=60)
PAGE = (ROOT / "examples" / "daily-papers.txt").read_bytes()
ABSTRACT = "It is a study of marbles, which are sorted by colour on a table of wood. " * 4
FOOTER = "  • 3 authors\n·\nMar 5, 2024"

ODD = st.sampled_from(
    [
        "\x00",
        "\ud800",
        "\u2028",
        "\u202e",
        "\ufeff",
        "9" * 5000,
        "1e999",
        "·",
        "\r",
        "\t",
        "\\",
        '"',
        "½",
        "\U0001f600",
        "e\u0301",
    ]
)
TEXT = st.lists(ODD | st.text(max_size=20), max_size=4).map("".join)
SIMPLE = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
VALUE = st.recursive(
    SIMPLE, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=6
)
FIELD = st.sampled_from(
    ["id", "title", "abstract", "text", "summary", "date", "published", "year", "url", "authors", "organisation", "upvotes",
     "comments", "author_count", "categories", "paper", "date_inferred", "origin", "extractor"]
)  # fmt: skip
ROW = st.dictionaries(FIELD | TEXT, VALUE, max_size=8) | st.fixed_dictionaries(
    {"title": TEXT, "abstract": TEXT, "date": TEXT | st.integers()}
)
EDITS = st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 300), st.binary(max_size=12)), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzzed")


def read(folder: Path, data: bytes, **options: Any) -> tuple[list[Item], str]:
    """What a file gives, and why it could not be read to its end; the rules that hold for every input are checked."""
    file = folder / "input"
    file.write_bytes(data)
    items: list[Item] = []
    failed = ""
    try:
        for item in kg.read(str(file), **options):
            items.append(item)
    except InputError as error:
        failed = str(error)
    assert [item.origin.record for item in items] == list(range(1, len(items) + 1))
    for item in items:
        if isinstance(item, Rejected):
            assert item.reason
        else:
            assert Paper.model_validate_json(item.model_dump_json()) == item
            assert not set(item.title + item.abstract) & set("\x00\n\r\u2028\ud800")
    return items, failed


def mutated(data: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    for position, cut, piece in edits:
        data = data[:position] + piece + data[position + cut :]
    return data


@CALM
@given(
    edits=EDITS,
    source=st.sampled_from([None, *SOURCES]),
    form=st.sampled_from(["plain", "packed", "inside", "utf-16", "ends"]),
)
def test_mutated_bytes(folder: Path, edits: list[tuple[int, int, bytes]], source: str | None, form: str) -> None:
    page = PAGE[:6000]
    forms = {
        "plain": lambda: mutated(page, edits), "packed": lambda: mutated(gzip.compress(page, mtime=0), edits),
        "inside": lambda: gzip.compress(mutated(page, edits)), "ends": lambda: mutated(page, edits).replace(b"\n", b"\r\n"),
        "utf-16": lambda: mutated(page.decode("utf-8", "ignore").encode("utf-16"), edits),
    }  # fmt: skip
    items, failed = read(folder, forms[form](), source=source)
    assert items or failed or source == "daily-papers" or not forms[form]().strip()


@CALM
@given(rows=st.lists(ROW | VALUE, min_size=1, max_size=4), cut=st.integers(0, 400))
def test_each_line_of_json_is_a_record(folder: Path, rows: list[object], cut: int) -> None:
    data = "\n".join(map(json.dumps, rows))
    lines = data[: len(data) - cut if cut < len(data) // 2 else None]
    items, failed = read(folder, lines.encode(), source="jsonl")
    wanted = sum(bool(line.strip()) for line in lines.split("\n"))
    assert failed or len(items) == wanted


@CALM
@given(lines=st.lists(st.binary(max_size=30).filter(lambda line: b"\n" not in line), min_size=1, max_size=6))
def test_each_line_of_bytes_is_a_record(folder: Path, lines: list[bytes]) -> None:
    good = [b'{"title": "t", "abstract": "a %d"}' % number for number in range(60)]  # so that the whole looks like text
    items, failed = read(folder, b"\n".join([*good, *lines]), source="jsonl")
    assert not failed
    assert len(items) == 60 + sum(bool(line.decode("utf-8", "surrogateescape").strip()) for line in lines)


@CALM
@given(
    edits=st.lists(st.tuples(st.integers(0, 600), st.integers(0, 200), st.binary(max_size=12)), min_size=1, max_size=4),
    kind=st.sampled_from(["daily-papers", "text"]),
)
def test_damage_stays_where_it_is(folder: Path, edits: list[tuple[int, int, bytes]], kind: str) -> None:
    def part(name: str) -> str:
        return f"A Study of {name} Marbles\n\nOf {name}. {ABSTRACT}\n\n{FOOTER if kind == 'daily-papers' else ''}\n\n"

    before, hit, after = (
        "".join(map(part, names)) for names in (("Red", "Blue"), ("Green",), ("Grey", "White", "Black"))
    )
    data = before.encode() + mutated(hit.encode(), edits).replace(b"---", b"") + b"\n\n" + after.encode()
    items, _ = read(folder, data, source=kind)
    titles = [item.title for item in items if isinstance(item, Paper)]
    assert {f"A Study of {name} Marbles" for name in ("Red", "White", "Black")} <= set(titles)


def test_a_date_left_of_a_footer_is_no_header(folder: Path) -> None:
    page = f"One Study\n\n{ABSTRACT}\n\nMar 5\n\nAnother Study\n\n{ABSTRACT}\n\n{FOOTER}\n"
    items, _ = read(folder, page.encode(), source="daily-papers")
    assert [item.title for item in items if isinstance(item, Paper)] == ["One Study", "Another Study"]


def test_a_bad_line_after_a_number_is_told(folder: Path) -> None:
    page = (
        f"One Study\n\n{ABSTRACT}\n\n{FOOTER}\n\nX\n\n".encode()
        + b"12\n\xff\n\n"
        + f"Another Study\n\n{ABSTRACT}\n".encode()
    )
    items, _ = read(folder, page, source="daily-papers")
    assert [item.reason for item in items if isinstance(item, Rejected)] == ["line 12 is not UTF-8 (byte 1): convert the file, for example with iconv -f latin1 -t utf-8"]  # fmt: skip


def test_a_bad_line_in_a_footer_is_told(folder: Path) -> None:
    page = (
        f"One Study\n\n{ABSTRACT}\n\n".encode()
        + b"  3 authors\n\xc2\xb7\nMar 5, 2024\n\xff\n\nAnother Study\n\nIt is good.\n"
    )
    items, _ = read(folder, page, source="daily-papers")
    assert [isinstance(item, Rejected) for item in items] == [True, False]


def test_a_lone_surrogate_in_utf16_costs_its_line_alone(folder: Path) -> None:
    lines = [json.dumps({"title": f"Title {n}", "abstract": "word " * 30}) for n in range(2000)]
    lines[900] = lines[900].replace("word", "\ud800", 1).replace("\\ud800", "\ud800")
    data = b"\xff\xfe" + "\n".join(lines).encode("utf-16-le", "surrogatepass")
    items, failed = read(folder, data)
    assert (len(items), failed) == (2000, "")
    assert [item.origin.record for item in items if isinstance(item, Rejected)] == [901]


def test_lines_that_end_with_cr_alone_are_told(folder: Path) -> None:
    assert "CR alone" in read(folder, PAGE.replace(b"\n", b"\r"))[1]
    assert len(read(folder, b'{"title": "t"}\r')[0]) == 1


@pytest.mark.parametrize("path", ["a" * 300, "a\x00b", "a\ud800", str(ROOT / "README.md" / "x"), "/proc/self/mem"])
def test_what_cannot_be_opened_is_told(path: str) -> None:
    with pytest.raises(InputError, match=r"cannot be (opened|read)"):
        list(kg.read(path))


def test_standard_input_that_is_closed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(InputError, match="closed"):
        list(kg.read("-"))


def test_titles_of_signs_are_not_one_paper() -> None:
    assert len({paper_id("?", ""), paper_id("!", ""), paper_id("?", "…")}) == 3


@settings(derandomize=True, max_examples=15)
@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {"title": TEXT, "abstract": TEXT, "upvotes": st.integers(), "authors": st.lists(TEXT | VALUE)}
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_read_survives_the_log(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]) -> None:
    folder = tmp_path_factory.mktemp("log")
    (folder / "in.jsonl").write_bytes("".join(json.dumps(row) + "\n" for row in rows).encode())
    papers = [item for item in kg.read(str(folder / "in.jsonl"), source="jsonl") if isinstance(item, Paper)]
    try:
        done = kg.build([str(folder / "in.jsonl")], folder / "g", source="jsonl")
    except InputError:
        assert not papers
        return
    assert done.read == len(rows) == len(papers) + len(done.rejected)
    assert len(papers) == len(done.replaced) + done.extracted + len(done.unread)
    assert not done.unread
    with Log(folder / "g") as log:
        kept = [record.paper for record in log]
    assert all(one in papers for one in kept)
    assert len(kept) == len({one.id for one in papers})


EXTRACTED = st.lists(
    st.sampled_from(["We propose Zibbo (ZB), ", "2.5x faster than vLLM", " on 8xA100 GPUs", " from 80% to 85.1\\%", " on COCO.", "10^99", "9" * 400, "1e999x ",
                     "\\textbf{", "$", "(", '"', " et al. ", "{\\", "sim", "~", "respectively", ", ", " and ", "\u0301", "½", "²", "٣", "\u200b"])
    | st.text(max_size=12), max_size=25,
).map("".join)  # fmt: skip


@CALM
@given(title=EXTRACTED.map(lambda text: text[:900]), abstract=EXTRACTED)
def test_any_text_is_extracted(title: str, abstract: str) -> None:
    clean = [text.replace("\n", " ").encode("utf-8", "ignore").decode() for text in (title, abstract)]
    if not "".join(clean).strip():
        return
    found = kg.extract(paper(clean[1], clean[0]))
    written = to_json(found)
    json.loads(written, parse_constant=pytest.fail)
    assert Record.model_validate_json(written) == found


def test_a_figure_beyond_all_numbers_is_none() -> None:
    found = kg.extract(
        paper(f"We propose Zibbo. It is {'9' * 400}x faster than vLLM. It is 3x faster than vLLM on COCO.")
    )
    assert [result.value for result in found.results] == ["3"]


@pytest.mark.parametrize("sign", ["(", '"', "a-", "1x ", "$"])
def test_a_long_run_of_signs_keeps_its_text(sign: str) -> None:
    text = f"We propose Zibbo. {sign * (4000 // len(sign))} It runs on an A100 GPU."
    found = kg.extract(paper(text))
    assert "NVIDIA A100" in {entity.name for entity in found.entities}
    assert max(len(span.text) for entity in found.entities for span in entity.evidence) < 3000


CELLS = st.lists(
    st.sampled_from(
        [
            "type",
            "name",
            "aliases",
            "class",
            "broader",
            "Hardware",
            "Method",
            "GPU",
            "A100",
            "Zibbo",
            ",",
            "\n",
            '"',
            ";",
            "=",
            "\r",
            "\x00",
        ]
    )
    | TEXT,
    max_size=30,
)
FORMS = st.fixed_dictionaries(
    {"do": st.sampled_from(["reject", "reject_fact", "retype", "add", "alias", "apart", "x"])},
    optional={name: SIMPLE | st.sampled_from(["Method", "Hardware", "runs_on", "paper"]) | st.lists(TEXT, max_size=3) for name in ("name", "type", "to", "of", "names", "paper", "tail", "tail_type", "relation", "why", "id")},
)  # fmt: skip


@CALM
@given(text=CELLS.map("".join).map(lambda text: f"type,name,aliases\n{text}") | CELLS.map("".join))
def test_any_file_of_own_terms(text: str) -> None:
    own_error(lambda: read_own(text, "own.csv"), "own.csv, line")


@CALM
@given(forms=st.lists(FORMS | VALUE, max_size=4))
def test_any_file_of_corrections(forms: list[object]) -> None:
    own_error(lambda: read_corrections("\n".join(map(json.dumps, forms)), "c.jsonl"), "c.jsonl, line")


def own_error(read: Callable[[], object], says: str) -> None:
    """Whatever is wrong is told in a sentence with file and line."""
    told = says
    try:
        read()
    except InputError as error:
        told = str(error)
    assert says in told
