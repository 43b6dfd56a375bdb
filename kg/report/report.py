"""Writes the report: the same graph gives the same bytes. Every text is escaped for the format that it stands in."""

import os
import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from jinja2 import Environment
from markupsafe import Markup, escape

from kg.__about__ import __version__
from kg.errors import ExportError
from kg.overview import overview
from kg.report.charts import bars, columns, heat_map
from kg.report.data import Data, gather
from kg.stores import OxigraphStore
from kg.views.document import environment

_MARKDOWN: Final = re.compile(r"([\\`*_\[\]|#~!])")
_SPACE: Final = re.compile(r"\s+")


def write_report(graph: str | Path, out: str | Path) -> None:
    """Write a one-page overview of a graph: Markdown where the file ends in .md, else HTML that needs no network.

    Raises:
        GraphError: there is no such graph, or it lacks what a build derives.
        ExportError: the file cannot be written.
    """
    folder, target = Path(graph), Path(out)
    data = gather(OxigraphStore(folder), overview(folder))
    title = folder.resolve().name
    text = markdown(data, title) if target.suffix.casefold() in (".md", ".markdown") else html(data, title)
    new = target.with_name(target.name + ".new")
    try:
        new.write_text(text, "utf-8")
        os.replace(new, target)
    except OSError as error:
        raise ExportError(f"{target} cannot be written: {error.strerror or error}.") from error


def html(data: Data, title: str) -> str:
    """The report as one HTML document, its plots inline."""
    kinds = {"Method": "methods", "Task": "tasks", "Dataset": "data sets"}
    charts: dict[str, Any] = {
        "time": columns(
            data.hardware_by_period, data.periods, of=("all papers", data.papers_by_period),
            says="Papers that name a hardware, over time; the table of the same numbers is in the Markdown report",
        ),
        "matrix": heat_map(data.methods, data.machines, data.pairs, says="Papers that run a method on a hardware"),
        "metrics": bars(data.metrics, of="metric", says="Figures reported of each metric"),
        "named": {
            words: bars(data.named[kind], of=kind.lower(), says=f"Papers that name each of the most named {words}")
            for kind, words in kinds.items() if data.named[kind]
        },
    }  # fmt: skip
    return _environment(autoescape=True).get_template("report.html").render(
        title=title, data=data, charts=charts, version=__version__, link=_link,
    )  # fmt: skip


def markdown(data: Data, title: str) -> str:
    """The report as Markdown, its plots as tables with bars of block characters."""
    return _environment(autoescape=False).get_template("report.md").render(
        title=title, data=data, bar=_bar, version=__version__, web=_web,
    )  # fmt: skip


def _environment(*, autoescape: bool) -> Environment:
    made = environment("kg.report", autoescape=autoescape)
    made.filters["md"] = _md
    made.filters["percent"] = lambda share: f"{share:.0%}"
    made.filters["first_up"] = lambda text: text[:1].upper() + text[1:]
    return made


def _md(text: object) -> str:
    """A text that Markdown shows as it stands."""
    plain = _SPACE.sub(" ", str(text)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKDOWN.sub(r"\\\1", plain)


def _bar(value: int, most: int, width: int = 24) -> str:
    return "█" * max(1, round(width * value / max(1, most))) if value else ""


def _web(address: str | None) -> str | None:
    """The address if a link may have it: of the web, without what would end a Markdown link."""
    if not address or urlsplit(address).scheme not in ("http", "https") or re.search(r"[\s<>()\"'\\]", address):
        return None
    return address


def _link(address: str | None, text: str) -> Markup:
    if (href := _web(address)) is None:
        return Markup(f'<span class="text">{escape(text)}</span>')
    return Markup(f'<a class="text" href="{escape(href)}" rel="noopener noreferrer">{escape(text)}</a>')
