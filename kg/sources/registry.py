"""Which sources there are, and which one an input is."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from kg.errors import InputError
from kg.sources.base import Item, Options, Source
from kg.sources.daily_papers import DAILY_PAPERS
from kg.sources.jsonl import JSONL
from kg.sources.reading import Input, open_input
from kg.sources.text import TEXT

SOURCES: Final = {source.name: source for source in (DAILY_PAPERS, JSONL, TEXT)}
"""By name, in the order in which an input is held against them: the most particular first."""


def sniff(source: Input) -> Source:
    """The first source that knows the input's beginning.

    Raises:
        InputError: none does.
    """
    for candidate in SOURCES.values():
        if candidate.sniff(source.head):
            return candidate
    start = source.head.lstrip()[:20]
    if start.startswith("["):
        raise InputError(
            f"{source.name} is a JSON array: give one object a line, for example with  jq -c '.[]' {source.name}"
        )
    raise InputError(
        f"{source.name} is of no kind that is known here (it begins with {start!r}): `kg sources` lists what is read; "
        "--source NAME names one."
    )


def read(path: str, *, source: str | None = None, as_of: date | None = None) -> Iterator[Item]:
    """The Papers and Rejected records of one input, in its order.

    Args:
        path: a file, plain or gzipped, or `-` for standard input.
        source: the name of its kind; found by looking at it where not given.
        as_of: the day of a Daily Papers page, for its dates without a year.

    Raises:
        InputError: the input cannot be read, or not to its end (what came before has been yielded).
    """
    if source is not None and source not in SOURCES:
        raise InputError(f"there is no source {source!r}: known are {', '.join(SOURCES)}.")
    with open_input(path) as opened:
        chosen = SOURCES[source] if source else sniff(opened)
        yield from chosen.read(opened, Options(as_of=as_of))
