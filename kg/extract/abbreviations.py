"""Abbreviations and their long forms: Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions
in biomedical text", PSB 2003."""

import re
from typing import Final

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import reading, sentences

Pair = tuple[tuple[int, int], tuple[int, int]]

_PARENTHESIS: Final = re.compile(r"\(([^()]{2,80})\)")
_BOUNDARY: Final = re.compile(
    r"[,;:.!?(\[]|\b(?:and|or|the|a|an|we|our|is|are|with|using|of the|called|named)\b(?=\s[^()]*$)"
)
_ARTICLE: Final = re.compile(r"(?:the|an?|our|its|their|this|called|named|novel|new)\s+", re.IGNORECASE)


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


def long_form(short: str, before: str) -> int | None:
    """Where in `before`, a text that ends at the parenthesis, the long form of `short` begins; None if nowhere.

    >>> long_form("KD", "we study knowledge distillation")
    9
    >>> long_form("LLM", "with large language models") == len("with ")
    True
    """
    letters = short[:-1] if short[-1] == "s" and len(short) > 2 and short[-2].isupper() else short
    words = list(re.finditer(r"\S+", before))
    most = min(len(letters) + 5, len(letters) * 2)
    limit = words[-most].start() if len(words) > most else 0
    position = len(before) - 1
    for index in range(len(letters) - 1, -1, -1):
        char = letters[index].casefold()
        if not char.isalpha():  # digits stand for a word ("PTQ4VM") or for a count of letters
            continue
        while position >= limit and (
            before[position].casefold() != char or (index == 0 and position > 0 and before[position - 1].isalnum())
        ):
            position -= 1
        if position < limit:
            return None
        position -= 1
    begin = position + 1
    # a hyphenated word is taken whole
    while begin > 0 and not before[begin - 1].isspace() and before[begin - 1] not in "([\"'":
        begin -= 1
    long = before[begin:]
    if article := _ARTICLE.match(long):
        begin += article.end()
        long = before[begin:]
    sane = len(long) > len(short) and not re.search(r"[.;:!?]\s|[()]", long) and len(long.split()) <= most
    # at the head of a word, or of a part of it: "Weight-Decomposed Low-Rank Adaptation (DoRA)"
    first = long.split()[0].casefold() if long else ""
    return begin if sane and any(part.startswith(letters[0].casefold()) for part in first.split("-")) else None


def spells_out(short: str, long: str) -> bool:
    """Whether a text that begins where its words begin is a long form of `short`.

    >>> spells_out("NTP", "Neural Net Topology Profiler"), spells_out("PTQ4VM", "Post-Training Quantization for Visual Mamba")
    (True, True)
    >>> spells_out("LEAP", "Inference on Scalable Parts")
    False
    """
    wanted = [c.casefold() for c in short.removesuffix("s") if c.isalpha()]
    initials = [part[0].casefold() for part in re.findall(r"[A-Za-z]+", long)]
    position = 0
    for letter in wanted:
        try:
            position = initials.index(letter, position) + 1
        except ValueError:
            return False
    return bool(wanted) and initials[0] == wanted[0] and len(long.split()) <= 2 * len(wanted)
