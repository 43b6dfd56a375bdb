"""Reads a user's own terms: a CSV file with the columns type and name, and aliases, vendor, class, broader, subtype.

Aliases are separated by `;`, `=` in front means exactly this case, as in the lexicons that ship.
"""

import csv
import io
from typing import Final, get_args

from kg.errors import InputError
from kg.lexicon.fold import fold
from kg.lexicon.ids import node_id
from kg.lexicon.loader import Entry, load
from kg.model import EntityType, HardwareClass

NEEDED: Final = ("type", "name")
COLUMNS: Final = (*NEEDED, "aliases", "vendor", "class", "broader", "subtype")


def read_own(text: str, source: str) -> tuple[Entry, ...]:
    """The entries of a file of own terms.

    Raises:
        InputError: a row cannot be used; the message names file and line.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    entries: dict[str, Entry] = {}
    try:
        header = reader.fieldnames
        if not header:
            return ()
        missing = [name for name in NEEDED if name not in header]
        unknown = [name for name in header if name not in COLUMNS]
        if missing or unknown:
            says = f"the column {missing[0]!r} is missing" if missing else f"there is no column {unknown[0]!r}"
            raise InputError(f"{source}, line 1: {says}. Columns are {', '.join(COLUMNS)}; needed are type and name.")
        for row in reader:
            if any(value and str(value).strip() for value in row.values()):
                entry = _entry(row, f"{source}, line {reader.line_num}", entries)
                if entry.id in entries:
                    raise InputError(
                        f"{source}, line {reader.line_num}: {entry.name!r} stands there twice as {entry.type}."
                    )
                entries[entry.id] = entry
    except csv.Error as error:
        raise InputError(f"{source}, line {reader.line_num}: not CSV ({error}).") from error
    return tuple(entries.values())


def _entry(row: dict[str, str | None], where: str, own: dict[str, Entry]) -> Entry:
    if None in row:
        raise InputError(f"{where}: more cells than columns: put names that hold a comma in double quotes.")
    cell = {name: (value or "").strip() for name, value in row.items()}
    types = {kind.casefold(): kind for kind in get_args(EntityType)}
    type = types.get(cell["type"].casefold())
    if type is None:
        raise InputError(f"{where}: the type is {cell['type']!r}: give one of {', '.join(types.values())}.")
    name = cell["name"]
    if not fold(name):
        raise InputError(f"{where}: the name is {name!r}: give one with a letter or a digit.")
    kind = cell.get("class") or None
    if kind is not None and (type != "Hardware" or kind not in get_args(HardwareClass)):
        raise InputError(f"{where}: the class is {kind!r}: hardware has one of {', '.join(get_args(HardwareClass))}.")
    known = load().find(name, type)
    aliases = tuple(part.strip() for part in cell.get("aliases", "").split(";") if fold(part.strip().lstrip("?=")))
    return Entry(
        known.id if known else node_id(type, name), type, name, aliases, subtype=cell.get("subtype", ""),
        vendor=cell.get("vendor") or None, hardware_class=kind, kind="product" if type == "Hardware" else "",
        broader=tuple(_above(part.strip(), type, where, own) for part in cell.get("broader", "").split(";") if part.strip()),
    )  # fmt: skip


def _above(name: str, type: EntityType, where: str, own: dict[str, Entry]) -> str:
    found = load().entries.get(f"{type.casefold()}/{name}") or load().find(name, type)
    found = found or next((e for e in own.values() if e.type == type and fold(e.name) == fold(name)), None)
    if found is None:
        raise InputError(f"{where}: {name!r} (broader) is no {type} that is known: put its own row above this one.")
    return found.id
