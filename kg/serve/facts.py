"""What the graph says around one node or paper, read from the SPARQL store: statements with their sentences, figures, papers.

The same facts become the fragments that the picture takes (`fragments.py`) and the pages to read (`pages.py`).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kg.schema import BASE, PG, load_schema
from kg.serve.backend import Backend

MENTIONS: Final = "mentions"
_LINKS: Final = ("method", "baseline", "metric", "dataset", "hardware")


@dataclass(frozen=True)
class Statement:
    """One fact of one paper; `subject` and `object` are ids (IRIs without the base), `iri` its own."""

    iri: str
    subject: str
    predicate: str
    object: str
    role: str | None
    paper: str
    confidence: float

    @property
    def edge(self) -> tuple[str, str, str, str]:
        """What joins the same two things in the same way is one edge."""
        return self.subject, self.object, self.predicate, self.role or ""


def iri(id: str) -> str:
    """The IRI of an id."""
    return BASE + id


def short(iri: str) -> str:
    """The id of an IRI."""
    return iri.removeprefix(BASE)


def statements(backend: Backend, name: str, **nodes: str | Sequence[str]) -> list[Statement]:
    """The statements that a query gives, the surest first. A mention counts only where its paper says no more of the thing."""
    relations = {term.iri: name for name, term in load_schema().relations.items()} | {PG + MENTIONS: MENTIONS}
    found = [
        Statement(
            str(row["statement"]), short(str(row["subject"])), relations[str(row["predicate"])], short(str(row["object"])),
            None if row["role"] is None else str(row["role"]), short(str(row["paper"])), float(str(row["confidence"])),
        )
        for row in backend.rows(name, **nodes)
        if str(row["predicate"]) in relations
    ]  # fmt: skip
    said: set[tuple[str, str]] = set()
    for statement in found:
        if statement.predicate != MENTIONS:
            said |= {(statement.paper, statement.subject), (statement.paper, statement.object)}
    kept = {s.iri: s for s in found if s.predicate != MENTIONS or (s.paper, s.object) not in said}
    return sorted(kept.values(), key=lambda s: (-s.confidence, s.paper, s.iri))


def edges(found: Iterable[Statement]) -> dict[tuple[str, str, str, str], list[Statement]]:
    """Statements by edge, the edges with the most statements first."""
    by_edge: dict[tuple[str, str, str, str], list[Statement]] = defaultdict(list)
    for statement in found:
        by_edge[statement.edge].append(statement)
    return dict(sorted(by_edge.items(), key=lambda item: (-len(item[1]), item[0])))


def sentences(backend: Backend, chosen: Sequence[Statement]) -> dict[str, list[dict[str, Any]]]:
    """The sentences of statements as pages show them, by the statement's IRI; the names of both ends are marked."""
    if not chosen:
        return {}
    surfaces: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in backend.rows("surfaces", papers=sorted({iri(s.paper) for s in chosen})):
        surfaces[short(str(row["paper"])), short(str(row["node"]))].append(str(row["surface"]))
    by_iri = {s.iri: s for s in chosen}
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in backend.rows("evidence", statements=sorted(by_iri)):
        statement = by_iri[str(row["statement"])]
        text, start = str(row["sentence"]), int(str(row["start"]))
        ends = [surfaces.get((statement.paper, end), []) for end in (statement.subject, statement.object)]
        fact = {
            "sentence": text, "marks": marks(text, ends), "confidence": round(statement.confidence, 3),
            "extractor": str(row["extractor"]), "field": str(row["field"]), "start": start, "end": int(str(row["end"])),
            "paper": statement.paper,
        }  # fmt: skip
        if row["devices"] is not None:
            fact["devices"] = row["devices"]
        if row["claimsWin"] is not None:
            fact["outperforms"] = row["claimsWin"]
        found[statement.iri].append(fact)
    for facts in found.values():
        facts.sort(key=lambda fact: (fact["field"], fact["start"]))
    return found


def marks(sentence: str, ends: Sequence[Sequence[str]]) -> list[list[int]]:
    """Where the names of one end and of the other stand in a sentence, without overlaps; long names before short ones.

    >>> marks("vLLM runs on an A100, an A100.", [["vLLM"], ["A100"]])
    [[0, 4], [16, 20], [25, 29]]
    """
    places: list[tuple[int, int]] = []
    for surface in sorted({s for names in ends for s in names if s}, key=lambda s: (-len(s), s)):
        for match in re.finditer(rf"(?<!\w){re.escape(surface)}(?!\w)", sentence):
            if all(match.end() <= start or end <= match.start() for start, end in places):
                places.append(match.span())
    return [list(place) for place in sorted(places)]


def figures(backend: Backend, name: str, node: str, most: int) -> list[dict[str, Any]]:
    """Figures that a query gives, as pages show them: `paper` and links are ids."""
    found = []
    for row in backend.first_rows(name, most, node=iri(node)):
        sentence, at = str(row["sentence"]), int(str(row["sentenceStart"]))
        links = {link: short(str(row[link])) for link in _LINKS if row[link] is not None}
        found.append(
            {
                **links, "text": str(row["text"]), "kind": str(row["kind"]), "sentence": sentence,
                "marks": [[int(str(row["start"])) - at, int(str(row["end"])) - at]],
                "confidence": round(float(str(row["confidence"])), 3), "paper": short(str(row["paper"])),
            }
        )  # fmt: skip
    return found


def papers(backend: Backend, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What is known of papers, by id: `id`, `title`, `date`, `url`."""
    wanted = sorted({iri(id) for id in ids})
    return {p["id"]: p for p in map(paper, backend.rows("papers", papers=wanted))} if wanted else {}


def paper(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a query about papers as pages show it."""
    return {"id": short(str(row["paper"])), "title": str(row["title"]), "date": row["date"], "url": row["url"]}


def papers_naming(backend: Backend, node: str, most: int) -> list[dict[str, Any]]:
    """The papers that name a node, the newest first."""
    return [paper(row) for row in backend.first_rows("papers-naming", most, node=iri(node))]
