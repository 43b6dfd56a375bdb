"""What a graph is made of in Cypher: labels, relationships with their ends, properties, each with what it means."""

from collections import defaultdict
from typing import TypeAlias

from kg.schema import PG, PREFIXES, Schema, Term, load_schema
from kg.stores.base import Store

Row: TypeAlias = tuple[str, str, str, str, str, str, int | None]
_SKOS = PREFIXES["skos"]
# On every relationship that a paper states; those of one kind stand with their domain in the ontology.
_STATED = ("paper", "sentence", "field", "start", "end", "confidence", "rule", "extractor")
_STATEMENT = ("role", "devices", "claimsWin", "surface")


def cypher_schema(store: Store | None = None) -> list[Row]:
    """Rows of kind (label or relationship), name, from, to, properties, definition, and the count in a store, if one is given."""
    schema = load_schema()
    counts: dict[str, int] = defaultdict(int)
    if store is not None:
        for query in (
            "MATCH (n) RETURN labels(n)[0] AS name, count(*) AS n",
            "MATCH ()-[r]->() RETURN type(r) AS name, count(*) AS n",
        ):
            counts.update({str(name): int(str(n)) for name, n in store.select(query).rows})
    rows: list[Row] = []
    for term in schema.classes.values():
        if (name := term.cypher_name) is not None:
            rows.append(("label", name, "", "", ", ".join(_of_label(schema, term)), term.definition, counts[name]))
    for term in schema.properties.values():
        if (name := term.cypher_name) is not None and name.isupper():
            start, end = (", ".join(sorted(_labels(schema, side))) for side in (term.domain, term.range))
            rows.append(
                (
                    "relationship",
                    name,
                    start,
                    end,
                    ", ".join(_of_relationship(schema, term)),
                    term.definition,
                    counts[name],
                )
            )
    return rows


def _labels(schema: Schema, classes: frozenset[str]) -> set[str]:
    """The labels of some classes; an entity is any of its kinds."""
    every = {t.cypher_name for t in schema.entity_types.values() if t.cypher_name}
    found: set[str] = set()
    for iri in classes:
        name = schema.classes[iri].cypher_name
        found |= every if iri == PG + "Entity" else {name} if name else set()
    return found


def _of_label(schema: Schema, label: Term) -> list[str]:
    domains = {label.iri} | ({PG + "Entity"} if label in schema.entity_types.values() else set())
    keys = [
        t.cypher_name
        for t in schema.properties.values()
        if t.cypher_name and not t.cypher_name.isupper() and t.domain & domains
    ]
    own = ["name", "paper", "sentence", "confidence", "rule", "extractor"] if label.cypher_name == "Result" else []
    return sorted({"id", *keys, *own})


def _of_relationship(schema: Schema, term: Term) -> list[str]:
    if term.iri == _SKOS + "broader":
        return ["id"]
    keys = [schema.properties[PG + name].cypher_name or name for name in _STATED]
    if term.domain != {PG + "Result"} and term.range != {PG + "Result"}:
        keys += [schema.properties[PG + name].cypher_name or name for name in _STATEMENT]
        keys += [t.cypher_list_name for t in schema.properties.values() if t.cypher_list_name]
    return sorted({"id", *keys})
