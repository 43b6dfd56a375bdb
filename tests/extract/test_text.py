import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.extract.text import clean
from tests.helpers import record, spans


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"M\'elange", "Mélange"),
        (r"M{\"u}ller and \v{C}ech", "Müller and Čech"),
        (r"2.66\%", "2.66%"),
        ("$A^2ATS$", "A2ATS"),
        ("3.65 sim 39.14times", "3.65–39.14×"),
        (r"2.3$\times$ faster", "2.3× faster"),
        (r"\textbf{Bold} and \emph{slanted}", "Bold and slanted"),
        ("Knowledge distillation~(KD)", "Knowledge distillation (KD)"),
        (r"R\&D", "R&D"),
        ("10{,}000 images", "10,000 images"),
        ("many times over, sometimes", "many times over, sometimes"),
        ("a simple simulation", "a simple simulation"),
        ("snake_case and it's fine", "snake_case and it's fine"),
        ("MI300X", "MI300X"),
        ("8xA100", "8×A100"),
    ],
)
def test_clean(source: str, text: str) -> None:
    assert clean(source).text == text


@pytest.mark.parametrize(
    ("source", "piece", "behind"),
    [
        (r"the M\'elange system", "Mélange", r"M\'elange"),
        (r"gains 2.66\% more", "2.66%", r"2.66\%"),
        ("use $A^2ATS$ here", "A2ATS", "A^2ATS"),
        ("runs 3.65 sim 39.14times faster", "3.65–39.14×", "3.65 sim 39.14times"),
    ],
)
def test_the_way_back(source: str, piece: str, behind: str) -> None:
    cleaned = clean(source)
    start = cleaned.text.index(piece)
    first, last = cleaned.source(start, start + len(piece))
    assert source[first:last] == behind


LATEX = st.lists(
    st.sampled_from(
        ["\\", "{", "}", "$", "^", "_", "~", "'", "`", '"', "times", "sim", "2", "9.1", ",", "%", " ", "x", "A", "é", "--", "\\textbf{",
         "\\'e", "\\times", "\\%", "ox", "😀", "\\v{c}", "rightarrow"]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@given(LATEX | st.text())
def test_offsets_are_monotone_and_inside(source: str) -> None:
    cleaned = clean(source)
    assert len(cleaned.text) == len(cleaned.starts) == len(cleaned.ends)
    assert list(cleaned.starts) == sorted(cleaned.starts)
    assert list(cleaned.ends) == sorted(cleaned.ends)
    for start, end in zip(cleaned.starts, cleaned.ends, strict=True):
        assert 0 <= start < end <= len(source)


@given(st.text(st.characters(categories=["Lu", "Ll", "Zs"])))
def test_words_are_left_alone(source: str) -> None:
    assert clean(source).text == source


def test_spans_of_a_record_are_in_the_paper() -> None:
    found = record(
        r"We propose M\'elange, which uses $A^2ATS$. M\'elange gains 2.66\% accuracy on CIFAR-10 and is "
        r"3.65 sim 39.14times faster than vLLM on an A100 GPU.",
        r"M\'elange: Serving with $A^2ATS$",
    )
    every = list(spans(found))
    for field, start, end, text in every:
        assert found.paper.text("title" if field == "title" else "abstract")[start:end] == text
    written = {text for _, _, _, text in every}
    assert {r"M\'elange", "A^2ATS", r"2.66\%", "3.65 sim 39.14times"} <= written
    assert {("2.66", "%"), ("3.65-39.14", "x")} <= {(r.value, r.unit) for r in found.results}
