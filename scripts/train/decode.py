"""Read papers with the model alone, for training and tuning: candidates, merging, thresholds. The package does this with its rules."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from kg.extract import encoder
from kg.extract.encoder import RELATIONS, ROLES, TYPES, Words
from kg.extract.encoder import WordSpan as Span

BOUNDS: list[str | None] = [None, "up_to", "at_least", "average"]
MAX_WIDTH = 10
BUCKETS = 20  # ways two clusters may lie to one another
FEATURES = 4  # cheap facts about a cluster
HEAD_TYPES: dict[str, set[str]] = {r: {"paper", "Method"} for r in RELATIONS} | {
    "proposes": {"paper"},
    "compared_with": {"Method", "Hardware"},
    "uses": {"Method"},
}
TAIL_TYPES: dict[str, set[str]] = {
    "proposes": {"Method", "Dataset", "Metric", "Hardware"},
    "runs_on": {"Hardware"},
    "evaluated_on": {"Dataset"},
    "measured_by": {"Metric"},
    "compared_with": {"Method", "Hardware"},
    "uses": {"Method"},
    "addresses": {"Task"},
}


# ---------------------------------------------------------------- documents


@dataclass
class Document:
    """Title and abstract as one run of words. `starts`/`ends` are offsets into `text` (title, newline, abstract)."""

    text: str
    words: list[str]
    starts: list[int]
    ends: list[int]
    title_words: int
    sentences: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.sentences:
            number = 0
            for i, word in enumerate(self.words):
                if i == self.title_words and i:
                    number += 1
                self.sentences.append(number)
                if word in {".", "!", "?"} and i >= self.title_words:
                    number += 1

    @classmethod
    def of(
        cls,
        title: Iterable[tuple[str, int, int]],
        abstract: Iterable[tuple[str, int, int]],
        title_text: str,
        abstract_text: str,
    ) -> Document:
        """Build from the two fields' tokens with their own character offsets."""
        first, second, shift = list(title), list(abstract), len(title_text) + 1
        return cls(
            f"{title_text}\n{abstract_text}",
            [w for w, *_ in first + second],
            [s for _, s, _ in first] + [s + shift for _, s, _ in second],
            [e for *_, e in first] + [e + shift for *_, e in second],
            len(first),
        )

    def surface(self, span: Span) -> str:
        return self.text[self.starts[span[0]] : self.ends[span[1]]]


@dataclass
class Cluster:
    """One entity of a paper: its type and where it is mentioned.

    `score`: the best span probability for "required entity", `any`: for "entity, required or optional".
    """

    type: str
    mentions: list[Span]
    score: float = 0.99
    any: float = 0.99


@dataclass
class Number:
    """A figure in the text that might be a result."""

    value: str
    start: int
    end: int
    span: Span


@dataclass
class State:
    """What the encoder says about one document."""

    words: np.ndarray  # [W, D]
    doc: np.ndarray  # [D]
    spans: np.ndarray  # [W, MAX_WIDTH, types] logits for "required entity"
    any_spans: np.ndarray  # the same for "entity, required or optional"


@dataclass
class Scores:
    """Probabilities over clusters; index 0 of the relation and link axes is the paper (for links: none)."""

    entity: np.ndarray  # [C, types]
    relation: np.ndarray  # [C+1, C+1, relations]
    result: np.ndarray  # [N]
    bound: np.ndarray  # [N, bounds]
    link: np.ndarray  # [N, C+1, roles]


# ---------------------------------------------------------------- strings


def fold_words(text: str) -> list[str]:
    """A name's words with case, hyphens, LaTeX and the plural of the last word folded."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"\\(text|math)?(bf|it|tt|sc|sf|rm|cal|bb|emph|text)\b|[$\\{}^_~]", " ", text)
    words = re.findall(r"[a-z]+|\d+(?:\.\d+)?|[^\W\d_]+|[+#]+", text)
    if words and len(words[-1]) > 2 and words[-1].endswith("s") and not words[-1].endswith(("ss", "us", "is")):
        words[-1] = words[-1][:-1]
    return words


def fold(text: str) -> str:
    """One key for the forms of a name."""
    return "".join(fold_words(text))


def acronyms(doc: Document) -> list[tuple[Span, Span]]:
    """Pairs (long form, short form) by Schwartz & Hearst 2003, as word spans; the long form's end is certain, its start a guess."""
    found = []
    for i, word in enumerate(doc.words):
        if word != "(" or i == 0:
            continue
        close = next((j for j in range(i + 1, min(i + 6, len(doc.words))) if doc.words[j] in {")", ",", ";"}), None)
        if close is None or close == i + 1:
            continue
        short = doc.surface((i + 1, close - 1))
        letters = [c for c in short.casefold() if c.isalnum()]
        if letters and letters[-1] == "s" and short[-1:] == "s":
            letters = letters[:-1]
        if not 2 <= len(letters) <= 12 or not any(c.isupper() for c in short) or len(short.split()) > 2:
            continue
        lowest = max(0, i - min(len(letters) + 5, len(letters) * 2) - 3)
        left, right, at = doc.starts[lowest], doc.ends[i - 1], len(letters) - 1
        text = doc.text.casefold()
        position = right - 1
        while at >= 0 and position >= left:
            begins = position == left or not text[position - 1].isalnum()
            if text[position] == letters[at] and (at or begins):
                at -= 1
                if at < 0:
                    break
            position -= 1
        if at < 0:
            first = next((k for k in range(lowest, i) if doc.starts[k] <= position < doc.ends[k]), None)
            if first is not None:
                found.append(((first, i - 1), (i + 1, close - 1)))
    return found


_NUMBER = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_UNIT = r"\s?\$?\s?(?:\\?%|\\times|[x×X](?![a-z])|[a-zA-Zμµ]{1,3}(?![a-zA-Z]))?\$?"
_FREE = r"(?:(?<![A-Za-z\d_.])|(?<=[\s(~]x)|(?<=[\s(~]X))(?:(?<![A-Za-z]-)|(?<=sub-)|(?<=s-))"  # not part of a name
_RANGE = re.compile(rf"{_FREE}({_NUMBER})({_UNIT}\s?(?:--?|–|—|−|~|\bto\b|\band\b|\\sim)\s?\$?)({_NUMBER})(?![\d])")
_SINGLE = re.compile(rf"{_FREE}(?:{_NUMBER})(?![\d])")


def find_numbers(doc: Document) -> list[Number]:
    """Every figure and every range of figures, as candidates for results."""
    found: list[Number] = []
    seen = set()

    def add(value: str, start: int, end: int) -> None:
        first = next((i for i, e in enumerate(doc.ends) if e > start), None)
        if first is None or (start, end) in seen:
            return
        last = next((i for i in range(first, len(doc.words)) if doc.ends[i] >= end), len(doc.words) - 1)
        seen.add((start, end))
        found.append(Number(value.replace(",", ""), start, end, (first, last)))

    position = 0
    while match := _RANGE.search(doc.text, position):
        add(f"{match[1]}-{match[3]}", match.start(1), match.end(3))
        position = match.end(1)
    for match in _SINGLE.finditer(doc.text):
        add(match[0], match.start(), match.end())
    return sorted(found, key=lambda n: (n.start, n.end))


_UNITS: list[tuple[re.Pattern[str], str]] = [
    (re.compile(p), u)
    for p, u in [
        (r"(?:x|X)(?![a-zA-Z])|(?:times|fold)\b", "x"),
        (r"%|percentage[- ]points?\b|percent\b|(?:\w+ )?points?\b", "%"),
        (r"pp\b", "pp"),
        (r"(?:frames?[ -]?(?:per[ -]|/ ?)s(?:ec(?:ond)?)?|[Ff][Pp][Ss])\b", "FPS"),
        (r"milli-?seconds?\b|msec\b", "ms"),
        (r"micro-?seconds?\b|(?:μ|\\mu ?)\$?s\b", "μs"),
        (r"tokens?(?: per |/)(?:s|sec|second)\b|tok/s\b", "tokens/s"),
        (r"(?:s|sec|secs|seconds?)\b(?!/)", "s"),
        (r"(?:min|mins|minutes?)\b", "min"),
        (r"hours?\b", "hours"),
        (r"days?\b", "days"),
        (r"(?:\w+ )?GPU[- ]hours?\b", "GPU hours"),
        (r"(?:\w+ )?GPU[- ]days?\b", "GPU-days"),
        (r"orders of magnitude", "orders"),
        (r"dollars?\b", "$"),
        (r"°\s?C\b|degrees? C\b", "°C"),
        (r"°|degrees?\b", "°"),
        (r"Gbps\b", "Gbps"),
        (r"(?:[kKMGTPE]?(?:FLOPS?|FLOPs|Flops?|OPS|OPs|ops)|[TGM]?MACs?)(?:/[A-Za-z]+)*\b", ""),
    ]
]


def unit_after(doc: Document, number: Number, units: Sequence[str]) -> str:
    """The unit of a figure: what follows it, looking past list neighbours ("12, 14 and 16%"); else "factor of" before it.

    `units` are further names, longest first.
    """
    before = doc.text[max(0, number.start - 24) : number.start].replace("\n", " ")
    text = doc.text[number.end : number.end + 60].replace("\n", " ")
    currency = before.endswith("\\$") or (before.endswith("$") and "$" not in text[:12])
    for _ in range(4):
        rest = text.replace(r"\times", "x").replace("×", "x").replace(r"\%", "%").replace(r"\,", " ").replace("µ", "μ")
        rest = re.sub(r"^[\s$~{}\\-]*(?:(?:mathbf|text|mathrm|bf|rm)\b)?[\s{]*", "", rest)
        for pattern, name in _UNITS:
            if match := pattern.match(rest):
                return name or match[0]
        for name in units:
            if rest.startswith(name) and not rest[len(name) : len(name) + 1].isalpha():
                return name
        step = re.match(rf"\s*(?:,|and|or|/|to|-|–|±|\+/-|\\pm)\s*(?:and\s*)?\$?(?:{_NUMBER})", text)
        if not step:
            break
        text = text[step.end() :]
    if re.search(
        r"\b[xX]$|(?:factor|speed-?ups?|acceleration) of (?:up to |about |around |over |roughly |~)?[$~]*$", before
    ):
        return "x"
    return "$" if currency else ""


def words_of(doc: Document) -> Words:
    """A document as the package's encoder takes it."""
    return Words(tuple(doc.words), tuple(doc.starts), tuple(doc.ends), doc.title_words)


def head_inputs(doc: Document, clusters: Sequence[Cluster], numbers: Sequence[Number]) -> dict[str, Any]:
    """The arrays that the heads read, as the package makes them."""
    return encoder.head_inputs(words_of(doc), [(c.type, c.mentions) for c in clusters], [n.span for n in numbers])


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(x, -30, 30)))


# ---------------------------------------------------------------- proposals


def by_last_word(prob: np.ndarray, floor: float = 0.05) -> np.ndarray:
    """Each span's probability raised by those of spans of the same type that end with the same word: the model splits its belief
    over boundaries."""
    size, widths, kinds = prob.shape
    total = np.zeros((size, kinds))
    for k in range(min(widths, size)):
        total[k:] += prob[: size - k, k]
    total = np.minimum(total, 1)
    out = np.zeros_like(prob)
    for k in range(min(widths, size)):
        out[: size - k, k] = np.where(prob[: size - k, k] > floor, total[k:], 0)
    return out


def propose(doc: Document, required: np.ndarray, anything: np.ndarray, floor: float) -> list[Cluster]:
    """Clusters of mentions from span logits [W, K, T] for required and for all entities.

    The best of overlapping spans wins; spans that are only likely to be an optional entity fill what is left; equal strings, plurals
    and acronym pairs merge.
    """
    size, widths, _ = required.shape
    prob, loose = sigmoid(required), sigmoid(anything)
    for k in range(widths):
        prob[max(0, size - k) :, k] = loose[max(0, size - k) :, k] = 0
    summed, loose_summed = by_last_word(prob), by_last_word(loose)
    order = np.where(prob > floor, 1 + prob, loose)
    found = []
    for i, k, t in zip(*np.nonzero(np.maximum(prob, loose) > floor), strict=False):
        found.append(
            (float(order[i, k, t]), float(summed[i, k, t]), float(loose_summed[i, k, t]), int(i), int(i + k), int(t))
        )
    found.sort(key=lambda f: (-f[0], f[3], f[4]))
    taken = np.zeros(size, bool)
    kept: list[tuple[Span, int, float, float]] = []
    for _, total, loose_total, start, end, kind in found:
        if not taken[start : end + 1].any():
            taken[start : end + 1] = True
            kept.append(((start, end), kind, total, loose_total))

    by_key: dict[str, list[tuple[Span, int, float, float]]] = defaultdict(list)
    for item in kept:
        by_key[fold(doc.surface(item[0])) or doc.surface(item[0])].append(item)
    parent = {k: k for k in by_key}

    def root(key: str) -> str:
        while parent[key] != key:
            key = parent[key]
        return key

    ends = {span[1]: key for key, items in by_key.items() for span, *_ in items}
    spans = {span: key for key, items in by_key.items() for span, *_ in items}
    for long_form, short_form in acronyms(doc):
        short = spans.get(short_form) or (
            fold(doc.surface(short_form)) if fold(doc.surface(short_form)) in by_key else None
        )
        long_key = ends.get(long_form[1]) or (
            fold(doc.surface(long_form)) if fold(doc.surface(long_form)) in by_key else None
        )
        if short and long_key and root(short) != root(long_key):
            parent[root(short)] = root(long_key)
    groups: dict[str, list[tuple[Span, int, float, float]]] = defaultdict(list)
    for key, items in by_key.items():
        groups[root(key)].extend(items)
    out = []
    for items in groups.values():
        weight = np.zeros(len(TYPES))
        for _, kind, total, loose_total in items:
            weight[kind] += total + 0.5 * loose_total
        kind = int(weight.argmax())
        out.append(
            Cluster(
                TYPES[kind],
                sorted({s for s, *_ in items}),
                max(t for _, k, t, _ in items if k == kind),
                max(t for _, k, _, t in items if k == kind),
            )
        )
    return sorted(out, key=lambda c: c.mentions[0])


def contained(a: Sequence[str], b: Sequence[str], rule: str) -> bool:
    """Whether two folded names are forms of one: one's words begin or end the other ("ends", "edges"), or lie in it
    ("inside"), or share half their words ("overlap"). Names with different numbers never are."""
    digits = [{w for w in words if w[0].isdigit()} for words in (a, b)]
    short, long_ = sorted((list(a), list(b)), key=len)
    if not short or (digits[0] and digits[1] and digits[0] != digits[1]) or (len(short) == 1 and len(short[0]) < 2):
        return False
    ends, begins = long_[-len(short) :] == short, long_[: len(short)] == short
    return (
        ends
        or (rule != "ends" and begins)
        or (rule in ("inside", "overlap") and set(short) <= set(long_))
        or (rule == "overlap" and 2 * len(set(short) & set(long_)) >= len(set(short) | set(long_)))
    )


def merge(doc: Document, clusters: Sequence[Cluster], rules: dict[str, str], floor: float) -> list[Cluster]:
    """Join clusters of one type where a name holds another ("A100", "A100 GPU"). `rules`: type to "none" or a rule of `contained`;
    clusters below `floor` stay as they are. The likelier cluster comes first and takes the nearest name."""
    out: list[Cluster] = []
    names: list[list[list[str]]] = []
    for c in sorted(clusters, key=lambda c: -max(c.score, c.any)):
        own = [fold_words(t) for t in dict.fromkeys(doc.surface(s) for s in c.mentions)]
        rule, best = rules.get(c.type, "none"), None
        if rule != "none" and max(c.score, c.any) >= floor:
            for i, other in enumerate(out):
                if other.type == c.type and max(other.score, other.any) >= floor:
                    apart = [abs(len(x) - len(y)) for x in own for y in names[i] if contained(x, y, rule)]
                    if apart and (best is None or min(apart) < best[0]):
                        best = (min(apart), i)
        if best is None:
            out.append(Cluster(c.type, list(c.mentions), c.score, c.any))
            names.append(own)
        else:
            into = out[best[1]]
            into.mentions = sorted({*into.mentions, *c.mentions})
            into.score, into.any = max(into.score, c.score), max(into.any, c.any)
            names[best[1]] += own
    return sorted(out, key=lambda c: c.mentions[0])


class Model:
    """An export (model.onnx, heads.onnx, tokenizer.json, config.json)."""

    def __init__(self, folder: str | Path) -> None:
        path = Path(folder)
        self.config = json.loads((path / "config.json").read_text("utf-8"))
        self.tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.graphs = [onnxruntime.InferenceSession(str(path / f"{n}.onnx"), options) for n in ("model", "heads")]

    def encode(self, docs: Sequence[Document]) -> list[State]:
        """One pass each."""
        out = []
        for doc in docs:
            ids, kinds, word_of = encoder.subwords(self.tokenizer, words_of(doc), int(self.config["max_subwords"]))
            feed = {
                "input_ids": np.array([ids], np.int64), "attention_mask": np.ones((1, len(ids)), np.int64),
                "token_type_ids": np.array([kinds], np.int64), "pool": encoder.pooling([word_of], [len(doc.words)]),
            }  # fmt: skip
            words, paper, spans = self.graphs[0].run(["words", "doc", "spans"], feed)
            out.append(State(words[0], paper[0], spans[0][..., : len(TYPES)], spans[0][..., len(TYPES) :]))
        return out

    def score(self, doc: Document, state: State, clusters: Sequence[Cluster], numbers: Sequence[Number]) -> Scores:
        """Entities, relations and links of any clusters and figures."""
        feed = {"words": state.words[None], "doc": state.doc[None], **head_inputs(doc, clusters, numbers)}
        names = ["entity", "relation", "result", "bound", "link"]
        return to_scores(*(x[0] for x in self.graphs[1].run(names, feed)), len(numbers))


def to_scores(
    entity: np.ndarray, relation: np.ndarray, result: np.ndarray, bound: np.ndarray, link: np.ndarray, count: int
) -> Scores:
    """Logits of one document to probabilities."""

    def softmax(x: np.ndarray, axis: int) -> np.ndarray:
        x = np.exp(x - x.max(axis, keepdims=True))
        return x / x.sum(axis, keepdims=True)

    return Scores(
        sigmoid(entity[1:]),
        sigmoid(relation),
        sigmoid(result[:count]),
        softmax(bound[:count], 1),
        softmax(link[:count], 1),
    )


def blend(span: float, entity: float, weight: float) -> float:
    """Mix the span head's and the entity head's belief in log-odds."""

    def log_odds(p: float) -> float:
        p = min(max(p, 1e-5), 1 - 1e-5)
        return float(np.log(p / (1 - p)))

    return float(sigmoid(np.array((1 - weight) * log_odds(span) + weight * log_odds(entity))))


def decode(
    doc: Document, clusters: Sequence[Cluster], numbers: Sequence[Number], scores: Scores, options: dict[str, Any]
) -> dict[str, Any]:
    """Apply thresholds and type constraints; returns {entities, relations, results} as the annotation guidelines shape them."""
    trust = [
        blend(c.score, float(scores.entity[i, TYPES.index(c.type)]), options["entity_weight"])
        for i, c in enumerate(clusters)
    ]
    sure = {i + 1 for i, c in enumerate(clusters) if trust[i] >= options["entity"][c.type]}
    results = link_results(doc, clusters, numbers, scores, sure, options)
    linked = {row[role] for row in results for role in ROLES if row[role] is not None}
    entities, index = [], {}
    for i, c in enumerate(clusters):
        if i + 1 not in sure | linked:
            continue
        forms = list(dict.fromkeys(doc.surface(s) for s in c.mentions))
        index[i + 1] = f"e{len(entities) + 1}"
        entities.append(
            {
                "id": index[i + 1],
                "type": c.type,
                "name": max(forms, key=lambda f: (len(f), f)),
                "mentions": forms,
                "optional": i + 1 not in sure,
                "score": round(trust[i], 4),
                "spans": c.mentions,
            }
        )
    kinds = {0: "paper"} | {i: clusters[i - 1].type for i in index if i in sure}
    names = {0: "paper"} | index
    certain = {0: 1.0} | {i: trust[i - 1] for i in index}
    relations = []
    for r, name in enumerate(RELATIONS):
        for h, hk in kinds.items():
            if hk not in HEAD_TYPES[name]:
                continue
            for t, tk in kinds.items():
                if h == t or tk not in TAIL_TYPES[name] or (name == "compared_with" and hk != tk):
                    continue
                p = float(scores.relation[h, t, r]) * (certain[h] * certain[t]) ** options["relation_trust"]
                if p >= options["relation"][name]:
                    if name in ("compared_with", "uses") and float(scores.relation[t, h, r]) > p:
                        continue
                    relations.append(
                        {"type": name, "head": names[h], "tail": names[t], "optional": False, "score": round(p, 4)}
                    )
    for row in results:
        for role in ROLES:
            row[role] = index.get(row[role])
    return {"entities": entities, "relations": relations, "results": results}


def link_results(
    doc: Document,
    clusters: Sequence[Cluster],
    numbers: Sequence[Number],
    scores: Scores,
    sure: set[int],
    options: dict[str, Any],
) -> list[dict[str, Any]]:
    """Figures that are results, with the cluster (1-based) for each role. Clusters that are only likely to be some entity
    (required or optional) may serve too."""
    usable = sure | {i for i, c in enumerate(clusters, 1) if c.any >= options["link_any"]}
    results: list[dict[str, Any]] = []
    used: list[int] = []
    for n in sorted(range(len(numbers)), key=lambda n: -scores.result[n]):
        if scores.result[n] < options["result"]:
            break
        if any(numbers[n].start < numbers[m].end and numbers[m].start < numbers[n].end for m in used):
            continue
        used.append(n)
        row: dict[str, Any] = {
            "value": numbers[n].value,
            "unit": unit_after(doc, numbers[n], options["units"]),
            "bound": BOUNDS[int(scores.bound[n].argmax())],
            "optional": False,
            "score": round(float(scores.result[n]), 4),
            "start": numbers[n].start,
            "end": numbers[n].end,
        }
        for r, role in enumerate(ROLES):
            allowed = {"metric": {"Metric"}, "dataset": {"Dataset"}, "hardware": {"Hardware"}}.get(
                role, {"Method", "Hardware"}
            )
            choice = [
                (float(scores.link[n, i, r]) * (1.0 if i in sure else options["link_unsure"]), i)
                for i in usable
                if clusters[i - 1].type in allowed
            ]
            best, i = max(choice, default=(0.0, 0))
            row[role] = i if choice and best > float(scores.link[n, 0, r]) * options["link_none"][role] else None
        results.append(row)
    return sorted(results, key=lambda r: r["start"])
