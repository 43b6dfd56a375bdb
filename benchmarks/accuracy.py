"""Accuracy on annotated papers: extract each from its title and text, and score.

python benchmarks/accuracy.py GOLD.jsonl
python benchmarks/accuracy.py GOLD.jsonl --at-least benchmarks/floors.toml    exit 1 where a figure is below its floor
"""

import argparse
import json
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

from kg.evaluate import Report, evaluate
from kg.extract import pipe, to_json
from kg.model import Origin, Paper


def papers(gold: Path) -> Iterator[Paper]:
    """The papers of a file of annotations."""
    with gold.open(encoding="utf-8") as handle:
        for number, line in enumerate(handle, start=1):
            row = json.loads(line)
            origin = Origin(input=gold.name, record=number, kind="jsonl")
            yield Paper(id=row["id"], title=row["title"], abstract=row["text"], origin=origin)


def measure(gold: Path) -> Report:
    """Extract and score."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as handle:
        for record in pipe(papers(gold)):
            handle.write(to_json(record) + "\n")
        handle.flush()
        return evaluate(gold, handle.name)


def main() -> int:
    """Print the figures; check them against floors."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("gold", type=Path)
    arguments.add_argument("--at-least", type=Path, help="a TOML file of floors: [entities] Hardware = 0.85 …")
    options = arguments.parse_args()
    report = measure(options.gold)
    floors = tomllib.loads(options.at_least.read_text("utf-8")) if options.at_least else {}
    failed = 0
    for group in ("entities", "relations", "results"):
        for name, score in sorted(getattr(report, group).items()):
            floor = floors.get(group, {}).get(name)
            below = floor is not None and score.f1 < floor
            failed += below
            mark = f"  below {floor}" if below else ""
            print(f"{group:<10}{name:<18} P {score.precision:.3f}  R {score.recall:.3f}  F1 {score.f1:.3f}{mark}")
    print(f"{report.papers} papers")
    return int(failed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
