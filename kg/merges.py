"""Which names are one node and why, which are kept apart, and what the user's corrections did."""

from importlib.resources import files
from typing import Final

from kg.lexicon import fold
from kg.stores import Answer, OxigraphStore
from kg.stores.base import Rows

COLUMNS: Final = ("what", "name", "nodes", "reason", "says", "papers", "evidence")
_KINDS: Final = {"Merge": "joined", "KeptApart": "kept apart", "Correction": "correction"}
_NO_LIMIT: Final = 10_000_000


def merges(store: OxigraphStore, *, name: str | None = None) -> Answer:
    """One row a name: joined to a node, kept apart, or corrected; `evidence` holds the first papers that say so.

    Args:
        store: the graph's SPARQL store.
        name: only what concerns this name, or the node that bears it.
    """
    query = files("kg.queries").joinpath("merges.rq").read_text("utf-8")
    found = store.select(query, {"key": fold(name) if name else "", "written": name or ""}, most=_NO_LIMIT)
    rows: Rows = []
    for kind, written, reason, says, papers, nodes, evidence in found.rows:
        what = _KINDS[str(kind).rpartition("#")[2]]
        rows.append((what, written, _listed(nodes), reason, says, papers, _listed(evidence)))
    rows.sort(key=lambda row: tuple("" if cell is None else str(cell) for cell in (row[2], row[0], row[1], row[4])))
    return Answer(COLUMNS, rows)


def _listed(cell: object) -> str | None:
    return ", ".join(sorted(str(cell).split("\n"))) if cell else None
