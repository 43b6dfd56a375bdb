"""Sentence boundaries: after `.`, `!` or `?` where a new sentence plausibly begins; the title is one of its own."""

import re
from typing import Final

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


@Language.component("kg_sentences", assigns=["token.is_sent_start"])
def sentence_boundaries(doc: Doc) -> Doc:
    """Set where sentences start."""
    title_end = title_length(doc)
    text = reading(doc).text
    opens = True
    ended = False
    before = -1
    for token in doc:
        word, start = token.text, token.idx
        passes = word in _CLOSING or word.isspace()
        if start >= title_end > 0 and before < title_end:
            opens = True
        elif ended and not passes:
            opens = bool(_OPENING.match(text, start))
            ended = False
        token.is_sent_start = opens
        opens = False
        if word in (".", "!", "?", "...", "…") or (word[-1] in ".!?" and word[-2:-1].isalnum()):
            ended = start >= title_end and not _abbreviates(doc, token.i)
        elif not passes:
            ended = False
        before = start
    return doc


def _abbreviates(doc: Doc, index: int) -> bool:
    token = doc[index]
    word = token.text
    if word == "." and index and not doc[index - 1].whitespace_:
        word = doc[index - 1].text + "."
    return word.casefold() in _ABBREVIATIONS or bool(re.fullmatch(r"[A-Z]\.", word))
