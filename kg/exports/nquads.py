"""N-Quads: all named graphs, the lines of each sorted; papers by id, then the names, then the catalogue."""

from typing import BinaryIO

from kg.exports.base import Export, Source
from kg.graph import Nodes
from kg.graph.rdf import CATALOGUE, merge_quads, n_quads, node_quads, paper_quads


def _write(source: Source, out: BinaryIO) -> None:
    nodes = Nodes()
    for facts in source:
        nodes.add(facts)
        out.writelines(n_quads(paper_quads(facts)))
    quads = [quad for node in nodes for quad in node_quads(node)]
    quads += merge_quads(nodes)
    out.writelines(n_quads(quad for quad in quads if quad.graph_name != CATALOGUE))
    out.writelines(n_quads(quad for quad in quads if quad.graph_name == CATALOGUE))


NQUADS = Export("nquads", "all quads with their named graphs, one a line; loads into any RDF store", ".nq", _write)
