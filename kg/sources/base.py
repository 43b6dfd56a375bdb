"""What a source is: a name, a sniffer and a reader."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from pydantic import ValidationError

from kg.errors import RecordError
from kg.model import Origin, Paper, paper_id, valid_date
from kg.settings import setting
from kg.sources.reading import Input, Line


@dataclass(frozen=True)
class Rejected:
    """A record that could not be used: where it stood and why."""

    origin: Origin
    reason: str

    def __str__(self) -> str:
        return f"{self.origin.input}, record {self.origin.record}: {self.reason}"


Item = Paper | Rejected


@dataclass(frozen=True)
class Options:
    """What a reader may be told: the page's own date, where dates carry no year."""

    as_of: date | None = None


@dataclass(frozen=True)
class Source:
    """An input format.

    `sniff` looks at the first characters of an input (`sniff_bytes` of it) and says whether they are of this format;
    `read` yields its papers.
    """

    name: str
    says: str
    example: str
    sniff: Callable[[str], bool]
    read: Callable[[Input, Options], Iterator[Item]]


# C0 and C1 controls, and the line and paragraph separators: they break lines, terminals and XML.
_CONTROLS = {code: " " for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)}


def printable(text: str) -> str:
    """The text with each control character and lone surrogate made a space, so that offsets stay.

    >>> printable("a\\tb\\x00c")
    'a b c'
    """
    return "".join(" " if 0xD800 <= ord(c) <= 0xDFFF else c for c in text.translate(_CONTROLS))


def _printable_field(value: object) -> object:
    if isinstance(value, str):
        return printable(value)
    return tuple(map(_printable_field, value)) if isinstance(value, tuple) else value


def make_paper(
    origin: Origin, *, title: str, abstract: str, id: str | None = None, rest: Mapping[str, object] | None = None
) -> Item:
    """A checked Paper, or why there is none. `rest` holds its other fields. Texts are stripped and made printable; offsets count in the outcome."""
    title, abstract = printable(title).strip(), printable(abstract).strip()
    rest = {name: _printable_field(value) for name, value in (rest or {}).items()}
    origin = origin.model_copy(update={"input": printable(origin.input)})
    try:
        for name, text, most in (
            ("title", title, setting("max_title_chars")),
            ("abstract", abstract, setting("max_abstract_chars")),
        ):
            if len(text) > most:
                raise RecordError(f"its {name} has {len(text):,} characters, more than max_{name}_chars = {most:,}")
        if not title and not abstract:
            raise RecordError("it has neither a title nor an abstract")
        date_text = rest.get("date")
        if isinstance(date_text, str) and not valid_date(date_text):
            raise RecordError(f"its date {date_text[:40]!r} is none: give YYYY, YYYY-MM or YYYY-MM-DD")
        key = printable(id).strip() if id else ""
        fields = {"title": title, "abstract": abstract, "origin": origin, "id": key or paper_id(title, abstract)}
        return Paper.model_validate({**fields, **rest})
    except RecordError as error:
        return Rejected(origin, str(error))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        return Rejected(origin, f"{where}: {first['msg']}" if where else first["msg"])


def unreadable(origin: Origin, line: Line) -> Rejected:
    """The verdict on a line without text: cut because it is over `max_record_bytes`, or no UTF-8."""
    if line.bad_byte is None:
        most = setting("max_record_bytes")
        return Rejected(origin, f"line {line.number} has {line.size:,} bytes, more than max_record_bytes = {most:,}")
    return Rejected(
        origin,
        f"line {line.number} is not UTF-8 (byte {line.bad_byte}): convert the file, "
        "for example with iconv -f latin1 -t utf-8",
    )
