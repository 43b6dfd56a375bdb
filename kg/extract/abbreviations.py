"""Abbreviations and their long forms: Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions
in biomedical text", PSB 2003."""

import re
from typing import Final

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import reading, sentences
from kg.lexicon import long_form, spells_out

Pair = tuple[tuple[int, int], tuple[int, int]]

_PARENTHESIS: Final = re.compile(r"\(([^()]{2,80})\)")


@Language.component("kg_abbreviations")
def find_abbreviations(doc: Doc) -> Doc:
    """Add the pairs (short form, long form) of a Doc."""
    found = reading(doc)
    for sentence in sentences(doc):
        for match in _PARENTHESIS.finditer(sentence.text):
            pair = _pair(sentence.text, match)
            if pair is not None:
                short, long = pair
                found.abbreviations.append(
                    (
                        (sentence.start + short[0], sentence.start + short[1]),
                        (sentence.start + long[0], sentence.start + long[1]),
                    )
                )
    return doc


def _pair(text: str, match: re.Match[str]) -> Pair | None:
    inner = re.split(r"[,;]", match[1])[0].strip()
    start = match.start(1) + match[1].index(inner)
    before = text[: match.start()].rstrip()
    if _is_short(inner):
        if (begin := long_form(inner, before)) is not None:
            return (start, start + len(inner)), (begin, len(before))
        return None
    # "ACR (Artificial Clear Recognition)": the other way round
    word = re.search(r"[\w][\w.\-+/]*$", before)
    if word and _is_short(word[0]) and spells_out(word[0], inner):
        return (word.start(), word.end()), (start, start + len(inner))
    return None


def _is_short(text: str) -> bool:
    return (
        2 <= len(text) <= 12
        and len(text.split()) <= 2
        and text[0].isalnum()
        and any(c.isalpha() for c in text)
        and sum(c.isupper() for c in text) >= max(1, len(re.sub(r"[^A-Za-z]", "", text)) // 3)
    )
