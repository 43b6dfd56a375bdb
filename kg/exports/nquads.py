"""N-Quads: all named graphs, the lines of each sorted; papers by id, then the names, then the catalogue."""

from collections.abc import Iterable
from typing import BinaryIO

from kg.exports.base import Export, Source
from kg.graph import Nodes
from kg.graph.rdf import CATALOGUE, node_lines, paper_lines, resolution_lines


def _write(source: Source, out: BinaryIO) -> None:
    nodes = Nodes()
    for facts in source:
        nodes.add(facts)
        _write_sorted(paper_lines(facts), out)
    lines = [line for node in nodes for line in node_lines(node)]
    lines += resolution_lines(nodes)
    catalogue = f" {CATALOGUE} .\n"
    _write_sorted((line for line in lines if not line.endswith(catalogue)), out)
    _write_sorted((line for line in lines if line.endswith(catalogue)), out)


def _write_sorted(lines: Iterable[str], out: BinaryIO) -> None:
    out.write("".join(sorted(lines)).encode("utf-8"))


NQUADS = Export("nquads", "all quads with their named graphs, one a line; loads into any RDF store", ".nq", _write)
