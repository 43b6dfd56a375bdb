"""What resolution reads of a Record: the names in it, those that it proposes, the short forms that it spells out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kg.lexicon import fold, long_form
from kg.model import PAPER, EntityType, title_key

_OPEN: Final = re.compile(r"\s*[(\[]\s*[\"'“‘]?")
# The extractor may read "Mixture-of-Experts (MoE" as one name.
_BOTH: Final = re.compile(r"(?P<long>\S.*\S)\s*\(\s*(?P<short>[^()\s]+(?: [^()\s]+)?)\s*\)?")
_SURE: Final = 0.5
"""A paper proposes what it is said to propose with at least this confidence."""


@dataclass(frozen=True, slots=True)
class Named:
    """An entity of a paper: `spelled` holds pairs (short form, long form) that the paper defines for it."""

    id: str
    type: EntityType
    name: str
    link: str | None
    proposed: bool
    surfaces: tuple[str, ...]
    spelled: tuple[tuple[str, str], ...]

    @property
    def long(self) -> str | None:
        """The long form that the paper gives, the first by its folded form where it gives two."""
        return min((long for _, long in self.spelled), key=lambda long: (fold(long), long), default=None)


@dataclass(frozen=True, slots=True)
class PaperNames:
    """The names of one paper."""

    id: str
    title: str
    named: tuple[Named, ...]


def names_of(record: Mapping[str, Any]) -> PaperNames:
    """The names of a Record, given in its plain JSON form: a whole corpus is read so in a fraction of the time."""
    proposed = {
        relation["tail"]
        for relation in record["relations"]
        if relation["type"] == "proposes" and relation["head"] == PAPER and relation["confidence"] >= _SURE
    }
    return PaperNames(
        record["id"],
        title_key(record["title"]),
        tuple(_named(entity, record, proposed) for entity in record["entities"]),
    )


def _named(entity: Mapping[str, Any], record: Mapping[str, Any], proposed: set[str]) -> Named:
    mentions = entity["mentions"]
    surfaces = tuple(dict.fromkeys(mention["text"] for mention in mentions))
    spelled = dict.fromkeys(_spelled(mentions, record)) if len(surfaces) > 1 or "(" in surfaces[0] else {}
    name = entity["name"]
    if entity["link"] is None and (both := _BOTH.fullmatch(name)) and long_form(both["short"], both["long"]) == 0:
        name = both["short"]
    return Named(entity["id"], entity["type"], name, entity["link"], entity["id"] in proposed, surfaces, tuple(spelled))


def _spelled(mentions: list[Mapping[str, Any]], record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Pairs (short, long): two mentions side by side, one in brackets, of which one spells out the other."""
    ordered = sorted(mentions, key=lambda mention: (mention["field"], mention["start"], mention["end"]))
    for mention in ordered:
        if (
            "(" in mention["text"]
            and (both := _BOTH.fullmatch(mention["text"]))
            and long_form(both["short"], both["long"]) == 0
        ):
            yield _plain(both["short"]), both["long"]
    for index, one in enumerate(ordered):
        for other in ordered[index + 1 : index + 3]:
            if one["field"] != other["field"] or other["start"] < one["end"]:
                continue
            if _OPEN.fullmatch(record[one["field"]][one["end"] : other["start"]]):
                short, long = sorted((one["text"], other["text"]), key=len)
                if len(short) < len(long) and long_form(short, long) == 0:
                    yield _plain(short), long


def _plain(short: str) -> str:
    """A short form without the plural that its capitals make plain: "LLMs"."""
    return short[:-1] if len(short) > 2 and short.endswith("s") and short[-2].isupper() else short
