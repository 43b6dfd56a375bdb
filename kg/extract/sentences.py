"""Sentence boundaries: after `.`, `!` or `?` where a new sentence plausibly begins; the title is one of its own."""

import re
from typing import Final

import numpy as np
from spacy.attrs import SENT_START
from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import reading, title_length

_ABBREVIATIONS: Final = frozenset(
    [
        "e.g.",
        "i.e.",
        "etc.",
        "cf.",
        "vs.",
        "al.",
        "fig.",
        "figs.",
        "eq.",
        "eqs.",
        "sec.",
        "tab.",
        "no.",
        "nos.",
        "approx.",
        "resp.",
        "ca.",
        "st.",
        "dr.",
        "mr.",
        "prof.",
        "inc.",
        "ltd.",
        "corp.",
        "w.r.t.",
        "wrt.",
        "i.i.d.",
        "a.k.a.",
        "aka.",
        "viz.",
        "incl.",
        "max.",
        "min.",
        "avg.",
        "dept.",
        "ver.",
        "vol.",
    ]
)
_CLOSING: Final = frozenset("\"')]}”’»")
_OPENING: Final = re.compile(r"[\"'“‘(\[\\]*[A-Z0-9À-ÞΑ-Ω]|[\"'“‘(\[\\]*[a-z]+[A-Z]|https?:|[•\-–]")
_MOST_CHARS: Final = 2_000
"""A sentence is cut here: none is so long, and what follows looks at a whole sentence for each name and figure in it."""


@Language.component("kg_sentences", assigns=["token.is_sent_start"])
def sentence_boundaries(doc: Doc) -> Doc:
    """Set where sentences start."""
    title_end = title_length(doc)
    text = reading(doc).text
    starts: list[int] = []
    opens = True
    ended = False
    before, opened = -1, 0
    for token in doc:
        word, start = token.text, token.idx
        passes = word in _CLOSING or word.isspace()
        if start >= title_end > 0 and before < title_end:
            opens = True
        elif ended and not passes:
            opens = bool(_OPENING.match(text, start))
            ended = False
        opens = opens or start - opened >= _MOST_CHARS
        starts.append(1 if opens else -1)
        opened = start if opens else opened
        opens = False
        if word in (".", "!", "?", "...", "…") or (word[-1] in ".!?" and word[-2:-1].isalnum()):
            ended = start >= title_end and not _abbreviates(doc, token.i)
        elif not passes:
            ended = False
        before = start
    # all at once: each assignment of `is_sent_start` would look at every token
    return doc.from_array([SENT_START], np.array(starts, np.int64).astype(np.uint64))  # type: ignore[arg-type]


def _abbreviates(doc: Doc, index: int) -> bool:
    token = doc[index]
    word = token.text
    if word == "." and index and not doc[index - 1].whitespace_:
        word = doc[index - 1].text + "."
    # "i.MX": a letter, and no space after the dot
    glued = bool(re.fullmatch(r"[a-z]\.", word)) and not token.whitespace_
    return glued or word.casefold() in _ABBREVIATIONS or bool(re.fullmatch(r"[A-Z]\.", word))
