"""Checks a graph: its records, that stores agree with the log, and its RDF against `schemas/shapes.ttl`."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import pyshacl
import rdflib

from kg.exports.base import Source
from kg.exports.rdflib_formats import union_graph
from kg.graph import Facts, Log, PaperFacts
from kg.graph.rdf import predicate_iri
from kg.schema import schema_folder
from kg.stores import OxigraphStore
from kg.stores.derived import store_digest

_SH: Final = rdflib.Namespace("http://www.w3.org/ns/shacl#")
_BATCH: Final = 50
_COUNTS: Final = {
    "papers": "SELECT (COUNT(*) AS ?n) { ?p a schema:ScholarlyArticle }",
    "results": "SELECT (COUNT(*) AS ?n) { ?r a pg:Result }",
}


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where."""

    where: str
    message: str


def validate(graph: str | Path, *, progress: "object" = None) -> Iterator[Problem]:
    """All problems of a graph; none where it is sound. Batches of papers are checked, each with the nodes it names.

    Raises:
        GraphError: there is no graph, or its log cannot be read.
    """
    with Log(Path(graph)) as log:
        facts = Facts(log)
        if OxigraphStore.digest(log.folder) != store_digest(log):
            yield Problem("sparql", f"the SPARQL store is older than the log: run  kg build --out {log.folder}")
        else:
            yield from _counts(log, facts)
        shapes = rdflib.Graph().parse(schema_folder() / "shapes.ttl", format="turtle")
        ontology = rdflib.Graph().parse(schema_folder() / "ontology.ttl", format="turtle")
        papers = iter(facts)
        done = 0
        while batch := list(islice(papers, _BATCH)):
            yield from check(batch, shapes, ontology)
            done += len(batch)
            if callable(progress):
                progress("validating", done, len(log))


def _counts(log: Log, every: Facts) -> Iterator[Problem]:
    """Where the store holds another number of papers, statements or results than the log."""
    wanted: Counter[str] = Counter()
    for facts in every:
        wanted["papers"] += 1
        wanted["results"] += len(facts.figures)
        wanted.update(predicate_iri(statement.predicate) for statement in facts.statements)
    for store, held in counts_of_stores(log).items():
        for name in sorted(wanted | held):
            if wanted[name] != held.get(name, 0):
                yield Problem(store, f"{name}: {held.get(name, 0)} in the store, {wanted[name]} in the log")


def counts_of_stores(log: Log) -> dict[str, dict[str, int]]:
    """What each store holds: papers, results, statements by predicate."""
    store = OxigraphStore(log.folder)
    held = {name: int(str(store.select(query).rows[0][0])) for name, query in _COUNTS.items()}
    statements = store.select("SELECT ?p (COUNT(*) AS ?n) { ?s a pg:Statement ; rdf:predicate ?p } GROUP BY ?p")
    held.update({str(predicate): int(str(count)) for predicate, count in statements.rows})
    return {"sparql": held}


def check(batch: Iterable[PaperFacts], shapes: rdflib.Graph, ontology: rdflib.Graph) -> Iterator[Problem]:
    """Problems of some papers, by SHACL."""
    facts = list(batch)
    data = union_graph(Source(lambda: facts))
    conforms, report, _ = pyshacl.validate(data, shacl_graph=shapes, ont_graph=ontology, inference="none")
    if conforms:
        return
    assert isinstance(report, rdflib.Graph)
    found = {
        Problem(str(report.value(result, _SH.focusNode)), str(report.value(result, _SH.resultMessage)))
        for result in report.subjects(rdflib.RDF.type, _SH.ValidationResult)
    }
    yield from sorted(found, key=lambda problem: (problem.where, problem.message))
