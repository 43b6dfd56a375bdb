"""What a store is, and what it gives: answers of columns and rows."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

Cell: TypeAlias = str | int | float | bool | None
Value: TypeAlias = "Cell | list[Value] | dict[str, Value]"
"""A cell, a list, or a map. Cypher stores give a node as {id, labels, properties}, a relationship as {id, start, end, type,
properties} with the ids of its nodes, a path as {nodes, relationships}."""
Rows: TypeAlias = list[tuple[Value, ...]]
Language: TypeAlias = Literal["sparql", "cypher"]


def for_json(value: Value) -> Value:
    """The value as JSON takes it: infinity and what is no number as the text that XML Schema has for them.

    >>> for_json([1.5, {"a": float("inf")}, -float("inf"), float("nan")])
    [1.5, {'a': 'INF'}, '-INF', 'NaN']
    """
    if isinstance(value, list):
        return [for_json(item) for item in value]
    if isinstance(value, dict):
        return {key: for_json(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "INF" if value > 0 else "-INF"
    return value


@dataclass(frozen=True)
class Answer:
    """The answer to a query: named columns, rows, whether it was cut at the row limit, and what the store remarks."""

    columns: tuple[str, ...]
    rows: Rows
    cut: bool = False
    remarks: tuple[str, ...] = ()

    def dicts(self) -> list[dict[str, Value]]:
        """The rows as dictionaries by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def column(self, name: str) -> Sequence[Value]:
        """One column."""
        return [row[self.columns.index(name)] for row in self.rows]


class Store(Protocol):
    """Something that answers queries and changes nothing."""

    @property
    def language(self) -> Language:
        """The language of its queries."""

    def select(self, query: str, parameters: Mapping[str, Value] | None = None, *, most: int | None = None) -> Answer:
        """Answer a query with at most so many rows (`query_rows` where not given).

        Raises:
            QueryError: it cannot be answered, or would do more than read.
        """
