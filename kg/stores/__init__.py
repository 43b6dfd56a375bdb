"""Stores that queries run on, each behind one small interface: built from the log, then read."""

from kg.stores.base import Answer, Rows, Store
from kg.stores.kglite import KgliteStore
from kg.stores.oxigraph import OxigraphStore

__all__ = ["Answer", "KgliteStore", "OxigraphStore", "Rows", "Store"]
