"""What an export is."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from kg.graph.statements import PaperFacts


@dataclass(frozen=True)
class Source:
    """What an export reads: the facts of each paper, by paper id, as often as it asks."""

    papers: Callable[[], Iterable[PaperFacts]]

    def __iter__(self) -> Iterator[PaperFacts]:
        return iter(self.papers())


@dataclass(frozen=True)
class Export:
    """A format: its name, what it is for, and its writer."""

    name: str
    says: str
    suffix: str
    write: Callable[[Source, BinaryIO], None]
