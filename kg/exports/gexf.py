"""GEXF 1.2 by networkx: Gephi's own format. Evidence and aliases are JSON texts there."""

from typing import BinaryIO, Final

from networkx.readwrite.gexf import GEXFWriter

from kg.exports.base import Export, Source
from kg.exports.xml import flat_graph

# GEXF reads these as its own: the ids of nodes and edges, and when they begin and end to be there.
_NAMES: Final = {"id": "paper_id", "start": "sentence_start", "end": "sentence_end", "label": "relation"}


def _write(source: Source, out: BinaryIO) -> None:
    graph = flat_graph(source, _NAMES)
    for _, attributes in graph.nodes(data=True):
        attributes["label"] = attributes.get("name", "")
    for _, _, key, attributes in graph.edges(keys=True, data=True):
        attributes.pop("paper_id", None)  # the statement's id is the edge's
        attributes |= {"id": key, "label": attributes["predicate"]}
    writer = GEXFWriter(encoding="utf-8", prettyprint=True, version="1.2draft")
    writer.add_graph(graph)
    for meta in writer.xml.iter("meta"):
        meta.attrib.pop("lastmodifieddate", None)  # the same Records give the same bytes
        for creator in meta.iter("creator"):
            creator.text = "Papergraph"
    writer.write(out)


GEXF = Export("gexf", "nodes and edges in Gephi's own format", ".gexf", _write)
