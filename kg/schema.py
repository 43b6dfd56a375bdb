"""Reads `schemas/ontology.ttl`, the source of labels, predicates, domains and ranges."""

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

import rdflib
from rdflib import OWL, RDF, RDFS, SKOS
from rdflib.collection import Collection

from kg.errors import SchemaError

BASE: Final = "https://w3id.org/papergraph/"
"""The one base of all IRIs that are minted."""
PG: Final = BASE + "ontology#"
SCHEMA: Final = "https://schema.org/"
PREFIXES: Final = {
    "pg": PG,
    "kg": BASE,
    "schema": SCHEMA,
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "qudt": "http://qudt.org/schema/qudt/",
    "unit": "http://qudt.org/vocab/unit/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcterms": "http://purl.org/dc/terms/",
}
_RECORD_NAME = rdflib.URIRef(PG + "recordName")
_CYPHER_NAME = rdflib.URIRef(PG + "cypherName")
_CYPHER_LIST_NAME = rdflib.URIRef(PG + "cypherListName")


@dataclass(frozen=True)
class Term:
    """A class or property: IRI, label, definition, its names in a Record and in Cypher, where it may stand."""

    iri: str
    label: str
    definition: str
    record_name: str | None
    cypher_name: str | None
    domain: frozenset[str] = frozenset()
    range: frozenset[str] = frozenset()
    cypher_list_name: str | None = None


@dataclass(frozen=True)
class Schema:
    """Classes and properties by IRI, relations by their name in a Record."""

    classes: dict[str, Term]
    properties: dict[str, Term]
    version: str

    @cached_property
    def entity_types(self) -> dict[str, Term]:
        """The classes of entities, by their name in a Record."""
        return {t.record_name: t for t in self.classes.values() if t.record_name and t.iri.startswith(PG)
                and t.record_name != "Result"}  # fmt: skip

    @cached_property
    def relations(self) -> dict[str, Term]:
        """The relations of a Record by name; they are the object properties between papers and entities."""
        entity = {t.iri for t in self.entity_types.values()}
        return {
            t.record_name: t
            for t in self.properties.values()
            if t.record_name and t.range and t.range <= entity and not t.domain <= {PG + "Result"}
        }

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The labels of nodes in Cypher."""
        return tuple(sorted(t.cypher_name for t in self.classes.values() if t.cypher_name))

    @cached_property
    def relationship_types(self) -> tuple[str, ...]:
        """The types of relationships in Cypher: names in capitals of properties that lead to a node."""
        nodes = {t.iri for t in self.classes.values()}
        return tuple(
            sorted(
                t.cypher_name
                for t in self.properties.values()
                if t.cypher_name and t.cypher_name.isupper() and t.range & nodes
            )
        )

    @cached_property
    def types_between_things(self) -> tuple[str, ...]:
        """Those that a paper may state between two things that it names."""
        things = {t.iri for t in self.entity_types.values()}
        return tuple(sorted(t.cypher_name for t in self.relations.values() if t.cypher_name and t.domain & things))


def schema_folder() -> Path:
    """The folder `schemas/`: inside an installed wheel, else beside the package in a checkout.

    Raises:
        SchemaError: it is in neither place.
    """
    package = Path(__file__).parent
    for folder in (package / "_schemas", package.parent / "schemas"):
        if (folder / "ontology.ttl").is_file():
            return folder
    raise SchemaError(
        "The schema files are missing: install Papergraph again (they belong in kg/_schemas or schemas/)."
    )


@cache
def load_schema() -> Schema:
    """The schema, read once.

    >>> load_schema().relations["runs_on"].cypher_name
    'RUNS_ON'

    Raises:
        SchemaError: the ontology is missing or cannot be read.
    """
    graph = rdflib.Graph()
    try:
        graph.parse(schema_folder() / "ontology.ttl", format="turtle")
    except Exception as error:
        raise SchemaError(f"schemas/ontology.ttl cannot be read: {error}") from error
    classes = {str(s): _term(graph, s) for s in graph.subjects(RDF.type, OWL.Class) if isinstance(s, rdflib.URIRef)}
    properties = {
        str(s): _term(graph, s)
        for kind in (OWL.ObjectProperty, OWL.DatatypeProperty)
        for s in graph.subjects(RDF.type, kind)
    }
    version = str(graph.value(rdflib.URIRef(BASE + "ontology"), OWL.versionInfo))
    return Schema(dict(sorted(classes.items())), dict(sorted(properties.items())), version)


def _term(graph: rdflib.Graph, subject: rdflib.term.Node) -> Term:
    def text(predicate: rdflib.URIRef) -> str | None:
        value = graph.value(subject, predicate)
        return None if value is None else str(value)

    return Term(
        iri=str(subject), label=text(RDFS.label) or "", definition=text(SKOS.definition) or "",
        record_name=text(_RECORD_NAME), cypher_name=text(_CYPHER_NAME),
        domain=_classes(graph, graph.value(subject, RDFS.domain)), range=_classes(graph, graph.value(subject, RDFS.range)),
        cypher_list_name=text(_CYPHER_LIST_NAME),
    )  # fmt: skip


def _classes(graph: rdflib.Graph, node: rdflib.term.Node | None) -> frozenset[str]:
    if node is None:
        return frozenset()
    union = graph.value(node, OWL.unionOf)
    if union is not None:
        return frozenset(str(member) for member in Collection(graph, union))
    return frozenset({str(node)})


@cache
def fits(name: str, head: str, tail: str) -> bool:
    """Whether a property, by its name in a Record, may go from a class to another, by theirs.

    >>> fits("runs_on", "Paper", "Hardware"), fits("runs_on", "Dataset", "Hardware"), fits("baseline", "Result", "Hardware")
    (True, False, True)
    """
    schema = load_schema()
    iris = {term.record_name: term.iri for term in schema.classes.values()}
    term = next(term for term in schema.properties.values() if term.record_name == name and term.range)
    return iris[head] in term.domain and iris[tail] in term.range
