"""Names that the trained model finds: the best of overlapping spans, those that count before those of any kind."""

import re
from collections.abc import Iterator
from typing import Final

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Token

from kg.extract.candidates import Candidate, reading, sentences, title_length
from kg.extract.encoder import TYPES, Encoding, Floats, Words, WordSpan, load_encoder
from kg.lexicon import load

_FLOOR: Final = 0.1
_FIGURE: Final = re.compile(r"(?:sub-)?[\d.,\s~≈×xX%$£€+±↑↓→^−–-]+")
_MACRO: Final = re.compile(r"\\[A-Za-z]+")
_MULTIPLIER: Final = re.compile(r"\d+[x×](?=[A-Za-z])")


@Language.component("kg_model")
def find_by_model(doc: Doc) -> Doc:
    """Add the model's candidates, and keep its encoding for the components that ask it of entities, relations and figures."""
    found = reading(doc)
    pieces = [piece for token in doc if not token.is_space for piece in _pieces(token)]
    if not pieces:
        return doc
    title_end = title_length(doc)
    words = Words(
        texts=tuple(text for text, _ in pieces),
        starts=tuple(start for _, start in pieces),
        ends=tuple(start + len(text) for text, start in pieces),
        title=sum(start < title_end for _, start in pieces),
    )
    found.words, found.encoding = words, load_encoder().encode(words)
    text = found.text
    for (first, last), kind, counts, any_kind in _spans(found.encoding):
        optional = counts < any_kind / 2
        start, end = _trimmed(text, words.starts[first], words.ends[last])
        # no name goes on in the next sentence ("Zibbo. Zibbo")
        end = next((s.end for s in sentences(doc) if s.start <= start < s.end < end), end)
        end = start + max(1, len(text[start:end].rstrip(".,;:")))  # spaCy leaves the full stop at "ImageNet-1K."
        if (macro := _MACRO.match(text, start, end)) and macro[0].casefold() in load().not_names:
            continue  # a placeholder
        if any(start <= a and b <= end and b - a > (end - start) / 2 for a, b in found.refused):
            continue  # a known name that means something else here
        if _FIGURE.fullmatch(text, start, end):
            continue  # a figure is no name
        found.candidates.append(
            Candidate(
                start, end, TYPES[kind], "model", "model: span",
                round(any_kind if optional else counts, 3), optional=optional,
            )
        )  # fmt: skip
    return doc


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without half a pair of brackets and what hangs on it: "Speculative Decoding (SD"."""
    name = text[start:end]
    if "(" in name and ")" not in name:
        end = start + len(name[: name.index("(")].rstrip())
    elif ")" in name and "(" not in name:
        start += len(name) - len(name[name.index(")") + 1 :].lstrip())
    return (start, end) if start < end else (start, start + len(name))


def _pieces(token: Token) -> Iterator[tuple[str, int]]:
    """A token as the model's words, with where each begins: "8xH100" is two."""
    multiplier = _MULTIPLIER.match(token.text)
    cut = multiplier.end() if multiplier else 0
    if cut:
        yield token.text[:cut], token.idx
    yield token.text[cut:], token.idx + cut


def _spans(encoding: Encoding) -> list[tuple[WordSpan, int, float, float]]:
    """Spans without overlaps: (words, type, probability that it counts, that it is an entity of any kind)."""
    counts, any_kind = encoding.spans, encoding.any_spans
    counts_sum, any_sum = _by_last_word(counts), _by_last_word(any_kind)
    order = np.where(counts > _FLOOR, 1 + counts, any_kind)
    places = np.argwhere(np.maximum(counts, any_kind) > _FLOOR)
    ranked = sorted(places.tolist(), key=lambda at: (-float(order[tuple(at)]), at))
    taken = np.zeros(len(counts), bool)
    kept = []
    for start, width, kind in ranked:
        if not taken[start : start + width + 1].any():
            taken[start : start + width + 1] = True
            at = (start, width, kind)
            kept.append(((start, start + width), kind, float(counts_sum[at]), float(any_sum[at])))
    return kept


def _by_last_word(probability: Floats) -> Floats:
    """Each span's probability raised by those that end with the same word: the model splits its belief over boundaries."""
    size, widths, _ = probability.shape
    total = np.zeros((size, probability.shape[2]), np.float32)
    for width in range(min(widths, size)):
        total[width:] += probability[: size - width, width]
    raised = np.zeros_like(probability)
    for width in range(min(widths, size)):
        raised[: size - width, width] = np.minimum(total[width:], 1)
    return raised
