"""The OpenAPI document: what stands at which address. The named questions are taken from `kg/queries`."""

from typing import Any

from kg.__about__ import __version__
from kg.queries import questions
from kg.serve.results import SOLUTIONS, TRIPLES


def openapi() -> dict[str, Any]:
    """The document, by OpenAPI 3.1."""
    results: dict[str, Any] = {name: {} for name in (*SOLUTIONS, *TRIPLES)}
    cypher = {
        "type": "object",
        "required": ["query"],
        "properties": {"query": {"type": "string"}, "parameters": {"type": "object"}},
    }
    datasets = [_query(name, "the IRI of a graph", many=True) for name in ("default-graph-uri", "named-graph-uri")]
    paths = {
        "/": {"get": _get("The explorer.", html=True)},
        "/health": {"get": _get("Whether the stores answer, and what the graph holds.")},
        "/openapi.json": {"get": _get("This document.")},
        "/sparql": {
            "get": _get(
                "A SPARQL 1.1 query; without one, the service description.",
                [_query("query", "the query"), *datasets],
                content=results,
            ),
            "post": _get("A SPARQL 1.1 query.", datasets, content=results)
            | {
                "requestBody": {
                    "content": {
                        "application/sparql-query": {"schema": {"type": "string"}},
                        "application/x-www-form-urlencoded": {
                            "schema": {
                                "type": "object",
                                "required": ["query"],
                                "properties": {"query": {"type": "string"}},
                            }
                        },
                    }
                }
            },
        },
        "/cypher": {
            "get": _get("A Cypher query without parameters.", [_query("query", "the query", required=True)]),
            "post": _get("A Cypher query.") | {"requestBody": {"content": {"application/json": {"schema": cypher}}}},
        },
        "/ask": {"get": _get("The named questions.", html=True)},
        "/search": {
            "get": _get(
                "Things by name.",
                [_query("q", "the name, or a part of it", required=True), _query("type", "only this type")],
                html=True,
            )
        },
        "/hardware": {"get": _get("The hardware that papers name.", html=True)},
        "/about": {
            "get": _get(
                "A paper or a thing by its id.", [_query("id", "the IRI without the base", required=True)], html=True
            )
        },
        "/api/expand": {
            "get": _get(
                "The part of the graph around a thing.", [_query("id", "the IRI without the base", required=True)]
            )
        },
    }
    for kind in ("paper", "hardware", "method", "dataset", "metric", "task"):
        name = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
        paths[f"/{kind}/{{name}}"] = {"get": _get(f"A {kind} with its facts.", [name], html=True)}
    for item in questions().values():
        given = [_query(p.name, p.says, required=p.required, choices=p.choices) for p in item.parameters]
        format = _query("format", "json, csv or html, instead of an Accept header", choices=("json", "csv", "html"))
        paths[f"/ask/{item.name}"] = {"get": _get(item.says, [*given, format], html=True) | {"summary": item.title}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Papergraph",
            "version": __version__,
            "description": "A graph of research abstracts, read-only.",
        },
        "paths": paths,
        "components": {
            "schemas": {
                "Error": {"type": "object", "properties": {"error": {"type": "string"}, "status": {"type": "integer"}}}
            }
        },
    }


def _query(
    name: str, says: str, *, required: bool = False, many: bool = False, choices: tuple[str, ...] = ()
) -> dict[str, Any]:
    one: dict[str, Any] = {"type": "string"} | ({"enum": list(choices)} if choices else {})
    schema = {"type": "array", "items": one} if many else one
    return {"name": name, "in": "query", "description": says, "required": required, "schema": schema}


def _get(
    says: str,
    parameters: list[dict[str, Any]] | None = None,
    *,
    html: bool = False,
    content: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """An operation: its answer, and how it refuses."""
    error = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}
    refusals = {
        "400": "The request cannot be understood.", "422": "The query went over a limit.", "503": "Busy, or being rebuilt.",
    }  # fmt: skip
    return {
        "description": says,
        "parameters": parameters or [],
        "responses": {
            "200": {
                "description": "The answer.",
                "content": content or {"application/json": {}} | ({"text/html": {}} if html else {}),
            },
            **{status: {"description": said, **error} for status, said in refusals.items()},
        },
    }
