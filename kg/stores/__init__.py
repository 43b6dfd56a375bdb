"""Stores that queries run on, each behind one small interface: built from the log, then read."""

from kg.stores.base import Answer, Rows, Store
from kg.stores.kglite import KgliteStore
from kg.stores.oxigraph import OxigraphStore
from kg.stores.runner import GuardedStore, Runner

__all__ = ["Answer", "GuardedStore", "KgliteStore", "OxigraphStore", "Rows", "Runner", "Store"]
