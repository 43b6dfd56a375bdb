"""`/sparql`: the query operation of the SPARQL 1.1 Protocol. Without a query, a description of the service, or a page to ask."""

import re
from functools import partial
from importlib.resources import files
from typing import Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import LimitError, QueryError
from kg.schema import PREFIXES
from kg.serve.http import body, chosen, content_type, text
from kg.serve.render import page
from kg.serve.results import SHORT, SOLUTIONS, TRIPLES, offers
from kg.settings import setting

# Possessive throughout: it reads what strangers send, beside the loop that answers all others.
_UPDATES: Final = re.compile(
    r"(?:\s++|#[^\n\r]*+|PREFIX\s++[^\s<>]*+\s*+<[^<>]*+>|BASE\s*+<[^<>]*+>)*+(?:INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD|WITH)\b",
    re.I,
)
_READ_ONLY: Final = "This graph is read-only: updates are refused. Change it with  kg build  or  kg remove."
_PARAMETERS: Final = ("query", "default-graph-uri", "named-graph-uri", "format", "output", "update", "using-graph-uri")


async def sparql(request: Request) -> Response:
    """Answer a query that came by GET, by a form, or as the body."""
    given = await _given(request)
    for name, _ in given:
        if name in ("update", "using-graph-uri", "using-named-graph-uri"):
            raise HTTPException(403, _READ_ONLY)
    queries = [value for name, value in given if name == "query"]
    accept = request.headers.get("accept", "")
    if not queries:
        if request.method == "POST":
            raise HTTPException(
                400, "There is no query: send it as the form field  query,  or as application/sparql-query."
            )
        if chosen(accept, ["text/turtle", "text/html"]) == "text/html":
            return page(request, "query.html", language="SPARQL", prefixes=PREFIXES, heading="SPARQL")
        return Response(_description(request), media_type="text/turtle; charset=utf-8")
    if len(queries) > 1:
        raise HTTPException(400, f"There are {len(queries)} queries: send one.")
    wanted = next((value for name, value in given if name in ("format", "output")), None)
    accept = SHORT.get(wanted.casefold(), wanted) if wanted else accept
    if chosen(accept, [*SOLUTIONS, *TRIPLES]) is None:
        raise HTTPException(406, f"None of the formats asked for can be given: {', '.join([*SOLUTIONS, *TRIPLES])}.")
    graphs = [value for name, value in given if name == "default-graph-uri" and value]
    named = [value for name, value in given if name == "named-graph-uri" and value]
    backend = request.app.state.backend
    try:
        found = await backend.users.run(partial(backend.sparql, queries[0], graphs=graphs, named_graphs=named))
    except LimitError:
        raise
    except QueryError:
        if _UPDATES.match(queries[0]):
            raise HTTPException(403, _READ_ONLY) from None
        raise
    if found.cut:
        most = setting("serve_rows")
        raise LimitError(f"The answer has more than {most:,} rows (serve_rows): add  LIMIT {most},  or ask for less.")
    formats = offers(found)
    media = chosen(accept, [*formats])
    if media is None:
        raise HTTPException(406, f"This answer cannot be given as asked for; it can be given as {', '.join(formats)}.")
    try:
        written = await backend.users.run(partial(formats[media], found))
    except OSError as error:  # pyoxigraph's word for what a format has no form for, such as a triple term in JSON-LD
        raise HTTPException(406, f"This answer cannot be given as {media}: {error}. Ask for another format.") from error
    charset = "" if media.endswith("json") else "; charset=utf-8"
    return Response(written, media_type=media + charset, headers={"Vary": "Accept"})


async def _given(request: Request) -> list[tuple[str, str]]:
    """The protocol's parameters, from the address and from the body."""
    given = [(name, value) for name, value in request.query_params.multi_items() if name in _PARAMETERS]
    if request.method != "POST":
        return given
    match content_type(request):
        case "application/x-www-form-urlencoded":
            form = text(await body(request), "form")
            try:
                return given + parse_qsl(
                    form, keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=100
                )
            except ValueError as error:
                raise HTTPException(400, "The form cannot be read: it is to be URL-encoded UTF-8.") from error
        case "application/sparql-query":
            return [*given, ("query", text(await body(request), "query"))]
        case "application/sparql-update":
            raise HTTPException(403, _READ_ONLY)
        case other:
            said = f"The body is {other or 'of no stated type'}: send application/sparql-query or a URL-encoded form."
            raise HTTPException(415, said)


def _description(request: Request) -> bytes:
    """The service description of the SPARQL 1.1 Protocol, in Turtle."""
    source = (files("kg.serve") / "templates" / "service.ttl").read_text("utf-8")
    return source.encode("utf-8")
