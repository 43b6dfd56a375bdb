import pytest

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
        ("It is two orders of magnitude faster than vLLM.", "2", "orders of magnitude", None, "ratio"),
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
