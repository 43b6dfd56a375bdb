"""Which names of all papers are one thing: decided from all of them together, so that order plays no part.

Each entity has a home, by what its own paper says: the lexicon's entry where it is linked, else the long form that the paper
spells out, else its name. Homes are then joined or kept apart by what the papers say together:

types          A coined name is of the type that the one paper proposing it gives it, else of the type of most papers.
lexicon        A paper that spells a known short form out as something else means something else.
abbreviations  A short form joins its long form where papers spell it out in one way only; where they spell it out in two,
               each goes with its long form, and papers that do not spell it out stay with the short form.
proposals      Two papers that propose a thing under one coined name propose two things, unless they spell it out alike or
               are versions of one paper. Papers that only mention the name join where one paper proposes it; else they stay
               with the name, which is marked as meaning two things.
user           Aliases and what is to be kept apart stand above all of this.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, cast, get_args

from kg.lexicon import Entry, fold, load, node_id, rows, slug
from kg.model import EntityType, content_hash
from kg.resolve.corrections import Alias, Apart
from kg.resolve.meaning import agree, groups
from kg.resolve.names import Named, PaperNames
from kg.resolve.say import Say

MOST_EVIDENCE: Final = 3
"""So many papers are named as evidence of a merge; how many there are is counted."""
_AMBIGUOUS: Final = 3
"""A short form of at most so many letters joins its long form only where two papers spell it out."""
_MAJORITY: Final = 2.0
"""A type is settled where so many times as many papers give it as any other."""

_TYPE_OF: Final[dict[str, EntityType]] = {type.casefold(): type for type in get_args(EntityType)}


@dataclass(frozen=True)
class Why:
    """Why a name is where it is: `reason` is one word, `says` a sentence, `papers` the first of those that say so."""

    reason: str
    says: str = ""
    papers: tuple[str, ...] = ()


@dataclass(frozen=True)
class KeptApart:
    """One name that is several nodes, and why."""

    name: str
    nodes: tuple[str, ...]
    why: Why


BY_NAME: Final = Why("name")
BY_LEXICON: Final = Why("lexicon")
BY_USER: Final = Why("user", "lexicon.csv")


def node_type(node: str) -> EntityType:
    """The type of a node, which its id begins with."""
    return _TYPE_OF[node.partition("/")[0]]


def coined(name: str) -> bool:
    """Whether a name looks made up: a word of it has a digit or two capitals, or it is one capitalised word.

    >>> coined("MoE-Lens"), coined("Comet"), coined("hybrid model"), coined("Hybrid Models"), coined("Fine-Tuning")
    (True, True, False, False, False)
    """
    words = re.split(r"[\s\-‐-―/]+", name.strip())
    if len(words) == 1:
        return re.search(r"\d|[A-Z]", name) is not None
    return any(re.search(r"\d|[A-Z].*[A-Z]", word) for word in words)


class Resolution:
    """The nodes of all papers.

    Args:
        papers: the names of each paper; read once.
        say: what the user says.
        done: by line of the corrections, the papers that each changed; filled by who applies them.
    """

    def __init__(
        self, papers: Iterable[PaperNames] = (), say: Say | None = None, done: Mapping[int, set[str]] | None = None
    ) -> None:
        self.say = say or Say()
        self.done = {} if done is None else done
        self._own = {entry.id for entry in self.say.own}
        self.lexicon = load(self.say.own)
        self.apart: list[KeptApart] = []
        self._types: dict[str, dict[EntityType, int]] = {}
        self._proposers: dict[str, set[EntityType]] = {}
        self._settled: dict[tuple[EntityType, str], tuple[EntityType, Why]] = {}
        self._expansions: dict[str, list[str]] = {}
        self._above: dict[str, str] = {}
        self._why: dict[str, Why] = {}
        self._split: dict[tuple[str, str], tuple[str, Why]] = {}
        self._user_apart: dict[tuple[EntityType, str], tuple[str, Why]] = {}
        self._paper_apart: dict[tuple[str, EntityType, str], Why] = {}
        self._banned: list[tuple[str, str]] = []
        self._wanted: set[str] = set()
        self._heads = {row["head"]: cast(EntityType, row["type"]) for row in rows("heads.csv")}
        self._marks: list[tuple[str, tuple[str, ...], Why]] = []
        told = self._gather(papers)
        self._settle_types()
        self._learn_expansions(told)
        self._read_user()
        self._join_abbreviations(told)
        self._part_proposals(told)
        for name, homes, why in self._marks:
            self.apart.append(KeptApart(name, tuple(sorted({self._root(home) for home in homes})), why))
        self.apart.sort(key=lambda kept: (kept.name, kept.nodes, kept.why.reason))

    # --- asking

    def node(self, named: Named, paper: str) -> tuple[str, Why]:
        """The node of an entity of a paper, and why it is that one."""
        home, why = self._home(named)
        if (by_user := self._paper_apart.get((paper, named.type, fold(named.name)))) is not None:
            return f"{home}-{content_hash('apart', paper, length=8)}", by_user
        root = self._root(home)
        if (split := self._split.get((root, paper))) is not None and named.proposed:
            return split
        if root != home:
            return root, self._why.get(home, why)
        return root, why

    # --- homes

    def _home(self, named: Named) -> tuple[str, Why]:
        if (by_user := self._user_apart.get((named.type, named.name))) is not None:
            return by_user
        long = named.long
        if named.link is not None:
            if long is None or not self._contradicts(self.lexicon.entries.get(named.link), named):
                return named.link, BY_USER if named.link in self._own else BY_LEXICON
            entry = self.lexicon.entries[named.link]
            why = Why("definition", f"the paper spells it out as {long!r}, which is not {entry.name}")
            type = self._heads.get(fold(long.split()[-1]), "Method" if entry.type == "Hardware" else entry.type)
            known = self._known(long, type)
            return (known.id if known else self._free(type, long)), why
        type, why = self._settled.get((named.type, fold(named.name)), (named.type, BY_NAME))
        if long is not None and (known := self._known(long, type)) is not None:
            return known.id, Why("abbreviation", f"the paper spells it out as {long!r}")
        if (known := self._known(named.name, type)) is not None and not self._contradicts(known, named):
            return known.id, BY_USER if known.id in self._own else BY_LEXICON
        if long is None and (elsewhere := self._elsewhere(named)) is not None:
            return elsewhere.id, Why("type", f"the lexicon knows the name as {elsewhere.type}")
        if long is not None:
            return self._free(type, long), Why("abbreviation", f"the paper spells it out as {long!r}")
        return self._free(type, named.name), why

    def _free(self, type: EntityType, name: str) -> str:
        """The id of a thing that is not the lexicon's, also where an entry has the id that its name gives."""
        id = node_id(type, name)
        return f"{id}-{content_hash('other', id, length=8)}" if id in self.lexicon.entries else id

    def _known(self, name: str, type: EntityType) -> Entry | None:
        """The entry of that type that a name means in any context."""
        found = {
            term.entry.id: term.entry
            for term in self.lexicon.terms.get(fold(name), ())
            if term.entry.type == type
            and not term.needs_context
            and (not term.exact_case or _exact(name, term.surface))
        }
        return next(iter(found.values())) if len(found) == 1 else None

    def _elsewhere(self, named: Named) -> Entry | None:
        """The entry of another type that a coined name means, where it means no other: extraction mistook its type."""
        terms = self.lexicon.terms.get(fold(named.name), ())
        if named.proposed or not terms or not coined(named.name) or not re.search(r"\d|\w[A-Z]", named.name):
            return None
        first = terms[0]
        same = all(t.entry.id == first.entry.id and not t.needs_context and not t.optional for t in terms)
        fitting = any(_exact(named.name, term.surface) for term in terms) and first.entry.type != "Hardware"
        return first.entry if same and fitting else None

    def _contradicts(self, entry: Entry | None, named: Named) -> bool:
        """Whether a paper spells a name out as something that the entry is not."""
        if entry is None or not named.spelled:
            return False
        known = self._long_names(entry) or self._expansions.get(entry.id, [])
        if not known:
            return any(entry.is_word(short) for short, _ in named.spelled)
        own = [long for _, long in named.spelled]
        return not any(agree(long, name) for long in own for name in (*known, entry.name))

    @staticmethod
    def _long_names(entry: Entry) -> list[str]:
        names = (name.lstrip("?=") for name in (entry.name, *entry.aliases))
        return [name for name in names if len(re.findall(r"[^\W\d_]{2,}", name)) > 1 and "(" not in name]

    # --- gathering

    def _gather(self, papers: Iterable[PaperNames]) -> list[tuple[str, str, Named]]:
        """Count types; keep of each paper the entities that it proposes or spells out."""
        told: list[tuple[str, str, Named]] = []
        for paper in papers:
            for named in paper.named:
                if named.link is None and coined(named.name):
                    counts = self._types.setdefault(fold(named.name), {})
                    counts[named.type] = counts.get(named.type, 0) + 1
                    if named.proposed:
                        self._proposers.setdefault(fold(named.name), set()).add(named.type)
                if named.spelled or named.proposed:
                    told.append((paper.id, paper.title, named))
        return sorted(told, key=lambda item: (item[0], item[2].id))

    def _settle_types(self) -> None:
        for key, counts in self._types.items():
            if len(counts) < 2:
                continue
            proposed = self._proposers.get(key, set())
            ordered = sorted(counts, key=lambda type: (-counts[type], type))
            best, second = ordered[0], ordered[1]
            says = ", ".join(f"{counts[type]} as {type}" for type in ordered)
            if len(proposed) == 1:
                best = next(iter(proposed))
                why = Why("type", f"the paper that proposes it says {best} (papers name it: {says})")
            elif not proposed and counts[best] >= _MAJORITY * counts[second]:
                why = Why("type", f"most papers say {best} (papers name it: {says})")
            else:
                reason = "papers propose one of each type" if proposed else "no type has most papers"
                nodes = tuple(sorted(f"{type.casefold()}/{slug(key)}" for type in ordered))
                self.apart.append(KeptApart(key, nodes, Why("type", f"{reason} ({says})")))
                continue
            for type in ordered:
                if type != best and not (proposed and type in proposed):
                    self._settled[type, key] = best, why
        self._types.clear()
        self._proposers.clear()

    def _learn_expansions(self, told: list[tuple[str, str, Named]]) -> None:
        """How papers spell out an entry of which the lexicon holds no long name, where most of them agree."""
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for paper, _, named in told:
            if (
                named.link in self.lexicon.entries
                and named.spelled
                and not self._long_names(self.lexicon.entries[named.link])
            ):
                for _, long in named.spelled:
                    found[named.link][long].add(paper)
        for entry, longs in found.items():
            counted = sorted(
                ((len(set().union(*(longs[long] for long in group))), group) for group in groups(longs)),
                key=lambda pair: (-pair[0], pair[1]),
            )
            if counted[0][0] > 1 and (len(counted) == 1 or counted[0][0] > counted[1][0]):
                self._expansions[entry] = counted[0][1]

    # --- joining

    def _root(self, home: str) -> str:
        while home in self._above:
            home = self._above[home]
        return home

    def _join(self, one: str, other: str, why: Why) -> None:
        roots = self._root(one), self._root(other)
        if roots[0] == roots[1] or roots[0].partition("/")[0] != roots[1].partition("/")[0]:
            return
        if any({self._root(a), self._root(b)} == set(roots) for a, b in self._banned):
            return
        entries = [root in self.lexicon.entries for root in roots]
        if all(entries) and why.reason != "user":
            return
        top, under = sorted(roots, key=lambda r: (r not in self._wanted, r not in self.lexicon.entries, len(r), r))
        self._above[under] = top
        for home in (one, other):
            if home != top:
                self._why.setdefault(home, why)

    def _join_abbreviations(self, told: list[tuple[str, str, Named]]) -> None:
        meanings: dict[str, dict[str, list[tuple[str, Named]]]] = defaultdict(lambda: defaultdict(list))
        shorts: dict[str, str] = {}
        for paper, _, named in told:
            for short, long in named.spelled:
                key = fold(short)
                shorts[key] = min(short, shorts.get(key, short))
                meanings[key][long].append((paper, named))
        for key in sorted(meanings):
            longs = meanings[key]
            entries = {term.entry.id: term.entry for term in self.lexicon.terms.get(key, ())}
            found = groups(longs)
            for id, entry in sorted(entries.items()):  # all that means an entry is one meaning
                known = self._long_names(entry) or self._expansions.get(id, [])
                near = [
                    group for group in found
                    if any(agree(name, long) for name in known for long in group)
                    or any(self._home(named)[0] == id for long in group for _, named in longs.get(long, ()))
                ]  # fmt: skip
                if known or near:
                    found = [group for group in found if group not in near]
                    found.append(sorted({entry.name, *(long for group in near for long in group)}))
            found.sort()
            for group in found:
                self._join_group(
                    shorts[key], [(long, pair) for long in group for pair in longs.get(long, ())], len(found) == 1
                )
            if len(found) > 1:
                self._mark_meanings(shorts[key], found, longs)

    def _join_group(self, short: str, members: list[tuple[str, tuple[str, Named]]], only: bool) -> None:
        """Join the homes of papers that spell a short form out alike; with `only`, the bare short form too."""
        if not members:
            return
        papers = sorted({paper for _, (paper, _) in members})
        long = min(long for long, _ in members)
        why = Why("abbreviation", f"{short} is short for {long!r}", tuple(papers[:MOST_EVIDENCE]))
        homes = sorted({self._home(named)[0] for _, (_, named) in members})
        by_type: dict[str, str] = {}
        for home in homes:
            self._join(by_type.setdefault(home.partition("/")[0], home), home, why)
        letters = sum(char.isalnum() for char in short)
        if only and len(papers) >= (2 if letters <= _AMBIGUOUS else 1):
            for type, home in by_type.items():
                bare = self._free(_TYPE_OF[type], short)
                if self._known(short, _TYPE_OF[type]) is None:
                    self._join(bare, home, why)

    def _mark_meanings(self, short: str, found: list[list[str]], longs: dict[str, list[tuple[str, Named]]]) -> None:
        homes: set[str] = set()
        says, papers = [], []
        for group in found:
            members = [pair for long in group for pair in longs.get(long, ())]
            homes |= {self._home(named)[0] for _, named in members}
            count = len({paper for paper, _ in members})
            papers += sorted({paper for paper, _ in members})[:1]
            by = f"{count} paper{'s' * (count != 1)}" if count else "the lexicon"
            says.append(f"{next((long for long in group if long in longs), group[0])!r} ({by})")
        why = Why("abbreviation", f"{short} is short for " + " or ".join(says), tuple(papers[:MOST_EVIDENCE]))
        self._marks.append((short, tuple(homes), why))

    def _part_proposals(self, told: list[tuple[str, str, Named]]) -> None:
        by_root: dict[str, list[tuple[str, str, Named]]] = defaultdict(list)
        for paper, title, named in told:
            if named.proposed and coined(named.name):
                root = self._root(self._home(named)[0])
                if root not in self.lexicon.entries and root not in self._wanted:
                    by_root[root].append((paper, title, named))
        for root, proposals in sorted(by_root.items()):
            works = _works(proposals)
            if len(works) < 2:
                continue
            nodes = []
            for work in works:
                papers = tuple(sorted({paper for paper, _, _ in work}))
                node = f"{root}-{content_hash('proposed', papers[0], length=8)}"
                nodes.append(node)
                for paper in papers:
                    self._split[root, paper] = (
                        node,
                        Why("proposed", "another paper proposes something of that name", papers[:MOST_EVIDENCE]),
                    )
            evidence = tuple(sorted(min(paper for paper, _, _ in work) for work in works))
            says = f"{len(works)} papers each propose their own; papers that only mention the name may mean any"
            self.apart.append(
                KeptApart(proposals[0][2].name, (root, *sorted(nodes)), Why("proposed", says, evidence[:MOST_EVIDENCE]))
            )

    # --- the user

    def _read_user(self) -> None:
        for correction in self.say.corrections:
            form = correction.form
            why = Why("user", f"corrections.jsonl, line {correction.line}: {correction.says}")
            if isinstance(form, Apart) and form.names:
                nodes = []
                for name in form.names:
                    known = self._known(name, form.type)
                    own = known.id if known and fold(known.name) == fold(name) else self._free(form.type, name)
                    nodes.append(own)
                if nodes[0] == nodes[1]:
                    nodes = [
                        f"{node}-{content_hash('apart', name, length=8)}"
                        for node, name in zip(nodes, form.names, strict=True)
                    ]
                for name, node in zip(form.names, nodes, strict=True):
                    self._user_apart[form.type, name] = node, why
                self._banned.append((nodes[0], nodes[1]))
                self.apart.append(KeptApart(" / ".join(form.names), tuple(nodes), why))
            elif isinstance(form, Apart) and form.paper and form.name:
                self._paper_apart[form.paper, form.type, fold(form.name)] = why
        for correction in self.say.corrections:
            form = correction.form
            if isinstance(form, Alias):
                why = Why("user", f"corrections.jsonl, line {correction.line}: {correction.says}")
                one, other = (self._called(form.type, name) for name in (form.name, form.of))
                self._wanted.add(other)
                self._join(one, other, why)

    def _called(self, type: EntityType, name: str) -> str:
        if (own := self._user_apart.get((type, name))) is not None:
            return own[0]
        known = self._known(name, type) or self.lexicon.find(name, type)
        return known.id if known else self._free(type, name)


def _works(proposals: list[tuple[str, str, Named]]) -> list[list[tuple[str, str, Named]]]:
    """Proposals by work: versions of one paper, and papers that spell the name out alike, propose one thing."""
    works: list[list[tuple[str, str, Named]]] = []
    for paper, title, named in proposals:
        near = [work for work in works if any(_one_work((title, named), (t, n)) for _, t, n in work)]
        works = [work for work in works if work not in near]
        works.append([*(item for work in near for item in work), (paper, title, named)])
    return works


def _one_work(one: tuple[str, Named], other: tuple[str, Named]) -> bool:
    if one[0] and one[0] == other[0]:
        return True
    return any(agree(a, b) for _, a in one[1].spelled for _, b in other[1].spelled)


def _exact(name: str, surface: str) -> bool:
    return re.sub(r"[\s\-]", "", name).rstrip("s") == re.sub(r"[\s\-]", "", surface).rstrip("s")
