"""What an export is."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
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
    """A format of one file: its name, what it is for, and its writer."""

    name: str
    says: str
    suffix: str
    write: Callable[[Source, BinaryIO], None]


@dataclass(frozen=True)
class FolderExport:
    """A format of several files in a folder; `then` says what to do with it, `{folder}` being where it is."""

    name: str
    says: str
    write: Callable[[Source, Path], None]
    then: str = ""
    suffix: str = ""
