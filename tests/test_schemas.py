import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pyoxigraph
import pyshacl
import pytest
import rdflib
from rdflib import RDF, RDFS, SH

import kg
from kg.exports.base import Source
from kg.exports.rdflib_formats import union_graph
from kg.extract import to_json
from kg.model import Record
from kg.schema import BASE, PG, PREFIXES, load_schema, schema_folder
from kg.validate import check, validate
from tests.helpers import ROOT, facts_of

REUSED = tuple(iri for prefix, iri in PREFIXES.items() if prefix not in ("pg", "kg"))


@pytest.fixture(scope="module")
def quads(graph: Path) -> list[pyoxigraph.Quad]:
    with kg.open(graph) as opened:
        return list(opened.store.quads())


@pytest.fixture(scope="module")
def shapes() -> rdflib.Graph:
    return rdflib.Graph().parse(schema_folder() / "shapes.ttl")


@pytest.fixture(scope="module")
def ontology() -> rdflib.Graph:
    return rdflib.Graph().parse(schema_folder() / "ontology.ttl")


def test_generated_files_are_fresh() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/generate_schemas.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_iri_in_use_is_of_the_ontology_or_reused(quads: list[pyoxigraph.Quad]) -> None:
    schema = load_schema()
    predicates = {q.predicate.value for q in quads}
    classes = {q.object.value for q in quads if q.predicate.value == str(RDF.type)}  # type: ignore[union-attr]
    assert {iri for iri in predicates if not iri.startswith(REUSED)} <= set(schema.properties)
    assert {iri for iri in classes if not iri.startswith(REUSED)} <= set(schema.classes)
    assert all(iri.startswith((PG, *REUSED)) for iri in predicates | classes)


def test_domains_and_ranges_hold(quads: list[pyoxigraph.Quad], ontology: rdflib.Graph) -> None:
    above = {
        str(c): {str(a) for a in ontology.transitive_objects(c, RDFS.subClassOf)}
        for c in map(rdflib.URIRef, load_schema().classes)
    }
    types: dict[str, set[str]] = {}
    for q in quads:
        if q.predicate.value == str(RDF.type):
            types.setdefault(q.subject.value, set()).update(above.get(q.object.value, {q.object.value}))  # type: ignore[union-attr]
    wrong = set()
    for q in quads:
        term = load_schema().properties.get(q.predicate.value)
        if term is None:
            continue
        if term.domain and not types.get(q.subject.value, set()) & term.domain:
            wrong.add(("domain", term.iri, q.subject.value))
        kinds = (
            {q.object.datatype.value} if isinstance(q.object, pyoxigraph.Literal) else types.get(q.object.value, set())
        )  # type: ignore[union-attr]
        if term.range and not kinds & term.range:
            wrong.add(("range", term.iri, str(q.object)))
    assert wrong == set()


def test_statements_hold_the_ranges_too(quads: list[pyoxigraph.Quad]) -> None:
    of: dict[str, dict[str, str]] = {}
    for q in quads:
        if q.predicate in map(pyoxigraph.NamedNode, map(str, (RDF.subject, RDF.predicate, RDF.object))):
            of.setdefault(q.subject.value, {})[q.predicate.value] = q.object.value  # type: ignore[union-attr]
    types = {q.subject.value: q.object.value for q in quads if q.predicate.value == str(RDF.type)}  # type: ignore[union-attr]
    for statement in of.values():
        term = load_schema().properties[statement[str(RDF.predicate)]]
        assert types[statement[str(RDF.subject)]] in term.domain
        assert types[statement[str(RDF.object)]] in term.range | (
            {types[statement[str(RDF.object)]]} if term.iri == PG + "mentions" else set()
        )


def test_every_term_is_told() -> None:
    schema = load_schema()
    for term in (*schema.classes.values(), *schema.properties.values()):
        assert term.label, term.iri
        assert term.definition.endswith("."), term.iri


def test_relations_of_model_and_ontology_agree() -> None:
    fields = json.loads((schema_folder() / "record.schema.json").read_text("utf-8"))["$defs"]
    assert set(load_schema().relations) == set(fields["Relation"]["properties"]["type"]["enum"])
    assert set(load_schema().entity_types) == set(fields["Entity"]["properties"]["type"]["enum"])


def test_shapes_name_only_what_the_ontology_knows(shapes: rdflib.Graph) -> None:
    known = set(load_schema().classes) | set(load_schema().properties)
    used = {str(o) for p in (SH.path, SH.targetClass, SH["class"]) for o in shapes.objects(None, p)}
    assert {iri for iri in used if iri.startswith(PG)} <= known


def test_context_names_only_what_the_ontology_knows() -> None:
    terms = json.loads((schema_folder() / "context.jsonld").read_text("utf-8"))["@context"]
    iris = {value["@id"] if isinstance(value, dict) else value for value in terms.values()}
    known = set(load_schema().classes) | set(load_schema().properties) | {PG, BASE}
    assert {iri for iri in iris if iri.startswith(PG)} <= known


def test_every_record_fits_the_json_schema(opened: kg.Graph) -> None:
    schema = json.loads((schema_folder() / "record.schema.json").read_text("utf-8"))
    try:
        import jsonschema
    except ImportError:
        jsonschema = None
    for record in opened.records():
        row = json.loads(to_json(record))
        assert set(row) <= set(schema["properties"])
        assert set(schema["required"]) <= set(row)
        if jsonschema is None:
            assert Record.model_validate(row) == record
        else:
            jsonschema.Draft202012Validator(schema).validate(row)


def test_sample_graph_is_sound(graph: Path) -> None:
    assert list(validate(graph)) == []


def broken(graph: Path, path: str) -> rdflib.Graph:
    """Two papers' triples, all values of one property taken away."""
    facts = facts_of(graph)[:2]
    data = union_graph(Source(lambda: facts))
    data.remove((None, rdflib.URIRef(path), None))
    return data


@pytest.mark.parametrize("path", ["evidence", "confidence", "extractor", "sentence", "paperId"])
def test_a_broken_graph_does_not_conform(graph: Path, shapes: rdflib.Graph, ontology: rdflib.Graph, path: str) -> None:
    conforms, *_ = pyshacl.validate(broken(graph, PG + path), shacl_graph=shapes, ont_graph=ontology, inference="none")
    assert not conforms


@pytest.mark.parametrize("changes", [{"evidence": ()}, {"confidence": 1.5}, {"role": "played"}, {"devices": 0}])
def test_check_names_the_statement(
    graph: Path, shapes: rdflib.Graph, ontology: rdflib.Graph, changes: dict[str, object]
) -> None:
    facts = facts_of(graph)[0]
    bad = dataclasses.replace(facts.statements[0], **changes)
    problems = list(check([dataclasses.replace(facts, statements=(bad, *facts.statements[1:]))], shapes, ontology))
    assert [problem.where for problem in problems] == [f"{BASE}statement/{bad.id}"]
    assert problems[0].message
