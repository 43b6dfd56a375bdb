"""The data of a page: the nodes of a scope, the edges between them, and the sentences behind each edge.

A page holds one *fragment*, which is also what its script takes when a node is expanded:
`papers`, `nodes`, `edges` (ends are positions in `nodes`) and `results`, each fact with its paper as a position in `papers`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Final

from kg.graph import Node, PaperFacts, Statement
from kg.graph.rdf import extractor_name
from kg.graph.statements import Figure, node_iri
from kg.lexicon import load
from kg.model import Paper, Span
from kg.views.outline import Key, Outline, drawn_statements, short
from kg.views.scope import Scope

MOST_FACTS: Final = 50
"""A page holds so many sentences of an edge, the surest, and says how many there are."""
MOST_PAPERS: Final = 60
"""A page lists so many papers of a node, the newest."""
_LINKS: Final = ("method", "baseline", "metric", "dataset", "hardware")


def fragment(outline: Outline, papers: Iterable[PaperFacts], scope: Scope) -> dict[str, Any]:
    """Nodes, edges, papers and results of a scope. Nodes that are only held ready have `ready` set."""
    kept = scope.drawn | scope.ready
    order = sorted(kept, key=lambda iri: (iri not in outline.papers, iri))
    number = {iri: at for at, iri in enumerate(order)}
    naming: dict[str, list[str]] = defaultdict(list)
    for paper, named in outline.named.items():
        for iri in number.keys() & set(named):
            naming[iri].append(paper)
    found: dict[Key, list[tuple[float, str, dict[str, Any]]]] = {
        key: [] for key in (outline.edges | scope.above) if key.start in kept and key.end in kept
    }
    results: list[tuple[str, dict[str, Any]]] = []
    for facts in papers:
        iri, extractor = short(facts.iri), extractor_name(facts.record.extractor)
        for key, statement in drawn_statements(facts):
            if key in found:
                found[key].extend((-f["confidence"], iri, f) for f in _facts(facts, statement, extractor))
        results.extend((iri, result) for figure in facts.figures if (result := _result(facts, figure, number)))
    edges: list[dict[str, Any]] = []
    for key, sentences in sorted(found.items()):
        sentences.sort(key=lambda item: item[:2])
        edges.append(
            {
                "from": number[key.start], "to": number[key.end], "predicate": key.predicate, "role": key.role or None,
                "count": len(sentences), "facts": [{**fact, "paper": iri} for _, iri, fact in sentences[:MOST_FACTS]],
            }
        )  # fmt: skip
    listed = {iri: _newest(outline, naming[iri] if iri in outline.nodes else [iri]) for iri in order}
    used = {fact["paper"] for edge in edges for fact in edge["facts"]} | {iri for iri, _ in results}
    used |= {paper for ids in listed.values() for paper in ids}
    position = {iri: at for at, iri in enumerate(sorted(used))}
    for fact in (fact for edge in edges for fact in edge["facts"]):
        fact["paper"] = position[fact["paper"]]
    return {
        "papers": [_paper(iri, outline.papers[iri]) for iri in position],
        "nodes": [
            {
                **(_node(iri, outline.nodes[iri]) if iri in outline.nodes else _paper_node(iri, outline.papers[iri])),
                "papers": [position[paper] for paper in listed[iri]],
                "named": len(naming[iri]) if iri in outline.nodes else 1,
                **({"ready": True} if iri in scope.ready else {}),
            }
            for iri in order
        ],
        "edges": edges,
        "results": [{**result, "paper": position[iri]} for iri, result in results],
    }


def _newest(outline: Outline, papers: Iterable[str]) -> list[str]:
    return sorted(papers, key=lambda iri: (outline.papers[iri].date or "", iri), reverse=True)[:MOST_PAPERS]


def _paper(iri: str, paper: Paper) -> dict[str, Any]:
    return {"id": iri, "title": paper.title or paper.abstract, "date": paper.date, "url": paper.url}


def _paper_node(iri: str, paper: Paper) -> dict[str, Any]:
    return {"id": iri, "label": paper.title or paper.abstract, "type": "Paper", "aliases": []}


def _node(iri: str, node: Node) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": iri, "label": node.name, "type": node.type, "aliases": [name for name in node.names if name != node.name],
    }  # fmt: skip
    if node.type == "Hardware":
        found |= {"vendor": node.vendor, "class": node.hardware_class, "unnamed": not node.papers}
    links = _links(node)
    return found | ({"links": links} if links else {})


def _links(node: Node) -> list[str]:
    """Where else the node is described: its Wikidata item."""
    entry = load().entries.get(node.id) if node.known else None
    item = dict(entry.facts).get("wikidata") if entry else None
    return [f"https://www.wikidata.org/wiki/{item}"] if item else []


def _facts(facts: PaperFacts, statement: Statement, extractor: str) -> Iterator[dict[str, Any]]:
    """One fact a sentence, its names marked, and the figures that stand in it."""
    ends = [node for node in (statement.subject, statement.object) if node]
    mentions = [m for node in ends for entity in facts.resolved.entities_of[node] for m in entity.mentions]
    for span in statement.evidence:
        fact: dict[str, Any] = {
            "sentence": span.text, "marks": _marks(span, mentions), "confidence": round(statement.confidence, 3),
            "extractor": extractor, "field": span.field, "start": span.start, "end": span.end,
        }  # fmt: skip
        figures = [f.result.span.text for f in facts.figures if f.result.evidence == span]
        fact |= {"figures": figures} if figures else {}
        fact |= {"devices": statement.devices} if statement.devices is not None else {}
        fact |= {"outperforms": statement.outperforms} if statement.outperforms is not None else {}
        yield fact


def _result(facts: PaperFacts, figure: Figure, number: dict[str, int]) -> dict[str, Any] | None:
    """A figure with what it is about, if any of that is on the page."""
    result = figure.result
    links = {name: number.get(short(node_iri(node))) for name in _LINKS if (node := getattr(figure, name))}
    links = {name: at for name, at in links.items() if at is not None}
    if not links and short(facts.iri) not in number:
        return None
    return {
        **links, "text": result.span.text, "kind": result.kind, "sentence": result.evidence.text,
        "marks": _marks(result.evidence, [result.span]), "confidence": round(result.confidence, 3),
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
