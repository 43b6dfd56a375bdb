"""TriG: all named graphs, readable; papers by id, then the names, then the catalogue."""

from collections.abc import Iterable
from typing import BinaryIO, Final

from pyoxigraph import Quad, RdfFormat, serialize

from kg.exports.base import Export, Source
from kg.graph import Nodes
from kg.graph.rdf import node_lines, paper_lines, parsed, resolution_lines
from kg.schema import PREFIXES

_PREFIXES: Final = {name: iri for name, iri in PREFIXES.items() if name != "kg"}


def _write(source: Source, out: BinaryIO) -> None:
    head = _trig([])
    out.write(head)
    nodes = Nodes()
    for facts in source:
        nodes.add(facts)
        out.write(_trig(parsed(paper_lines(facts)))[len(head) :])
    rest = [line for node in nodes for line in node_lines(node)]
    out.write(_trig(parsed([*rest, *resolution_lines(nodes)]))[len(head) :])


def _trig(quads: Iterable[Quad]) -> bytes:
    """Quads by graph, subject, predicate and object, below the prefixes."""
    ordered = sorted(
        quads, key=lambda quad: tuple(map(str, (quad.graph_name, quad.subject, quad.predicate, quad.object)))
    )
    data = serialize(ordered, format=RdfFormat.TRIG, prefixes=_PREFIXES)
    assert data is not None
    return data


TRIG = Export("trig", "all quads with their named graphs, readable", ".trig", _write)
