"""Lines to paragraphs to title and abstract: what the Daily Papers page and plain text share."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from kg.settings import setting
from kg.sources.reading import Line

_PROSE_CHARS = 200
_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]?\s*$")


@dataclass
class Block:
    """Neighbouring lines that are not blank. `bad` is the first line of it that could not be read."""

    lines: list[str] = field(default_factory=list)
    bad: Line | None = None
    blanks_before: int = 0
    size: int = 0

    @property
    def text(self) -> str:
        """The lines joined by spaces."""
        return " ".join(line.strip() for line in self.lines)

    @property
    def is_prose(self) -> bool:
        """Whether this reads like (a part of) an abstract rather than a title: long, or closed by a full stop."""
        return self.bad is not None or self.is_abstract or bool(_SENTENCE_END.search(self.text))

    @property
    def is_abstract(self) -> bool:
        """Whether this is too long for a title or a page's navigation."""
        return len(self.text) >= _PROSE_CHARS


def blocks(lines: Iterable[Line]) -> Iterator[Block]:
    """Group lines into blocks, one at a time."""
    block, blanks, most = Block(), 0, setting("max_record_bytes")
    for line in lines:
        if line.text is not None and not line.text.strip():
            if block.lines or block.bad:
                yield block
                block, blanks = Block(), 0
            blanks += 1
            continue
        if not (block.lines or block.bad):
            block.blanks_before = blanks
        block.size += line.size
        if block.size > most and not block.bad:
            block.bad = Line(line.number, None, block.size)
        if line.text is None:
            block.bad = block.bad or line
        elif not block.bad:
            block.lines.append(line.text)
    if block.lines or block.bad:
        yield block


def titled(group: Sequence[Block]) -> Iterator[tuple[Block | None, list[Block]]]:
    """Cut a run of blocks into (title, abstract blocks).

    A title is a block that is no prose before one that is; other short blocks before prose are navigation and are
    skipped, short blocks after prose open the next paper. A question as title ("Do GPUs dream?") before prose counts
    as a title where an abstract has just ended or none has begun.

    >>> [b] = blocks([Line(1, "A title", 7)]); [p] = blocks([Line(3, "Some prose.", 11)])
    >>> [(t.text, [x.text for x in a]) for t, a in titled([b, p])]
    [('A title', ['Some prose.'])]
    """
    title: Block | None = None
    abstract: list[Block] = []
    for position, block in enumerate(group):
        after = group[position + 1] if position + 1 < len(group) else None
        asks = len(block.lines) == 1 and block.text.endswith(("?", "!")) and len(block.text) < _PROSE_CHARS
        opens = (
            after is not None
            and after.is_prose
            and (not block.is_prose or (asks and (title is None or bool(abstract))))
        )
        if opens:
            if abstract:
                yield title, abstract
            title, abstract = block, []
        elif block.is_prose:
            abstract.append(block)
    if abstract:
        yield title, abstract
