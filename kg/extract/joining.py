"""Names of one thing within a paper: which candidates are joined.

A candidate's key is its lexicon entry, else its folded form. Keys are joined where

1. an unlinked name folds like a linked one;
2. the paper defines one as the abbreviation of the other ("graphics processing unit (GPU)"): the paper's word stands above the
   lexicon's, so a short form that the lexicon links to something with another long form loses that link;
3. they are equal once abbreviations are written out ("offline RL", "offline reinforcement learning");
4. they are equal once words that add nothing are left out (`lexicon/empty-words.csv`: "PSC module", "high accuracy"), if the paper
   uses the plain name too. On the annotated papers, 97 of 100 such pairs are one thing.

Two names that the lexicon links to different entries are joined by the paper's own definition only.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from kg.extract.candidates import Candidate
from kg.lexicon import Entry, fold, rows

Span = tuple[int, int]
_WORD: Final = re.compile(r"[^\s()\[\]]+")
_LEAST_LETTERS: Final = 4


class _Keys:
    """Disjoint sets of keys; the first key of a union names the set."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def find(self, key: str) -> str:
        while (above := self._above.get(key, key)) != key:
            key = above
        return key

    def join(self, first: str, second: str) -> None:
        first, second = self.find(first), self.find(second)
        if first != second:
            self._above[second] = first


def join(
    candidates: Sequence[Candidate], text: str, abbreviations: Sequence[tuple[Span, Span]]
) -> list[tuple[str, Candidate]]:
    """Each candidate with the key of the thing that it names; a link that the paper contradicts is taken off."""
    folded = {(c.start, c.end): fold(text[c.start : c.end]) for c in candidates}
    defined = [(pair, fold(text[slice(*pair[0])]), fold(text[slice(*pair[1])])) for pair in abbreviations]
    candidates = _as_the_paper_says(candidates, text, folded, defined)
    keys = _Keys()
    linked = {folded[c.start, c.end]: c.entry.id for c in reversed(candidates) if c.entry}
    key_of = {c: c.entry.id if c.entry else linked.get(f := folded[c.start, c.end], f) for c in candidates}
    for (_, long_span), short, long in defined:
        names = [c for c in candidates if folded[c.start, c.end] in (short, long) or _most_of(c, long_span)]
        names.sort(key=lambda c: (c.entry is None, folded[c.start, c.end] != long, c.start))
        for name in names:
            keys.join(key_of[names[0]], key_of[name])
    _join_equal(candidates, text, keys, key_of, {short: long for _, short, long in defined})
    return [(keys.find(key_of[c]), c) for c in candidates]


def _most_of(candidate: Candidate, long: Span) -> bool:
    """Whether a candidate ends with a long form and shares the better part of it: "neural network quantum states (NQS)"."""
    shared = min(candidate.end, long[1]) - max(candidate.start, long[0])
    return candidate.end == long[1] and 2 * shared > max(candidate.end - candidate.start, long[1] - long[0])


def _as_the_paper_says(
    candidates: Sequence[Candidate],
    text: str,
    folded: dict[Span, str],
    defined: Sequence[tuple[tuple[Span, Span], str, str]],
) -> list[Candidate]:
    """Candidates whose short forms are linked to what the paper defines them as, or to nothing."""
    out = list(candidates)
    for (_, long_span), short, long in defined:
        meant = next((c.entry for c in out if c.entry and folded[c.start, c.end] == long), None)
        for index, candidate in enumerate(out):
            if candidate.entry is None or folded[candidate.start, candidate.end] != short:
                continue
            if meant is not None:
                out[index] = replace(candidate, entry=meant, type=meant.type)
            elif candidate.entry.type != "Hardware" and _means_another(candidate.entry, text[slice(*long_span)]):
                out[index] = replace(candidate, entry=None)
    return out


def _means_another(entry: Entry, long: str) -> bool:
    """Whether all long names of an entry share no word with the one that the paper gives."""
    words = _long_words(long)
    names = [_long_words(name.lstrip("?=")) for name in (entry.name, *entry.aliases)]
    spelled = [name for name in names if len(name) > 1]
    return bool(spelled) and not any(words & name for name in spelled)


def _long_words(name: str) -> set[str]:
    return {fold(word)[:_LEAST_LETTERS] for word in re.findall(r"[^\W\d_]+", name) if len(word) >= _LEAST_LETTERS}


def _join_equal(
    candidates: Sequence[Candidate],
    text: str,
    keys: _Keys,
    key_of: dict[Candidate, str],
    longs: dict[str, str],
) -> None:
    """Join what is equal without abbreviations and empty words. `longs` are the paper's abbreviations, folded."""
    linked = {key_of[c] for c in candidates if c.entry}
    types: dict[str, set[str]] = defaultdict(set)
    plain: dict[tuple[str, str], list[str]] = defaultdict(list)
    for candidate in sorted(candidates, key=lambda c: (c.entry is None, c.start, c.end)):
        words = _WORD.findall(text[candidate.start : candidate.end])
        key = keys.find(key_of[candidate])
        types[key].add(candidate.type)
        for form in _forms(words, candidate.type, longs):
            if key not in plain[candidate.type, form]:
                plain[candidate.type, form].append(key)
    whole = {(c.type, "".join(_written_out(_WORD.findall(text[c.start : c.end]), longs))) for c in candidates}
    for (kind, form), same in plain.items():
        if len(same) < 2 or (kind, form) not in whole:
            continue
        first, *others = sorted(same, key=lambda key: key not in linked)
        for other in others:
            if not (keys.find(first) in linked and keys.find(other) in linked):
                keys.join(first, other)


def _forms(words: list[str], kind: str, longs: dict[str, str]) -> Iterable[str]:
    """The folded name, and what is left of it without empty words at its ends."""
    parts = _written_out(words, longs)
    yield "".join(parts)
    heads, modifiers = _empty(kind, "head"), _empty(kind, "modifier")
    while len(parts) > 1 and parts[0] in modifiers:
        parts = parts[1:]
        yield "".join(parts)
    while len(parts) > 1 and parts[-1] in heads:
        parts = parts[:-1]
        yield "".join(parts)


def _written_out(words: list[str], longs: dict[str, str]) -> list[str]:
    return [longs.get(part, part) for word in words if (part := fold(word))]


@cache
def _empty(kind: str, place: str) -> frozenset[str]:
    return frozenset(
        fold(row["word"]) for row in rows("empty-words.csv") if row["type"] == kind and row["place"] == place
    )
