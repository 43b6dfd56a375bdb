"""Generate what follows from the ontology and the model: `schemas/context.jsonld`, `record.schema.json`, `neo4j.cypher`.

python scripts/generate_schemas.py            write the files
python scripts/generate_schemas.py --check    say which are stale, and exit with 1 if any is
"""

import json
import sys
from pathlib import Path

from kg.model import Record
from kg.schema import PG, PREFIXES, SCHEMA, load_schema, schema_folder

XSD = PREFIXES["xsd"]


def context() -> str:
    """The JSON-LD context: a short name for each class and property, typed by its range."""
    terms: dict[str, object] = {"id": "@id", "type": "@type"}
    terms |= {prefix: iri for prefix, iri in PREFIXES.items() if prefix != "kg"}
    schema = load_schema()
    for term in schema.classes.values():
        if term.cypher_name:
            terms[term.cypher_name] = term.iri
    for term in (term for term in schema.properties.values() if term.iri.startswith(PG)):
        name = term.iri.rpartition("#")[2]
        if len(term.range) == 1 and (kind := next(iter(term.range))).startswith(XSD):
            terms[name] = {"@id": term.iri, "@type": kind} if kind != XSD + "string" else term.iri
        else:
            terms[name] = {"@id": term.iri, "@type": "@id"}
    terms |= {
        "name": SCHEMA + "name", "abstract": SCHEMA + "abstract", "datePublished": SCHEMA + "datePublished",
        "prefLabel": PREFIXES["skos"] + "prefLabel", "altLabel": PREFIXES["skos"] + "altLabel",
        "broader": {"@id": PREFIXES["skos"] + "broader", "@type": "@id"},
        "subject": {"@id": PREFIXES["rdf"] + "subject", "@type": "@id"},
        "predicate": {"@id": PREFIXES["rdf"] + "predicate", "@type": "@id"},
        "object": {"@id": PREFIXES["rdf"] + "object", "@type": "@id"},
        "wasDerivedFrom": {"@id": PREFIXES["prov"] + "wasDerivedFrom", "@type": "@id"},
    }  # fmt: skip
    return json.dumps({"@context": terms}, indent=2, ensure_ascii=False) + "\n"


def record_schema() -> str:
    """The JSON Schema of a Record."""
    schema = Record.model_json_schema(by_alias=True)
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, indent=2) + "\n"


def constraints() -> str:
    """Constraints and indexes for Neo4j: one id a node by label, names found fast."""
    labels = sorted(t.cypher_name for t in load_schema().classes.values() if t.cypher_name)
    lines = ["// Generated from ontology.ttl by scripts/generate_schemas.py. Run once before loading."]
    for label in labels:
        lines.append(f"CREATE CONSTRAINT {label.lower()}_id IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE;")
    for label in labels:
        lines.append(f"CREATE INDEX {label.lower()}_name IF NOT EXISTS FOR (n:{label}) ON (n.name);")
    return "\n".join(lines) + "\n"


FILES = {"context.jsonld": context, "record.schema.json": record_schema, "neo4j.cypher": constraints}


def main() -> int:
    """Write or check the files."""
    folder: Path = schema_folder()
    stale = []
    for name, make in FILES.items():
        text, file = make(), folder / name
        if not file.is_file() or file.read_text("utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                file.write_text(text, "utf-8")
    if stale:
        print(("stale: " if "--check" in sys.argv else "written: ") + ", ".join(stale))
    return int("--check" in sys.argv and bool(stale))


if __name__ == "__main__":
    raise SystemExit(main())
