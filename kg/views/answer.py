"""The nodes and relationships of a Cypher answer as a page of the network view."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from kg.errors import QueryError
from kg.graph.statements import node_iri, paper_iri
from kg.schema import BASE
from kg.settings import setting
from kg.stores.base import Answer, Store, Value
from kg.views import network
from kg.views.page import place, write_page, write_view
from kg.views.stored import stored_fragment

_ENDS: Final = "MATCH (a)-[r]->(b) WHERE r.id IN $ids RETURN a, b"


def write_answer_view(
    store: Store, answer: Answer, out: Path, *, question: str, graph: Path | None = None, source: str = ""
) -> tuple[int, int]:
    """Write what an answer holds as one HTML file; how many nodes are drawn, and of how many.

    Relationships bring their ends; between the nodes all facts are drawn.

    Args:
        store: what gave the answer.
        answer: what it gave.
        out: the file to write.
        question: the page's title.
        graph: the graph folder, from which facts and what lies around the nodes are read; without it the store is asked.
        source: what the page says of where its facts are from, where there is no folder.

    Raises:
        QueryError: the answer holds no node and no relationship.
        ExportError: the file cannot be written.
    """
    found = list(_maps(list(answer.rows)))
    nodes = [each for each in found if each.keys() == {"id", "labels", "properties"}]
    facts: list[Value] = [each["properties"].get("id") for each in found if {"start", "end", "type"} <= each.keys()]
    if not nodes and not facts:
        raise QueryError("The answer holds no nodes and no relationships: return them, for example  RETURN m, r, h")
    if facts:
        nodes += [each for each in _maps(list(store.select(_ENDS, {"ids": facts}).rows)) if "labels" in each]
    named = {
        str(node["properties"]["id"]): (str(node["labels"][0]), str(node["properties"].get("name", "")))
        for node in nodes
        if "id" in node["properties"] and {*node["labels"][:1]} & network.SHAPES.keys()
    }
    rows: list[tuple[Value, ...]] = [
        (kind, name or id, id if kind == "Paper" else node_iri(id)) for id, (kind, name) in sorted(named.items())
    ]
    drawn = Answer(("type", "name", "node"), rows, answer.cut)
    if graph is not None:
        return write_view(graph, out, answer=drawn, question=question)
    kinds = {id: kind for id, (kind, _) in list(named.items())[: setting("view_nodes")]}
    return write_page(_stored_page(store, kinds, drawn, question=question, source=source), out)


def _stored_page(store: Store, kinds: dict[str, str], drawn: Answer, *, question: str, source: str) -> dict[str, Any]:
    """The data of a page as `network.render` takes it, from the store alone."""
    content = stored_fragment(store, kinds)
    place(content)
    shown = {node["id"] for node in content["nodes"]}
    ids = [str(row[2]) for row in drawn.rows]
    short = [id.removeprefix(BASE) if id.startswith(BASE) else paper_iri(id).removeprefix(BASE) for id in ids]
    return content | {
        "title": question, "subtitle": source, "base": BASE, "shown": len(kinds), "total": len(drawn.rows), "lit": [],
        "types": network.types(),
        "answer": {
            "columns": list(drawn.columns), "rows": [list(row) for row in drawn.rows],
            "ids": [[None, id if id in shown else None, id if id in shown else None] for id in short], "cut": drawn.cut,
        },
    }  # fmt: skip


def _maps(value: Any) -> Iterator[dict[str, Any]]:
    """The maps in a value, however deep."""
    if isinstance(value, dict):
        yield value
    if isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _maps(item)
