"""Papergraph: knowledge graphs from research abstracts.

>>> import kg
>>> kg.build(["tests/data/none.txt"], "graph")
Traceback (most recent call last):
...
kg.errors.InputError: No paper could be read.
tests/data/none.txt does not exist: check the path.
"""

from kg.__about__ import __version__
from kg.errors import (
    EngineError,
    ExportError,
    GraphError,
    InputError,
    PapergraphError,
    QueryError,
    RecordError,
    SchemaError,
)
from kg.exports import export
from kg.extract import extract, pipe
from kg.model import Entity, Extractor, Origin, Paper, Record, Relation, Result, Span
from kg.opened import Graph, open
from kg.run import Summary, build, remove
from kg.sources import Rejected, read

__all__ = [
    "EngineError", "Entity", "ExportError", "Extractor", "Graph", "GraphError", "InputError", "Origin", "Paper", "PapergraphError",
    "QueryError", "Record", "RecordError", "Rejected", "Relation", "Result", "SchemaError", "Span", "Summary",
    "__version__", "build", "export", "extract", "open", "pipe", "read", "remove",
]  # fmt: skip
