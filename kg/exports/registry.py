"""Which exports there are, and the door to them."""

import os
import shutil
from pathlib import Path
from typing import Final

from kg.errors import ExportError
from kg.exports.base import Export, FolderExport, Source
from kg.exports.gexf import GEXF
from kg.exports.graphml import GRAPHML
from kg.exports.neo4j_csv import NEO4J_CSV
from kg.exports.node_link import NODE_LINK
from kg.exports.nquads import NQUADS
from kg.exports.parquet import PARQUET
from kg.exports.rdflib_formats import JSONLD, TURTLE
from kg.exports.trig import TRIG
from kg.graph import Facts, Log

EXPORTS: Final[dict[str, Export | FolderExport]] = {
    export.name: export for export in (NQUADS, TRIG, TURTLE, JSONLD, GRAPHML, GEXF, NODE_LINK, PARQUET, NEO4J_CSV)
}
"""By name."""


def export(name: str, graph: str | Path, out: str | Path) -> None:
    """Write a graph in a format; the file or folder appears whole or not at all. A folder must be new or empty.

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
            _write(EXPORTS[name], Source(lambda: facts), new)
            os.replace(new, target)  # of a folder, only over an empty one
        except OSError as error:
            raise ExportError(f"{target} cannot be written: {error.strerror or error}.") from error
        finally:
            if new.is_dir():
                shutil.rmtree(new)
            else:
                new.unlink(missing_ok=True)


def _write(export: Export | FolderExport, source: Source, new: Path) -> None:
    if isinstance(export, FolderExport):
        new.mkdir()
        export.write(source, new)
    else:
        with new.open("wb") as handle:
            export.write(source, handle)
