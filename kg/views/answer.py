"""The nodes and relationships of a Cypher answer as a page of the network view."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from kg.errors import QueryError
from kg.graph.statements import node_iri
from kg.stores.base import Answer, Store, Value
from kg.views.page import write_view

_ENDS: Final = "MATCH (a)-[r]->(b) WHERE r.id IN $ids RETURN a, b"


def write_answer_view(graph: Path, store: Store, answer: Answer, out: Path, *, question: str) -> tuple[int, int]:
    """Write what an answer holds as one HTML file; how many nodes are drawn, and of how many.

    Relationships bring their ends; between the nodes all facts of the graph are drawn.

    Raises:
        QueryError: the answer holds no node and no relationship.
        ExportError: the file cannot be written.
    """
    found = list(_maps(list(answer.rows)))
    nodes = [each for each in found if each.keys() == {"id", "labels", "properties"}]
    facts: list[Value] = [each["properties"]["id"] for each in found if {"start", "end", "type"} <= each.keys()]
    if not nodes and not facts:
        raise QueryError("The answer holds no nodes and no relationships: return them, for example  RETURN m, r, h")
    if facts:
        nodes += [each for each in _maps(list(store.select(_ENDS, {"ids": facts}).rows)) if "labels" in each]
    names = {
        str(node["properties"]["id"]): str(node["properties"].get("name") or node["properties"]["id"]) for node in nodes
    }
    kinds = {str(node["properties"]["id"]): node["labels"][0] for node in nodes}
    rows: list[tuple[Value, ...]] = [
        (kinds[id], names[id], id if kinds[id] == "Paper" else node_iri(id))
        for id in sorted(names)
        if kinds[id] != "Result"
    ]
    drawn = Answer(("type", "name", "node"), rows, answer.cut)
    return write_view(graph, out, answer=drawn, question=question)


def _maps(value: Any) -> Iterator[dict[str, Any]]:
    """The maps in a value, however deep."""
    if isinstance(value, dict):
        yield value
    if isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _maps(item)
