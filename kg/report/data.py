"""What a report says, counted in the graph's SPARQL store by the queries in `queries/`."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from kg.overview import Overview
from kg.queries import ask
from kg.stores import Store

MOST_PERIODS: Final = 12
_BARS: Final = 10
_HARDWARE: Final = 12
_METHODS, _MACHINES = 16, 12
_FIGURES: Final = 8
_SURE: Final = 0.5
"""A figure of less confidence is not among the largest: a misread one would stand first."""
_EVERYTHING: Final = 10_000_000


@dataclass(frozen=True)
class ReportedFigure:
    """A figure with what it is about and the sentence that states it."""

    text: str
    method: str
    metric: str | None
    baseline: str | None
    hardware: str | None
    title: str
    url: str | None
    date: str | None
    sentence: str
    confidence: float


@dataclass(frozen=True)
class Data:
    """All that a report shows. `periods` are years, or months where the papers span less than three years."""

    overview: Overview
    periods: Sequence[str]
    earlier: int
    papers_by_period: Sequence[int]
    hardware_by_period: Sequence[tuple[str, Sequence[int]]]
    methods: Sequence[str]
    machines: Sequence[str]
    pairs: Mapping[tuple[str, str], int]
    all_pairs: int
    metrics: Sequence[tuple[str, int]]
    named: Mapping[str, Sequence[tuple[str, int]]]
    figures: Sequence[ReportedFigure]


def gather(store: Store, overview: Overview) -> Data:
    """Ask the store for all that a report shows."""
    dates = {str(date): int(str(papers)) for date, papers in _rows(store, "dates")}
    length = 4 if len({date[:4] for date in dates}) >= 3 else 7
    by_period: Counter[str] = Counter()
    for date, papers in dates.items():
        if len(date) >= length:
            by_period[date[:length]] += papers
    periods = sorted(by_period)[-MOST_PERIODS:]
    by_hardware: dict[str, Counter[str]] = defaultdict(Counter)
    for hardware, day, count in _rows(store, "hardware-dates"):
        by_hardware[str(hardware)][str(day)[:length]] += int(str(count))
    over_time = [(name, [counts[period] for period in periods]) for name, counts in by_hardware.items()]
    over_time = sorted((row for row in over_time if sum(row[1])), key=lambda row: (-sum(row[1]), row[0]))
    methods, machines, pairs, all_pairs = _matrix(store)
    named: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for kind, name, count in _rows(store, "named"):
        named[str(kind).rpartition("#")[2]].append((str(name), int(str(count))))
    metrics = [(str(metric), int(str(figures))) for metric, figures, _ in _rows(store, "metrics")]
    return Data(
        overview=overview, periods=periods, earlier=sum(by_period.values()) - sum(by_period[p] for p in periods),
        papers_by_period=[by_period[p] for p in periods], hardware_by_period=over_time[:_HARDWARE],
        methods=methods, machines=machines, pairs=pairs, all_pairs=all_pairs, metrics=_most(metrics),
        named={kind: _most(named[kind]) for kind in ("Method", "Task", "Dataset")}, figures=_figures(store),
    )  # fmt: skip


def _rows(store: Store, name: str) -> list[tuple[object, ...]]:
    return [*store.select(_query(name), most=_EVERYTHING).rows]


@cache
def _query(name: str) -> str:
    return (files("kg.report") / "queries" / f"{name}.rq").read_text("utf-8")


def _most(rows: Sequence[tuple[str, int]], most: int = _BARS) -> list[tuple[str, int]]:
    return sorted(rows, key=lambda row: (-row[1], row[0]))[:most]


def _matrix(store: Store) -> tuple[list[str], list[str], dict[tuple[str, str], int], int]:
    """Methods by hardware: the hardware with the most methods, and the methods that run on the most of it."""
    found: Counter[tuple[str, str]] = Counter()
    for row in ask(store, "matrix", most=_EVERYTHING).dicts():
        found[str(row["method"]), str(row["hardware"])] += int(float(str(row["papers"])))
    per_machine = Counter[str]()
    for (_, machine), papers in found.items():
        per_machine[machine] += papers
    machines = [name for name, _ in _most([*per_machine.items()], _MACHINES)]
    reach, weight = Counter[str](), Counter[str]()
    for (method, machine), papers in found.items():
        if machine in machines:
            reach[method] += 1
            weight[method] += papers
    methods = sorted(reach, key=lambda name: (-reach[name], -weight[name], name))[:_METHODS]
    shown = {pair: papers for pair, papers in sorted(found.items()) if pair[0] in methods and pair[1] in machines}
    return methods, [name for name in machines if any(m == name for _, m in shown)], shown, len(found)


def _figures(store: Store) -> list[ReportedFigure]:
    """The largest ratios, one a paper."""
    best: dict[str, tuple[float, ReportedFigure]] = {}
    columns = store.select(_query("figures"), most=_EVERYTHING).dicts()
    for row in sorted(columns, key=lambda row: (-float(str(row["high"])), str(row["result"]))):
        if float(str(row["confidence"])) < _SURE or str(row["title"]) in best:
            continue
        text = {name: None if row[name] is None else str(row[name]) for name in row}
        best[str(row["title"])] = (
            float(str(row["high"])),
            ReportedFigure(
                text=str(text["text"]), method=str(text["method"]), metric=text["metric"], baseline=text["baseline"],
                hardware=text["hardware"], title=str(text["title"]), url=text["url"], date=text["date"],
                sentence=str(text["sentence"]), confidence=float(str(row["confidence"])),
            ),
        )  # fmt: skip
    return [figure for _, figure in best.values()][:_FIGURES]
