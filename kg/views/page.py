"""Writes a page: picks the part of the graph, lays it out, renders it."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from kg.errors import ExportError
from kg.graph import Facts, Log, PaperFacts
from kg.progress import Progress
from kg.schema import BASE
from kg.settings import setting
from kg.stores import Answer
from kg.views import layout, network, scope
from kg.views.answering import answering
from kg.views.content import fragment
from kg.views.outline import Outline


def write_view(
    graph: str | Path,
    out: str | Path,
    *,
    around: str | None = None,
    depth: int = 1,
    answer: Answer | None = None,
    question: str = "",
    most: int | None = None,
    sparql: bool = False,
    progress: Progress | None = None,
) -> tuple[int, int]:
    """Write a graph, or a part of it, as one HTML file; how many nodes it draws, and of how many.

    Args:
        graph: the graph folder.
        out: the file to write.
        around: show this thing and what is linked to it: a name in any spelling, a paper's id or title, a vendor.
        depth: how many steps around it.
        answer: show what this answer names, and the answer itself.
        question: what was asked for it, as the page's title.
        most: draw at most so many nodes; `view_nodes` where not given.
        sparql: the page holds the graph as N-Quads and answers SPARQL by itself.
        progress: told stage, done, total.

    Raises:
        GraphError: there is no such graph.
        QueryError: nothing is called `around`.
        ExportError: the file cannot be written, or `sparql` lacks Oxigraph's WebAssembly build.
    """
    with Log(Path(graph)) as log:
        papers = _Papers(log, progress)
        content = page(
            papers, title=Path(graph).resolve().name, around=around, depth=depth, answer=answer, question=question,
            most=most,
        )  # fmt: skip
        if sparql:
            content["sparql"] = answering(papers)
    return write_page(content, out)


def write_page(content: dict[str, Any], out: str | Path) -> tuple[int, int]:
    """Write the data of a page as one HTML file; how many nodes it draws, and of how many.

    Raises:
        ExportError: the file cannot be written.
    """
    target = Path(out)
    new = target.with_name(target.name + ".new")
    try:
        new.write_text(network.render(content), "utf-8")
        os.replace(new, target)
    except OSError as error:
        raise ExportError(f"{target} cannot be written: {error.strerror or error}.") from error
    return content["shown"], content["total"]


class _Papers:
    """The facts of each paper of a log, as often as they are asked for."""

    def __init__(self, log: Log, progress: Progress | None) -> None:
        self._facts, self._total, self._progress = Facts(log), len(log), progress

    def __iter__(self) -> Iterator[PaperFacts]:
        for done, facts in enumerate(self._facts, start=1):
            if self._progress:
                self._progress("reading", done, self._total)
            yield facts


def page(
    papers: Iterable[PaperFacts],
    *,
    title: str,
    around: str | None = None,
    depth: int = 1,
    answer: Answer | None = None,
    question: str = "",
    most: int | None = None,
) -> dict[str, Any]:
    """The data of a page as `network.render` takes it. `papers` is gone through twice.

    Papers and what they name are nodes; relations are edges, and the hardware hierarchy. What a paper only mentions
    is joined to it where nothing else joins it.
    """
    outline, most = Outline.of(papers), most or setting("view_nodes")
    if answer is not None:
        chosen = scope.answer(outline, answer, most)
    elif around is not None:
        chosen = scope.around(outline, around, depth, most)
    else:
        chosen = scope.whole(outline, most)
    content = fragment(outline, papers, chosen)
    place(content)
    about = f"{len(outline.papers):,} papers, {len(outline.nodes):,} entities, {outline.figures:,} figures"
    name = question or chosen.title
    content |= {
        "title": name or title,
        "subtitle": f"{title}: {about}" if name else about,
        "base": BASE,
        "shown": len(chosen.drawn),
        "total": chosen.total,
        "lit": list(chosen.lit),
        "types": network.types(),
    }
    if answer is not None:
        content["answer"] = {
            "columns": list(answer.columns), "rows": [list(row) for row in answer.rows],
            "ids": scope.cells(outline, answer), "cut": answer.cut,
        }  # fmt: skip
    return content


def place(content: dict[str, Any]) -> None:
    """Give each drawn node its place; those held ready find theirs in the browser, beside what they belong to."""
    nodes = content["nodes"]
    drawn = [number for number, node in enumerate(nodes) if "ready" not in node]
    names = {number: nodes[number]["id"] for number in drawn}
    lines = [
        (names[edge["from"]], names[edge["to"]])
        for edge in content["edges"]
        if edge["from"] in names and edge["to"] in names
    ]
    places = layout.positions(list(names.values()), lines)
    for number in drawn:
        nodes[number]["x"], nodes[number]["y"] = map(int, places[names[number]])
