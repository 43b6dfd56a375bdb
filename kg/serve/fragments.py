"""Parts of the live graph as the view's scripts take them (see `kg/views/content.py`): for the start, and around one node."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from kg.schema import BASE
from kg.serve import facts
from kg.serve.backend import Backend
from kg.serve.facts import Statement, iri, short
from kg.serve.names import Thing
from kg.views import layout, network
from kg.views.outline import BROADER

_START_HARDWARE: Final = 14
_START_PAIRS: Final = 70
_NEIGHBOURS: Final = 60
"""A node expands to so many neighbours, those with the most facts; its panel says of how many."""
_FACTS: Final = 6
_FIGURES: Final = 40
_PAPERS: Final = 60


def start(backend: Backend) -> dict[str, Any]:
    """The data of the explorer's page: the hardware that most papers name, what runs on it, and the hierarchy around it."""
    names = backend.names()
    hardware = [thing.id for thing in names.most_named("Hardware", _START_HARDWARE) if thing.papers]
    pairs = Counter[tuple[str, str]]()
    for row in backend.rows("pairs"):
        pairs[short(str(row["subject"])), short(str(row["object"]))] = int(str(row["papers"]))
    drawn = set(hardware)
    for method, machine in sorted(pairs, key=lambda pair: (-pairs[pair], pair)):
        if len(drawn) >= _START_HARDWARE + _START_PAIRS:
            break
        if machine in drawn:
            drawn.add(method)
    methods = [iri(id) for id in sorted(drawn) if id not in hardware]
    inside = (
        [s for s in facts.statements(backend, "statements-from", nodes=methods) if s.object in drawn] if methods else []
    )
    if not drawn:  # no hardware at all: begin with what is named most
        kinds = ("Method", "Task", "Dataset")
        drawn = {thing.id for kind in kinds for thing in names.most_named(kind, _START_PAIRS // 3)}
    content = _fragment(backend, drawn, inside, above=_above(backend, drawn), ready=False)
    _place(content)
    counts = names.counts()
    total = sum(counts.values())
    papers = counts.get("Paper", 0)
    return content | {
        "title": backend.title, "subtitle": f"{papers:,} papers, {total - papers:,} entities", "base": BASE,
        "shown": len(content["nodes"]), "total": total, "lit": [], "live": {"digest": names.digest},
        "types": network.types(),
    }  # fmt: skip


def around(backend: Backend, id: str) -> dict[str, Any] | None:
    """A node or paper with its neighbours; None where there is none of that id. `neighbours` says how many there are."""
    names = backend.names()
    thing = names.get(id)
    if thing is None:
        return None
    query = "statements-of-paper" if thing.type == "Paper" else "statements-of-node"
    by_edge = facts.edges(facts.statements(backend, query, node=iri(id)))
    weight = Counter[str]()
    for (subject, target, _, _), found in by_edge.items():
        for end in {subject, target} - {id}:
            weight[end] += len(found)
    kin = _hierarchy(backend, id) if thing.type == "Hardware" else set()
    near = sorted(weight, key=lambda end: (-weight[end], end))[:_NEIGHBOURS]
    drawn = {id, *near, *(end for pair in kin for end in pair)}
    chosen = [s for edge, found in by_edge.items() if {edge[0], edge[1]} <= drawn for s in found]
    figures = facts.figures(backend, "figures-of-paper" if thing.type == "Paper" else "figures-of-node", id, _FIGURES)
    content = _fragment(backend, drawn, chosen, above=kin, ready=True, centre=thing, figures=figures)
    return content | {"neighbours": len(weight)}


def _hierarchy(backend: Backend, id: str) -> set[tuple[str, str]]:
    """All above a hardware, and one step below it."""
    below = {(short(str(row["below"])), short(str(row["above"]))) for row in backend.rows("narrower", node=iri(id))}
    return _above(backend, [id]) | {pair for pair in sorted(below) if pair[1] == id}


def _above(backend: Backend, ids: Iterable[str]) -> set[tuple[str, str]]:
    nodes = sorted(iri(id) for id in ids if id.startswith("hardware/"))
    rows = backend.rows("broader", nodes=nodes) if nodes else []
    return {(short(str(row["below"])), short(str(row["above"]))) for row in rows}


def _fragment(
    backend: Backend, drawn: Iterable[str], found: Sequence[Statement], *, above: set[tuple[str, str]], ready: bool,
    centre: Thing | None = None, figures: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:  # fmt: skip
    names = backend.names()
    ids = sorted({*drawn, *(end for pair in above for end in pair)})
    things = [thing for thing in map(names.get, ids) if thing is not None]
    number = {thing.id: at for at, thing in enumerate(things)}
    by_edge = {edge: some for edge, some in facts.edges(found).items() if edge[0] in number and edge[1] in number}
    shown = [statement for some in by_edge.values() for statement in some[:_FACTS]]
    sentences = facts.sentences(backend, shown)
    listed = {thing.id: [thing.id] if thing.type == "Paper" else [] for thing in things}
    naming: list[dict[str, Any]] = []
    if centre is not None and centre.type != "Paper":
        naming = facts.papers_naming(backend, centre.id, _PAPERS)
        listed[centre.id] = [p["id"] for p in naming]
    wanted = {f["paper"] for some in sentences.values() for f in some} | {f["paper"] for f in figures}
    wanted |= {thing.id for thing in things if thing.type == "Paper"}
    known = {p["id"]: p for p in naming} | facts.papers(backend, wanted - {p["id"] for p in naming})
    position = {id: at for at, id in enumerate(sorted(known))}
    return {
        "papers": [known[id] for id in position],
        "nodes": _nodes(backend, things, {id: [position[p] for p in some if p in position] for id, some in listed.items()}, ready),
        "edges": [
            {
                "from": number[subject], "to": number[target], "predicate": predicate, "role": role or None, "count": len(some),
                "facts": [
                    {**fact, "paper": position[fact["paper"]]}
                    for statement in some[:_FACTS] for fact in sentences.get(statement.iri, ())
                ],
            }
            for (subject, target, predicate, role), some in sorted(by_edge.items())
        ] + [
            {"from": number[below], "to": number[up], "predicate": BROADER, "role": None, "count": 0, "facts": []}
            for below, up in sorted(above) if below in number and up in number
        ],
        "results": [
            {
                **{name: value for name, value in figure.items() if name not in _ENDS},
                **{name: number[figure[name]] for name in _ENDS if figure.get(name) in number},
                "paper": position[figure["paper"]],
            }
            for figure in figures if figure["paper"] in position
        ],
    }  # fmt: skip


_ENDS: Final = ("method", "baseline", "metric", "dataset", "hardware")


def _nodes(
    backend: Backend, things: Sequence[Thing], listed: dict[str, list[int]], ready: bool
) -> list[dict[str, Any]]:
    iris = [iri(thing.id) for thing in things if thing.type != "Paper"]
    aliases: dict[str, list[str]] = defaultdict(list)
    about: dict[str, dict[str, Any]] = {}
    if iris:
        for row in backend.rows("aliases-of", nodes=iris):
            aliases[short(str(row["node"]))].append(str(row["name"]))
        for row in backend.rows("nodes", nodes=iris):
            about.setdefault(short(str(row["node"])), {"vendor": row["vendor"], "class": row["class"]})
    nodes = []
    for thing in things:
        node: dict[str, Any] = {
            "id": thing.id, "label": thing.name, "type": thing.type, "aliases": aliases[thing.id],
            "papers": listed[thing.id], "named": thing.papers,
        }  # fmt: skip
        if thing.type == "Paper":
            node["named"] = 1
        if thing.type == "Hardware":
            node |= {**about.get(thing.id, {}), "unnamed": not thing.papers}
        nodes.append(node | ({"ready": True} if ready else {}))
    return nodes


def _place(content: dict[str, Any]) -> None:
    ids = [node["id"] for node in content["nodes"]]
    places = layout.positions(ids, [(ids[edge["from"]], ids[edge["to"]]) for edge in content["edges"]])
    for node in content["nodes"]:
        node["x"], node["y"] = map(int, places[node["id"]])
