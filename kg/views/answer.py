"""The nodes and relationships of a Cypher answer as a page of the network view."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from kg.errors import QueryError
from kg.stores.base import Answer, Store, Value
from kg.views import layout, network
from kg.views.page import write_page

_RESULT: Final = {"name": "Result", "shape": "hexagon", "light": "#56B4E9", "dark": "#56B4E9"}
_FACTS: Final = "MATCH (a)-[r]->(b) WHERE r.id IN $ids RETURN a, r, b"
_BETWEEN: Final = "MATCH (a)-[r]->(b) WHERE a.id IN $ids AND b.id IN $ids RETURN a, r, b"
_PAPERS: Final = "MATCH (p:Paper) WHERE p.id IN $ids RETURN p.id AS id, p.name AS title, p.date AS date, p.url AS url"

_Found = dict[Any, dict[str, Any]]


def write_answer_view(store: Store, answer: Answer, out: Path, *, title: str) -> tuple[int, int]:
    """Write what an answer holds as one HTML file; how many nodes and relationships it shows.

    Relationships bring their ends; where the answer has none, those between its nodes are drawn.

    Raises:
        QueryError: the answer holds no node and no relationship.
        ExportError: the file cannot be written.
    """
    nodes, relationships = _parts(list(answer.rows))
    if not nodes and not relationships:
        raise QueryError("The answer holds no nodes and no relationships: return them, for example  RETURN m, r, h")
    ids: list[Value]
    if relationships:
        ids = [r["properties"]["id"] for r in relationships.values()]
        more = store.select(_FACTS, {"ids": ids})
    else:
        ids = [n["properties"]["id"] for n in nodes.values()]
        more = store.select(_BETWEEN, {"ids": ids})
    ends, relationships = _parts(list(more.rows))
    nodes |= ends
    papers = sorted({r["properties"]["paper"] for r in relationships.values() if "paper" in r["properties"]})
    about = store.select(_PAPERS, {"ids": list(papers)}).dicts()
    write_page(_page(nodes, relationships, sorted(about, key=lambda paper: str(paper["id"])), title), out)
    return len(nodes), len(relationships)


def _parts(values: Any) -> tuple[_Found, _Found]:
    """The nodes and the relationships in a value, however deep, by their ids in the store."""
    nodes: _Found = {}
    relationships: _Found = {}
    for value in _maps(values):
        if value.keys() == {"id", "labels", "properties"}:
            nodes[value["id"]] = value
        elif value.keys() == {"id", "start", "end", "type", "properties"}:
            relationships[value["id"]] = value
    return nodes, relationships


def _maps(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    if isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _maps(item)


def _page(nodes: _Found, relationships: _Found, papers: list[dict[str, Any]], title: str) -> dict[str, Any]:
    number = {paper["id"]: place for place, paper in enumerate(papers)}
    shown = [
        {
            "id": str(key), "label": str(p.get("name") or p["id"]), "type": node["labels"][0],
            "aliases": p.get("aliases", []), "papers": [number[p["id"]]] if p["id"] in number else [],
            "vendor": p.get("vendor"), "class": p.get("class"),
        }
        for key, node in sorted(nodes.items(), key=lambda item: str(item[1]["properties"]["id"]))
        for p in [node["properties"]]
    ]  # fmt: skip
    lines = [
        {
            "id": p["id"], "from": str(r["start"]), "to": str(r["end"]), "predicate": r["type"].lower(), "role": p.get("role"),
            "facts": [*_facts(p, number)],
        }
        for r in sorted(relationships.values(), key=lambda r: str(r["properties"]["id"]))
        for p in [r["properties"]]
    ]  # fmt: skip
    places = layout.positions([node["id"] for node in shown], [(line["from"], line["to"]) for line in lines])
    position = {node["id"]: at for at, node in enumerate(shown)}
    for line in lines:
        line["from"], line["to"] = position[line["from"]], position[line["to"]]
    for item in shown:
        item["x"], item["y"] = places[item["id"]]
    return {
        "title": title,
        "subtitle": f"{len(shown)} nodes and {len(lines)} relationships of an answer",
        "base": "",
        "shown": len(shown),
        "total": len(shown),
        "lit": [],
        "types": [*network.types(), _RESULT],
        "results": [],
        "papers": papers,
        "nodes": shown,
        "edges": lines,
    }


def _facts(p: dict[str, Any], number: dict[Any, int]) -> Iterator[dict[str, Any]]:
    """One fact a sentence."""
    if "sentence" not in p:
        return
    lists = (
        p.get(key, [p[one]])
        for key, one in (("sentences", "sentence"), ("fields", "field"), ("starts", "start"), ("ends", "end"))
    )
    for sentence, field, start, end in zip(*lists, strict=True):
        yield {
            "paper": number[p["paper"]], "sentence": sentence, "marks": [], "confidence": p["confidence"],
            "extractor": p["extractor"], "field": field, "start": start, "end": end, "devices": p.get("devices"), "figures": [],
        }  # fmt: skip
