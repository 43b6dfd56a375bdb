"""The text of a Hugging Face Daily Papers page (its list, or a search on it), as a browser copies it.

    Title
    ⟨blank⟩
    Abstract
    ⟨blank⟩
      • 7 authors            or the organisation's handle and name
    ·
    Oct 30, 2023 2           month, day, the year where it is not the page's own, the number of comments

A line that holds a number alone, or `Upvote 12`, before the title or in the footer, is the number of upvotes.
Everything else, such as the page's navigation, is skipped.
"""

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from kg.errors import InputError
from kg.model import Origin
from kg.sources.base import Item, Options, Rejected, Source, make_paper, unreadable
from kg.sources.blocks import Block, blocks, titled
from kg.sources.reading import Input

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE = re.compile(
    r"(?:Published on\s+)?(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? (?P<day>\d{1,2})"
    r"(?:, (?P<year>(?:19|20)\d\d))?(?: ?(?P<comments>\d{1,5}))?",
    re.IGNORECASE,
)
_AUTHORS = re.compile(r"[•·]?\s*(\d{1,5}) authors?", re.IGNORECASE)
_UPVOTES = re.compile(r"(?:upvotes?\s*|[▲△]\s*)?(\d{1,6})", re.IGNORECASE)
_DOT = "·"


def _footer(block: Block) -> re.Match[str] | None:
    """The date of a footer: a block with a line `·` whose other lines are short and one of which is a date."""
    lines = [line.strip() for line in block.lines]
    if _DOT not in lines or block.bad:
        return None
    return next((found for line in reversed(lines) if (found := _DATE.fullmatch(line))), None)


def _sniff(head: str) -> bool:
    lines = [line.strip() for line in head.splitlines()]
    footers = sum(line == _DOT and bool(_DATE.fullmatch(after)) for line, after in pairwise(lines))
    return footers > 0 and not head.lstrip().startswith(("{", "["))


def page_date(year_dates: list[date], header: tuple[int, int] | None) -> date | None:
    """The page's own date: the first day of the header's month and day after the newest date with a year; else unknown.

    >>> page_date([date(2024, 12, 25)], (11, 4))
    datetime.date(2025, 11, 4)
    """
    if header is None or not year_dates:
        return None
    newest = max(year_dates)
    candidates = (_day(newest.year + step, *header) for step in range(9))
    return next((day for day in candidates if day is not None and day > newest), newest)


def latest_day(month: int, day: int, *, until: date) -> date | None:
    """The latest day of that month and day that is not after `until`; None where the calendar has none.

    >>> latest_day(2, 29, until=date(2025, 11, 4))
    datetime.date(2024, 2, 29)
    """
    candidates = (_day(until.year - step, month, day) for step in range(9))
    return next((found for found in candidates if found is not None and found <= until), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_day(found: re.Match[str]) -> tuple[int, int]:
    return _MONTHS.index(found["month"][:3].casefold()) + 1, int(found["day"])


def _read(source: Input, options: Options) -> Iterator[Item]:
    # A date without a year depends on the newest date of the page, so the page is read whole: it is a screenful.
    page: list[Block] = []
    damage: InputError | None = None
    try:
        page.extend(blocks(source.lines()))
    except InputError as error:
        damage = error  # what came before it is read all the same
    footers = [_footer(block) for block in page]
    first = next((position for position, found in enumerate(footers) if found), len(page))
    header, body = None, 0
    for position, block in enumerate(page[:first]):
        if block.is_abstract:
            break  # a date after it is what is left of a footer
        if (found := _alone(_DATE, block)) and not found["year"] and not found["comments"]:
            header, body = _month_day(found), position + 1
    with_year = [
        day for found in footers if found and found["year"] and (day := _day(int(found["year"]), *_month_day(found)))
    ]
    as_of = options.as_of or page_date(with_year, header)
    if options.as_of and with_year and options.as_of < max(with_year):
        raise InputError(
            f"{source.name} holds a paper of {max(with_year)}, and --as-of says {options.as_of}: give the page's own day."
        )

    number = 0
    group: list[Block] = []
    for block, found in zip(page[body:], footers[body:], strict=True):
        if found is None:
            group.append(block)
            continue
        for item in _papers(source.name, number, group, block, found, as_of):
            number += 1
            yield item
        group = []
    for item in _papers(source.name, number, group, None, None, as_of):
        number += 1
        yield item
    if damage is not None:
        raise damage


def _papers(
    name: str, number: int, group: list[Block], footer: Block | None, found: re.Match[str] | None, as_of: date | None
) -> Iterator[Item]:
    """The papers of a run of blocks; the footer belongs to the last one."""
    upvotes = {id(after): int(votes[1]) for block, after in pairwise(group) if (votes := _alone(_UPVOTES, block))}
    papers = list(titled([block for block in group if not _alone(_UPVOTES, block)]))
    for position, (title, abstract) in enumerate(papers):
        number += 1
        origin = Origin(input=name, record=number, kind="daily-papers")
        bad = next((block.bad for block in ([title] if title else []) + abstract if block.bad), None)
        if bad is not None:
            yield unreadable(origin, bad)
            continue
        rest: dict[str, object] = {}
        if title is not None and id(title) in upvotes:
            rest["upvotes"] = upvotes[id(title)]
        if position == len(papers) - 1 and footer is not None and found is not None:
            facts = _footer_facts(footer, found, as_of)
            if isinstance(facts, str):
                yield Rejected(origin, facts)
                continue
            rest |= facts
        text = " ".join(block.text for block in abstract)
        yield make_paper(origin, title=title.text if title else "", abstract=text, rest=rest)


def _alone(pattern: re.Pattern[str], block: Block) -> re.Match[str] | None:
    """What the one line of a block is."""
    return pattern.fullmatch(block.text.strip()) if len(block.lines) == 1 and not block.bad else None


def _footer_facts(footer: Block, found: re.Match[str], as_of: date | None) -> dict[str, object] | str:
    """Date, comments, authors or organisation, upvotes; a sentence where the date does not exist."""
    facts: dict[str, object] = {}
    month, day = _month_day(found)
    if found["year"]:
        published = _day(int(found["year"]), month, day)
    elif as_of is None:
        published = None
    else:
        published = latest_day(month, day, until=as_of)
        facts["date_inferred"] = True
    if published is None and (found["year"] or as_of):
        return f"its date {found[0]!r} does not exist"
    facts["date"] = published.isoformat() if published else None
    if found["comments"]:
        facts["comments"] = int(found["comments"])
    for line in map(str.strip, footer.lines):
        if authors := _AUTHORS.fullmatch(line):
            facts["author_count"] = int(authors[1])
        elif votes := _UPVOTES.fullmatch(line):
            facts["upvotes"] = int(votes[1])
        elif line and line != _DOT and not _DATE.fullmatch(line):
            handle, _, name = line.lstrip("•· ").partition(" ")
            facts["organisation"] = name.strip() or handle
    return facts


DAILY_PAPERS = Source(
    name="daily-papers",
    says="the text of a Hugging Face Daily Papers page: title, abstract, authors or organisation, date, comments",
    example="kg build page.txt.gz --out my-graph",
    sniff=_sniff,
    read=_read,
)
