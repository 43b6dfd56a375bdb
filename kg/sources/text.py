"""Plain text: a title, a blank line, the abstract; papers parted by a blank line, or by a line of dashes.

A paragraph without a title before it is a paper of its own at the start and after a line of dashes, and continues
the abstract elsewhere.
"""

import re
from collections.abc import Iterable, Iterator

from kg.model import Origin
from kg.sources.base import Item, Options, Source, make_paper, unreadable
from kg.sources.blocks import Block, blocks, titled
from kg.sources.reading import Input, Line

_RULE = re.compile(r"\s*(?:-{3,}|={3,}|\*{3,})\s*")


def _sniff(head: str) -> bool:
    return not head.lstrip().startswith(("{", "[", "<"))


def _read(source: Input, options: Options) -> Iterator[Item]:
    number = 0
    for group in _groups(source):
        for title, abstract in titled(_split_first_lines(group)):
            number += 1
            origin = Origin(input=source.name, record=number, kind="text")
            bad = next((block.bad for block in ([title] if title else []) + abstract if block.bad), None)
            if bad is not None:
                yield unreadable(origin, bad)
                continue
            text = " ".join(block.text for block in abstract)
            yield make_paper(origin, title=title.text if title else "", abstract=text)


def _rules_apart(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, each line of dashes with blank ones around it."""
    for line in lines:
        if line.text is not None and _RULE.fullmatch(line.text):
            blank = Line(line.number, "", 0)
            yield from (blank, line, blank)
        else:
            yield line


def _groups(source: Input) -> Iterator[list[Block]]:
    """Runs of blocks between rules; within one, a new paper begins at the next title, so that runs stay short."""
    group: list[Block] = []
    for block in blocks(_rules_apart(source.lines())):
        if len(block.lines) == 1 and _RULE.fullmatch(block.lines[0]):
            if group:
                yield group
            group = []
            continue
        # a short block after prose opens the next paper: what lies before it is complete
        if group and group[-1].is_prose and not block.is_prose:
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _split_first_lines(group: list[Block]) -> list[Block]:
    """Part a title from its abstract where no blank line stands between them."""
    out: list[Block] = []
    for block in group:
        if (len(block.lines) > 1 and block.bad is None and block.blanks_before != 0) or (
            block is group[0] and len(block.lines) > 1
        ):
            first, rest = Block(lines=block.lines[:1]), Block(lines=block.lines[1:])
            if not first.is_prose and rest.is_prose and _looks_like_title(first.text):
                out += [first, rest]
                continue
        out.append(block)
    return out


def _looks_like_title(line: str) -> bool:
    """A first line that a wrapped paragraph would not have: most of its longer words are capitalised."""
    long = [word for word in re.findall(r"[^\W\d_]+", line) if len(word) > 3]
    return bool(long) and sum(word[0].isupper() for word in long) > len(long) / 2


TEXT = Source(
    name="text",
    says="plain text: a title, a blank line, an abstract; papers parted by blank lines or a line of dashes",
    example="kg build notes.txt --out my-graph",
    sniff=_sniff,
    read=_read,
)
