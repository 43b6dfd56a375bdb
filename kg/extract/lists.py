"""Hardware in a list whose later names leave out what they share: "RTX 3090/4090", "Jetson Orin Nano and NX", "TPU v2 or v3"."""

import re
from collections.abc import Iterator
from typing import Final

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import Candidate, reading
from kg.lexicon import Entry, load

_NEXT: Final = re.compile(
    r"(?:\s?/\s?|\s?,\s(?:and\s|or\s)?|\s(?:and|or|&)\s|\sGPUs?\s(?:and|or)\s)(?:the\s)?"
    r"(?P<name>(?:v?\d{1,5}[A-Za-z]{0,3}|[A-Z]{1,3}\d{0,5}[A-Za-z]{0,3}|Nano|Xavier|Orin|Pro|Max|Ultra)(?:[ -](?:Ti|SUPER|Super|XT|XTX|NX|Nano|Pro|Max|Ultra))?)"
    # "and 4080 images" counts something
    r"(?!(?<=\d)\s(?!(?:graphics|cards|boards|chips|phones|devices|processors|cores|servers|systems|laptops|nodes|is|was|has)\b)[a-z]+s\b)"
    r"(?![\w%]|[.,]\d|-[A-Za-z]|\s?(?:%|[x×]|ms|GB|MB|FPS|W|million|billion|times|hours?|days?|GHz|MHz|TB|nm)\b)"
)
_PIECE: Final = re.compile(r"[A-Za-z+]+|\d+")
_LEVELS: Final = ("product", "variant", "family", "system")


@Language.factory("kg_lists")
class Lists:
    """Adds a Candidate for each later name of a list that, with what the first begins with, is known hardware."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.lexicon = load()

    def __call__(self, doc: Doc) -> Doc:
        """Read one Doc."""
        found, text = reading(doc), doc.text
        added: list[Candidate] = []
        replaced: list[Candidate] = []
        for first in found.candidates:
            if first.type != "Hardware" or first.entry is None or first.entry.kind not in _LEVELS:
                continue
            end, surface = first.end, text[first.start : first.end]
            while match := _NEXT.match(text, end):
                start, end = match.span("name")
                there = [c for c in found.candidates if c.start < end and start < c.end]
                entry = next(self._fitting(first.entry, surface, match["name"]), None)
                # a name that stands alone goes first, save the chip's where the list names the board: "AGX Orin and Xavier"
                if entry is None or any(
                    c.entry is None or c.entry.id not in self.lexicon.ancestors(entry.id) for c in there
                ):
                    break
                replaced.extend(there)
                added.append(Candidate(start, end, "Hardware", "terms", f"list:{entry.id}", 0.9, entry))
        kept = [c for c in found.candidates if c not in replaced]
        found.candidates = sorted([*kept, *added], key=lambda candidate: candidate.start)
        return doc

    def _fitting(self, first: Entry, surface: str, name: str) -> Iterator[Entry]:
        """Hardware of the same vendor and class that is called as the first begins and this name ends, the most shared first."""
        pieces = list(_PIECE.finditer(surface))
        for piece in reversed(pieces[1:]):
            # "TPUv3 and v4" share "TPU": the v belongs to the number
            for cut in (piece.start(), piece.start() - 1 if surface[piece.start() - 1] == "v" else None):
                if cut is None:
                    continue
                entry = self.lexicon.find(surface[:cut] + name, "Hardware")
                alike = entry and (entry.vendor, entry.hardware_class) == (first.vendor, first.hardware_class)
                if entry and alike and entry.kind in _LEVELS and entry.id != first.id:
                    yield entry
