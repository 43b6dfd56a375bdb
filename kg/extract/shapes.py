"""Hardware that no lexicon lists, by the shape of its name: a "Xeon Gold 6999" is some Xeon of Intel's.

The shapes are data (`kg/lexicon/hardware-shapes.csv`). What they find has no entry of its own: its vendor and class are those
of the entry that it seems to belong to, and count as guesses.
"""

import re

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import Candidate, reading
from kg.lexicon import fold, load


@Language.factory("kg_shapes")
class Shapes:
    """Adds a Candidate for each stretch that has the shape of a product, where the lexicon does not know that product."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.lexicon = load()
        self.shapes = [
            (shape, re.compile(rf"(?<![\w\-.])(?:{shape.pattern})(?:(?=s\b)|(?![\w-]|\.\d))"))
            for shape in self.lexicon.shapes
        ]

    def __call__(self, doc: Doc) -> Doc:
        """Read one Doc."""
        found, text = reading(doc), doc.text
        taken: list[tuple[int, int]] = []
        for shape, pattern in self.shapes:
            for match in pattern.finditer(text):
                start, end = match.span()
                inside = [c for c in found.candidates if start <= c.start and c.end <= end and c.type == "Hardware"]
                others = [(c.start, c.end) for c in found.candidates if c not in inside]
                known = any(c.start == start and c.end == end for c in inside) or self.lexicon.terms.get(fold(match[0]))
                refused = any(a <= start and end <= b for a, b in found.refused)
                if known or refused or any(a < end and start < b for a, b in (*taken, *others)):
                    continue
                # what the lexicon found inside is the family: the whole is one thing of it
                found.candidates = [c for c in found.candidates if c not in inside]
                guess = self.lexicon.entries[shape.broader]
                found.candidates.append(
                    Candidate(start, end, "Hardware", "shapes", f"shape:{shape.id}", 0.9, guess=guess)
                )
                taken.append((start, end))
        found.candidates.sort(key=lambda candidate: candidate.start)
        return doc
