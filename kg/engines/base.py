"""What every engine does: it puts a pure function to each paper and yields what comes of it, in any order.

An engine goes on with the next paper of a worker only when the outcome before was taken: whoever keeps each outcome
before asking for the next one loses at most the paper that each worker has in hand.
"""

import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from kg.graph.log import Row
from kg.model import Paper
from kg.settings import setting

Read: TypeAlias = Callable[[Paper], Row]
"""A pure function of a paper that can be sent to another process."""


@dataclass(frozen=True)
class Failed:
    """A paper that could not be extracted, and why."""

    paper: Paper
    reason: str

    def __str__(self) -> str:
        origin = self.paper.origin
        return f"{origin.input}, record {origin.record} ({self.paper.id}): {self.reason}"


Outcome: TypeAlias = Row | Failed


def attempt(read: Read, paper: Paper) -> Outcome:
    """Read one paper. Raises the audit event `papergraph.extract` with its id first, for whoever counts (scripts/crash.py)."""
    sys.audit("papergraph.extract", paper.id)
    try:
        return read(paper)
    except Exception as error:  # one paper's trouble must not end the others'
        return Failed(paper, f"it could not be extracted ({type(error).__name__}: {error})")


def here(papers: Iterable[Paper], read: Read) -> Generator[Outcome, None, None]:
    """Read papers in this process, one after the other."""
    for paper in papers:
        yield attempt(read, paper)


def shards(papers: Iterable[Paper], *, total: int, workers: int) -> Iterator[Sequence[Paper]]:
    """Papers in shards of `shard_papers`, or of less where so few papers would leave workers idle at the end."""
    size = max(1, min(setting("shard_papers"), total // (4 * workers)))
    stream = iter(papers)
    while shard := list(islice(stream, size)):
        yield shard
