"""A graph as the data of a page: the most useful nodes, the edges between them, and the sentences behind each edge."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from kg.errors import ExportError
from kg.graph import Log, Node, Nodes, PaperFacts, Statement, paper_facts
from kg.graph.rdf import extractor_name
from kg.graph.statements import MENTIONS, node_iri
from kg.model import Span
from kg.settings import setting
from kg.views import layout, network

_BROADER: Final = "broader"
_Edges = dict[tuple[str, str, str, str], list[dict[str, Any]]]


def write_view(
    graph: str | Path,
    out: str | Path,
    *,
    most: int | None = None,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> tuple[int, int]:
    """Write a graph as one HTML file; how many nodes it shows, and of how many.

    Raises:
        GraphError: there is no such graph.
        ExportError: the file cannot be written.
    """
    with Log(Path(graph)) as log:
        total = len(log)

        def papers() -> Iterator[PaperFacts]:
            for done, facts in enumerate(map(paper_facts, log), start=1):
                if progress:
                    progress("reading", done, total)
                yield facts

        content = page(papers(), title=Path(graph).resolve().name, most=most)
    write_page(content, Path(out))
    return content["shown"], content["total"]


def write_page(content: dict[str, Any], target: Path) -> None:
    """Write the data of a page as one HTML file, whole or not at all.

    Raises:
        ExportError: the file cannot be written.
    """
    new = target.with_name(target.name + ".new")
    try:
        new.write_text(network.render(content), "utf-8")
        os.replace(new, target)
    except OSError as error:
        raise ExportError(f"{target} cannot be written: {error.strerror or error}.") from error


def page(papers: Iterable[PaperFacts], *, title: str, most: int | None = None) -> dict[str, Any]:
    """The data of a page as `network.render` takes it.

    Papers and what they name are nodes; relations are edges, and the hardware hierarchy. What a paper only mentions
    is joined to it where nothing else joins it. Of more than `most` nodes those with the most papers and edges stay.
    """
    every = list(papers)
    nodes = {node_iri(node.id): node for node in Nodes(every)}
    edges, above = _edges(every), _hierarchy(nodes)
    kept = _useful(
        {facts.iri for facts in every} | nodes.keys(), nodes, [*edges, *above], most or setting("view_nodes")
    )
    numbers = {facts.record.id: number for number, facts in enumerate(every)}
    naming: dict[str, list[int]] = defaultdict(list)
    for facts in every:
        for node in facts.resolved.entities_of:
            naming[node_iri(node)].append(numbers[facts.record.id])
    shown = [
        *(_paper_node(facts, numbers) for facts in every if facts.iri in kept),
        *(_node(iri, node, naming[iri]) for iri, node in nodes.items() if iri in kept),
    ]
    lines: list[dict[str, Any]] = [
        {"id": "|".join(key), "from": key[0], "to": key[1], "predicate": key[2], "role": key[3] or None, "facts": found}
        for key, found in sorted((edges | above).items())
        if key[0] in kept and key[1] in kept
    ]
    for fact in (fact for line in lines for fact in line["facts"]):
        fact["paper"] = numbers[fact["paper"]]
    places = layout.positions([node["id"] for node in shown], [(line["from"], line["to"]) for line in lines])
    for item in shown:
        item["x"], item["y"] = places[item["id"]]
    return {
        "title": title,
        "subtitle": f"{len(every)} papers, {len(nodes)} things that they name, {sum(len(f.figures) for f in every)} figures",
        "shown": len(shown),
        "total": len(every) + len(nodes),
        "types": [
            {"name": name, "shape": shape, "color": color, "count": sum(node["type"] == name for node in shown)}
            for name, (shape, color) in network.STYLES.items()
        ],
        "papers": [
            {"id": p.id, "title": p.title or p.abstract[:80], "date": p.date, "url": p.url}
            for p in (facts.record.paper for facts in every)
        ],
        "nodes": shown,
        "edges": lines,
    }


def _paper_node(facts: PaperFacts, numbers: dict[str, int]) -> dict[str, Any]:
    paper = facts.record.paper
    return {
        "id": facts.iri, "label": short(paper.title or paper.abstract), "type": "Paper", "aliases": [],
        "papers": [numbers[paper.id]], "vendor": None, "class": None,
    }  # fmt: skip


def _node(iri: str, node: Node, papers: list[int]) -> dict[str, Any]:
    return {
        "id": iri, "label": node.name, "type": node.type, "aliases": [name for name in node.names if name != node.name],
        "papers": papers, "vendor": node.vendor, "class": node.hardware_class,
    }  # fmt: skip


def short(title: str) -> str:
    """The name before a title's colon, else its first words."""
    before, colon, _ = title.partition(":")
    return before if colon and len(before) <= 40 else title if len(title) <= 40 else title[:39].rstrip() + "…"


def _edges(papers: Iterable[PaperFacts]) -> _Edges:
    edges: _Edges = defaultdict(list)
    for facts in papers:
        joined: set[str] = set()
        extractor = extractor_name(facts.record.extractor)
        for statement in facts.statements:
            if statement.predicate != MENTIONS:
                joined |= {statement.object} | ({statement.subject} if statement.subject else set())
        for statement in facts.statements:
            if statement.predicate == MENTIONS and statement.object in joined:
                continue
            subject = node_iri(statement.subject) if statement.subject else facts.iri
            key = (subject, node_iri(statement.object), statement.predicate, statement.role or "")
            edges[key].extend(_facts(facts, statement, extractor))
    return dict(edges)


def _hierarchy(nodes: dict[str, Node]) -> _Edges:
    return {(iri, node_iri(up), _BROADER, ""): [] for iri, node in nodes.items() for up in node.broader}


def _facts(facts: PaperFacts, statement: Statement, extractor: str) -> Iterator[dict[str, Any]]:
    """One fact a sentence, its names marked, and the figures that stand in it."""
    ends = [node for node in (statement.subject, statement.object) if node]
    mentions = [m for node in ends for entity in facts.resolved.entities_of[node] for m in entity.mentions]
    for span in statement.evidence:
        yield {
            "paper": facts.record.id, "sentence": span.text, "marks": _marks(span, mentions),
            "confidence": statement.confidence, "extractor": extractor, "field": span.field, "start": span.start,
            "end": span.end, "devices": statement.devices,
            "figures": [f.result.span.text for f in facts.figures if f.result.evidence == span],
        }  # fmt: skip


def _marks(sentence: Span, mentions: Iterable[Span]) -> list[list[int]]:
    """Where the mentions stand in the sentence, without overlaps."""
    inside = sorted(
        {(m.start - sentence.start, m.end - sentence.start) for m in mentions
         if m.field == sentence.field and sentence.start <= m.start and m.end <= sentence.end}
    )  # fmt: skip
    clear = [inside[0]] if inside else []
    for before, mark in pairwise(inside):
        if mark[0] >= max(before[1], clear[-1][1]):
            clear.append(mark)
    return [list(mark) for mark in clear]


def _useful(every: set[str], nodes: dict[str, Node], edges: Iterable[tuple[str, str, str, str]], most: int) -> set[str]:
    """The nodes to show: all, or those with the most papers and edges."""
    if len(every) <= most:
        return every
    weight: dict[str, int] = defaultdict(int)
    for start, end, *_ in edges:
        weight[start] += 1
        weight[end] += 1
    for iri, node in nodes.items():
        weight[iri] += 3 * node.papers
    return set(sorted(every, key=lambda iri: (-weight[iri], iri))[:most])
