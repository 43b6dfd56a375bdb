"""The nodes of a graph: one per thing across papers, with the names that papers give it."""

import heapq
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

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
class _Seen:
    """What papers say of a node: how often they use each name, and each mention with the paper and why it is this node."""

    papers: int
    labels: Counter[str]
    vendor: str | None
    hardware_class: str | None
    guess: str | None
    mentions: list[tuple[str, str, int]]


_TABLES: Final = """
CREATE TABLE entities (node TEXT, paper TEXT, label TEXT, vendor TEXT, class TEXT, guess TEXT);
CREATE TABLE mentions (node TEXT, name TEXT, paper TEXT, why INTEGER);
BEGIN;
"""
# Indices that hold all columns: SQLite reads a node after the other from them, and sorts them on disk.
_SORTED: Final = (
    "CREATE INDEX IF NOT EXISTS entities_by_node ON entities (node, paper, label, vendor, class, guess)",
    "CREATE INDEX IF NOT EXISTS mentions_by_node ON mentions (node, name, paper, why)",
)


class Nodes:
    """Collects the nodes of papers, in any order, and gives them with the hardware above them.

    What is collected lies in a temporary database of SQLite's own, on disk where it is large, so that memory does not grow
    with the number of names.
    """

    def __init__(self, papers: Iterable[PaperFacts] = ()) -> None:
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.executescript(_TABLES)
        self._whys: dict[Why, int] = {}
        self.resolution = Resolution()
        for facts in papers:
            self.add(facts)

    def add(self, facts: PaperFacts) -> None:
        """Count the nodes that a paper names."""
        resolved, paper = facts.resolved, facts.record.id
        self.resolution = resolved.resolution
        named = [(node, entity) for node, entities in resolved.entities_of.items() for entity in entities]
        self._db.executemany(
            "INSERT INTO entities VALUES (?, ?, ?, ?, ?, ?)",
            ((node, paper, e.name, e.vendor or None, e.hardware_class or None, e.guess or None) for node, e in named),
        )
        self._db.executemany(
            "INSERT INTO mentions VALUES (?, ?, ?, ?)",
            (
                (node, name, paper, self._whys.setdefault(resolved.why_of[entity.id], len(self._whys)))
                for node, entity in named
                for name in {mention.text for mention in entity.mentions}
            ),
        )

    def _rows(self, query: str, *values: str) -> Iterator[tuple[Any, ...]]:
        for statement in _SORTED:
            self._db.execute(statement)
        return self._db.execute(query, values)

    def __contains__(self, node: str) -> bool:
        """Whether a paper names the node."""
        return next(self._rows("SELECT 1 FROM entities WHERE node = ? LIMIT 1", node), None) is not None

    def __iter__(self) -> Iterator[Node]:
        """All nodes by id: those that papers name, and the hardware above them."""
        lexicon = self.resolution.lexicon
        above: set[str] = set()
        for node, guess in self._rows("SELECT node, min(guess) FROM entities GROUP BY node"):
            if node in lexicon.entries:
                above.update(lexicon.ancestors(node))
            elif guess in lexicon.entries:
                above.update((guess, *lexicon.ancestors(guess)))
        whys = list(self._whys)
        known = ((node, None) for node in sorted(above))
        for node, found in groupby(heapq.merge(self._named_by_papers(), known, key=itemgetter(0)), itemgetter(0)):
            entry, seen = lexicon.entries.get(node), next((seen for _, seen in found if seen), None)
            if seen is not None:
                yield self._named(node, seen, entry, whys)
            elif entry is not None:
                yield self._known(entry)

    def _named_by_papers(self) -> Iterator[tuple[str, _Seen | None]]:
        """By node id, what papers say of it."""
        entities = self._rows("SELECT node, paper, label, vendor, class, guess FROM entities ORDER BY node")
        mentions = self._rows("SELECT node, name, paper, why FROM mentions ORDER BY node, name, paper")
        for (node, named), (_, texts) in zip(
            groupby(entities, itemgetter(0)), groupby(mentions, itemgetter(0)), strict=True
        ):
            _, papers, labels, vendors, classes, guesses = zip(*named, strict=True)
            vendor, hardware_class, guess = (min(filter(None, of), default=None) for of in (vendors, classes, guesses))
            mentioned = [(name, paper, why) for _, name, paper, why in texts]
            seen = _Seen(len(set(papers)), Counter(labels), vendor, hardware_class, guess, mentioned)
            yield node, seen

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

    def _named(self, node: str, seen: _Seen, entry: Entry | None, whys: list[Why]) -> Node:
        count = Counter(name for name, _, _ in seen.mentions)
        names = tuple(sorted(count, key=lambda name: (-count[name], name)))
        guess = seen.guess if entry is None and seen.guess in self.resolution.lexicon.entries else None
        label = entry.name if entry else min(seen.labels, key=lambda name: (-seen.labels[name], name))
        return Node(
            node, node_type(node), label, names, seen.papers,
            vendor=seen.vendor or (entry.vendor if entry else None),
            hardware_class=seen.hardware_class or (entry.hardware_class if entry else None),
            broader=entry.broader if entry else (guess,) if guess else (), known=entry.aliases if entry else None,
            level=entry.kind or None if entry else "product" if guess else None, guessed=guess is not None,
            joined=tuple(joined for joined in _joined(seen, names, label, entry, whys) if joined.name != label),
        )  # fmt: skip


def _joined(seen: _Seen, names: tuple[str, ...], label: str, entry: Entry | None, whys: list[Why]) -> Iterator[Joined]:
    mentions = {name: list(of) for name, of in groupby(seen.mentions, itemgetter(0))}
    known = () if entry is None else tuple(fold(alias.lstrip("?=")) for alias in (entry.name, *entry.aliases))
    for name in names:
        count = Counter(whys[why] for _, _, why in mentions[name])
        why = min(count, key=lambda why: (-count[why], why.reason, why.says, why.papers))
        if why.reason != "user":
            if fold(name) == fold(label):
                why = Why("spelling")
            elif fold(name) in known:
                why = Why("lexicon", f"a name of {label} in the lexicon")
            elif why.reason in ("name", "lexicon"):
                why = Why("paper", "papers use it for the same, as a short or a longer form")
        papers = tuple(paper for _, paper, _ in mentions[name][:MOST_EVIDENCE])
        yield Joined(name, len(mentions[name]), why.papers or papers, why)
