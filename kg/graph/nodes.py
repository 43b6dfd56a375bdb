"""The nodes of a graph: one per thing across papers, with the names that papers give it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kg.graph.statements import PaperFacts
from kg.lexicon import Entry, fold, load


@dataclass(frozen=True)
class Node:
    """A thing. `names` are all names that papers give it, the most frequent first; `papers` how many name it.

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
    known: bool = False
    level: str | None = None
    guessed: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """Normalised forms by which the node is found."""
        known = load().entries[self.id].aliases if self.known else ()
        # Who asks for "Hopper" means the chips: what is ambiguous in a text ("?") is not in a question about hardware.
        plain = (alias.lstrip("=?") for alias in known if self.type == "Hardware" or not alias.startswith("?"))
        names = (self.name, *self.names, *plain)
        return tuple(sorted({key for name in names if (key := fold(name))}))


@dataclass
class _Seen:
    type: str
    vendor: str | None = None
    hardware_class: str | None = None
    guess: str | None = None
    names: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    papers: int = 0


class Nodes:
    """Collects the nodes of papers, in any order, and gives them with the hardware above them."""

    def __init__(self, papers: Iterable[PaperFacts] = ()) -> None:
        self._seen: dict[str, _Seen] = {}
        for facts in papers:
            self.add(facts)

    def add(self, facts: PaperFacts) -> None:
        """Count the nodes that a paper names."""
        for node, entities in facts.resolved.entities_of.items():
            seen = self._seen.setdefault(node, _Seen(entities[0].type))
            seen.papers += 1
            for entity in entities:
                seen.labels[entity.name] += 1
                seen.vendor = min(filter(None, (seen.vendor, entity.vendor)), default=None)
                seen.hardware_class = min(filter(None, (seen.hardware_class, entity.hardware_class)), default=None)
                seen.guess = min(filter(None, (seen.guess, entity.guess)), default=None)
                seen.names.update({mention.text for mention in entity.mentions})

    def __iter__(self) -> Iterator[Node]:
        """All nodes by id: those that papers name, and the hardware above them."""
        entries = load().entries
        above: set[str] = set()
        for node, seen_node in self._seen.items():
            if node in entries:
                above.update(load().ancestors(node))
            elif seen_node.guess in entries:
                above.update((seen_node.guess, *load().ancestors(seen_node.guess)))
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
            known=True,
            level=entry.kind or None,
        )

    def _named(self, node: str, seen: _Seen, entry: Entry | None) -> Node:
        names = tuple(sorted(seen.names, key=lambda name: (-seen.names[name], name)))
        guess = seen.guess if entry is None and seen.guess in load().entries else None
        label = entry.name if entry else min(seen.labels, key=lambda name: (-seen.labels[name], name))
        return Node(
            node, seen.type, label, names, seen.papers,
            vendor=seen.vendor or (entry.vendor if entry else None),
            hardware_class=seen.hardware_class or (entry.hardware_class if entry else None),
            broader=entry.broader if entry else (guess,) if guess else (), known=entry is not None,
            level=entry.kind or None if entry else "product" if guess else None, guessed=guess is not None,
        )  # fmt: skip
