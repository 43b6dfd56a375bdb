"""The nodes of a graph: one per thing across papers, with the names that papers give it."""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kg.graph.statements import PaperFacts
from kg.lexicon import Entry, fold
from kg.resolve import MOST_EVIDENCE, Resolution, Why, node_type


@dataclass(frozen=True)
class Node:
    """A thing. `names` are all names that papers give it, the most frequent first; `papers` how many name it.

    `known` holds the names that the lexicon gives it, None where it does not know it; `joined` says of each name why it
    is here.
    """

    id: str
    type: str
    name: str
    names: tuple[str, ...]
    papers: int
    vendor: str | None = None
    hardware_class: str | None = None
    broader: tuple[str, ...] = ()
    known: tuple[str, ...] | None = None
    joined: tuple["Joined", ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Normalised forms by which the node is found."""
        # Who asks for "Hopper" means the chips: what is ambiguous in a text ("?") is not in a question about hardware.
        plain = (
            alias.lstrip("=?") for alias in self.known or () if self.type == "Hardware" or not alias.startswith("?")
        )
        names = (self.name, *self.names, *plain)
        return tuple(sorted({key for name in names if (key := fold(name))}))


@dataclass(frozen=True)
class Joined:
    """A name of a node: in how many papers, the first of them by id, and why it is this node."""

    name: str
    count: int
    papers: tuple[str, ...]
    why: Why


@dataclass
class _Joining:
    count: int = 0
    papers: list[str] = field(default_factory=list)
    whys: Counter[Why] = field(default_factory=Counter)

    def add(self, paper: str, why: Why) -> None:
        self.count += 1
        self.papers = heapq.nsmallest(MOST_EVIDENCE, [*self.papers, paper])
        self.whys[why] += 1


@dataclass
class _Seen:
    vendor: str | None = None
    hardware_class: str | None = None
    names: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    joined: dict[str, _Joining] = field(default_factory=dict)
    papers: int = 0


class Nodes:
    """Collects the nodes of papers, in any order, and gives them with the hardware above them."""

    def __init__(self, papers: Iterable[PaperFacts] = ()) -> None:
        self._seen: dict[str, _Seen] = {}
        self.resolution = Resolution()
        for facts in papers:
            self.add(facts)

    def add(self, facts: PaperFacts) -> None:
        """Count the nodes that a paper names."""
        self.resolution = facts.resolved.resolution
        for node, entities in facts.resolved.entities_of.items():
            seen = self._seen.setdefault(node, _Seen())
            seen.papers += 1
            for entity in entities:
                seen.labels[entity.name] += 1
                seen.vendor = min(filter(None, (seen.vendor, entity.vendor)), default=None)
                seen.hardware_class = min(filter(None, (seen.hardware_class, entity.hardware_class)), default=None)
                for name in {mention.text for mention in entity.mentions}:
                    seen.names[name] += 1
                    seen.joined.setdefault(name, _Joining()).add(facts.record.id, facts.resolved.why_of[entity.id])

    def __contains__(self, node: str) -> bool:
        """Whether a paper names the node."""
        return node in self._seen

    def __iter__(self) -> Iterator[Node]:
        """All nodes by id: those that papers name, and the hardware above them."""
        entries = self.resolution.lexicon.entries
        above: set[str] = set()
        for node in self._seen:
            if node in entries:
                above.update(self.resolution.lexicon.ancestors(node))
        for node in sorted(self._seen.keys() | above):
            entry, seen = entries.get(node), self._seen.get(node)
            if seen is None and entry is not None:
                yield self._known(entry)
            elif seen is not None:
                yield self._named(node, seen, entry)

    def _known(self, entry: Entry) -> Node:
        return Node(
            entry.id, entry.type, entry.name, (), 0, entry.vendor, entry.hardware_class, entry.broader, entry.aliases
        )

    def _named(self, node: str, seen: _Seen, entry: Entry | None) -> Node:
        names = tuple(sorted(seen.names, key=lambda name: (-seen.names[name], name)))
        label = entry.name if entry else min(seen.labels, key=lambda name: (-seen.labels[name], name))
        return Node(
            node, node_type(node), label, names, seen.papers,
            vendor=seen.vendor or (entry.vendor if entry else None),
            hardware_class=seen.hardware_class or (entry.hardware_class if entry else None),
            broader=entry.broader if entry else (), known=entry.aliases if entry else None,
            joined=tuple(_joined(name, seen.joined[name], label, entry) for name in names if name != label),
        )  # fmt: skip


def _joined(name: str, joining: _Joining, label: str, entry: Entry | None) -> Joined:
    why = min(joining.whys, key=lambda why: (-joining.whys[why], why.reason, why.says, why.papers))
    names = () if entry is None else (entry.name, *(alias.lstrip("?=") for alias in entry.aliases))
    if why.reason != "user":
        if fold(name) == fold(label):
            why = Why("spelling")
        elif fold(name) in map(fold, names):
            why = Why("lexicon", f"a name of {label} in the lexicon")
        elif why.reason in ("name", "lexicon"):
            why = Why("paper", "papers use it for the same, as a short or a longer form")
    return Joined(name, joining.count, why.papers or tuple(joining.papers), why)
