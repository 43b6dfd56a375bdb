"""Papergraph: knowledge graphs from research abstracts.

>>> import kg
>>> kg.build(["tests/data/none.txt"], "graph")
Traceback (most recent call last):
...
kg.errors.InputError: No paper could be read.
tests/data/none.txt does not exist: check the path.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from kg.__about__ import __version__

if TYPE_CHECKING:
    from kg.errors import (
        EngineError,
        ExportError,
        GraphError,
        InputError,
        LimitError,
        PapergraphError,
        QueryError,
        RecordError,
        SchemaError,
        StoreError,
    )
    from kg.exports import export
    from kg.extract import extract, pipe
    from kg.model import Entity, Extractor, Origin, Paper, Record, Relation, Result, Span
    from kg.opened import Graph, open
    from kg.run import Summary, build, remove
    from kg.sources import Rejected, read

__all__ = [
    "EngineError", "Entity", "ExportError", "Extractor", "Graph", "GraphError", "InputError", "LimitError", "Origin", "Paper",
    "PapergraphError",
    "QueryError", "Record", "RecordError", "Rejected", "Relation", "Result", "SchemaError", "Span", "StoreError", "Summary",
    "__version__", "build", "export", "extract", "open", "pipe", "read", "remove",
]  # fmt: skip

# Where each name lives. Loaded when first used: who only asks a graph need not wait for spaCy.
_HOMES = {
    "kg.errors": "EngineError ExportError GraphError InputError LimitError PapergraphError QueryError RecordError SchemaError StoreError",
    "kg.exports": "export",
    "kg.extract": "extract pipe",
    "kg.model": "Entity Extractor Origin Paper Record Relation Result Span",
    "kg.opened": "Graph open",
    "kg.run": "Summary build remove",
    "kg.sources": "Rejected read",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


class _FrontDoor(ModuleType):
    """Keeps `kg.extract` the function, where importing the package of that name would put the package."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOME_OF and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _FrontDoor


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
