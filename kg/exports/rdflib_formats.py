"""Turtle and JSON-LD by rdflib: the triples of all graphs together, for tools that know no named graphs."""

import json
from typing import BinaryIO, Final

import pyoxigraph as ox
import rdflib

from kg.exports.base import Export, Source
from kg.graph.rdf import graph_lines, parsed
from kg.schema import PREFIXES, schema_folder

_PREFIXES: Final = {name: iri for name, iri in PREFIXES.items() if name != "kg"}


def union_graph(source: Source) -> rdflib.Graph:
    """The triples of all named graphs as one rdflib graph."""
    graph = rdflib.Graph(bind_namespaces="none")
    for prefix, iri in _PREFIXES.items():
        graph.bind(prefix, iri)
    for quad in parsed(graph_lines(source)):
        graph.add((_term(quad.subject), _term(quad.predicate), _term(quad.object)))
    return graph


def _term(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> rdflib.term.Node:
    if isinstance(term, ox.Literal):
        if term.datatype.value == PREFIXES["xsd"] + "string":
            return rdflib.Literal(term.value)
        return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)
    assert isinstance(term, ox.NamedNode)
    return rdflib.URIRef(term.value)


def _turtle(source: Source, out: BinaryIO) -> None:
    union_graph(source).serialize(out, format="turtle", encoding="utf-8")


def _jsonld(source: Source, out: BinaryIO) -> None:
    context = json.loads((schema_folder() / "context.jsonld").read_text("utf-8"))["@context"]
    text = union_graph(source).serialize(format="json-ld", context=context, auto_compact=False)
    found = json.loads(text)
    items = found.get("@graph", [])
    for item in items:
        for key, value in item.items():
            if isinstance(value, list):
                item[key] = sorted(value, key=lambda v: json.dumps(v, sort_keys=True, ensure_ascii=False))
    found["@graph"] = sorted(items, key=lambda item: str(item.get("id") or item.get("@id")))
    out.write(json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8") + b"\n")


TURTLE = Export("turtle", "the triples of all graphs together, readable", ".ttl", _turtle)
JSONLD = Export("jsonld", "the same as JSON-LD with the context of schemas/context.jsonld", ".jsonld", _jsonld)
