"""`/cypher`: a query and its parameters as JSON, the answer as JSON."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg.serve.http import body, content_type, json_answer, text, wants_html
from kg.serve.render import page
from kg.stores.base import for_json


async def cypher(request: Request) -> Response:
    """Answer a query: {"query": …, "parameters": {…}} by POST, or `?query=` by GET."""
    query, parameters = await _given(request)
    if query is None:
        if request.method == "GET" and wants_html(request):
            return page(request, "query.html", language="Cypher", prefixes={}, heading="Cypher")
        raise HTTPException(400, 'There is no query: send {"query": "MATCH …", "parameters": {…}} as JSON.')
    backend = request.app.state.backend
    found = await backend.users.run(partial(backend.cypher, query, parameters))
    rows = [[for_json(cell) for cell in row] for row in found.rows]
    return json_answer({"columns": found.columns, "rows": rows, "cut": found.cut, "remarks": found.remarks})


async def _given(request: Request) -> tuple[str | None, Mapping[str, Any]]:
    if request.method == "GET":
        return request.query_params.get("query"), {}
    # Only JSON: a form of another site can post none without asking first.
    if content_type(request) != "application/json":
        raise HTTPException(415, "The body is to be application/json.")
    try:
        given = json.loads(text(await body(request), "body"))
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, "The body is no JSON.") from error
    if not isinstance(given, dict) or not isinstance(given.get("query", ""), str):
        raise HTTPException(400, 'The body is to be {"query": "MATCH …", "parameters": {…}}.')
    parameters = given.get("parameters") or {}
    if not isinstance(parameters, dict):
        raise HTTPException(400, "parameters  is to be an object.")
    return given.get("query"), parameters
