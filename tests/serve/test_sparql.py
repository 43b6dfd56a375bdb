"""The SPARQL 1.1 Protocol, with the clients that people have."""

import csv
import io
import xml.etree.ElementTree as ET

import httpx
import pyoxigraph as ox
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, TURTLE, XML, SPARQLWrapper

import kg

PAPERS = "SELECT ?p ?t { ?p a schema:ScholarlyArticle ; schema:name ?t } ORDER BY ?t"
SHAPES = 'SELECT ?a ?b ?c ?d { VALUES (?a ?b ?c) { (<http://e.org/x> "tab\\there <&> \\"q\\""@en 1.5) } }'


@pytest.fixture
def titles(opened: kg.Graph) -> list[str]:
    return [str(title) for title in opened.sparql(PAPERS).column("t")]


@pytest.mark.parametrize("way", ["get", "form", "body"])
def test_three_ways_to_ask(client: httpx.Client, titles: list[str], way: str) -> None:
    accept = {"accept": "application/sparql-results+json"}
    match way:
        case "get":
            answer = client.get("/sparql", params={"query": PAPERS}, headers=accept)
        case "form":
            answer = client.post("/sparql", data={"query": PAPERS}, headers=accept)
        case _:
            answer = client.post(
                "/sparql", content=PAPERS, headers=accept | {"content-type": "application/sparql-query"}
            )
    assert answer.headers["content-type"] == "application/sparql-results+json"
    assert [row["t"]["value"] for row in answer.json()["results"]["bindings"]] == titles


def test_terms_keep_kind_language_and_datatype(client: httpx.Client) -> None:
    def ask(format: str) -> httpx.Response:
        return client.get("/sparql", params={"query": SHAPES}, headers={"accept": format})

    (row,) = ask("application/sparql-results+json").json()["results"]["bindings"]
    assert row["a"] == {"type": "uri", "value": "http://e.org/x"}
    assert row["b"] == {"type": "literal", "value": 'tab\there <&> "q"', "xml:lang": "en"}
    assert row["c"]["datatype"].endswith("#decimal")
    assert "d" not in row
    for format in (ox.QueryResultsFormat.XML, ox.QueryResultsFormat.TSV, ox.QueryResultsFormat.JSON):
        found = ox.parse_query_results(ask(format.media_type).content, format=format)
        (solution,) = found  # type: ignore[misc]
        assert solution["b"] == ox.Literal('tab\there <&> "q"', language="en")
        assert solution["a"] == ox.NamedNode("http://e.org/x")
    assert list(csv.reader(io.StringIO(ask("text/csv").text))) == [
        ["a", "b", "c", "d"],
        ["http://e.org/x", 'tab\there <&> "q"', "1.5", ""],
    ]


def test_control_characters_leave_xml_well_formed(client: httpx.Client) -> None:
    query = r'SELECT ("a\u0001b\uFFFEc" AS ?x) {}'
    answer = client.get("/sparql", params={"query": query}, headers={"accept": "application/sparql-results+xml"})
    assert ET.fromstring(answer.content) is not None


@pytest.mark.parametrize(
    "format", ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"]
)
def test_construct(client: httpx.Client, titles: list[str], format: str) -> None:
    query = "CONSTRUCT { ?p schema:name ?t } { ?p a schema:ScholarlyArticle ; schema:name ?t }"
    answer = client.get("/sparql", params={"query": query}, headers={"accept": format})
    assert answer.headers["content-type"].startswith(format)
    found = rdflib.Graph().parse(data=answer.content, format="json-ld" if "json" in format else format)
    assert sorted(str(o) for o in found.objects()) == sorted(titles)


def test_ask_and_describe(client: httpx.Client) -> None:
    assert client.get("/sparql", params={"query": "ASK { ?a ?b ?c }"}).json()["boolean"] is True
    told = client.get("/sparql", params={"query": "DESCRIBE ?p { ?p a schema:ScholarlyArticle }", "format": "nt"})
    assert len(rdflib.Graph().parse(data=told.content, format="nt")) > 100


def test_rdflib_store(address: str, titles: list[str]) -> None:
    remote = rdflib.Graph(SPARQLStore(f"{address}/sparql"))
    found = remote.query("SELECT ?t { ?p a <http://schema.org/ScholarlyArticle> } LIMIT 1")
    assert found.vars is not None
    rows = remote.query(f"PREFIX schema: <{kg_schema()}> {PAPERS}")
    assert [str(row.t) for row in rows] == titles  # type: ignore[union-attr]
    article = rdflib.URIRef(kg_schema() + "ScholarlyArticle")
    assert len(list(remote.triples((None, rdflib.RDF.type, article)))) == len(titles)


def kg_schema() -> str:
    from kg.schema import SCHEMA

    return SCHEMA


def test_sparqlwrapper(address: str, titles: list[str]) -> None:
    asked = SPARQLWrapper(f"{address}/sparql")
    asked.setQuery(PAPERS)
    for method in ("GET", "POST"):
        asked.setMethod(method)
        asked.setReturnFormat(JSON)
        assert [row["t"]["value"] for row in asked.queryAndConvert()["results"]["bindings"]] == titles
        asked.setReturnFormat(XML)
        assert len(asked.queryAndConvert().getElementsByTagName("result")) == len(titles)
        asked.setReturnFormat(CSV)
        assert len(asked.queryAndConvert().splitlines()) == len(titles) + 1
    asked.setQuery("CONSTRUCT { ?p schema:name ?t } { ?p schema:name ?t }")
    asked.setReturnFormat(TURTLE)
    assert len(rdflib.Graph().parse(data=asked.queryAndConvert(), format="turtle")) == len(titles)


def test_one_graph_as_the_default_graph(client: httpx.Client, opened: kg.Graph) -> None:
    (graph,) = opened.sparql("SELECT ?g { GRAPH ?g { ?p a schema:ScholarlyArticle } } ORDER BY ?g LIMIT 1").column("g")
    query = "SELECT ?p { ?p a schema:ScholarlyArticle }"
    found = client.get("/sparql", params={"query": query, "default-graph-uri": str(graph)}).json()
    assert len(found["results"]["bindings"]) == 1


def test_description_of_the_service(client: httpx.Client) -> None:
    answer = client.get("/sparql", headers={"accept": "text/turtle"})
    assert len(rdflib.Graph().parse(data=answer.text, format="turtle", publicID="http://e.org/sparql")) > 5


@pytest.mark.parametrize(
    ("status", "reason", "request_"),
    [
        (400, "does not parse", {"params": {"query": "SELECT ?x {"}}),
        (400, "SERVICE", {"params": {"query": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?a ?b ?c } }"}}),
        (400, "send one", {"params": [("query", "ASK {}"), ("query", "ASK {}")]}),
        (403, "read-only", {"params": {"query": "PREFIX a: <http://e.org/>\nINSERT DATA { a:a a:b a:c }"}}),
        (403, "read-only", {"params": {"query": "LOAD <file:///etc/passwd>"}}),
        (406, "can be given", {"params": {"query": "ASK {}"}, "headers": {"accept": "image/png"}}),
        (400, "no IRI", {"params": {"query": "ASK {}", "default-graph-uri": "a b"}}),
    ],
)  # fmt: skip
def test_refused(client: httpx.Client, status: int, reason: str, request_: dict[str, object]) -> None:
    answer = client.get("/sparql", **request_)  # type: ignore[arg-type]
    assert (answer.status_code, reason in answer.json()["error"]) == (status, True), answer.text


def test_updates_by_post_are_refused(client: httpx.Client) -> None:
    drop = {"content": "DROP ALL", "headers": {"content-type": "application/sparql-update"}}
    assert client.post("/sparql", **drop).status_code == 403  # type: ignore[arg-type]
    assert client.post("/sparql", data={"update": "DROP ALL"}).status_code == 403
    assert client.post("/sparql", content="ASK {}", headers={"content-type": "text/plain"}).status_code == 415
    assert client.put("/sparql", content="x").status_code == 405
