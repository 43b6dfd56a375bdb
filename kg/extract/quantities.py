"""Figures as written: numbers, ranges and ratios with their units and bounds.

A number inside a name ("ImageNet-1K", "Llama 3.2-1B"), of a version or glued to a word ("4-bit") is none.
"""

import re
from typing import Final

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import Quantity, reading
from kg.lexicon import Lexicon, load

_NUMBER: Final = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
_DASH: Final = r"(?:\s?[–—-]\s?|\s?~\s?|\s?→\s?|\s+to\s+)"
_WORDS: Final = {
    "twice": 2, "double": 2, "doubles": 2, "doubling": 2, "thrice": 3, "triple": 3, "triples": 3, "tripling": 3,
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "one": 1, "an": 1,
}  # fmt: skip
_BOUNDS: Final[tuple[tuple[str, str], ...]] = (
    ("up_to", r"(?:up to|as much as|as high as|at most|no more than|as many as|maximum of|max(?:imum)?|upto|peak(?:s|ing)? (?:of|at))"),
    ("at_least", r"(?:at least|no less than|over|more than|above|exceed(?:s|ing)?|greater than|beyond|≥|>|surpass(?:es|ing)?|minimum of|better than)"),
    ("average", r"(?:(?:an )?average (?:of )?(?:[\w-]+ ){0,3}(?:of |by )?|averag(?:ing|es) |on average,? (?:by |of )?|mean (?:[\w-]+ ){0,2}of)"),
)  # fmt: skip
_HEDGE: Final = r"(?:\s*(?:by|of|to|a|an|the|about|around|approximately|roughly|nearly|almost|an?other|only|additional|~|≈|±|\$|>|≥))*\s*"
_BOUND_PATTERNS: Final = tuple((name, re.compile(pattern + _HEDGE + "$", re.IGNORECASE)) for name, pattern in _BOUNDS)
_AFTER_AVERAGE: Final = re.compile(r"[^.;,]{0,40}?\bon average\b|\s?\(?(?:on )?average\b", re.IGNORECASE)
_SCALE: Final = {"K": 1e3, "k": 1e3, "M": 1e6, "B": 1e9}


@Language.factory("kg_quantities")
class Quantities:
    """Adds the Quantities of a Doc."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.lexicon: Lexicon = load()
        units = sorted(self.lexicon.units, key=lambda unit: (-len(unit), unit))
        unit = "|".join(re.escape(u) + (r"(?![A-Za-z0-9])" if u[-1].isalnum() else "") for u in units if u)
        rates = "|".join(re.escape(u) for u in units if self.lexicon.units[u].dimension == "rate" and len(u) > 2)
        gap = r"(?:\s?-?\s?)"
        times = r"(?:×(?!\s?[A-Z])|[xX](?![A-Za-z0-9])|-?\s?times\b|-?\s?fold\b)"
        one = rf"(?P<low>{_NUMBER})(?:\s?(?P<lowunit>%|{times}))?"
        two = rf"(?P<high>{_NUMBER})"
        power = r"(?:\s?[×x]\s?10\^?(?P<power>[-−]?\d{1,2}))?"
        self._pattern = re.compile(
            rf"(?<![\w.,/^])(?<![A-Za-z]-)(?<![A-Za-z]–)(?:{one}{_DASH})?{two}{power}(?:(?P<scale>[KkMB])(?=\s?(?:{rates})(?![A-Za-z])))?(?:{gap}(?P<unit>{times}|%|{unit})|(?P<none>(?![\w/^]|-[A-Za-z]|\.\d|,\d)))"
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
        named = [(c.start, c.end) for c in found.candidates]
        for match in self._pattern.finditer(text):
            digits = (match.start("low") if match["low"] else match.start("high"), match.end("high"))
            if any(start < digits[1] and digits[0] < end for start, end in named):
                continue  # part of a name
            if (quantity := self._quantity(text, match)) is not None:
                found.quantities.append(quantity)
        for match in self._words.finditer(text):
            found.quantities.append(self._spelled(text, match))
        found.quantities.sort(key=lambda quantity: quantity.start)
        return doc

    def _quantity(self, text: str, match: re.Match[str]) -> Quantity | None:
        low_text, high_text = match["low"], match["high"]
        written = match["unit"] or ""
        if low_text and match["lowunit"] and written and self._unit(match["lowunit"]) != self._unit(written):
            return None
        low = _parse(low_text) if low_text else None
        high = _parse(high_text)
        unit, dimension = self._unit(written or (match["lowunit"] or "" if low_text else ""))
        if match["power"]:
            factor = 10.0 ** int(match["power"].replace("−", "-"))
            high *= factor
            low = low * factor if low is not None else None
        value = high_text.replace(",", "")
        if match["scale"]:
            high *= _SCALE[match["scale"]]
            low = low * _SCALE[match["scale"]] if low is not None else None
        if match["power"] or match["scale"]:
            value = f"{high:.15g}" if low is None else f"{low:.15g}-{high:.15g}"
        elif low_text:
            value = f"{low_text.replace(',', '')}-{value}"
        return Quantity(
            match.start(),
            match.end(),
            low if low is not None else high,
            high,
            value,
            unit,
            dimension,
            _bound(text, match.start(), match.end()),
        )

    def _spelled(self, text: str, match: re.Match[str]) -> Quantity:
        word = (match["word"] or match["alone"]).casefold()
        number = _WORDS.get(word) or _WORDS[word.rstrip("ing") + "ing" if word.endswith("ing") else word]
        orders = bool(match["kind"]) and match["kind"].casefold().startswith("order")
        unit = "orders of magnitude" if orders else "x"
        return Quantity(
            match.start(),
            match.end(),
            number,
            number,
            str(number),
            unit,
            "ratio",
            _bound(text, match.start(), match.end()),
        )

    def _unit(self, written: str) -> tuple[str, str]:
        written = written.strip(" -").replace("X", "x")
        if written in ("×", "x", "times", "fold"):
            return "x", "ratio"
        known = self.lexicon.units.get(written)
        return (known.name, known.dimension) if known else (written, "")


def _parse(number: str) -> float:
    return float(number.replace(",", ""))


def _bound(text: str, start: int, end: int) -> str | None:
    before = text[max(0, start - 60) : start]
    for name, pattern in _BOUND_PATTERNS:
        if pattern.search(before):
            return name
    return "average" if _AFTER_AVERAGE.match(text, end) else None
