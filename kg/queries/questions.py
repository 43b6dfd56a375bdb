"""Loads the named questions and asks them."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, partial
from importlib.resources import files
from typing import Any, Final, Literal

from kg.errors import QueryError
from kg.lexicon import fold
from kg.schema import load_schema
from kg.settings import setting
from kg.stores import Answer, Store
from kg.stores.base import Cell, Language, Value

ColumnType = Literal["text", "number", "boolean", "relation"]
_NO_LIMIT: Final = 10_000_000
_SUFFIXES: Final[dict[Language, str]] = {"sparql": ".rq", "cypher": ".cypher"}
_NAMES: Final[dict[Language, str]] = {
    "sparql": "SELECT ?key ?name { { ?n pg:key ?key ; skos:prefLabel ?name } UNION { ?n pg:vendor ?name } }",
    "cypher": "MATCH (n) UNWIND n.keys AS key RETURN key, n.name AS name "
    "UNION MATCH (n:Hardware) WHERE n.vendor IS NOT NULL RETURN null AS key, n.vendor AS name",
}


@dataclass(frozen=True)
class Parameter:
    """A parameter of a question. `kind` name: a name in any spelling, matched by its normal form; number; text."""

    name: str
    kind: Literal["name", "number", "text"]
    says: str
    required: bool = False
    default: Cell = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """A named question: what it answers, its parameters, the columns of its answer and the order of its rows."""

    name: str
    title: str
    says: str
    example: str
    parameters: tuple[Parameter, ...]
    columns: Mapping[str, ColumnType]
    order: tuple[str, ...]
    text: Mapping[Language, str]


@cache
def questions() -> dict[str, Question]:
    """All questions by name.

    >>> "methods-on-hardware" in questions()
    True
    """
    folder = files("kg.queries")
    found = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            name = file.name.removesuffix(".toml")
            about = tomllib.loads(file.read_text("utf-8"))
            found[name] = Question(
                name=name, title=about["title"], says=about["says"], example=about["example"],
                parameters=tuple(_parameter(key, value) for key, value in about.get("parameters", {}).items()),
                columns=about["columns"], order=tuple(about["order"]),
                text={
                    language: folder.joinpath(name + suffix).read_text("utf-8") for language, suffix in _SUFFIXES.items()
                },
            )  # fmt: skip
    return found


def _parameter(name: str, about: dict[str, Any]) -> Parameter:
    return Parameter(name=name, **{**about, "choices": tuple(about.get("choices", ()))})


def question(name: str) -> Question:
    """The question of that name.

    Raises:
        QueryError: there is none; the nearest names are given.
    """
    known = questions()
    if name not in known:
        near = get_close_matches(name, known, n=2)
        hint = f"did you mean {' or '.join(near)}?" if near else "kg ask --list  names them all."
        raise QueryError(f"There is no question {name!r}: {hint}")
    return known[name]


def ask(store: Store, name: str, parameters: Mapping[str, Cell] | None = None, *, most: int | None = None) -> Answer:
    """Ask a named question.

    Args:
        store: where to ask; the question is asked in its language.
        name: the question.
        parameters: by name; a name matches in any spelling ("a100", "A-100s").
        most: the most rows; `query_rows` where not given.

    Raises:
        QueryError: there is no such question or parameter, one is missing, or its value does not fit.
    """
    asked = question(name)
    values = _values(asked, parameters or {})
    if store.language == "sparql":
        # In SPARQL a parameter `hardware` is the variable ?hardwareParameter: columns have the plain names.
        values = {f"{name}Parameter": value for name, value in values.items()}
    answer = store.select(asked.text[store.language], values, most=_NO_LIMIT)
    rows = _sorted(asked, answer)
    most = most or setting("query_rows")
    return Answer(tuple(asked.columns), [*rows[:most]], cut=len(rows) > most)


def unknown_names(store: Store, name: str, parameters: Mapping[str, Cell]) -> dict[str, list[str]]:
    """The names among a question's parameters that nothing in the graph bears, each with the nearest that something does."""
    asked = [p.name for p in question(name).parameters if p.kind == "name" and parameters.get(p.name)]
    rows = store.select(_NAMES[store.language], most=_NO_LIMIT).rows
    names = {str(key) if key else str(label).casefold(): str(label) for key, label in rows}
    wanted = {name: fold(str(parameters[name])) for name in asked}
    return {
        name: list(dict.fromkeys(names[near] for near in get_close_matches(key, names, n=5)))[:3]
        for name, key in wanted.items()
        if key not in names
    }


def _values(asked: Question, given: Mapping[str, Cell]) -> dict[str, Cell]:
    known = {parameter.name: parameter for parameter in asked.parameters}
    for name in given:
        if name not in known:
            takes = ", ".join(f"--{known_name}" for known_name in known) or "no parameters"
            raise QueryError(f"{asked.name} has no parameter --{name}: it takes {takes}.")
    values: dict[str, Cell] = {}
    for parameter in asked.parameters:
        value = given.get(parameter.name, parameter.default)
        if value is None or value == "":
            if parameter.required:
                raise QueryError(f"{asked.name} needs --{parameter.name} ({parameter.says}). Example: {asked.example}")
            # An unset parameter is the empty text: the queries test for it.
            values[parameter.name] = "" if parameter.kind != "number" else float("-inf")
        elif parameter.kind == "name":
            # A name of signs alone folds to nothing: as it stands it matches nothing, while empty would match all.
            values[parameter.name] = fold(str(value)) or str(value)
        elif parameter.kind == "number":
            try:
                values[parameter.name] = number = float(str(value))
            except ValueError:
                number = math.nan
            if math.isnan(number):
                raise QueryError(f"--{parameter.name} is {value!r}, not a number.")
        elif parameter.choices and str(value) not in parameter.choices:
            raise QueryError(f"--{parameter.name} is {value!r}: it is one of {', '.join(parameter.choices)}.")
        else:
            values[parameter.name] = str(value)
    return values


def _sorted(asked: Question, answer: Answer) -> list[tuple[Cell, ...]]:
    """Rows in the question's order, nulls last, the whole row as the last key: the same order from every store."""
    positions = {name: answer.columns.index(name) for name in asked.columns}
    rows = [tuple(_typed(row[positions[name]], kind) for name, kind in asked.columns.items()) for row in answer.rows]
    names = list(asked.columns)

    def whole(row: tuple[Cell, ...]) -> list[tuple[bool, str | float]]:
        return [(cell is None, "" if cell is None else cell if isinstance(cell, str) else float(cell)) for cell in row]

    rows.sort(key=whole)
    for order in reversed(asked.order):
        column = names.index(order.lstrip("-"))
        filled = [row for row in rows if row[column] is not None]
        empty = [row for row in rows if row[column] is None]
        rows = sorted(filled, key=partial(_key, column), reverse=order.startswith("-")) + empty
    return rows


def _key(column: int, row: tuple[Cell, ...]) -> tuple[str, str] | float:
    cell = row[column]
    return (cell.casefold(), cell) if isinstance(cell, str) else float(cell or 0)


def _typed(cell: Value, kind: ColumnType) -> Cell:
    if cell is None:
        return None
    if isinstance(cell, list | dict):
        raise QueryError(f"A question gave a list or a map where {kind} is declared.")
    if kind == "number":
        return cell if isinstance(cell, int | float) else float(cell)
    if kind == "relation":
        return _relations().get(str(cell), str(cell))
    return cell if kind == "boolean" else str(cell)


@cache
def _relations() -> dict[str, str]:
    """The name that Records and docs use, by IRI and by Cypher name."""
    names: dict[str, str] = {}
    for term in load_schema().properties.values():
        name = term.record_name or term.iri.rpartition("#")[2]
        names |= {term.iri: name} | ({term.cypher_name: name} if term.cypher_name else {})
    return names
