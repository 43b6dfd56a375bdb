"""Reads the data files of the lexicon, once."""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Final, Literal, cast

from kg.lexicon.fold import fold
from kg.model import EntityType

_FILES: Final[dict[str, EntityType]] = {
    "hardware.csv": "Hardware",
    "datasets.csv": "Dataset",
    "metrics.csv": "Metric",
    "methods.csv": "Method",
    "tasks.csv": "Task",
}


@dataclass(frozen=True)
class Entry:
    """A known thing. `id` is `type/slug` in small letters; `broader` holds ids of entries of the same file.

    `mention` is empty, "vague" (its name alone says little: it counts where a relation or a figure needs it), or "never"
    (it is there for the hierarchy only).
    """

    id: str
    type: EntityType
    name: str
    aliases: tuple[str, ...] = ()
    subtype: str = ""
    vendor: str | None = None
    hardware_class: str | None = None
    kind: str = ""
    broader: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    mention: str = ""
    exact_name: bool = False

    def is_word(self, name: str) -> bool:
        """Whether a name is the entry's and a plain word, so that a paper which spells it out means something else."""
        names = (own.lstrip("?=") for own in (self.name, *self.aliases))
        return any(own.isalpha() and own.islower() and fold(own) == fold(name) for own in names)


@dataclass(frozen=True)
class Term:
    """One way to write an entry's name."""

    entry: Entry
    surface: str
    needs_context: bool = False
    exact_case: bool = False
    optional: bool = False


@dataclass(frozen=True)
class Shape:
    """How products of a family are called: a regular expression, and the id of the entry that what it matches belongs to."""

    id: str
    pattern: str
    broader: str


@dataclass(frozen=True)
class Unit:
    """A unit of figures: how it is printed, what it measures, its QUDT name where one fits."""

    name: str
    dimension: str
    qudt: str | None


@dataclass
class Lexicon:
    """All entries by id, all terms by folded form, units by how they are written."""

    entries: dict[str, Entry] = field(default_factory=dict)
    terms: dict[str, list[Term]] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    shapes: tuple[Shape, ...] = ()
    not_names: frozenset[str] = frozenset()
    fingerprint: str = ""
    longest: int = 0
    starts: set[str] = field(default_factory=set)

    def find(self, name: str, type: EntityType | None = None, *, vague: bool = False) -> Entry | None:
        """The entry that a name means, if exactly one does; one whose name alone says little only where `vague`.

        >>> load().find("A100-SXM4-80GB", "Hardware").vendor
        'NVIDIA'
        """
        found = [
            term
            for term in self.terms.get(fold(name), ())
            if (vague or not term.optional) and (type is None or term.entry.type == type)
        ]
        # of several the one written just so ("K40s" is a card of its own, and the plural of another), else the one so called
        just_so = {term.entry.id: term.entry for term in found if term.surface == name}
        called_so = {term.entry.id: term.entry for term in found if fold(term.entry.name) == fold(name)}
        anyhow = {term.entry.id: term.entry for term in found}
        fitting = next((entries for entries in (just_so, called_so, anyhow) if len(entries) == 1), {})
        return next(iter(fitting.values()), None)

    def ancestors(self, entry_id: str) -> list[str]:
        """The ids above an entry, nearest first."""
        seen: list[str] = []
        queue = list(self.entries[entry_id].broader)
        while queue:
            above = queue.pop(0)
            if above not in seen:
                seen.append(above)
                queue.extend(self.entries[above].broader)
        return seen

    def inherited(self, entry: Entry | None, attribute: Literal["vendor", "hardware_class"]) -> str | None:
        """Vendor or class of an entry of hardware, else of the nearest one above it that has it."""
        if entry is None or entry.type != "Hardware":
            return None
        chain = [entry, *(self.entries[above] for above in self.ancestors(entry.id))]
        return next((value for above in chain if (value := getattr(above, attribute))), None)


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a data file of the lexicon."""
    yield from csv.DictReader(files("kg.lexicon").joinpath(name).read_text("utf-8").splitlines())


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


START: Final = 6
"""Of each term the first so many letters are in `Lexicon.starts`, so that most look-ups end early."""
FIGURES: Final = (
    "year", "memory_gb", "bandwidth_gb_s", "peak_fp32_tflops", "peak_fp16_tflops", "peak_fp8_tflops", "peak_int8_tops", "tdp_w",
)  # fmt: skip
"""What a row of the catalogue may know of a piece of hardware, in the unit that ends its name."""
_FACTS: Final = (*FIGURES, "wikidata", "source")


def _entries(name: str, type: EntityType) -> Iterator[Entry]:
    prefix = type.casefold()
    for row in rows(name):
        yield Entry(
            id=f"{prefix}/{row['id']}",
            type=type,
            name=row["name"].lstrip("="),
            exact_name=row["name"].startswith("="),
            aliases=_split(row["aliases"]),
            subtype=row.get("subtype") or "",
            vendor=row.get("vendor") or None,
            hardware_class=row.get("class") or None,
            kind=row.get("kind") or "",
            broader=tuple(f"{prefix}/{above}" for above in _split(row.get("broader") or "")),
            mention=row.get("mention") or "",
            facts=tuple((fact, row[fact]) for fact in _FACTS if row.get(fact)),
        )


def load(own: tuple[Entry, ...] = ()) -> Lexicon:
    """The lexicon that ships with Papergraph, with a user's own entries in it.

    An own entry adds to the shipped one of the same type and name, if there is one; what its names mean besides is
    left out.
    """
    return _load(own)  # called in one way only, since a cache tells `load()` from `load(())`


@cache
def _load(own: tuple[Entry, ...]) -> Lexicon:
    lexicon = Lexicon()
    vague: set[str] = set()
    for name, type in _FILES.items():
        for entry in _entries(name, type):
            lexicon.entries[entry.id] = entry
            if entry.mention == "vague":
                vague.add(entry.id)
    extra: list[Entry] = []
    for row in rows("optional.csv"):
        kind = cast(EntityType, row["type"])
        entry = Entry(f"{kind.casefold()}/{row['id']}", kind, row["name"], _split(row["aliases"]))
        if entry.id in lexicon.entries:
            extra.append(entry)
        else:
            lexicon.entries[entry.id] = entry
            vague.add(entry.id)
    for entry in own:
        lexicon.entries[entry.id] = _with(lexicon.entries.get(entry.id), entry)
        vague.discard(entry.id)
    for entry in lexicon.entries.values():
        if entry.mention != "never":
            _add_terms(lexicon, entry, optional=entry.id in vague)
    for entry in extra:
        _add_terms(lexicon, entry, optional=True)
    for entry in own:
        for key in map(fold, (entry.name, *(alias.lstrip("?=") for alias in entry.aliases))):
            lexicon.terms[key] = [term for term in lexicon.terms[key] if term.entry.id == entry.id]
    for row in rows("units.csv"):
        unit = Unit(row["unit"], row["dimension"], row["qudt"] or None)
        for written in (row["unit"], *_split(row["aliases"])):
            lexicon.units[written] = unit
    lexicon.shapes = tuple(
        Shape(row["id"], row["pattern"], f"hardware/{row['broader']}") for row in rows("hardware-shapes.csv")
    )
    folder = files("kg.lexicon")
    lexicon.not_names = frozenset(
        line.strip()
        for line in folder.joinpath("not-names.txt").read_text("utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    )
    digest = hashlib.sha256()
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith((".csv", ".txt")):
            digest.update(file.name.encode() + file.read_bytes())
    if own:
        digest.update(repr(own).encode("utf-8", "surrogatepass"))
    lexicon.fingerprint = digest.hexdigest()[:16]
    return lexicon


def _with(shipped: Entry | None, own: Entry) -> Entry:
    """The shipped entry with what a user's own says besides."""
    if shipped is None:
        return own
    return replace(
        shipped, aliases=(*shipped.aliases, own.name, *own.aliases), subtype=own.subtype or shipped.subtype,
        vendor=own.vendor or shipped.vendor, hardware_class=own.hardware_class or shipped.hardware_class,
        broader=tuple(dict.fromkeys((*shipped.broader, *own.broader))), mention="",
    )  # fmt: skip


def _add_terms(lexicon: Lexicon, entry: Entry, *, optional: bool = False) -> None:
    for written in ("=" * entry.exact_name + entry.name, *entry.aliases):
        surface = written.lstrip("?=")
        marks = written[: len(written) - len(surface)]
        key = fold(surface)
        if not key:
            continue
        term = Term(entry, surface, needs_context="?" in marks, exact_case="=" in marks, optional=optional)
        lexicon.terms.setdefault(key, []).append(term)
        lexicon.longest = max(lexicon.longest, len(key))
        joined = key.replace("-", "")
        for form in (joined + "s", joined[:-1] + "ies"):
            lexicon.starts.update(form[:length] for length in range(1, START + 1))
