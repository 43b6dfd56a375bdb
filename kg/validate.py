"""Checks a graph: its records, that stores agree with the log, and its RDF against `schemas/shapes.ttl`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import pyshacl
import rdflib

from kg.exports.base import Source
from kg.exports.rdflib_formats import union_graph
from kg.graph import Log, PaperFacts, paper_facts
from kg.schema import schema_folder
from kg.stores import KgliteStore, OxigraphStore
from kg.stores.counts import held, logged
from kg.stores.derived import store_digest

_SH: Final = rdflib.Namespace("http://www.w3.org/ns/shacl#")
_BATCH: Final = 50


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
        digest = store_digest(log)
        digests = {"SPARQL": OxigraphStore.digest(log.folder), "Cypher": KgliteStore.digest(log.folder)}
        old = [name for name, found in digests.items() if found != digest]
        for name in old:
            yield Problem(name.casefold(), f"the {name} store is older than the log: run  kg build --out {log.folder}")
        if not old:
            yield from _counts(log)
        shapes = rdflib.Graph().parse(schema_folder() / "shapes.ttl", format="turtle")
        ontology = rdflib.Graph().parse(schema_folder() / "ontology.ttl", format="turtle")
        papers = map(paper_facts, log)
        done = 0
        while batch := list(islice(papers, _BATCH)):
            yield from check(batch, shapes, ontology)
            done += len(batch)
            if callable(progress):
                progress("validating", done, len(log))


def _counts(log: Log) -> Iterator[Problem]:
    """Where a store holds another number of papers, nodes, statements or results than the log."""
    wanted, stores = logged(log), (OxigraphStore(log.folder), KgliteStore(log.folder))
    for store in stores:
        found = held(store)
        for name in sorted(wanted | found):
            if wanted[name] != found[name]:
                yield Problem(store.language, f"{name}: {found[name]} in the store, {wanted[name]} in the log")


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
