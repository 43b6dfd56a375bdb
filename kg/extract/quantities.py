"""Figures as written: numbers, ranges and ratios with their units and bounds.

Single figures are found first; what stands between two of them then joins them: a dash makes a range ("1.9-2.7x"), a change stays two
figures ("from 80% to 85%"), a list shares the unit of its last member ("7.6 and 21.8 times"). A number inside a name ("ImageNet-1K",
"Llama 3.2-1B"), of a version or glued to a word ("4-bit") is none.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from math import isfinite
from typing import Final

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import Quantity, reading
from kg.lexicon import Lexicon, load, number_words

_NUMBER: Final = r"(?:10\^[-−]?\d{1,2}(?!\d)|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
_DASH: Final = re.compile(
    r"\s?[–—−-]\s?|\s?~\s?|\s?(?:,\s?)?(?:and\s)?(?:up\s)?to\s+(?:about |around |over |nearly |roughly |approximately |[~≈])?"
)
_ARROW: Final = re.compile(r"\s?(?:→|->)\s?")
_TO: Final = re.compile(r"\s*to\s+(?:only |just |about |around |over |nearly |roughly |approximately |[~≈])?")
_FROM: Final = re.compile(
    r"\bfrom\s(?:only |just |about |around |over |nearly |roughly |approximately |a |an |[~≈])?$", re.IGNORECASE
)
_SPREAD: Final = re.compile(
    r"\b(?:rang|var|span|scal|anywhere|differ|distribut|interval)\w*\b[^.,;]{0,40}\bfrom\s\S*\s?$", re.IGNORECASE
)
# "from 80% to 85% for A and 78% to 84% for B"
_CHANGED: Final = re.compile(r"\bfrom\s\S*\d\S*\s?\S*\sto\s\S*\d[^;]*\band\s$", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"\bbetween\s(?:about |around |[~≈])?$", re.IGNORECASE)
_LIST: Final = re.compile(r"\s?/\s?|\s?,\s?(?:and |or )?|\s(?:and|or|vs\.?|versus)\s", re.IGNORECASE)
_WORDS: Final = number_words("ratio")
_BOUNDS: Final[tuple[tuple[str, str], ...]] = (
    ("up_to", r"(?:up to|as much as|as high as|at most|no more than|as many as|maximum of|max(?:imum)?|upto|peak(?:s|ing)? (?:of|at))"),
    ("at_least", r"(?:at least|no less than|over|more than|above|exceed(?:s|ing)?|greater than|beyond|≥|>|surpass(?:es|ing)?|minimum of|better than)"),
    ("average", r"(?:(?:an )?average (?:of )?(?:[\w-]+ ){0,3}(?:of |by )?|averag(?:ing|es) |on average,? (?:by |of )?|mean (?:[\w-]+ ){0,2}of)"),
)  # fmt: skip
_HEDGE: Final = r"(?:\s*(?:by|of|to|a|an|the|about|around|approximately|roughly|nearly|almost|an?other|only|additional|~|≈|±|\$|>|≥))*\s*"
_BOUND_PATTERNS: Final = tuple((name, re.compile(pattern + _HEDGE + "$", re.IGNORECASE)) for name, pattern in _BOUNDS)
_AFTER_AVERAGE: Final = re.compile(r"[^.;,]{0,40}?\bon average\b|\s?\(?(?:on )?average\b", re.IGNORECASE)
_SCALE: Final = {"K": 1e3, "k": 1e3, "M": 1e6, "B": 1e9}
_MONEY_SCALES: Final = ("K", "M", "B", "T")


_MONEY: Final = "$£€¥"
_GIVE_OR_TAKE: Final = re.compile(r"\s?(?:±|\+/?[-−])\s?")
_FACTOR_BEFORE: Final = re.compile(
    r"\b(?:factors? (?:of|over|ranging from|between)|speed-?ups? of|accelerations? of)(?:\s(?:up to|about|around|over|nearly|roughly|approximately|at least|more than|to))*\s[~≈]?$",
    re.IGNORECASE,
)
_RATIO_AFTER: Final = re.compile(r"\s(?:\w+\s)?(?:speed-?ups?|acceleration)\b", re.IGNORECASE)


@Language.factory("kg_quantities")
class Quantities:
    """Adds the Quantities of a Doc."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.lexicon: Lexicon = load()
        units = sorted(self.lexicon.units, key=lambda unit: (-len(unit), unit))
        unit = "|".join(re.escape(u) + (r"(?![A-Za-z0-9])" if u[-1].isalnum() else "") for u in units if u)
        scaled = "|".join(
            re.escape(u)
            for u in units
            if self.lexicon.units[u].dimension in ("rate", "compute", "count") and len(u) > 2
        )
        times = r"(?:×(?!\s?[A-Z])|[xX](?![A-Za-z0-9])|-?\s?times\b|-?\s?fold\b)"
        opens = (
            r"(?<![\w.,^])(?<!(?<![\d%x×])/)(?:(?<![A-Za-z]-)|(?<=\bsub-)|(?<=\d[xX]-))(?:(?<![A-Za-z]–)|(?<=\d[xX]–))"
        )
        self._pattern = re.compile(
            rf"{opens}(?:(?P<money>[{_MONEY}]|(?<!\w)USD\s)\s?)?(?P<number>{_NUMBER})(?:\s?[×x]\s?10\^?(?P<power>[-−]?\d{{1,2}}))?"
            rf"(?:(?P<scale>[KkMB])(?=\s?(?:{scaled})(?![A-Za-z])|(?<=[$£€¥\d][KkMB])\b(?=\s?to\s[\d.]+[KkMB]\s)))?"
            rf"(?:\s?-?\s?(?:(?<=\s)(?:total|absolute|generated|effective)\s)?(?P<unit>{times}|%|{unit})|(?P<none>(?![\w^]|/(?!\d)|-[A-Za-z]|\.\d|,\d)))"
            rf"|(?<![\w.])[xX×](?P<factor>\d+\.\d+|\d+(?=\s?(?:faster|speed|improvement|reduction|higher|lower|smaller|more|less)))(?![\w.])"
        )
        self._words = re.compile(
            r"\b(?P<word>" + "|".join(_WORDS) + r")(?:[ -](?P<kind>orders? of magnitude|times|fold)|fold\b)"
            r"|\b(?P<alone>twice|doubl(?:es|ing)|tripl(?:es|ing))(?= (?:the |as |its |their )?)",
            re.IGNORECASE,
        )

    def __call__(self, doc: Doc) -> Doc:
        """Read one Doc."""
        text = doc.text
        found = reading(doc)
        # a figure with its unit ("sub-50 ms") that the model takes for a name is none
        found.candidates = [
            c for c in found.candidates
            if c.source != "model" or not self._pattern.fullmatch(text[c.start : c.end].removeprefix("sub-"))
        ]  # fmt: skip
        named = [(c.start, c.end) for c in found.candidates]
        single = [q for match in self._pattern.finditer(text) if isfinite((q := self._quantity(text, match)).low)]
        free = [q for q in single if not any(start < _digits_end(q, text) and q.start < end for start, end in named)]
        found.quantities.extend(_join(free, text))
        found.quantities.extend(self._spelled(text, match) for match in self._words.finditer(text))
        found.quantities.sort(key=lambda quantity: quantity.start)
        return doc

    def _quantity(self, text: str, match: re.Match[str]) -> Quantity:
        written = (match["number"] or match["factor"]).replace(",", "")
        unit, dimension = ("x", "ratio") if match["factor"] else self._unit(match["unit"] or "")
        if written.startswith("10^"):
            written = "1e" + written[3:].replace("−", "-")
        elif match["power"]:
            written += "e" + match["power"].replace("−", "-")
        number = float(written) * _SCALE.get(match["scale"] or "", 1.0)
        value = written + (match["scale"] or "")
        if match["money"]:
            sign = match["money"].strip().replace("USD", "$")
            unit, dimension = (unit if unit in _MONEY_SCALES else "") + sign, "money"
        elif not unit and (
            _FACTOR_BEFORE.search(text[max(0, match.start() - 60) : match.start()])
            or _RATIO_AFTER.match(text, match.end())
        ):
            unit, dimension = "x", "ratio"
        bound = "up_to" if text.endswith("sub-", 0, match.start()) else _bound(text, match.start(), match.end())
        return Quantity(match.start(), match.end(), number, number, value, unit, dimension, bound)

    def _spelled(self, text: str, match: re.Match[str]) -> Quantity:
        word = (match["word"] or match["alone"]).casefold()
        number = _WORDS.get(word) or _WORDS[word.rstrip("ing") + "ing" if word.endswith("ing") else word]
        orders = bool(match["kind"]) and match["kind"].casefold().startswith("order")
        return Quantity(
            match.start(), match.end(), number, number, str(number), "orders" if orders else "x", "ratio",
            _bound(text, match.start(), match.end()),
        )  # fmt: skip

    def _unit(self, written: str) -> tuple[str, str]:
        written = written.strip(" -").replace("X", "x")
        if written in ("×", "x", "times", "fold"):
            return "x", "ratio"
        known = self.lexicon.units.get(written)
        return (known.name, known.dimension) if known else (written, "")


def _digits_end(quantity: Quantity, text: str) -> int:
    """Where the number of a quantity ends and its unit begins."""
    digits = re.match(r"[$£€¥xX×]?\s?[\d.,^−-]*\d", text[quantity.start : quantity.end])
    return quantity.start + (digits.end() if digits else 0)


def _join(single: list[Quantity], text: str) -> Iterator[Quantity]:
    """Single figures in their order as ranges, changes and lists."""
    figures = list(single)
    for index in range(len(figures) - 2, -1, -1):  # from the end, for a list has its unit there
        first, second = figures[index], figures[index + 1]
        between = text[first.end : second.start]
        joined = any(pattern.fullmatch(between) for pattern in (_DASH, _ARROW, _LIST, _GIVE_OR_TAKE))
        if joined and not first.unit and second.unit:
            figures[index] = replace(first, unit=second.unit, dimension=second.dimension)
    index = 0
    while index < len(figures):
        first = figures[index]
        index += 1
        if index == len(figures):
            yield first
            break
        second = figures[index]
        between = text[first.end : second.start]
        if between.strip() == "/" and not (_exact(first) or _exact(second)):
            index += 1  # "19/20", "24/7": neither is a figure of its own
        elif _GIVE_OR_TAKE.fullmatch(between):
            index += 1  # the deviation is no figure of its own
            yield replace(first, end=second.end)
        elif _makes_range(first, second, text[text.rfind(". ", 0, first.start) + 1 : first.start], between):
            index += 1
            yield replace(
                first, end=second.end, high=second.high, value=f"{first.value}-{second.value}", unit=second.unit,
                dimension=second.dimension, bound=first.bound or _bound(text, first.start, second.end),
            )  # fmt: skip
        else:
            yield first


def _exact(quantity: Quantity) -> bool:
    return bool(quantity.unit) or "." in quantity.value


def _makes_range(first: Quantity, second: Quantity, before: str, between: str) -> bool:
    """Whether two figures are the ends of one: not so where the text tells a change."""
    if first.unit != second.unit or first.high > second.low:
        return False
    if _BETWEEN.search(before) and between.strip() == "and":
        return True
    if not _DASH.fullmatch(between):
        return False
    if not _TO.fullmatch(between) or _SPREAD.search(before):
        return True
    return not (_FROM.search(before) or _CHANGED.search(before))


def _bound(text: str, start: int, end: int) -> str | None:
    before = text[max(0, start - 60) : start]
    for name, pattern in _BOUND_PATTERNS:
        if pattern.search(before):
            return name
    return "average" if _AFTER_AVERAGE.match(text, end) else None
