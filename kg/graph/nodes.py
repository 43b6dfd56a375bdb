"""The nodes of a graph: one per thing across papers, with the names that papers give it."""

from bisect import insort
from collections import Counter, defaultdict
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
    Of hardware `level` says how high it stands in the hierarchy; `guessed` that vendor, class and `broader` follow from the
    shape of its name, since the catalogue does not list it.
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
    level: str | None = None
    guessed: bool = False

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
        insort(self.papers, paper)
        del self.papers[MOST_EVIDENCE:]
        self.whys[why] += 1


@dataclass
class _Seen:
    vendor: str | None = None
    hardware_class: str | None = None
    guess: str | None = None
    names: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    joined: defaultdict[str, _Joining] = field(default_factory=lambda: defaultdict(_Joining))
    papers: int = 0


class Nodes:
    """Collects the nodes of papers, in any order, and gives them with the hardware above them."""

    def __init__(self, papers: Iterable[PaperFacts] = ()) -> None:
        self._seen: defaultdict[str, _Seen] = defaultdict(_Seen)
        self.resolution = Resolution()
        for facts in papers:
            self.add(facts)

    def add(self, facts: PaperFacts) -> None:
        """Count the nodes that a paper names."""
        self.resolution = facts.resolved.resolution
        for node, entities in facts.resolved.entities_of.items():
            seen = self._seen[node]
            seen.papers += 1
            for entity in entities:
                seen.labels[entity.name] += 1
                seen.vendor = _first(seen.vendor, entity.vendor)
                seen.hardware_class = _first(seen.hardware_class, entity.hardware_class)
                seen.guess = _first(seen.guess, entity.guess)
                for name in {mention.text for mention in entity.mentions}:
                    seen.names[name] += 1
                    seen.joined[name].add(facts.record.id, facts.resolved.why_of[entity.id])

    def __contains__(self, node: str) -> bool:
        """Whether a paper names the node."""
        return node in self._seen

    def __iter__(self) -> Iterator[Node]:
        """All nodes by id: those that papers name, and the hardware above them."""
        entries = self.resolution.lexicon.entries
        above: set[str] = set()
        for node, seen_node in self._seen.items():
            if node in entries:
                above.update(self.resolution.lexicon.ancestors(node))
            elif seen_node.guess in entries:
                above.update((seen_node.guess, *self.resolution.lexicon.ancestors(seen_node.guess)))
        for node in sorted(self._seen.keys() | above):
            entry, seen = entries.get(node), self._seen.get(node)
            if seen is None and entry is not None:
                yield self._known(entry)
            elif seen is not None:
                yield self._named(node, seen, entry)

    def _known(self, entry: Entry) -> Node:
        return Node(
            entry.id,
            entry.type,
            entry.name,
            (),
            0,
            entry.vendor,
            entry.hardware_class,
            entry.broader,
            entry.aliases,
            level=entry.kind or None,
        )

    def _named(self, node: str, seen: _Seen, entry: Entry | None) -> Node:
        names = tuple(sorted(seen.names, key=lambda name: (-seen.names[name], name)))
        guess = seen.guess if entry is None and seen.guess in self.resolution.lexicon.entries else None
        label = entry.name if entry else min(seen.labels, key=lambda name: (-seen.labels[name], name))
        return Node(
            node, node_type(node), label, names, seen.papers,
            vendor=seen.vendor or (entry.vendor if entry else None),
            hardware_class=seen.hardware_class or (entry.hardware_class if entry else None),
            broader=entry.broader if entry else (guess,) if guess else (), known=entry.aliases if entry else None,
            level=entry.kind or None if entry else "product" if guess else None, guessed=guess is not None,
            joined=tuple(_joined(name, seen.joined[name], label, entry) for name in names if name != label),
        )  # fmt: skip


def _first(one: str | None, other: str | None) -> str | None:
    """Of two texts the first in order; of none and a text, the text."""
    return min(one, other) if one and other else one or other or None


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
