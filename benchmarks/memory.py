"""Peak memory by the number of papers: of full extraction in one process, or of each process of a build.

    python benchmarks/memory.py PAPERS.jsonl.gz [SIZE...]                        sizes 1000 and 20000 if none are given
    python benchmarks/memory.py PAPERS.jsonl.gz [SIZE...] --build GRAPH          kg build with two processes, into GRAPH-SIZE

Each size runs in a process of its own. The first process of a build keeps the log and derives the stores, the SPARQL store
first; the Cypher store is in its memory as a whole while it is made, and is told apart for that.
"""

import argparse
import resource
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import kg
from kg.extract import pipe, to_json
from kg.model import Paper
from kg.sources import read


def extract(path: str, size: int) -> str:
    """Extract the first papers of a file, and say how much memory it took at most, and how long."""
    start = time.perf_counter()
    papers = islice((item for item in read(path) if isinstance(item, Paper)), size)
    count = characters = 0
    for record in pipe(papers):
        count += 1
        characters += len(to_json(record))
    peak, seconds = _peak(resource.RUSAGE_SELF), time.perf_counter() - start
    return (
        f"{count:>7} papers  peak {peak:.0f} MiB  {seconds:.0f} s  {characters / 1e6:.1f} million characters of Records"
    )


def build(path: str, size: int, graph: str) -> str:
    """Build a graph of the first papers of a file, and say how much memory each of its processes took at most."""
    folder, source = Path(f"{graph}-{size}"), Path(f"{graph}-{size}.jsonl")
    papers = islice((item for item in read(path) if isinstance(item, Paper)), size)
    with source.open("w", encoding="utf-8") as lines:
        lines.writelines(paper.model_dump_json(exclude={"origin"}) + "\n" for paper in papers)
    start, before_cypher = time.perf_counter(), 0.0

    def progress(stage: str, done: int, of: int | None) -> None:
        nonlocal before_cypher
        if (
            stage == "storing" and of and 3 * done <= of + 3
        ):  # the first of three readings of the log fills the SPARQL store
            before_cypher = _peak(resource.RUSAGE_SELF)

    summary = kg.build([str(source)], folder, workers=2, progress=progress)
    seconds = time.perf_counter() - start
    return (
        f"{summary.papers:>7} papers  extraction {_peak(resource.RUSAGE_CHILDREN):.0f} MiB  first process {before_cypher:.0f} MiB, "
        f"with the Cypher store {_peak(resource.RUSAGE_SELF):.0f} MiB  {seconds:.0f} s"
    )


def _peak(of: int) -> float:
    return resource.getrusage(of).ru_maxrss / 1024


def main() -> None:
    """Print a line a size."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("input")
    arguments.add_argument("sizes", nargs="*", type=int)
    arguments.add_argument("--build", metavar="GRAPH", help="measure builds, and keep the graphs as GRAPH-SIZE")
    arguments.add_argument("--here", action="store_true", help="in this process: a single size")
    options = arguments.parse_args()
    sizes = options.sizes or [1000, 20000]
    if options.here:
        print(build(options.input, sizes[0], options.build) if options.build else extract(options.input, sizes[0]))
        return
    how = ["--build", options.build] if options.build else []
    for size in sizes:
        subprocess.run([sys.executable, __file__, options.input, str(size), "--here", *how], check=True)


if __name__ == "__main__":
    main()
