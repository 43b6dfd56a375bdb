"""The trained model: one pass of a small encoder over title and abstract, then small heads over spans and pairs.

The encoder is all-MiniLM-L6-v2 (Wang et al. 2020, "MiniLM"; Reimers and Gurevych 2019, "Sentence-BERT"), fine-tuned with a biaffine
span head (Dozat and Manning 2017; Yu, Bohnet and Poesio 2020, "Named entity recognition as dependency parsing") and pair heads on the
shared encoder; int8 in ONNX. See docs/model.md. It needs onnxruntime and tokenizers, no torch, and is loaded once, when first used.
"""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import as_file
from typing import Any, Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from kg.extract.model_files import weights
from kg.model import EntityType

Floats = NDArray[np.float32]
WordSpan = tuple[int, int]
"""First and last word, both inclusive."""

TYPES: Final[tuple[EntityType, ...]] = ("Method", "Hardware", "Dataset", "Metric", "Task")
RELATIONS: Final = ("proposes", "runs_on", "evaluated_on", "measured_by", "compared_with", "uses", "addresses")
ROLES: Final = ("method", "metric", "baseline", "dataset", "hardware")
_DISTANCES: Final = (1, 2, 4, 8, 16)
_FEATURES: Final = 4


@dataclass(frozen=True)
class Words:
    """A paper's words as the encoder takes them: spaCy's tokens without white space, title first."""

    texts: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    title: int

    @cached_property
    def sentences(self) -> list[int]:
        """The number of each word's sentence, counted as in training: after a full stop, and after the title."""
        numbers, number = [], 0
        for index, text in enumerate(self.texts):
            number += index == self.title and index > 0
            numbers.append(number)
            number += text in {".", "!", "?"} and index >= self.title
        return numbers

    def span(self, start: int, end: int) -> WordSpan | None:
        """The words that a stretch of characters touches; None where it touches none."""
        first, last = bisect_right(self.ends, start), bisect_left(self.starts, end) - 1
        return (first, last) if first <= last else None


@dataclass(frozen=True)
class Encoding:
    """What the encoder says of a paper: word vectors [W, D], its vector [D], and span probabilities [W, width, types] of a
    span that begins at a word and is so many words long, for entities that count, and for entities of any kind."""

    words: Floats
    paper: Floats
    spans: Floats
    any_spans: Floats

    def spans_of(self, span: WordSpan, kind: int) -> float:
        """The probability that a span is an entity of a type that counts; 0 for one that is too wide."""
        return self._of(self.spans, span, kind)

    def any_of(self, span: WordSpan, kind: int) -> float:
        """The same for an entity of any kind."""
        return self._of(self.any_spans, span, kind)

    def _of(self, spans: Floats, span: WordSpan, kind: int) -> float:
        width = span[1] - span[0]
        return float(spans[span[0], width, kind]) if width < spans.shape[1] else 0.0


@dataclass(frozen=True)
class Beliefs:
    """Probabilities over C entities and N figures; index 0 of relation ends is the paper, of links none."""

    entity: Floats
    relation: Floats
    result: Floats
    link: Floats


class Encoder:
    """The model's two ONNX graphs and its tokenizer."""

    def __init__(self) -> None:
        with as_file(weights()) as path:
            self.config: dict[str, Any] = json.loads((path / "config.json").read_text("utf-8"))
            self._tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
            self._tokenizer.no_padding()
            self._tokenizer.no_truncation()
            options = onnxruntime.SessionOptions()
            # One thread: whole processes scale better, and the order of additions stays the same.
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            # Memory is given back after each paper: kept for the next, it grows with the longest paper so far.
            options.enable_cpu_mem_arena = options.enable_mem_pattern = False
            providers = ["CPUExecutionProvider"]
            self._encoder = onnxruntime.InferenceSession(str(path / "model.onnx"), options, providers=providers)
            self._heads = onnxruntime.InferenceSession(str(path / "heads.onnx"), options, providers=providers)

    def encode(self, words: Words) -> Encoding:
        """One pass over a paper. Words past the encoder's limit of subwords get no say."""
        ids, kinds, word_of = subwords(self._tokenizer, words, int(self.config["max_subwords"]))
        pool = pooling([word_of], [len(words.texts)])
        feed = {
            "input_ids": np.array([ids], np.int64), "attention_mask": np.ones((1, len(ids)), np.int64),
            "token_type_ids": np.array([kinds], np.int64), "pool": pool,
        }  # fmt: skip
        vectors, paper, logits = self._encoder.run(["words", "doc", "spans"], feed)
        spans = _sigmoid(logits[0])
        for width in range(spans.shape[1]):  # a span may not reach past the last word
            spans[max(0, len(words.texts) - width) :, width] = 0
        return Encoding(vectors[0], paper[0], spans[..., : len(TYPES)], spans[..., len(TYPES) :])

    def score(
        self,
        words: Words,
        encoding: Encoding,
        entities: Sequence[tuple[EntityType, Sequence[WordSpan]]],
        figures: Sequence[WordSpan],
    ) -> Beliefs:
        """Probabilities of entities, relations and result links for any entities and figures, whoever found them."""
        feed = head_inputs(words, entities, figures)
        feed |= {"words": encoding.words[None], "doc": encoding.paper[None]}
        entity, relation, result, link = self._heads.run(["entity", "relation", "result", "link"], feed)
        links = np.exp(link[0] - link[0].max(1, keepdims=True))
        return Beliefs(
            _sigmoid(entity[0][1:]), _sigmoid(relation[0]), _sigmoid(result[0])[: len(figures)],
            (links / links.sum(1, keepdims=True))[: len(figures)],
        )  # fmt: skip


@cache
def load_encoder() -> Encoder:
    """The model that ships with Papergraph, loaded once a process."""
    return Encoder()


def _sigmoid(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), np.float32)


def subwords(tokenizer: Tokenizer, words: Words, limit: int) -> tuple[list[int], list[int], list[int]]:
    """Subword ids, segment ids, and the word of each subword (-1 for separators); what is past the limit is cut off."""
    encoded = tokenizer.encode(
        list(words.texts[: words.title]) or [" "], list(words.texts[words.title :]) or [" "], is_pretokenized=True
    )
    word_of = [
        -1 if word is None else word + (words.title if sequence else 0)
        for word, sequence in zip(encoded.word_ids, encoded.sequence_ids, strict=True)
    ]
    ids, kinds = list(encoded.ids), list(encoded.type_ids)
    if len(ids) > limit:
        ids, kinds, word_of = [*ids[: limit - 1], ids[-1]], kinds[:limit], [*word_of[: limit - 1], -1]
    return ids, kinds, word_of


def pooling(word_of: Sequence[Sequence[int]], sizes: Sequence[int]) -> Floats:
    """[papers, words, subwords]: what averages each word's subwords; words that were cut off keep zeros."""
    pool = np.zeros((len(word_of), max(sizes), max(map(len, word_of))), np.float32)
    for paper, of in enumerate(word_of):
        for subword, word in enumerate(of):
            if 0 <= word < sizes[paper]:
                pool[paper, word, subword] = 1
    return np.asarray(pool / np.maximum(pool.sum(2, keepdims=True), 1), np.float32)


def head_inputs(
    words: Words, entities: Sequence[tuple[EntityType, Sequence[WordSpan]]], figures: Sequence[WordSpan]
) -> dict[str, Any]:
    """The arrays that the heads read, batch axis first."""
    spans = sorted({span for _, mentions in entities for span in mentions}) or [(0, 0)]
    row = {span: index for index, span in enumerate(spans)}
    sentences = words.sentences
    size = len(entities) + 1
    assign = np.zeros((size, len(spans)), np.float32)
    pair = np.zeros((size, size), np.int64)
    features = np.zeros((size, _FEATURES), np.float32)
    kinds = np.zeros(size, np.int64)
    for i, (kind, mentions) in enumerate(entities, start=1):
        for span in mentions:
            assign[i, row[span]] = 1
        features[i] = _features(words, mentions)
        kinds[i] = TYPES.index(kind) + 1
        for j, (_, others) in enumerate(entities, start=1):
            if i != j:
                pair[i, j] = _apart(sentences, mentions, others)
    assign /= np.maximum(assign.sum(1, keepdims=True), 1)
    numbers = list(figures) or [(0, 0)]
    near = np.zeros((len(numbers), size), np.int64)
    for n, span in enumerate(numbers):
        for j, (_, mentions) in enumerate(entities, start=1):
            near[n, j] = _apart(sentences, [span], mentions)
    arrays: dict[str, NDArray[Any]] = {
        "spans": np.array(spans, np.int64), "assign": assign, "kinds": kinds, "feats": features, "pair": pair,
        "figures": np.array(numbers, np.int64), "near": near,
    }  # fmt: skip
    return {name: array[None] for name, array in arrays.items()}


def _apart(sentences: Sequence[int], heads: Sequence[WordSpan], tails: Sequence[WordSpan]) -> int:
    """How the nearest mentions of two things lie, as a number from 1: order, then words apart in a sentence, else sentences apart."""
    best: tuple[tuple[bool, int, int], bool] | None = None
    for a in heads:
        for b in tails:
            apart = abs(sentences[a[0]] - sentences[b[0]])
            forward = b[0] >= a[0]
            key = (apart > 0, apart, b[0] - a[1] if forward else a[0] - b[1])
            if best is None or key < best[0]:
                best = (key, forward)
    if best is None:
        return 0
    (_, apart, gap), forward = best
    step = 5 + min(apart, 3) if apart else sum(gap > most for most in _DISTANCES)
    return 1 + step + (9 if forward else 0)


def _features(words: Words, mentions: Sequence[WordSpan]) -> list[float]:
    """How often it is named (log), whether in the title, where first in the abstract (share of it), how many words (quarters)."""
    body = [start for start, _ in mentions if start >= words.title]
    size = max(1, len(words.texts) - words.title)
    return [
        float(np.log1p(len(mentions))), float(any(start < words.title for start, _ in mentions)),
        (min(body) - words.title) / size if body else 1.0, float(np.mean([end - start for start, end in mentions])) / 4,
    ]  # fmt: skip
