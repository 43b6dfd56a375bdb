"""`/ask`: the named questions, as pages to fill in and read, and as JSON or CSV."""

import csv
import io
from functools import partial
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import QueryError
from kg.queries import ask, questions, unknown_names
from kg.queries.questions import Question
from kg.serve.backend import Backend
from kg.serve.http import chosen, json_answer
from kg.serve.render import address, page
from kg.settings import setting
from kg.stores import Answer
from kg.stores.base import Cell

_PAGE_ROWS: Final = 500
_KINDS: Final = {
    "method": ("Method",), "hardware": ("Hardware",), "baseline": ("Method", "Hardware"), "dataset": ("Dataset",),
    "metric": ("Metric",), "task": ("Task",), "paper": ("Paper",), "example": ("Paper",),
    "subject": ("Method", "Hardware", "Paper"), "object": ("Method", "Hardware", "Dataset", "Metric", "Task"),
    "first": ("Method",), "second": ("Method",), "other": ("Method",),
}  # fmt: skip
"""What a cell of a column can be the name of."""


async def index(request: Request) -> Response:
    """All questions."""
    if _format(request) == "html":
        return page(request, "questions.html", questions=questions().values(), heading="Questions")
    return json_answer([_about(item) for item in questions().values()])


async def answer(request: Request) -> Response:
    """One question, with its answer where all that it needs is given."""
    name = request.path_params["name"]
    asked = questions().get(name)
    if asked is None:
        raise HTTPException(404, f"There is no question {name!r}: /ask  lists them.")
    format, backend = _format(request), request.app.state.backend
    given: dict[str, Cell] = {
        key: value for key, value in request.query_params.items() if key != "format" and value.strip()
    }
    missing = [p.name for p in asked.parameters if p.required and p.name not in given]
    if format == "html" and missing:
        return page(
            request, "question.html", question=asked, given=given, answer=None, problem=None, heading=asked.title
        )
    try:
        found, near = await backend.pages.run(partial(_ask, backend, name, given))
    except QueryError as error:
        if format != "html":
            raise
        return page(
            request,
            "question.html",
            400,
            question=asked,
            given=given,
            answer=None,
            problem=str(error),
            heading=asked.title,
        )
    if format == "csv":
        return Response(_csv(found), media_type="text/csv; charset=utf-8")
    if format == "json":
        return json_answer(
            {"question": name, "parameters": given, "columns": found.columns, "rows": found.dicts(), "cut": found.cut}
        )
    links = await backend.pages.run(partial(_links, backend, found))
    return page(
        request, "question.html", question=asked, given=given, answer=found, rows=list(zip(found.rows, links, strict=False)),
        near=near, problem=None, heading=asked.title, most=_PAGE_ROWS, query=request.url.query,
    )  # fmt: skip


def _ask(backend: Backend, name: str, given: dict[str, Cell]) -> tuple[Answer, dict[str, list[str]]]:
    found = ask(backend, name, given, most=setting("serve_rows"))
    return found, {} if found.rows else unknown_names(backend, name, given)


def _links(backend: Backend, found: Answer) -> list[list[str | None]]:
    """For each cell the address of the page of what it names."""
    names, known = backend.names(), {}
    rows = []
    for row in found.rows[:_PAGE_ROWS]:
        cells = []
        for column, cell in zip(found.columns, row, strict=True):
            link = None
            if isinstance(cell, str) and column in _KINDS:
                key = (column, cell)
                if key not in known:
                    thing = names.exactly(cell, _KINDS[column])
                    known[key] = address(thing.id) if thing else None
                link = known[key]
            cells.append(link)
        rows.append(cells)
    return rows


def _about(item: Question) -> dict[str, Any]:
    parameters = [
        {"name": p.name, "says": p.says, "required": p.required, "choices": p.choices} for p in item.parameters
    ]
    return {
        "name": item.name,
        "title": item.title,
        "says": item.says,
        "parameters": parameters,
        "columns": dict(item.columns),
    }


def _csv(found: Answer) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(found.columns)
    writer.writerows(found.rows)
    return out.getvalue().encode("utf-8")


def _format(request: Request) -> str:
    wanted = request.query_params.get("format")
    kinds = {"application/json": "json", "text/csv": "csv", "text/html": "html"}
    if wanted is not None:
        if wanted not in kinds.values():
            raise HTTPException(400, f"format  is {wanted!r}: it is json, csv or html.")
        return wanted
    return kinds[chosen(request.headers.get("accept", ""), [*kinds]) or "application/json"]
