"""Which exports there are, and the door to them."""

import os
from pathlib import Path
from typing import Final

from kg.errors import ExportError
from kg.exports.base import Source
from kg.exports.graphml import GRAPHML
from kg.exports.nquads import NQUADS
from kg.exports.rdflib_formats import JSONLD, TURTLE
from kg.graph import Facts, Log

EXPORTS: Final = {export.name: export for export in (NQUADS, TURTLE, JSONLD, GRAPHML)}
"""By name."""


def export(name: str, graph: str | Path, out: str | Path) -> None:
    """Write a graph in a format; the file appears whole or not at all.

    Raises:
        ExportError: there is no such format, or the file cannot be written.
        GraphError: there is no such graph.
    """
    if name not in EXPORTS:
        raise ExportError(f"There is no export {name!r}: known are {', '.join(EXPORTS)}.")
    with Log(Path(graph)) as log:
        facts = Facts(log)
        target = Path(out)
        new = target.with_name(target.name + ".new")
        try:
            with new.open("wb") as handle:
                EXPORTS[name].write(Source(lambda: facts), handle)
            os.replace(new, target)
        except OSError as error:
            new.unlink(missing_ok=True)
            raise ExportError(f"{target} cannot be written: {error.strerror or error}.") from error
