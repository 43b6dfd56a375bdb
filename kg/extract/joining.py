"""Names of one thing within a paper: which candidates are joined.

A candidate's key is its lexicon entry, else its folded form. Keys are joined where

1. an unlinked name folds like a linked one;
2. the paper defines one as the abbreviation of the other ("graphics processing unit (GPU)"): the paper's word stands above the
   lexicon's, so a short form that the lexicon links to something with another long form loses that link;
3. they are equal once abbreviations are written out, the paper's or the lexicon's ("offline RL", "offline reinforcement learning");
4. they are equal once words that add nothing are left out (`lexicon/empty-words.csv`: "PSC module", "high accuracy"), if the paper
   uses the plain name too. On the annotated papers, 97 of 100 such pairs are one thing. What a paper abbreviates keeps its words:
   a "lightweight CNN (L-CNN)" is no mere CNN.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from kg.extract.candidates import Candidate
from kg.lexicon import Entry, Lexicon, fold, rows

Span = tuple[int, int]
Defined = tuple[tuple[Span, Span], str, str]
"""Where a short form and its long form stand, and both folded."""
_MOST_WORDS: Final = 4
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
    candidates: Sequence[Candidate], text: str, abbreviations: Sequence[tuple[Span, Span]], lexicon: Lexicon
) -> list[tuple[str, Candidate]]:
    """Each candidate with the key of the thing that it names; a link that the paper contradicts is taken off."""
    folded = {(c.start, c.end): _plain(c, text, lexicon) for c in candidates}
    defined = _settled((pair, fold(text[slice(*pair[0])]), fold(text[slice(*pair[1])])) for pair in abbreviations)
    candidates = _as_the_paper_says(candidates, text, folded, defined)
    keys = _Keys()
    linked = {folded[c.start, c.end]: c.entry.id for c in reversed(candidates) if c.entry}
    key_of = {c: c.entry.id if c.entry else linked.get(f := folded[c.start, c.end], f) for c in candidates}
    abbreviated: set[str] = set()
    for (_, long_span), short, long in defined:
        names = [
            c for c in candidates
            if (said := folded[c.start, c.end]) in (short, long) or (said not in linked and _most_of(c, long_span))
        ]  # fmt: skip
        names.sort(key=lambda c: (c.entry is None, folded[c.start, c.end] != long, c.start))
        for name in names:
            keys.join(key_of[names[0]], key_of[name])
            abbreviated.add(folded[name.start, name.end])
    _join_equal(candidates, text, keys, key_of, abbreviated, {short: long for _, short, long in defined}, lexicon)
    return [(keys.find(key_of[c]), c) for c in candidates]


def _settled(defined: Iterable[Defined]) -> list[Defined]:
    """Definitions without those that give a short form a second meaning: "radio frequency (RF)", later "random forest (RF)"."""
    first: dict[str, str] = {}
    return [
        (pair, short, long) for pair, short, long in defined
        if (before := first.setdefault(short, long)) in long or long in before
    ]  # fmt: skip


def without_vendor(name: str, vendor: str | None) -> str:
    """A name without the vendor's before it: who writes "Intel Xeon Gold 6999" and who leaves Intel out mean the same."""
    return name[len(vendor) :].lstrip() if vendor and name.casefold().startswith(vendor.casefold() + " ") else name


def _plain(candidate: Candidate, text: str, lexicon: Lexicon) -> str:
    """The folded name; of a product that the catalogue does not list, without its vendor's."""
    name = text[candidate.start : candidate.end]
    return fold(without_vendor(name, lexicon.inherited(candidate.guess, "vendor")) if candidate.guess else name)


def _most_of(candidate: Candidate, long: Span) -> bool:
    """Whether a candidate ends with a long form and shares the better part of it: "neural network quantum states (NQS)".

    Not asked of a name that the lexicon knows, which is a thing of its own: "convolutional neural network" in "Grasp Quality
    Convolutional Neural Network (GQ-CNN)".
    """
    shared = min(candidate.end, long[1]) - max(candidate.start, long[0])
    return candidate.end == long[1] and 2 * shared > max(candidate.end - candidate.start, long[1] - long[0])


def _as_the_paper_says(
    candidates: Sequence[Candidate],
    text: str,
    folded: dict[Span, str],
    defined: Sequence[Defined],
) -> list[Candidate]:
    """Candidates whose short forms are linked to what the paper defines them as, or to nothing."""
    out = list(candidates)
    for (short_span, long_span), short, long in defined:
        meant = next((c.entry for c in out if c.entry and folded[c.start, c.end] == long), None)
        for index, candidate in enumerate(out):
            if candidate.entry is None or folded[candidate.start, candidate.end] != short:
                continue
            if meant is not None:
                out[index] = replace(candidate, entry=meant, type=meant.type)
            elif candidate.entry.type != "Hardware" and _means_another(
                candidate.entry, text[slice(*short_span)], text[slice(*long_span)]
            ):
                out[index] = replace(candidate, entry=None)
    return out


def _means_another(entry: Entry, short: str, long: str) -> bool:
    """Whether all long names of an entry share no word with the one that the paper gives, or the short form is a word."""
    words = _long_words(long)
    names = [_long_words(name.lstrip("?=")) for name in (entry.name, *entry.aliases)]
    spelled = [name for name in names if len(name) > 1]
    return not any(words & name for name in spelled) if spelled else entry.is_word(short)


def _long_words(name: str) -> set[str]:
    return {fold(word)[:_LEAST_LETTERS] for word in re.findall(r"[^\W\d_]+", name) if len(word) >= _LEAST_LETTERS}


def _join_equal(
    candidates: Sequence[Candidate],
    text: str,
    keys: _Keys,
    key_of: dict[Candidate, str],
    abbreviated: set[str],
    longs: dict[str, str],
    lexicon: Lexicon,
) -> None:
    """Join what is equal with abbreviations written out and without empty words. `longs` are the paper's abbreviations, folded."""
    plain: dict[tuple[str, str], list[str]] = defaultdict(list)
    whole: dict[tuple[str, str], str] = {}
    for candidate in sorted(candidates, key=lambda c: (c.entry is None, c.start, c.end)):
        key = keys.find(key_of[candidate])
        name = text[candidate.start : candidate.end]
        forms = list(_forms(name, candidate.type, longs, lexicon))
        whole.setdefault((candidate.type, forms[0]), key)
        for form in forms[:1] if fold(name) in abbreviated else forms:
            plain[candidate.type, form].append(key)
    for named, first in whole.items():
        for key in plain[named]:
            keys.join(first, key)


def _forms(name: str, kind: str, longs: dict[str, str], lexicon: Lexicon) -> Iterator[str]:
    """The name in one form, and what is left of it without empty words at its ends."""
    words = [fold(word) for word in _words(kind).findall(name)]
    heads, modifiers = _empty(kind, "head"), _empty(kind, "modifier")
    yield _written_out(words, longs, lexicon)
    while len(words) > 1 and words[0] in modifiers:
        words = words[1:]
        yield _written_out(words, longs, lexicon)
    while len(words) > 1 and words[-1] in heads:
        words = words[:-1]
        yield _written_out(words, longs, lexicon)


def _written_out(words: list[str], longs: dict[str, str], lexicon: Lexicon) -> str:
    """Folded words, with runs of them that the lexicon knows as one entry put as its id."""
    words = [longs.get(word, word) for word in words]
    out: list[str] = []
    while words:
        for count in range(min(_MOST_WORDS, len(words)), 0, -1):
            if known := _known("".join(words[:count]), lexicon):
                out.append(known)
                words = words[count:]
                break
        else:
            out.append(words.pop(0))
    return " ".join(out)


def _known(folded: str, lexicon: Lexicon) -> str | None:
    terms = lexicon.terms.get(folded, ())
    ids = {term.entry.id for term in terms if term.entry.type in ("Method", "Metric") and not term.needs_context}
    return next(iter(ids)) if len(ids) == 1 and len(terms) == 1 else None


@cache
def _words(kind: str) -> re.Pattern[str]:
    hyphened = [row["word"] for row in rows("empty-words.csv") if row["type"] == kind and "-" in row["word"]]
    return re.compile("|".join([*map(re.escape, hyphened), r"[^\s()\[\]-]+"]), re.IGNORECASE)


@cache
def _empty(kind: str, place: str) -> frozenset[str]:
    return frozenset(
        fold(row["word"]) for row in rows("empty-words.csv") if row["type"] == kind and row["place"] == place
    )
