"""A part of a graph as a Cypher store holds it, for a page: what a Neo4j server answers is drawn without a graph folder.

The data is a fragment as `kg.views.content` makes it from the log. Marks are where the forms stand that a paper gives a
name, since a store does not hold the place of each mention.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final, TypeAlias

from kg.graph.property_graph import LINKS
from kg.graph.statements import MENTIONS, node_iri, paper_iri
from kg.schema import PG, PREFIXES, load_schema
from kg.stores.base import Store
from kg.views.content import MOST_FACTS, MOST_PAPERS
from kg.views.outline import BROADER, short

Properties: TypeAlias = dict[str, Any]
_ALL: Final = 1 << 31  # so many rows at most
_NODES: Final = "MATCH (n:{label}) WHERE n.id IN $ids RETURN n"
_FACTS: Final = (
    "MATCH (a:{label})-[r]->(b) WHERE a.id IN $ids AND b.id IN $others RETURN a.id AS start, r, b.id AS target"
)
_NAMING: Final = "MATCH (p:Paper)-[r:MENTIONS]->(n:{label}) WHERE n.id IN $ids RETURN p.id AS paper, n.id AS node, r.surfaces AS forms"
_OF_THINGS: Final = "MATCH (f:Result)-[r]->(n:{label}) WHERE n.id IN $ids RETURN f, r, n.id AS node"
_OF_PAPERS: Final = "MATCH (n:{label})-[r:REPORTS]->(f:Result) WHERE n.id IN $ids RETURN f, r, n.id AS node"


def stored_fragment(store: Store, kinds: Mapping[str, str]) -> dict[str, Any]:
    """Nodes, the facts between them, the figures about them, and the papers that say so.

    Args:
        store: what answers Cypher.
        kinds: the labels of the nodes, by id.
    """
    return _Reading(store, kinds).fragment()


class _Reading:
    def __init__(self, store: Store, kinds: Mapping[str, str]) -> None:
        self._store = store
        self._kinds = dict(sorted(kinds.items(), key=lambda pair: (pair[1] != "Paper", _short(*pair))))
        self._number = {id: at for at, id in enumerate(self._kinds)}
        self._naming: dict[str, list[str]] = defaultdict(list)
        self._forms: dict[tuple[str, str], list[str]] = {}
        for paper, node, forms in self._by_label(_NAMING, papers=False):
            self._naming[node].append(paper)
            self._forms[paper, node] = forms or []

    def fragment(self) -> dict[str, Any]:
        figures = self._figures()
        edges = list(self._edges(figures))
        used = {fact["paper"] for edge in edges for fact in edge["facts"]} | {paper for paper, _ in figures}
        used |= {id for id, label in self._kinds.items() if label == "Paper"} | {
            p for ps in self._naming.values() for p in ps
        }
        papers = {p["id"]: p for p in self._nodes("Paper", used)}
        listed = {
            id: self._newest(papers, self._naming[id] if label != "Paper" else [id])
            for id, label in self._kinds.items()
        }
        shown = {fact["paper"] for edge in edges for fact in edge["facts"]} | {paper for paper, _ in figures}
        order = sorted(shown | {paper for ids in listed.values() for paper in ids}, key=lambda id: _short(id, "Paper"))
        position = {id: at for at, id in enumerate(order)}
        for fact in (fact for edge in edges for fact in edge["facts"]):
            fact["paper"] = position[fact["paper"]]
        own = {p["id"]: p for label in {*self._kinds.values()} for p in self._nodes(label, self._ids(label))}
        return {
            "papers": [_paper(papers[id]) for id in order],
            "nodes": [
                {
                    **_node(label, own[id], named=len(self._naming[id])),
                    "papers": [position[paper] for paper in listed[id]],
                    "named": len(self._naming[id]) if label != "Paper" else 1,
                }
                for id, label in self._kinds.items()
            ],
            "edges": edges,
            "results": [{**figure, "paper": position[paper]} for paper, figure in figures],
        }

    def _ids(self, label: str) -> list[str]:
        return [id for id, kind in self._kinds.items() if kind == label]

    def _rows(self, query: str, **parameters: Any) -> Iterator[tuple[Any, ...]]:
        yield from self._store.select(query, parameters, most=_ALL).rows

    def _by_label(self, query: str, *, papers: bool, **parameters: Any) -> Iterator[tuple[Any, ...]]:
        """The rows for the nodes of each label: with its label, an id is found in an index."""
        for label in sorted({*self._kinds.values()}):
            if papers or label != "Paper":
                yield from self._rows(query.format(label=label), ids=self._ids(label), **parameters)

    def _nodes(self, label: str, ids: Any) -> Iterator[Properties]:
        for (node,) in self._rows(_NODES.format(label=label), ids=sorted(ids)):
            yield node["properties"]

    def _newest(self, papers: Mapping[str, Properties], ids: list[str]) -> list[str]:
        known = [id for id in ids if id in papers]
        return sorted(known, key=lambda id: (papers[id].get("date") or "", _short(id, "Paper")), reverse=True)[
            :MOST_PAPERS
        ]

    def _edges(self, figures: list[tuple[str, dict[str, Any]]]) -> Iterator[dict[str, Any]]:
        """The facts between the nodes by ends, relation and role; a mention only where nothing else joins what is mentioned."""
        names = {term.cypher_name: term.record_name for term in load_schema().relations.values()} | {
            "MENTIONS": MENTIONS, load_schema().properties[PREFIXES["skos"] + "broader"].cypher_name: BROADER,
        }  # fmt: skip
        rows = [
            (self._number[start], self._number[end], str(names[r["type"]]), r["properties"], start, end)
            for start, r, end in self._by_label(_FACTS, papers=True, others=[*self._kinds])
            if r["type"] in names
        ]
        joined = {(p.get("paper"), end) for *_, name, p, start, end in rows if name != MENTIONS for end in (start, end)}
        kept = [row for row in rows if row[2] != MENTIONS or (row[3].get("paper"), row[5]) not in joined]
        kept.sort(
            key=lambda row: (
                *row[:3],
                row[3].get("role") or "",
                -row[3].get("confidence", 0),
                row[3].get("paper") or "",
            )
        )
        said: dict[tuple[str, str], list[str]] = defaultdict(list)
        for paper, figure in figures:
            said[paper, figure["sentence"]].append(figure["text"])
        for (start, end, name, role), group in groupby(kept, lambda row: (*row[:3], row[3].get("role"))):
            facts = [
                fact for *_, p, a, b in group if p.get("paper") for fact in self._facts(p, (a, b), said)
            ]  # fmt: skip
            yield {
                "from": start, "to": end, "predicate": name, "role": role, "count": len(facts), "facts": facts[:MOST_FACTS],
            }  # fmt: skip

    def _facts(
        self, properties: Properties, ends: tuple[str, str], said: Mapping[tuple[str, str], list[str]]
    ) -> Iterator[dict[str, Any]]:
        """One fact a sentence."""
        paper = properties["paper"]
        forms = [form for end in ends for form in self._forms.get((paper, end), ())]
        of = (properties[key] for key in ("sentences", "fields", "starts", "ends"))
        for sentence, field, start, end in zip(*of, strict=True):
            yield {
                "sentence": sentence, "marks": _marks(sentence, forms), "confidence": round(properties["confidence"], 3),
                "extractor": properties["extractor"], "field": field, "start": start, "end": end, "paper": paper,
                **({"figures": figures} if (figures := said.get((paper, sentence))) else {}),
                **{key: properties[key] for key in ("devices", "outperforms") if properties.get(key) is not None},
            }  # fmt: skip

    def _figures(self) -> list[tuple[str, dict[str, Any]]]:
        """Figures that are about a node, or that a paper among the nodes reports, each with its paper."""
        links = {load_schema().properties[PG + link].cypher_name: link for link in LINKS}
        found: dict[str, tuple[str, dict[str, Any]]] = {}
        rows = [*self._by_label(_OF_THINGS, papers=False)]
        if "Paper" in self._kinds.values():
            rows += self._rows(_OF_PAPERS.format(label="Paper"), ids=self._ids("Paper"))
        for node, r, id in rows:
            p, sentence = node["properties"], r["properties"]
            _, figure = found.setdefault(p["id"], (p["paper"], {
                "text": p["text"], "kind": p["kind"], "sentence": p["sentence"], "confidence": round(p["confidence"], 3),
                "marks": [[p["start"] - sentence["start"], p["end"] - sentence["start"]]],
            }))  # fmt: skip
            if r["type"] in links:
                figure[links[r["type"]]] = self._number[id]
        return [found[id] for id in sorted(found)]


def _short(id: str, label: str) -> str:
    return short(paper_iri(id) if label == "Paper" else node_iri(id))


def _paper(p: Properties) -> dict[str, Any]:
    return {"id": _short(p["id"], "Paper"), "title": p["name"], "date": p.get("date"), "url": p.get("url")}


def _node(label: str, p: Properties, *, named: int) -> dict[str, Any]:
    found = {
        "id": _short(p["id"], label),
        "label": p.get("name") or p["id"],
        "type": label,
        "aliases": p.get("aliases") or [],
    }
    if label == "Hardware":
        found |= {"vendor": p.get("vendor"), "class": p.get("class"), "unnamed": not named}
    return found


def _marks(sentence: str, forms: list[str]) -> list[list[int]]:
    """Where the forms stand as words of their own, without overlaps; the longest of two."""
    if not forms:
        return []
    longest = sorted({*forms}, key=lambda form: (-len(form), form))
    pattern = "|".join(map(re.escape, longest))
    return [[*match.span()] for match in re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", sentence)]
