"""What a store gives: answers of columns and rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

Cell: TypeAlias = str | int | float | bool | None
Rows: TypeAlias = list[tuple[Cell, ...]]


@dataclass(frozen=True)
class Answer:
    """The answer to a query: named columns, rows, and whether it was cut at the row limit."""

    columns: tuple[str, ...]
    rows: Rows
    cut: bool = False

    def dicts(self) -> list[dict[str, Cell]]:
        """The rows as dictionaries by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def column(self, name: str) -> Sequence[Cell]:
        """One column."""
        return [row[self.columns.index(name)] for row in self.rows]
