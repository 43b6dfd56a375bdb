"""Peak memory of full extraction by the number of papers: flat, since nothing of a paper is kept.

python benchmarks/memory.py PAPERS.jsonl.gz [SIZE...]      sizes 1000 and 20000 if none are given; each in a process of its own
"""

import argparse
import resource
import subprocess
import sys
import time
from itertools import islice

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
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = time.perf_counter() - start
    return (
        f"{count:>7} papers  peak {peak:.0f} MiB  {seconds:.0f} s  {characters / 1e6:.1f} million characters of Records"
    )


def main() -> None:
    """Print a line a size."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("input")
    arguments.add_argument("sizes", nargs="*", type=int)
    arguments.add_argument("--here", action="store_true", help="in this process: a single size")
    options = arguments.parse_args()
    sizes = options.sizes or [1000, 20000]
    if options.here:
        print(extract(options.input, sizes[0]))
        return
    for size in sizes:
        subprocess.run([sys.executable, __file__, options.input, str(size), "--here"], check=True)


if __name__ == "__main__":
    main()
