"""Hardware mentions over a large corpus: how many, of what, and a sample to be read and judged.

python benchmarks/hardware.py scan CORPUS.jsonl.gz --out found.csv      the lexicon and shape rules over all papers, without the model
python benchmarks/hardware.py sample CORPUS.jsonl.gz found.csv --out judged.csv --seed 1 --size 100
                                                                        product mentions that full extraction links, drawn at random
python benchmarks/hardware.py score judged.csv                          precision of a sample that was judged
python benchmarks/hardware.py full CORPUS.jsonl.gz --seed 1 --size 500  full extraction of papers drawn at random: how many state what

A sample's rows hold paper id, field, offsets, the span and the linked entry; `verdict` (right, wrong) and `note` are for who reads it.
The text around each is printed, not written.
"""

import argparse
import csv
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final

import spacy
from spacy.tokens import Doc

import kg
from kg.extract.candidates import Candidate, Reading, reading
from kg.extract.text import CleanText, clean
from kg.lexicon import load
from kg.model import Paper, TextField

RULES: Final = ("kg_terms", "kg_shapes")
LEVELS: Final = ("variant", "product", "system")
COLUMNS: Final = ("paper", "field", "start", "end", "span", "link", "rule")
AROUND: Final = 160


def papers(corpus: Path) -> Iterator[Paper]:
    """The papers of the corpus; a record that is none is left out."""
    yield from (item for item in kg.read(str(corpus)) if isinstance(item, Paper))


def scan(corpus: Path, out: Path) -> None:
    """Write a row a hardware mention that the rules find, and print what there is."""
    nlp = spacy.blank("en")
    for name in RULES:
        nlp.add_pipe(name)
    start, total, named = time.perf_counter(), 0, 0
    classes: Counter[str] = Counter()
    entries: Counter[str] = Counter()
    with out.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(COLUMNS)
        for paper in papers(corpus):
            total += 1
            here: set[str] = set()
            for field in ("title", "abstract"):
                for candidate, cleaned in _candidates(nlp, paper, field):  # type: ignore[arg-type]
                    first, last = cleaned.source(candidate.start, candidate.end)
                    entry = candidate.entry or candidate.guess
                    assert entry is not None
                    link = candidate.entry.id if candidate.entry else ""
                    writer.writerow(
                        (paper.id, field, first, last, paper.text(field)[first:last], link, candidate.rule)  # type: ignore[arg-type]
                    )
                    here.add(link or candidate.rule)
                    classes[entry.hardware_class or ""] += 1
            named += bool(here)
            entries.update(here)
    print(
        f"{total} papers, {named} with a hardware mention, {sum(classes.values())} mentions, {time.perf_counter() - start:.0f} s"
    )
    print("mentions by class: " + ", ".join(f"{name} {count}" for name, count in classes.most_common()))
    print("most papers: " + ", ".join(f"{name} {count}" for name, count in entries.most_common(25)))
    print(
        f"{len(entries)} things; unlisted by shape: {sum(count for name, count in entries.items() if name.startswith('shape'))} papers"
    )


def _candidates(nlp: spacy.Language, paper: Paper, field: TextField) -> Iterator[tuple[Candidate, CleanText]]:
    cleaned = clean(paper.text(field))
    doc: Doc = nlp.make_doc(cleaned.text)
    doc._.reading = Reading(paper, [(field, 0, cleaned)])
    for candidate in reading(nlp(doc)).candidates:
        if candidate.type == "Hardware" and not candidate.optional:
            yield candidate, cleaned


def sample(corpus: Path, found: Path, out: Path, *, seed: int, size: int) -> None:
    """Draw product mentions at random of those that are linked in the Record; print each with the text around it."""
    entries = load().entries
    rows = [
        row
        for row in csv.DictReader(found.open(encoding="utf-8"))
        if row["link"] in entries and entries[row["link"]].kind in LEVELS
    ]
    Random(seed).shuffle(rows)
    drawn = rows[: 2 * size]
    wanted = {row["paper"] for row in drawn}
    records = {record.id: record for record in kg.pipe(paper for paper in papers(corpus) if paper.id in wanted)}
    kept: list[dict[str, str]] = []
    dropped = 0
    for row in drawn:
        if len(kept) == size:
            break
        record = records[row["paper"]]
        at = (row["field"], int(row["start"]), int(row["end"]))
        entity = next((e for e in record.entities if any((m.field, m.start, m.end) == at for m in e.mentions)), None)
        if entity is None or entity.link != row["link"]:
            dropped += 1
            continue
        kept.append(row | {"span": " ".join(row["span"].split()[:5])})
        text = record.paper.text(at[0])  # type: ignore[arg-type]
        before, after = text[max(0, at[1] - AROUND) : at[1]], text[at[2] : at[2] + AROUND]
        print(
            f"{len(kept):>3} {row['paper']} → {row['link']}\n    …{before}[[{row['span']}]]{after}…".replace("\n", " ")
        )
    with out.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, (*COLUMNS, "verdict", "note"), lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)
    print(
        f"{len(kept)} of {len(rows)} product mentions; {dropped} more were drawn that the Record does not link",
        file=sys.stderr,
    )


def score(judged: Path) -> None:
    """Print the precision of a judged sample, and what is wrong."""
    rows = list(csv.DictReader(judged.open(encoding="utf-8")))
    right = sum(row["verdict"] == "right" for row in rows)
    for row in rows:
        if row["verdict"] != "right":
            print(f"{row['verdict'] or 'not judged'}: {row['span']} in {row['paper']} → {row['link']} {row['note']}")
    print(f"{right} of {len(rows)} right: precision {right / len(rows):.2f}")


def full(corpus: Path, *, seed: int, size: int) -> None:
    """Extract papers drawn at random in full, and print how many state hardware and of which class the work runs on."""
    ids = sorted(paper.id for paper in papers(corpus))
    wanted = set(Random(seed).sample(ids, min(size, len(ids))))
    start, total, named, runs, guessed = time.perf_counter(), 0, 0, 0, 0
    classes: Counter[str] = Counter()
    for record in kg.pipe(paper for paper in papers(corpus) if paper.id in wanted):
        machines = {e.id: e for e in record.entities if e.type == "Hardware"}
        run_on = [machines[r.tail] for r in record.relations if r.type == "runs_on"]
        total, named, runs = total + 1, named + bool(machines), runs + bool(run_on)
        guessed += sum(e.guess is not None for e in machines.values())
        classes.update({e.hardware_class or "none" for e in run_on})
    print(
        f"{total} papers, {named} name hardware, {runs} run on some, {guessed} unlisted by shape, {time.perf_counter() - start:.0f} s"
    )
    print("papers by class they run on: " + ", ".join(f"{name} {count}" for name, count in classes.most_common()))


def main() -> None:
    """Run one of the four."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = arguments.add_subparsers(dest="command", required=True)
    for name, takes in (
        ("scan", ("corpus",)),
        ("sample", ("corpus", "found")),
        ("score", ("judged",)),
        ("full", ("corpus",)),
    ):
        command = commands.add_parser(name)
        for argument in takes:
            command.add_argument(argument, type=Path)
        if name in ("scan", "sample"):
            command.add_argument("--out", type=Path, required=True)
        if name in ("sample", "full"):
            command.add_argument("--seed", type=int, default=1)
            command.add_argument("--size", type=int, default=100)
    options = vars(arguments.parse_args())
    {"scan": scan, "sample": sample, "score": score, "full": full}[options.pop("command")](**options)


if __name__ == "__main__":
    main()
