"""GraphML by networkx: for Gephi, yEd, igraph. Evidence and aliases are JSON texts there."""

import json
import re
from typing import BinaryIO, Final

import networkx

from kg.exports.base import Export, Source
from kg.graph.networkx import to_networkx

# What XML 1.0 cannot hold at all.
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _write(source: Source, out: BinaryIO) -> None:
    graph = to_networkx(source)
    flat: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
    for node in sorted(graph):
        flat.add_node(_NO_XML.sub(" ", node), **_flat(graph.nodes[node]))
    for start, end, key, attributes in sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[:3]):
        flat.add_edge(start, end, key=key, **_flat(attributes))
    networkx.write_graphml(flat, out, encoding="utf-8", prettyprint=True)


def _flat(attributes: dict[str, object]) -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in sorted(attributes.items()):
        text = json.dumps(value, ensure_ascii=False) if isinstance(value, tuple) else value
        flat[name] = _NO_XML.sub(" ", text) if isinstance(text, str) else text
    return flat


GRAPHML = Export("graphml", "nodes and edges for Gephi, yEd, igraph and networkx", ".graphml", _write)
