"""The answer to a SPARQL query in the formats of the SPARQL 1.1 Protocol."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox

from kg.schema import PREFIXES
from kg.stores.terms import Term, TermAnswer, from_json

_NAMESPACE: Final = "http://www.w3.org/2005/sparql-results#"


def as_json(answer: TermAnswer) -> bytes:
    """SPARQL 1.1 Query Results JSON Format."""
    content: dict[str, Any] = {"head": {}}
    if answer.form == "boolean":
        content["boolean"] = answer.boolean
    else:
        content["head"]["vars"] = list(answer.columns)
        content["results"] = {
            "bindings": [
                {name: term for name, term in zip(answer.columns, row, strict=True) if term is not None}
                for row in answer.rows
            ]
        }
    return json.dumps(content, ensure_ascii=False).encode("utf-8")


def as_xml(answer: TermAnswer) -> bytes:
    """SPARQL Query Results XML Format. What XML cannot hold becomes U+FFFD."""
    parts = [f'<?xml version="1.0" encoding="UTF-8"?>\n<sparql xmlns="{_NAMESPACE}">\n<head>']
    if answer.form == "boolean":
        parts.append(f"</head>\n<boolean>{str(answer.boolean).lower()}</boolean>")
    else:
        parts += [f"<variable name={quoteattr(name)}/>" for name in answer.columns]
        parts.append("</head>\n<results>\n")
        for row in answer.rows:
            cells = (
                f"<binding name={quoteattr(name)}>{_xml_term(term)}</binding>"
                for name, term in zip(answer.columns, row, strict=True)
                if term is not None
            )
            parts.append(f"<result>{''.join(cells)}</result>\n")
        parts.append("</results>")
    return ("".join(parts) + "\n</sparql>\n").encode("utf-8")


def _xml_term(term: Term) -> str:
    match term["type"]:
        case "uri":
            return f"<uri>{_xml(term['value'])}</uri>"
        case "bnode":
            return f"<bnode>{_xml(term['value'])}</bnode>"
        case "triple":
            parts = (f"<{name}>{_xml_term(part)}</{name}>" for name, part in term["value"].items())
            return f"<triple>{''.join(parts)}</triple>"
        case _:
            about = f" datatype={quoteattr(term['datatype'])}" if "datatype" in term else ""
            about += f" xml:lang={quoteattr(term['xml:lang'])}" if "xml:lang" in term else ""
            return f"<literal{about}>{_xml(term['value'])}</literal>"


def _xml(text: str) -> str:
    return escape("".join(c if c in "\t\n\r" or " " <= c < "\ufffe" or c > "\uffff" else "\ufffd" for c in text))


def as_csv(answer: TermAnswer) -> bytes:
    """SPARQL 1.1 Query Results CSV Format: values only."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(answer.columns)
    for row in answer.rows:
        writer.writerow(["" if term is None else _csv_term(term) for term in row])
    return out.getvalue().encode("utf-8")


def _csv_term(term: Term) -> str:
    if term["type"] == "triple":
        return str(from_json(term))
    return f"_:{term['value']}" if term["type"] == "bnode" else str(term["value"])


def as_tsv(answer: TermAnswer) -> bytes:
    """SPARQL 1.1 Query Results TSV Format: terms as Turtle writes them."""
    lines = ["\t".join(f"?{name}" for name in answer.columns)]
    for row in answer.rows:
        lines.append("\t".join("" if term is None else str(from_json(term)).replace("\t", "\\t") for term in row))
    return ("\n".join(lines) + "\n").encode("utf-8")


def _as_rdf(format: ox.RdfFormat) -> Callable[[TermAnswer], bytes]:
    prefixes = PREFIXES if format.supports_datasets is False and format == ox.RdfFormat.TURTLE else None

    def write(answer: TermAnswer) -> bytes:
        triples = (ox.Triple(*(from_json(term) for term in row if term is not None)) for row in answer.rows)
        return ox.serialize(triples, format=format, prefixes=prefixes) or b""

    return write


SOLUTIONS: Final[Mapping[str, Callable[[TermAnswer], bytes]]] = {
    "application/sparql-results+json": as_json,
    "application/json": as_json,
    "application/sparql-results+xml": as_xml,
    "application/xml": as_xml,
    "text/xml": as_xml,
    "text/csv": as_csv,
    "text/tab-separated-values": as_tsv,
}
"""By media type, the best first; an ASK is answered in JSON or XML only."""
TRIPLES: Final[Mapping[str, Callable[[TermAnswer], bytes]]] = {
    "text/turtle": _as_rdf(ox.RdfFormat.TURTLE),
    "application/n-triples": _as_rdf(ox.RdfFormat.N_TRIPLES),
    "application/rdf+xml": _as_rdf(ox.RdfFormat.RDF_XML),
    "application/ld+json": _as_rdf(ox.RdfFormat.JSON_LD),
    "text/plain": _as_rdf(ox.RdfFormat.N_TRIPLES),
}
"""By media type, the best first."""
SHORT: Final[Mapping[str, str]] = {
    "json": "application/sparql-results+json", "xml": "application/sparql-results+xml", "csv": "text/csv",
    "tsv": "text/tab-separated-values", "turtle": "text/turtle", "ttl": "text/turtle", "nt": "application/n-triples",
    "ntriples": "application/n-triples", "rdfxml": "application/rdf+xml", "jsonld": "application/ld+json",
}  # fmt: skip
"""What `format=` takes instead of an Accept header."""


def offers(answer: TermAnswer) -> Mapping[str, Callable[[TermAnswer], bytes]]:
    """The formats that an answer can be given in."""
    if answer.form == "triples":
        return TRIPLES
    if answer.form == "boolean":
        return {name: write for name, write in SOLUTIONS.items() if write in (as_json, as_xml)}
    return SOLUTIONS
