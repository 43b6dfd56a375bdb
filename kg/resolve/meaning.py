"""Whether two long forms of one abbreviation mean the same."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from kg.lexicon import fold, singular

_SMALL: Final = frozenset(
    re.findall(
        r"\w+", "a an and at based by for from in into of on or the their to using via with model models method methods"
    )
)
_WORD: Final = re.compile(r"[^\W_]+")
_SHARED: Final = 0.55
_LEAST: Final = 4


def agree(one: str, other: str) -> bool:
    """Whether two names say the same, word by word, but for endings and small words; one may say more than the other.

    >>> agree("convolution neural network", "Convolutional Neural Networks")
    True
    >>> agree("structural similarity", "Structural Similarity Index Measure")
    True
    >>> agree("tensor processing unit", "Trusted Processing Units"), agree("multimodal model", "multilingual model")
    (False, False)
    """
    if fold(one) == fold(other):
        return True
    few, many = sorted((_words(one), _words(other)), key=len)
    return len(few) > 1 and _contains(many, few)


def _words(name: str) -> list[str]:
    return [singular(word) for word in _WORD.findall(name.casefold()) if word not in _SMALL]


def _contains(many: Sequence[str], few: Sequence[str]) -> bool:
    """Whether each of the few words stands, in their order, among the many."""
    rest = iter(many)
    return all(any(_same(word, candidate) for candidate in rest) for word in few)


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    shared = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return shared >= max(_LEAST, _SHARED * max(len(one), len(other)))


def groups(names: Iterable[str]) -> list[list[str]]:
    """Names by meaning: each group agrees with one another, step by step. Sorted, so that order plays no part."""
    found: list[list[str]] = []
    for name in sorted(set(names)):
        near = [group for group in found if any(agree(name, member) for member in group)]
        found = [group for group in found if group not in near]
        found.append(sorted([name, *(member for group in near for member in group)]))
    return sorted(found)
