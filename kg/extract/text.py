"""Clean text with the way back: LaTeX leftovers are read as what they mean, and each character keeps its origin.

`clean` turns `M\\'elange` into `Mélange`, `2.66\\%` into `2.66%`, `3.65 sim 39.14times` into `3.65–39.14×`; the spans
found in the clean text are mapped to the characters of the source by `CleanText.source`.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_ACCENTS: Final = {
    "'": "\u0301", "`": "\u0300", '"': "\u0308", "^": "\u0302", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "k": "\u0328", "r": "\u030a",
}  # fmt: skip
_LETTERS: Final = {"o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "i": "i", "aa": "å"}  # fmt: skip
_SYMBOLS: Final = {
    "times": "×", "texttimes": "×", "sim": "~", "approx": "≈", "pm": "±", "mu": "μ", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥",
    "rightarrow": "→", "to": "→", "cdot": "·", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε",
    "lambda": "λ", "sigma": "σ", "theta": "θ", "pi": "π", "infty": "∞", "ell": "ℓ", "ldots": "…", "dots": "…",
    "uparrow": "↑", "downarrow": "↓", "quad": " ", "textendash": "–", "textasciitilde": "~", "degree": "°", "circ": "°",
}  # fmt: skip


def _accent(found: re.Match[str]) -> str:
    letter = found["letter"].replace("\\", "")
    return unicodedata.normalize("NFC", letter + _ACCENTS[found["accent"]])


def _times(found: re.Match[str]) -> str:
    """× after a number ("8xA100", "4X"), the letter itself after a name ("MI300X")."""
    return found[0] if re.search(r"[A-Za-z][\d.]*$", found.string[: found.start()]) else "×"


# In the order in which they are tried at each position. A replacement is a text, a function of the match, or None:
# then the match only wraps its group `inner`, which is cleaned in its place.
_RULES: Final[tuple[tuple[str, "str | Callable[[re.Match[str]], str] | None"], ...]] = (
    (r"\{?\\(?P<accent>['`\"^~=.])\{?(?P<letter>\\?[A-Za-z])\}?\}?", _accent),
    (r"\{?\\(?P<accent>[cvuHkr])\{(?P<letter>[A-Za-z])\}\}?", _accent),
    (r"\{?\\(?:ss|ae|AE|oe|OE|aa|o|O|l|L)(?![A-Za-z])(?:\{\}|\s)?\}?", lambda m: _LETTERS[re.sub(r"[^A-Za-z]", "", m[0])]),
    (r"(?<=\d)\s?\\?(?:sim|textasciitilde)\s?(?=\d)|(?<=[\d%×x])\s?\\?sim\s?(?=\d)|(?<=\d)\s?\\sim\s?(?=\d)|(?<=\d)~(?=\d)", "–"),
    (r"(?:(?<=[\dx×])|(?<=\dtimes)) sim (?=\d)", "–"),
    (r"\\times(?![A-Za-z])|(?<=\d)times(?![A-Za-z])", "×"),
    (r"(?<=\d)X(?![A-Za-z\d])|(?<=\d)[xX](?=\s?[A-Z][A-Za-z]*\d)", _times),
    (r"(?<![A-Za-z\\])\\?sim\s?(?=\d)", "~"),
    (r"(?<![A-Za-z\\])\\?approx\s?(?=\d)", "≈"),
    (r"(?<=\d)\s?\\?rightarrow\s?(?=\d)|(?<=%)rightarrow(?=\d)", "→"),
    (r"\\%", "%"),
    (r"\\[&#_$]", lambda m: m[0][1]),
    (r"\\(?:text(?:bf|it|tt|sc|sf|rm|up|normal)?|emph|math(?:bf|it|tt|rm|sf|cal|bb|frak|scr)|underline|mbox|hbox|operatorname|boldsymbol|bm|url|texttt|uline)\s?(?=\{)", ""),
    (r"\{\\(?:bf|it|tt|sc|sf|rm|em|small|large)\s", ""),
    (r"\\(?:" + "|".join(sorted(_SYMBOLS, key=len, reverse=True)) + r")(?![A-Za-z])(?:\{\})?", lambda m: _SYMBOLS[m[0].strip("\\{}")]),
    (r"(?<=[\d$])~(?=[A-Za-zμ°%])", " "),
    (r"(?<=[A-Za-z)])~(?=[(\\A-Za-z\d\[])", " "),
    (r"\\[,;:! ]", " "),
    (r"(?<=\d)\{?,\}?(?=\d{3}(?!\d))", ","),
    (r"``|''", '"'),
    (r"---?", "–"),
    # money, not the opening of a formula: "$0.05 per task"
    (r"\$(?=\d[\d.,]*(?:\s?(?:[KMBk]\b|million|billion|thousand|per\b|for\b|to\b|in\b|and\b|on\b|each\b|/|[–-])|[,.;:)]?(?:\s|$)))(?![^$]{0,30}\$(?!\d))", "$"),
    (r"[${}]|(?<=[A-Za-z}])[\^](?=[\w{(])", ""),
    (r"(?<=[A-Za-z])_(?=\{)", ""),
)  # fmt: skip

_COMPILED: Final = tuple((re.compile(pattern), replacement) for pattern, replacement in _RULES)
# Only where one of these stands can a rule apply.
_TRIGGER: Final = re.compile(
    r"[\\{}$^~`'_]|--|(?<=\d)X|(?<=\d)(?:times|x(?=\s?[A-Z]))|(?<![A-Za-z])\s?(?:sim|approx)|(?<=[\d%])\s?rightarrow|(?<=\d),"
)


@dataclass(frozen=True)
class CleanText:
    """Clean text, and for each of its characters the start and end of what it stands for in the source."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def source(self, start: int, end: int) -> tuple[int, int]:
        """The span in the source of a non-empty span of the clean text.

        >>> clean(r"2.66\\%").source(0, 5)
        (0, 6)
        """
        return self.starts[start], self.ends[end - 1]


def clean(source: str) -> CleanText:
    r"""Read LaTeX leftovers.

    >>> clean(r"M\'elange gains 2.66\% with $A^2ATS$").text
    'Mélange gains 2.66% with A2ATS'
    >>> clean("3.65 sim 39.14times faster").text
    '3.65–39.14× faster'
    """
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []

    def put(text: str, start: int, end: int, *, each: bool = False) -> None:
        out.append(text)
        starts.extend(range(start, start + len(text)) if each else [start] * len(text))
        ends.extend(range(start + 1, start + len(text) + 1) if each else [end] * len(text))

    position = 0
    while position < len(source):
        trigger = _TRIGGER.search(source, position)
        if trigger is None:
            put(source[position:], position, len(source), each=True)
            break
        if trigger.start() > position:
            put(source[position : trigger.start()], position, trigger.start(), each=True)
            position = trigger.start()
        for pattern, replacement in _COMPILED:
            if found := pattern.match(source, position):
                if found.end() == position:
                    continue
                text = replacement if isinstance(replacement, str) else replacement(found)  # type: ignore[misc]
                put(text, position, found.end())
                position = found.end()
                break
        else:
            put(source[position], position, position + 1, each=True)
            position += 1
    return CleanText("".join(out), tuple(starts), tuple(ends))
