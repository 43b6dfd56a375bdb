"""GraphML by networkx: for Gephi, yEd, igraph. Evidence and aliases are JSON texts there."""

from typing import BinaryIO

import networkx

from kg.exports.base import Export, Source
from kg.exports.xml import flat_graph


def _write(source: Source, out: BinaryIO) -> None:
    networkx.write_graphml(flat_graph(source), out, encoding="utf-8", prettyprint=True)


GRAPHML = Export("graphml", "nodes and edges for Gephi, yEd, igraph and networkx", ".graphml", _write)
