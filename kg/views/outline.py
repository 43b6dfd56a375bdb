"""What a graph holds in outline: nodes, papers, and which two are joined, without the sentences.

A page shows a small part of a graph that may be large. The outline is small enough to choose that part from; the
sentences of the chosen part are read in a second pass.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from kg.graph import Node, Nodes, PaperFacts
from kg.graph.statements import MENTIONS, Statement, node_iri
from kg.lexicon import fold
from kg.model import Paper
from kg.schema import BASE

BROADER: Final = "broader"


class Key(NamedTuple):
    """What makes an edge: both ends, the relation, its role ("" for none)."""

    start: str
    end: str
    predicate: str
    role: str


def short(iri: str) -> str:
    """An IRI as pages write it: without the base that all share."""
    return iri.removeprefix(BASE)


def drawn_statements(facts: PaperFacts) -> Iterator[tuple[Key, Statement]]:
    """The statements of a paper that a picture draws: a mention only where nothing else joins what is mentioned."""
    joined = {end for s in facts.statements if s.predicate != MENTIONS for end in (s.subject, s.object)}
    for statement in facts.statements:
        if statement.predicate == MENTIONS and statement.object in joined:
            continue
        start = node_iri(statement.subject) if statement.subject else facts.iri
        yield (
            Key(short(start), short(node_iri(statement.object)), statement.predicate, statement.role or ""),
            statement,
        )


@dataclass
class Outline:
    """Nodes and papers by short id, the edges between them, and what each paper names."""

    nodes: dict[str, Node] = field(default_factory=dict)
    papers: dict[str, Paper] = field(default_factory=dict)
    edges: set[Key] = field(default_factory=set)
    above: set[Key] = field(default_factory=set)
    named: dict[str, list[str]] = field(default_factory=dict)
    figures: int = 0

    @classmethod
    def of(cls, papers: Iterable[PaperFacts]) -> "Outline":
        """Read through the papers once."""
        found, nodes = cls(), Nodes()
        for facts in papers:
            nodes.add(facts)
            iri = short(facts.iri)
            found.papers[iri] = facts.record.paper.model_copy(update={"abstract": facts.record.abstract[:80]})
            found.edges.update(key for key, _ in drawn_statements(facts))
            found.named[iri] = [short(node_iri(node)) for node in facts.resolved.entities_of]
            found.figures += len(facts.figures)
        found.nodes = {short(node_iri(node.id)): node for node in nodes}
        found.above = {
            Key(iri, short(node_iri(up)), BROADER, "") for iri, node in found.nodes.items() for up in node.broader
        }
        return found

    @property
    def everything(self) -> set[str]:
        """The ids of all papers and nodes."""
        return self.papers.keys() | self.nodes.keys()

    def label(self, iri: str) -> str:
        """The name of a node, or the title of a paper."""
        if iri in self.nodes:
            return self.nodes[iri].name
        paper = self.papers[iri]
        return paper.title or paper.abstract

    def neighbours(self) -> dict[str, set[str]]:
        """What each node is joined to; the hierarchy does not count."""
        near: dict[str, set[str]] = defaultdict(set)
        for key in self.edges:
            near[key.start].add(key.end)
            near[key.end].add(key.start)
        return near

    def family(self, iri: str, *, up: bool) -> set[str]:
        """The hardware above (`up`) or below a node, itself not."""
        step: dict[str, list[str]] = defaultdict(list)
        for key in self.above:
            start, end = (key.start, key.end) if up else (key.end, key.start)
            step[start].append(end)
        seen: set[str] = set()
        queue = [iri]
        while queue:
            for found in step[queue.pop()]:
                if found not in seen:
                    seen.add(found)
                    queue.append(found)
        return seen

    def find(self, name: str) -> list[str]:
        """The ids that a name means: an id or IRI, a name in any spelling, a paper's id or title; the best first."""
        key = fold(name)
        exact = short(name)
        if exact in self.everything:
            return [exact]
        papers = [
            iri
            for iri, paper in self.papers.items()
            if name == paper.id or (key and key == fold(paper.title)) or name == paper.title.partition(":")[0]
        ]
        nodes = [iri for iri, node in self.nodes.items() if key and key in node.keys]
        nodes.sort(key=lambda iri: (fold(self.nodes[iri].name) != key, -self.nodes[iri].papers, iri))
        return nodes + sorted(papers)
