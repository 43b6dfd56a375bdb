"""Pages to read: one paper, one thing with its facts (hardware with its hierarchy), search, all hardware."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import partial
from itertools import pairwise
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import GraphError
from kg.graph import Log
from kg.model import Record
from kg.serve import facts
from kg.serve.backend import Backend
from kg.serve.facts import iri, short
from kg.serve.http import json_answer, wants_html
from kg.serve.names import Names, Thing
from kg.serve.render import page

_FIGURES: Final = 40
_EDGES: Final = 40
_PAPERS: Final = 100
_FOUND: Final = 60
RELATIONS: Final[Mapping[str, tuple[str, str]]] = {
    "runs_on": ("Runs on", "Runs here"), "evaluated_on": ("Evaluated on", "Evaluated here"),
    "measured_by": ("Measured by", "Measures"), "compared_with": ("Compared with", "Compared by"), "uses": ("Uses", "Used by"),
    "proposes": ("Proposes", "Proposed by"), "addresses": ("Addresses", "Addressed by"), "mentions": ("Mentions", "Mentioned by"),
}  # fmt: skip
"""How a relation reads from its subject, and from its object."""


async def thing(request: Request) -> Response:
    """The page of a node or paper. Its id is the path as it was sent: parts of it are percent-encoded on purpose."""
    raw = request.scope.get("raw_path") or request.url.path.encode()
    id = (
        request.query_params.get("id", "")
        if request.url.path == "/about"
        else raw.decode("ascii", "replace").lstrip("/")
    )
    backend = request.app.state.backend
    found = await backend.pages.run(partial(_thing, backend, id))
    if found is None:
        raise HTTPException(404, "This graph has nothing of that name: search for it.")
    if not wants_html(request):
        return json_answer({key: value for key, value in found.items() if key != "template"})
    return page(request, found.pop("template"), **found)


def _thing(backend: Backend, id: str) -> dict[str, Any] | None:
    names = backend.names()
    about = names.get(id)
    if about is None:
        return None
    return _paper(backend, names, about) if about.type == "Paper" else _node(backend, names, about)


def _paper(backend: Backend, names: Names, about: Thing) -> dict[str, Any]:
    (known,) = facts.papers(backend, [about.id]).values()
    found = facts.statements(backend, "statements-of-paper", node=iri(about.id))
    said = facts.sentences(backend, [s for s in found if s.predicate != facts.MENTIONS])
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for statement in found:
        if statement.predicate == facts.MENTIONS:
            continue
        subject = names.get(statement.subject)
        groups[statement.predicate].append(
            {
                "from": None if subject is None or subject.type == "Paper" else _link(subject), "to": _link(names.get(statement.object)),
                "role": statement.role, "confidence": statement.confidence, "sentences": said.get(statement.iri, []),
            }
        )  # fmt: skip
    mentioned = {s.object for s in found} | {s.subject for s in found if s.subject != about.id}
    record = _record(backend, about.id)
    return {
        "template": "paper.html", "heading": about.name, "paper": known, "id": about.id,
        "record": None if record is None else _about_record(record),
        "figures": _figures(names, facts.figures(backend, "figures-of-paper", about.id, _FIGURES)),
        "groups": [(kind, groups[kind]) for kind in RELATIONS if kind in groups],
        "things": _by_type(names, mentioned),
    }  # fmt: skip


def _record(backend: Backend, id: str) -> Record | None:
    """The paper's Record, where the log can be read just now."""
    rows = backend.select(
        "SELECT ?id { ?paper pg:paperId ?id FILTER(STR(?paper) = ?wanted) }", {"wanted": iri(id)}, most=1
    ).rows
    try:
        with Log(backend.folder) as log:
            return log.get(str(rows[0][0])) if rows else None
    except GraphError:
        return None


def _about_record(record: Record) -> dict[str, Any]:
    paper = record.paper
    return {
        "id": paper.id, "authors": list(paper.authors), "organisation": paper.organisation, "upvotes": paper.upvotes,
        "categories": list(paper.categories), "date_inferred": paper.date_inferred,
        "abstract": _stretches(record), "origin": f"{paper.origin.input}, record {paper.origin.record}",
        "extractor": f"{record.extractor.name} {record.extractor.version}",
    }  # fmt: skip


def _stretches(record: Record) -> list[dict[str, str]]:
    """The abstract cut at its mentions: texts, each with the type of what it names or "". Of mentions that overlap, the longest."""
    spans = [
        (m.start, m.end, entity.type) for entity in record.entities for m in entity.mentions if m.field == "abstract"
    ]
    kept: list[tuple[int, int, str]] = []
    for span in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        if all(span[1] <= start or end <= span[0] for start, end, _ in kept):
            kept.append(span)
    cuts = [(0, 0, ""), *sorted(kept), (len(record.abstract), len(record.abstract), "")]
    parts: list[dict[str, str]] = []
    for (_, end, _), (start, stop, kind) in pairwise(cuts):
        parts += [{"text": record.abstract[end:start], "type": ""}, {"text": record.abstract[start:stop], "type": kind}]
    return [part for part in parts if part["text"]]


def _node(backend: Backend, names: Names, about: Thing) -> dict[str, Any]:
    found = facts.statements(backend, "statements-of-node", node=iri(about.id))
    by_edge = facts.edges(found)
    groups: dict[tuple[str, bool], list[tuple[str, list[facts.Statement]]]] = defaultdict(list)
    for (subject, target, predicate, _), some in by_edge.items():
        groups[predicate, subject == about.id].append((target if subject == about.id else subject, some))
    shown = [some[0] for kin in groups.values() for _, some in kin[:_EDGES]]
    said = facts.sentences(backend, shown)
    papers = facts.papers(backend, {s.paper for s in shown})
    figures = facts.figures(backend, "figures-of-node", about.id, _FIGURES)
    papers |= facts.papers(backend, {f["paper"] for f in figures} - papers.keys())
    sections = [
        {
            "title": RELATIONS[kind][0 if outward else 1], "total": len(groups[kind, outward]),
            "rows": [
                {
                    "other": _link(names.get(other)), "role": some[0].role, "count": len(some), "confidence": some[0].confidence,
                    "sentence": next(iter(said.get(some[0].iri, [])), None), "paper": papers.get(some[0].paper),
                }
                for other, some in groups[kind, outward][:_EDGES]
            ],
        }
        for kind in RELATIONS for outward in (False, True)
        if (kind, outward) in groups and kind != facts.MENTIONS
    ]  # fmt: skip
    (known,) = backend.rows("nodes", nodes=[iri(about.id)])[:1]
    aliases = [str(row["name"]) for row in backend.rows("aliases-of", nodes=[iri(about.id)])]
    return {
        "template": "thing.html", "heading": about.name, "thing": _link(about), "papers_total": about.papers, "aliases": aliases,
        "vendor": known["vendor"], "class": known["class"], "sections": sections, "figures": _figures(names, figures, papers),
        "papers": facts.papers_naming(backend, about.id, _PAPERS),
        "tree": _tree(backend, names, about) if about.type == "Hardware" else None,
    }  # fmt: skip


def _tree(backend: Backend, names: Names, about: Thing) -> dict[str, Any]:
    """The hierarchy of a hardware: `trails`, each from the top down to it, and `below`, nested."""
    up, down = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for row in backend.rows("broader", nodes=[iri(about.id)]):
        up[short(str(row["below"]))].add(short(str(row["above"])))
    for row in backend.rows("narrower", node=iri(about.id)):
        down[short(str(row["above"]))].add(short(str(row["below"])))
    trails: list[list[str]] = []

    def climb(way: list[str]) -> None:
        higher = sorted(up[way[0]] - set(way))
        if not higher and len(way) > 1:
            trails.append(way[:-1])
        for above in higher:
            if len(trails) < 4:
                climb([above, *way])

    def branch(id: str, seen: frozenset[str]) -> list[dict[str, Any]]:
        kin = [names.get(below) for below in down[id] - seen]
        found = sorted((k for k in kin if k is not None), key=lambda k: (-k.papers, k.name))
        return [_link(k) | {"below": branch(k.id, seen | {k.id})} for k in found]

    climb([about.id])
    longest = [way for way in trails if not any(other is not way and set(way) < set(other) for other in trails)]
    return {
        "trails": [[_link(names.get(id)) for id in way] for way in longest],
        "below": branch(about.id, frozenset({about.id})),
    }


def _link(about: Thing | None) -> dict[str, Any]:
    assert about is not None
    return {"id": about.id, "name": about.name, "type": about.type, "papers": about.papers}


def _figures(
    names: Names, figures: Iterable[dict[str, Any]], papers: Mapping[str, dict[str, Any]] | None = None
) -> list[dict[str, Any]]:
    ends = ("metric", "method", "baseline", "dataset", "hardware")
    return [
        {
            **figure, "paper": (papers or {}).get(figure["paper"]),
            "about": [(end, _link(names.get(figure[end]))) for end in ends if end in figure and names.get(figure[end])],
        }
        for figure in figures
    ]  # fmt: skip


def _by_type(names: Names, ids: Iterable[str]) -> list[tuple[str, list[dict[str, Any]]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for id in ids:
        if (about := names.get(id)) is not None:
            found[about.type].append(_link(about))
    kinds = ("Method", "Hardware", "Dataset", "Metric", "Task")
    return [
        (kind, sorted(found[kind], key=lambda item: (-item["papers"], item["name"]))) for kind in kinds if found[kind]
    ]


async def search(request: Request) -> Response:
    """What has a name: `?q=`, and `&type=` for one type."""
    text, kind = request.query_params.get("q", "")[:300], request.query_params.get("type")
    backend = request.app.state.backend
    found: list[Thing] = await backend.pages.run(lambda: backend.names().search(text, _FOUND, kind))
    if wants_html(request):
        return page(
            request, "search.html", text=text, found=[_link(item) for item in found], most=_FOUND, heading="Search"
        )
    return json_answer({"query": text, "found": [_link(item) | {"date": item.date} for item in found]})


async def hardware(request: Request) -> Response:
    """All hardware that papers name, by how many do; and the classes above it."""
    backend = request.app.state.backend
    things: list[Thing] = await backend.pages.run(lambda: backend.names().most_named("Hardware", 300))
    rows = [_link(item) for item in things if item.papers]
    if wants_html(request):
        return page(request, "hardware.html", rows=rows, heading="Hardware")
    return json_answer(rows)
