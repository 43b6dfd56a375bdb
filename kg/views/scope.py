"""Which part of a graph a page shows: all of it, what is around one thing, or the answer of a query."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from difflib import get_close_matches

from kg.errors import QueryError
from kg.schema import BASE
from kg.stores import Answer
from kg.views.outline import BROADER, Key, Outline, short


@dataclass(frozen=True)
class Scope:
    """The nodes to draw, those held ready for "expand", and of how many they are.

    `above` are the lines of the hardware hierarchy; `lit` the nodes that the page is about.
    """

    drawn: frozenset[str]
    ready: frozenset[str]
    total: int
    above: frozenset[Key]
    title: str | None = None
    lit: tuple[str, ...] = ()


def whole(outline: Outline, most: int) -> Scope:
    """The whole graph. A class or family that no paper names and that joins nothing is left out at first."""
    near, weight = outline.neighbours(), _weights(outline)
    above, passed = _without_passages(outline)
    linked = {iri: set(ends) for iri, ends in near.items()}
    for key in above:
        linked.setdefault(key.start, set()).add(key.end)
        linked.setdefault(key.end, set()).add(key.start)
    order = sorted(outline.everything - passed, key=lambda iri: (-weight[iri], iri))
    drawn = set(order[:most])
    if (
        len(order) > most
    ):  # a node whose neighbours are all left out says little: the next that is linked takes its place
        alone = {iri for iri in drawn if not linked.get(iri, set()) & drawn}
        drawn -= alone
        for iri in order[most:]:
            if len(drawn) == most:
                break
            if linked.get(iri, set()) & drawn:
                drawn.add(iri)
        drawn |= set(sorted(alone, key=lambda iri: (-weight[iri], iri))[: most - len(drawn)])
    left = [*order, *sorted(passed)]
    ready = [iri for iri in left if iri not in drawn and (iri in passed or near[iri] & drawn)][:most]
    return Scope(frozenset(drawn), frozenset(ready), len(outline.everything), frozenset(above | outline.above))


def around(outline: Outline, name: str, depth: int, most: int) -> Scope:
    """One thing and what is linked to it in `depth` steps: a paper, a method, a hardware with its family, a vendor.

    Raises:
        QueryError: nothing has that name; the nearest names are given.
    """
    found = outline.find(name)
    vendors = {node.vendor.casefold(): node.vendor for node in outline.nodes.values() if node.vendor}
    if found:
        centre = found[0]
        start = {centre, *outline.family(centre, up=False)}
        up = outline.family(centre, up=True)
        title = outline.label(centre)
    elif name.casefold() in vendors:
        title = vendors[name.casefold()]
        start = {iri for iri, node in outline.nodes.items() if node.vendor == title}
        up, centre = set(), ""
    else:
        labels = {outline.label(iri): None for iri in sorted(outline.everything)}
        near = get_close_matches(name, labels, n=3, cutoff=0.6)
        hint = f": the nearest is {', '.join(near)}." if near else "; search for it in the whole view, or ask  kg ask."
        raise QueryError(f"Nothing in this graph is called {name!r}{hint}")
    links = outline.neighbours()
    if centre in outline.papers:
        start |= set(outline.named[centre])
        depth -= 1
    rings = [start | up]
    reached, edge = set(rings[0]), start
    for _ in range(depth + 1):
        edge = {end for iri in edge for end in links[iri]} - reached
        reached |= edge
        rings.append(edge)
    inside = set().union(*rings[:-1])
    inside |= {up for iri in inside & outline.nodes.keys() for up in outline.family(iri, up=True)} if found else set()
    weight = _weights(outline)
    rank = {iri: number for number, ring in reversed(list(enumerate(rings))) for iri in ring}
    order = sorted(inside, key=lambda iri: (rank.get(iri, len(rings)), -weight[iri], iri))
    drawn = frozenset(order[:most])
    outer = sorted((rings[-1] | set(order[most:])) - drawn, key=lambda iri: (-weight[iri], iri))
    lit = (centre,) if centre else ()
    return Scope(drawn, frozenset(outer[:most]), len(inside), frozenset(outline.above), title, lit)


def answer(outline: Outline, found: Answer, most: int) -> Scope:
    """The nodes and papers that an answer names, by IRI or by exact name, and what joins them."""
    ids = cells(outline, found)
    named = Counter(iri for row in ids for iri in row if iri)
    order = sorted(named, key=lambda iri: (-named[iri], iri))
    drawn = frozenset(order[:most])
    links, weight = outline.neighbours(), _weights(outline)
    near = {end for iri in drawn for end in links[iri]} - drawn
    ready = [*order[most:], *sorted(near, key=lambda iri: (-weight[iri], iri))]
    return Scope(drawn, frozenset(ready[:most]), len(order), frozenset(outline.above))


def cells(outline: Outline, found: Answer) -> list[list[str | None]]:
    """For each cell of an answer the id of the node or paper that it means, if it means one."""
    names: dict[str, str] = {}
    for iri in sorted(outline.everything, reverse=True):
        names[outline.label(iri)] = iri
    names |= {paper.id: iri for iri, paper in outline.papers.items()}

    def meant(cell: object) -> str | None:
        if not isinstance(cell, str):
            return None
        if cell.startswith(BASE):
            return short(cell) if short(cell) in outline.papers or short(cell) in outline.nodes else None
        return names.get(cell)

    return [[meant(cell) for cell in row] for row in found.rows]


def _weights(outline: Outline) -> dict[str, int]:
    """How useful a node is: three for each paper that names it, one for each edge."""
    weight: dict[str, int] = defaultdict(int)
    for key in (*outline.edges, *outline.above):
        weight[key.start] += 1
        weight[key.end] += 1
    for iri, node in outline.nodes.items():
        weight[iri] += 3 * node.papers
    return weight


def _without_passages(outline: Outline) -> tuple[set[Key], set[str]]:
    """The hierarchy without hardware that no paper names and that has one thing below it: its line goes on upwards."""
    below: dict[str, set[str]] = defaultdict(set)
    up: dict[str, set[str]] = defaultdict(set)
    for key in outline.above:
        below[key.end].add(key.start)
        up[key.start].add(key.end)
    passed: set[str] = set()
    for iri in sorted(below, key=lambda iri: (len(outline.family(iri, up=False)), iri)):
        if not outline.nodes[iri].papers and len(below[iri]) == 1:
            (child,) = below[iri]
            passed.add(iri)
            up[child].discard(iri)
            for higher in up.pop(iri, set()):
                below[higher].discard(iri)
                below[higher].add(child)
                up[child].add(higher)
    return {Key(iri, higher, BROADER, "") for iri, ends in up.items() for higher in ends}, passed


__all__ = ["Scope", "answer", "around", "cells", "whole"]
