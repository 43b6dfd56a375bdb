"""The quality card, docs/quality.md: precision, recall and F1 with bootstrap intervals, reliability, the --min-confidence curve, errors.

python benchmarks/card.py GOLD.jsonl TRAIN.jsonl
python benchmarks/card.py GOLD.jsonl TRAIN.jsonl --fold FOLD.jsonl=WEIGHTS [--fold …]

TRAIN.jsonl holds the annotated papers that scripts/train/data.py splits; the card measures its dev part. Each --fold names annotated
papers and the folder of a model that was trained without them (see PAPERGRAPH_WEIGHTS in docs/settings.md); it replaces what
benchmarks/cross_validation.json holds.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path += [str(ROOT / "scripts"), str(ROOT / "scripts/train")]

import data  # noqa: E402
from fit_confidence import align, cases, read  # noqa: E402

from kg.evaluate import evaluate_paper, pair_entities, surface_forms  # noqa: E402
from kg.extract.confidence import scales  # noqa: E402

Row = dict[str, Any]
DOCS = ROOT / "docs"
FOLDS = ROOT / "benchmarks/cross_validation.json"
ERRORS = ROOT / "benchmarks/errors.csv"
SAMPLES, SEED = 1000, 13
LEVELS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
GOALS = {
    "core": 0.83, "Hardware": 0.93, "Method": 0.78, "Dataset": 0.85, "Metric": 0.80, "relations": 0.55, "runs_on": 0.70,
    "hardware_links": 0.88, "result_value": 0.90, "result_full": 0.60,
}  # fmt: skip


@dataclass
class Measured:
    """Annotated papers with the Records read from them, paper by paper."""

    wanted: list[Row]
    found: list[Row]

    def counts(
        self, keep: Callable[[Row], Row] = lambda record: record
    ) -> dict[tuple[str, str], "np.ndarray[Any, Any]"]:
        """By group and name, right, wrong and missed for each paper: an array [papers, 3]."""
        counts: dict[tuple[str, str], Any] = defaultdict(lambda: np.zeros((len(self.wanted), 3)))
        for number, (wanted, record) in enumerate(zip(self.wanted, self.found, strict=True)):
            report = evaluate_paper(wanted, keep(record))
            for group in ("entities", "relations", "results"):
                for name, score in getattr(report, group).items():
                    counts[group, name][number] = score.tp, score.fp, score.fn
        return dict(sorted(counts.items()))


def extract(rows: Sequence[Row], weights: Path | None = None) -> Measured:
    """Read annotated papers with `kg extract`, with the model of a folder or with the one that ships."""
    environment = dict(os.environ) | ({"PAPERGRAPH_WEIGHTS": str(weights)} if weights else {})
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "papers.jsonl", Path(folder) / "records.jsonl"
        papers = ({"id": row["id"], "title": row["title"], "abstract": row["text"]} for row in rows)
        source.write_text("".join(json.dumps(paper) + "\n" for paper in papers), "utf-8")
        command = [sys.executable, "-m", "kg", "extract", str(source), "-o", str(target)]
        subprocess.run(command, check=True, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)
        records = {record["id"]: record for record in data.load(target)}
    return Measured(list(rows), [records[row["id"]] for row in rows])


def at_least(confidence: float) -> Callable[[Row], Row]:
    """What `kg extract --min-confidence` leaves of a Record."""

    def keep(record: Row) -> Row:
        entities = [e for e in record["entities"] if e["confidence"] >= confidence]
        ends = {"paper", *(e["id"] for e in entities)}
        relations = [r for r in record["relations"] if r["confidence"] >= confidence and {r["head"], r["tail"]} <= ends]
        results = [
            {key: None if key in ("metric", "method", "baseline", "dataset", "hardware") and value not in ends else value for key, value in r.items()}
            for r in record["results"] if r["confidence"] >= confidence
        ]  # fmt: skip
        return record | {"entities": entities, "relations": relations, "results": results}

    return keep


def scores(counts: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """Precision, recall and F1 of summed counts [..., 3]."""
    tp, fp, fn = counts[..., 0], counts[..., 1], counts[..., 2]
    return np.stack(
        [tp / np.maximum(tp + fp, 1), tp / np.maximum(tp + fn, 1), 2 * tp / np.maximum(2 * tp + fp + fn, 1)], -1
    )


def table(measured: Measured) -> Iterator[str]:
    """Rows of precision, recall, F1 and the 95 % interval of F1 (percentile bootstrap by paper)."""
    drawn = np.random.default_rng(SEED).integers(0, len(measured.wanted), (SAMPLES, len(measured.wanted)))
    yield "| | precision | recall | F1 | 95 % of F1 | required |"
    yield "|---|---|---|---|---|---|"
    for (group, name), counts in measured.counts().items():
        precision, recall, f1 = scores(counts.sum(0))
        low, high = np.quantile(scores(counts[drawn].sum(1))[:, 2], [0.025, 0.975])
        required = int(counts[:, [0, 2]].sum())
        yield f"| {group}: {name} | {precision:.3f} | {recall:.3f} | {f1:.3f} | {low:.3f}–{high:.3f} | {required} |"


def goal_names(measured: Measured) -> dict[str, float]:
    """F1 by the short names of the cross-validation."""
    short = {("relations", "all"): "relations"}
    return {
        short.get(key, key[1]): round(float(scores(counts.sum(0))[2]), 3)
        for key, counts in measured.counts().items() if short.get(key, key[1]) in {*GOALS, "Task"}
    }  # fmt: skip


def cross_validation(folds: Row) -> Iterator[str]:
    """A table of F1, fold by fold."""
    names = [*GOALS, "Task"]
    yield "| | " + " | ".join(f"{fold['name']} ({fold['papers']} papers)" for fold in folds["folds"]) + " | goal |"
    yield "|---" * (len(folds["folds"]) + 2) + "|"
    for name in names:
        cells = (f"{fold['f1'][name]:.3f}" if name in fold["f1"] else "not noted" for fold in folds["folds"])
        yield (
            f"| {name} | {' | '.join(cells)} | {GOALS[name]:.2f} |"
            if name in GOALS
            else f"| {name} | {' | '.join(cells)} | |"
        )


def short_of_goals(folds: Row) -> str:
    """What some fold does not reach."""
    missed = (name for name, goal in GOALS.items() if any(fold["f1"].get(name, 1) < goal for fold in folds["folds"]))
    return ", ".join(missed) or "nothing"


def judged(rows: Sequence[Row]) -> dict[str, list[tuple[float, bool]]]:
    """Of all facts that the pipeline considers, confidence and truth, by kind."""
    found: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for row in rows:
        known = read(row)
        for kind, (features, right) in cases(row, known, align(row, known)):
            found[kind.partition(":")[0]].append((scales()[kind].probability(features), right))
    return dict(sorted(found.items()))


def reliability(
    found: Mapping[str, Sequence[tuple[float, bool]]],
) -> tuple[list[str], dict[str, list[tuple[float, float]]]]:
    """A table of confidence against the share that is right, and the same as points of a figure."""
    lines, points = ["| kind | confidence | facts | mean | right |", "|---|---|---|---|---|"], defaultdict(list)
    for kind, pairs in found.items():
        for tenth in range(10):
            inside = [(p, right) for p, right in pairs if min(int(p * 10), 9) == tenth]
            if inside:
                mean, share = float(np.mean([p for p, _ in inside])), float(np.mean([right for _, right in inside]))
                lines.append(
                    f"| {kind} | {tenth / 10:.1f}–{tenth / 10 + 0.1:.1f} | {len(inside)} | {mean:.2f} | {share:.2f} |"
                )
                points[kind].append((mean, share))
    return lines, dict(points)


def curve(measured: Measured) -> tuple[list[str], dict[str, list[tuple[float, float]]]]:
    """Precision and recall by --min-confidence, and the same as points of a figure."""
    shown = {
        "entities": ("entities", "core"),
        "relations": ("relations", "all"),
        "results": ("results", "result_value"),
    }
    lines = [
        "| `--min-confidence` | " + " | ".join(f"{name}: precision | recall" for name in shown) + " |",
        "|---" * 7 + "|",
    ]
    points = defaultdict(list)
    for level in LEVELS:
        counts, cells = measured.counts(at_least(level)), []
        for name, key in shown.items():
            precision, recall, _ = scores(counts[key].sum(0)).tolist()
            points[name].append((recall, precision))
            cells += [f"{precision:.3f}", f"{recall:.3f}"]
        lines.append(f"| {level:g} | {' | '.join(cells)} |")
    return lines, dict(points)


def figure(across: str, up: str, points: Mapping[str, Sequence[tuple[float, float]]], *, diagonal: bool) -> str:
    """An SVG of lines in the unit square."""
    size, edge = 360, 50
    colours = ("#0b7285", "#c2255c", "#5f3dc4")

    def place(point: tuple[float, float]) -> str:
        return f"{edge + point[0] * size:.1f},{edge + (1 - point[1]) * size:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size + 2 * edge} {size + 2 * edge}" font-family="sans-serif" font-size="13">',
        f'<rect width="{size + 2 * edge}" height="{size + 2 * edge}" fill="white"/>',
        f'<rect x="{edge}" y="{edge}" width="{size}" height="{size}" fill="none" stroke="#868e96"/>',
    ]
    for tick in (0, 0.25, 0.5, 0.75, 1):
        parts.append(f'<text x="{edge + tick * size:.0f}" y="{edge + size + 18}" text-anchor="middle">{tick:g}</text>')
        parts.append(f'<text x="{edge - 8}" y="{edge + (1 - tick) * size + 4:.0f}" text-anchor="end">{tick:g}</text>')
    if diagonal:
        parts.append(
            f'<polyline points="{place((0, 0))} {place((1, 1))}" stroke="#868e96" stroke-dasharray="4" fill="none"/>'
        )
    for number, (name, line) in enumerate(points.items()):
        colour = colours[number % len(colours)]
        parts.append(
            f'<polyline points="{" ".join(map(place, line))}" stroke="{colour}" stroke-width="2" fill="none"/>'
        )
        parts += [f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in (place(p).split(",") for p in line)]
        parts.append(f'<text x="{edge + 14}" y="{edge + 22 + 18 * number}" fill="{colour}">{name}</text>')
    parts.append(f'<text x="{edge + size / 2}" y="{edge + size + 38}" text-anchor="middle">{across}</text>')
    parts.append(f'<text transform="translate(14 {edge + size / 2}) rotate(-90)" text-anchor="middle">{up}</text>')
    return "\n".join([*parts, "</svg>", ""])


def mistakes(wanted: Row, found: Row) -> set[tuple[str, str, str]]:
    """Entities of a paper that were missed or are too many: (missed | spurious, type, name)."""
    gold = wanted["entities"]
    forms = {id(e): surface_forms(e) for e in (*gold, *found["entities"])}
    pairs = pair_entities(gold, found["entities"], forms)
    missed = {("missed", e["type"], e["name"]) for e in gold if not e.get("optional") and e["id"] not in pairs.values()}
    return missed | {("spurious", e["type"], e["name"]) for e in found["entities"] if e["id"] not in pairs}


def explained(every: Sequence[Measured]) -> Iterator[str]:
    """The errors that were looked at, each with whether it is still made."""
    made = {w["id"]: mistakes(w, f) for measured in every for w, f in zip(measured.wanted, measured.found, strict=True)}
    yield "| paper | error | type | span | why | still made |"
    yield "|---|---|---|---|---|---|"
    with ERRORS.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            still = (row["error"], row["type"], row["span"]) in made.get(row["paper"], set())
            yield f"| {row['paper']} | {row['error']} | {row['type']} | {row['span']} | {row['why']} | {'yes' if still else 'no'} |"


def main() -> None:
    """Measure, and write the card with its figures."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("gold", type=Path)
    arguments.add_argument("train", type=Path)
    arguments.add_argument("--fold", action="append", default=[], metavar="FILE=WEIGHTS")
    arguments.add_argument(
        "--mistakes", action="store_true", help="print all entity errors, to choose which to explain; write nothing"
    )
    options = arguments.parse_args()
    gold, dev = extract(data.load(options.gold)), extract(data.split(data.load(options.train))[1])
    if options.mistakes:
        for measured in (gold, dev):
            for wanted, found in zip(measured.wanted, measured.found, strict=True):
                print(wanted["id"], *sorted(mistakes(wanted, found)), sep="\n    ")
        return
    details: list[str] = []
    if options.fold:
        folds: Row = {
            "source": "measured by this command, each fold with a model that was trained without it",
            "folds": [],
        }
        for number, given in enumerate(options.fold, start=1):
            file, _, weights = given.partition("=")
            fold = extract(data.load(file), Path(weights))
            folds["folds"].append({"name": f"fold {number}", "papers": len(fold.wanted), "f1": goal_names(fold)})
            details += ["", f"### Fold {number}", "", *table(fold)]
        FOLDS.write_text(json.dumps(folds, indent=1) + "\n", "utf-8")
    folds = json.loads(FOLDS.read_text("utf-8"))
    reliable, reliable_points = reliability(judged(dev.wanted))
    traded, traded_points = curve(dev)
    (DOCS / "reliability.svg").write_text(
        figure("confidence", "share that is right", reliable_points, diagonal=True), "utf-8"
    )
    (DOCS / "min-confidence.svg").write_text(figure("recall", "precision", traded_points, diagonal=False), "utf-8")
    blanks = {
        "gold_papers": str(len(gold.wanted)), "dev_papers": str(len(dev.wanted)), "gold": "\n".join(table(gold)), "dev": "\n".join(table(dev)),
        "folds": "\n".join([*cross_validation(folds), *details]), "source": folds["source"], "short": short_of_goals(folds), "reliability": "\n".join(reliable),
        "curve": "\n".join(traded), "errors": "\n".join(explained((gold, dev))),
    }  # fmt: skip
    text = (ROOT / "benchmarks/card.md").read_text("utf-8")
    for name, value in blanks.items():
        text = text.replace(f"<<{name}>>", value)
    (DOCS / "quality.md").write_text(text, "utf-8")
    print(
        f"{DOCS / 'quality.md'} written: {len(gold.wanted)} and {len(dev.wanted)} papers, {len(folds['folds'])} folds"
    )


if __name__ == "__main__":
    main()
