"""Pages from templates. Every text is escaped; a link goes only to this server or to an address of the web."""

from functools import cache
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import Response

from kg.views import network


@cache
def environment() -> Environment:
    """The templates of the server, and under `view/` those of the view."""
    loader = PrefixLoader({"serve": PackageLoader("kg.serve"), "view": PackageLoader("kg.views")})
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters |= {"count": lambda number: f"{number:,}", "percent": lambda share: f"{share:.0%}", "words": _words}
    made.globals |= {"outward": _outward, "marked": _marked, "address": address, "glyph": _glyph}
    return made


def page(request: Request, template: str, status: int = 200, **content: Any) -> Response:
    """A page of the server."""
    title = request.app.state.backend.title
    html = environment().get_template(f"serve/{template}").render(graph=title, path=request.url.path, **content)
    return Response(html.encode("utf-8", "replace"), status, media_type="text/html; charset=utf-8")


def error_page(status: int, message: str) -> bytes:
    """A page that says what went wrong."""
    html = (
        environment()
        .get_template("serve/error.html")
        .render(graph="", path="", status=status, message=message, heading=str(status))
    )
    return html.encode("utf-8", "replace")


def address(id: str) -> str:
    """The path of the page of a node or paper.

    >>> address("hardware/nvidia-a100"), address("paper/..")
    ('/hardware/nvidia-a100', '/about?id=paper/..')
    """
    if any(part in (".", "..", "") for part in id.split("/")):  # browsers would take these as steps
        return "/about?id=" + quote(id, safe="/:.-_~")
    return "/" + id


def _words(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")


def _outward(href: str | None, text: str) -> Markup:
    """A link to the web; what is no address of the web is shown as text."""
    try:
        web = bool(href) and urlsplit(str(href)).scheme in ("http", "https")
    except ValueError:
        web = False
    if not web:
        return Markup(f'<span class="text">{escape(text)}</span>')
    return Markup(f'<a class="text" href="{escape(href)}" target="_blank" rel="noopener noreferrer">{escape(text)}</a>')


def _marked(text: str, marks: list[list[int]]) -> Markup:
    """A text with the stretches at `marks` (start and end, in order, without overlaps) marked."""
    parts, done = [], 0
    for start, end in marks:
        parts += [escape(text[done:start]), Markup("<mark>"), escape(text[start:end]), Markup("</mark>")]
        done = end
    return Markup("").join([*parts, escape(text[done:])])


_OUTLINES = {
    "square": "M2.5 2.5h11v11h-11z", "diamond": "M8 1 15 8 8 15 1 8z", "triangle": "M8 1.5 15 14H1z", "triangleDown": "M8 14.5 1 2h14z",
    "star": "M8 .8 10.2 5.6 15.4 6.2 11.5 9.7 12.6 14.9 8 12.3 3.4 14.9 4.5 9.7.6 6.2 5.8 5.6z",
    "dot": "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13z",
}  # fmt: skip


def _glyph(kind: str, hollow: bool = False) -> Markup:
    """The sign of a type, as the picture has it."""
    shape = network.SHAPES.get(kind, "dot")
    style = "hollow " if hollow else ""
    return Markup(
        f'<svg class="glyph {style}of-{kind.lower()}" viewBox="0 0 16 16" aria-hidden="true"><path d="{_OUTLINES[shape]}"/></svg>'
    )
