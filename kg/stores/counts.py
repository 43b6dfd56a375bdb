"""What a graph holds, counted in the log and in a store: papers, nodes by label, results, statements by predicate."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from kg.graph import Nodes, PaperFacts
from kg.graph.rdf import predicate_iri
from kg.schema import load_schema
from kg.stores.base import Language, Store

_PREFIX: Final = "statements:"
_QUERIES: Final[dict[Language, tuple[str, str]]] = {
    "sparql": (
        "SELECT ?class (COUNT(*) AS ?n) { ?node a ?class FILTER(?class NOT IN (pg:Statement, pg:Evidence)) } GROUP BY ?class",
        "SELECT ?predicate (COUNT(*) AS ?n) { ?s a pg:Statement ; rdf:predicate ?predicate } GROUP BY ?predicate",
    ),
    "cypher": (
        "MATCH (n) RETURN labels(n)[0] AS label, count(*) AS n",
        "MATCH ()-[r]->() WHERE r.paper IS NOT NULL RETURN type(r) AS type, count(DISTINCT r.id) AS n",
    ),
}


def logged(papers: Iterable[PaperFacts]) -> Counter[str]:
    """What the stores should hold, by name: `Paper`, `Method`, `Result`, `statements:RUNS_ON` …"""
    counts: Counter[str] = Counter()
    nodes = Nodes()
    properties = load_schema().properties
    for facts in papers:
        nodes.add(facts)
        counts["Paper"] += 1
        counts["Result"] += len(facts.figures)
        counts.update(
            f"{_PREFIX}{properties[predicate_iri(statement.predicate)].cypher_name}" for statement in facts.statements
        )
    counts.update(node.type for node in nodes)
    return counts


def held(store: Store) -> Counter[str]:
    """What a store holds, by the same names as `logged`."""
    schema = load_schema()
    terms = {iri: term.cypher_name for iri, term in (schema.classes | schema.properties).items()}
    stated = {terms[predicate_iri(name)] for name in (*schema.relations, "mentions")}
    nodes, statements = _QUERIES[store.language]
    # what only RDF holds (merges, corrections) has no name in Cypher
    found = {str(iri): int(str(n)) for iri, n in store.select(nodes).rows}
    counts = Counter({name: n for iri, n in found.items() if (name := terms.get(iri, iri))})
    for predicate, n in store.select(statements).rows:
        if (name := terms.get(str(predicate), str(predicate))) in stated:
            counts[f"{_PREFIX}{name}"] = int(str(n))
    return counts
