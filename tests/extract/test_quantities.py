import pytest

import kg
from kg.extract.pipeline import read_paper
from tests.helpers import figures, record


@pytest.mark.parametrize(
    ("text", "value", "unit", "bound", "kind"),
    [
        ("It is up to 4.6x faster than vLLM.", "4.6", "x", "up_to", "ratio"),
        ("Its throughput reaches 6,688 tokens/s.", "6688", "tokens/s", None, "absolute"),
        ("It gives a speedup of 1.9x-2.7x over vLLM.", "1.9-2.7", "x", None, "range"),
        ("It gives a speedup of 1.9-2.7x over vLLM.", "1.9-2.7", "x", None, "range"),
        ("Its accuracy reaches at least 83%.", "83", "%", "at_least", None),
        ("Its latency reaches 5 ms.", "5", "ms", None, "absolute"),
        ("Its latency is 5 ms.", "5", "ms", None, None),
        ("It lowers latency by 12.5% on average.", "12.5", "%", "average", "change"),
        ("It improves throughput and is twice as fast as vLLM.", "2", "x", None, "ratio"),
        ("It is twice as fast as vLLM.", "2", "x", None, None),
        ("It is 3 times faster than vLLM.", "3", "x", None, "ratio"),
        ("It is 3-fold faster than vLLM.", "3", "x", None, "ratio"),
        ("Its perplexity is 5.83.", "5.83", "", None, "absolute"),
        (r"It raises accuracy by 2.66\%.", "2.66", "%", None, "change"),
        ("It is two orders of magnitude faster than vLLM.", "2", "orders", None, "ratio"),
    ],
)
def test_figure(text: str, value: str, unit: str, bound: str | None, kind: str | None) -> None:
    (result,) = record(text).results
    assert (result.value, result.unit, result.bound) == (value, unit, bound)
    assert kind in (None, result.kind)
    assert result.low <= result.high


def test_power_of_ten() -> None:
    (result,) = record("Its throughput reaches 1.5 × 10^6 samples/s.").results
    assert float(result.value) == result.low == 1.5e6


def quantities(text: str) -> list[tuple[str, str]]:
    origin = kg.Origin(input="test", record=1, kind="test")
    paper = kg.Paper(id="x", title="A title", abstract=text, origin=origin)
    return [(q.value, q.unit) for q in read_paper(paper).quantities]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It raises accuracy from 80% to 85%.", [("80", "%"), ("85", "%")]),
        ("It raises accuracy from 0.71 to 0.85.", [("0.71", ""), ("0.85", "")]),
        (
            "It goes from 80% to 85% for dogs and 78% to 84% for cats.",
            [("80", "%"), ("85", "%"), ("78", "%"), ("84", "%")],
        ),
        ("It cuts latency (9.1 ms → 4.2 ms).", [("9.1", "ms"), ("4.2", "ms")]),
        ("Load falls, 98% to 77%.", [("98", "%"), ("77", "%")]),
        ("Speedups range from 1.5x to 6.5x.", [("1.5-6.5", "x")]),
        ("Speedups of 1.5x up to 6.5x.", [("1.5-6.5", "x")]),
        ("Speedups of 1.64x-3.29x.", [("1.64-3.29", "x")]),
        ("Savings between 5% and 9%.", [("5-9", "%")]),
        ("It is 7.6 and 21.8 times faster.", [("7.6", "x"), ("21.8", "x")]),
        ("Gains of 0.22, 0.85, and 1.79 percentage points.", [("0.22", "pp"), ("0.85", "pp"), ("1.79", "pp")]),
        ("It decodes 4.32/2.29 tokens/s.", [("4.32", "tokens/s"), ("2.29", "tokens/s")]),
        ("It scores 90.0/79.2 here.", [("90.0", ""), ("79.2", "")]),
        ("It solves 19/20 of them, 24/7.", []),
        ("It answers in sub-50 ms.", [("50", "ms")]),
        ("Memory falls by a factor of 2.35.", [("2.35", "x")]),
        ("A x17.7 speedup, X4.9 faster.", [("17.7", "x"), ("4.9", "x")]),
        ("It costs $0.05 per task and $0.10 in all.", [("0.05", "$"), ("0.10", "$")]),
        ("It needs $2.5 \\times$ less energy.", [("2.5", "x")]),
        ("The error is 18.5 ± 10.2 ms.", [("18.5", "ms")]),
        ("It takes 1.5k GPU hours.", [("1.5k", "GPU hours")]),
        ("It clocks 213~MHz.", [("213", "MHz")]),
        ("A gain of \\uparrow5.5%.", [("5.5", "%")]),
        ("An error of 2.4\\times10^{-4}.", [("2.4e-4", "")]),
    ],
)
def test_forms(text: str, expected: list[tuple[str, str]]) -> None:
    assert quantities(text) == expected


def test_million_per_second() -> None:
    (result,) = record("Its throughput reaches 1.2M tokens/s.").results
    assert result.span.text == "1.2M tokens/s"
    assert result.unit.endswith("tokens/s")


@pytest.mark.parametrize(
    "text",
    ["It is a 4-bit format.", "See version 3.2.1 of it.", "Use C++17 and Python3.11.", "It beats GPT-4 and Phi-3."],
)
def test_numbers_inside_names_are_none(text: str) -> None:
    assert figures(record(text)) == []
