"""Inputs to Papers: one file a format, found by looking at the input.

A format is a module with a `Source`; `read` picks one, or takes the one that is named, and yields `Paper`s and
`Rejected` records one at a time, in the order of the input.
"""

from kg.sources.base import Item, Rejected, Source
from kg.sources.daily_papers import DAILY_PAPERS
from kg.sources.jsonl import JSONL
from kg.sources.reading import open_input
from kg.sources.registry import SOURCES, read, sniff
from kg.sources.text import TEXT

__all__ = ["DAILY_PAPERS", "JSONL", "SOURCES", "TEXT", "Item", "Rejected", "Source", "open_input", "read", "sniff"]
