"""What the hardware catalogue knows of one piece of hardware."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from kg.errors import QueryError
from kg.lexicon.fold import fold
from kg.lexicon.loader import FIGURES, Entry, load


@dataclass(frozen=True)
class Known:
    """A row of the catalogue with what stands above it. Figures are in the unit that ends their name; all come from `source`.

    Where `guessed`, the catalogue does not list it (`id` is None), and the rest follows from the shape of its name.
    """

    id: str | None
    name: str
    vendor: str | None
    hardware_class: str | None
    level: str
    family: str | None
    broader: tuple[str, ...]
    aliases: tuple[str, ...]
    figures: dict[str, int | float]
    wikidata: str | None
    source: str
    guessed: bool = False


def describe(name: str) -> Known:
    """What is known of hardware under a name in any spelling.

    >>> describe("a100").name, describe("A100").family, describe("Xeon Gold 6999").guessed
    ('NVIDIA A100', 'NVIDIA Ampere', True)

    Raises:
        QueryError: nothing is so called; the nearest names are given.
    """
    lexicon = load()
    entry = lexicon.find(name, "Hardware", vague=True)
    if entry is not None:
        facts = dict(entry.facts)
        return Known(
            id=entry.id, name=entry.name, vendor=lexicon.inherited(entry, "vendor"), level=entry.kind,
            hardware_class=lexicon.inherited(entry, "hardware_class"), family=_family(entry), broader=_broader(entry),
            aliases=tuple(alias.lstrip("?=") for alias in entry.aliases),
            figures={figure: _number(facts[figure]) for figure in FIGURES if figure in facts},
            wikidata=facts.get("wikidata"), source=facts["source"],
        )  # fmt: skip
    for shape in lexicon.shapes:
        if re.fullmatch(shape.pattern, name.strip()):
            above = lexicon.entries[shape.broader]
            return Known(
                id=None, name=name.strip(), vendor=lexicon.inherited(above, "vendor"), level="product",
                hardware_class=lexicon.inherited(above, "hardware_class"), family=above.name,
                broader=(above.name, *_broader(above)), aliases=(), figures={}, wikidata=None, source=f"shape of the name ({shape.id})",
                guessed=True,
            )  # fmt: skip
    raise QueryError(_unknown(name))


def _number(text: str) -> int | float:
    return int(text) if text.isdigit() else float(text)


def _broader(entry: Entry) -> tuple[str, ...]:
    return tuple(load().entries[above].name for above in load().ancestors(entry.id))


def _family(entry: Entry) -> str | None:
    """The nearest family or architecture above it."""
    above = (load().entries[id] for id in load().ancestors(entry.id))
    return next((up.name for up in above if up.kind in ("family", "architecture")), None)


def _unknown(name: str) -> str:
    """A sentence that says that nothing is so called, and what is called nearly so."""
    hardware = [entry for entry in load().entries.values() if entry.type == "Hardware"]
    key = fold(name)
    if maker := next((entry.vendor for entry in hardware if entry.vendor and fold(entry.vendor) == key), None):
        return (
            f"{maker} is a vendor:  kg ask methods-on-hardware --hardware {maker!r}  tells what runs on its hardware."
        )
    names = {fold(surface.lstrip("?=")): entry.name for entry in hardware for surface in (entry.name, *entry.aliases)}
    near = list(dict.fromkeys(names[match] for match in get_close_matches(key, sorted(names), n=6)))[:3]
    hint = f"the nearest are {', '.join(near)}" if near else "kg ask coverage --by product  names what a graph holds"
    return f"The catalogue knows no hardware {name!r}: {hint}."
