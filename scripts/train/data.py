"""Labelled records to training examples: words, gold spans, clusters, relations, result links."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from decode import BOUNDS, MAX_WIDTH, RELATIONS, ROLES, TYPES, Document, Number, Span, find_numbers

SPLIT_SEED = 13
DEV_SIZE = 277


@dataclass
class GoldCluster:
    """A gold entity with every place where one of its mentions stands."""

    id: str
    type: str
    also: str | None
    optional: bool
    mentions: list[Span]


@dataclass
class GoldFigure:
    """Label of one number candidate: 1 a result, 0 not, -1 unknown; links are cluster positions (1-based), 0 none, -1 unknown."""

    label: int
    links: list[int] = field(default_factory=lambda: [-1] * len(ROLES))
    bound: int = -1


@dataclass
class Example:
    id: str
    doc: Document
    clusters: list[GoldCluster]
    want: set[tuple[int, int, int]]  # (relation, head, tail); heads and tails are 1-based, 0 the paper
    unknown: set[tuple[int, int, int]]
    numbers: list[Number]
    figures: list[GoldFigure]
    nested: list[
        tuple[Span, str]
    ]  # gold strings inside longer gold strings, with their type: left out of the span loss


def load(path: str | Path) -> list[dict[str, Any]]:
    """Records of a JSON-lines file."""
    with open(path, encoding="utf-8") as handle:
        return [json.loads(line) for line in handle if line.strip()]


def split(records: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The fixed split into training and development records."""
    order = sorted(records, key=lambda r: r["id"])
    random.Random(SPLIT_SEED).shuffle(order)
    return order[:-DEV_SIZE], order[-DEV_SIZE:]


@lru_cache(maxsize=1)
def _tokenizer() -> Any:
    import spacy

    return spacy.blank("en").tokenizer


def tokens(text: str) -> list[tuple[str, int, int]]:
    """spaCy's words with character offsets; white space dropped."""
    return [(t.text, t.idx, t.idx + len(t.text)) for t in _tokenizer()(text) if not t.is_space]


def document(record: dict[str, Any]) -> Document:
    title, body = record["title"], record.get("abstract") or record.get("text") or ""
    return Document.of(tokens(title), tokens(body), title, body)


def occurrences(doc: Document, text: str) -> list[Span]:
    """Word spans of a string's verbatim occurrences that do not start or end inside a run of letters or digits."""
    found, at = [], doc.text.find(text)
    while at >= 0:
        end = at + len(text)
        before, after = doc.text[at - 1 : at], doc.text[end : end + 1]
        inside = (before.isalnum() and text[:1].isalnum()) or (after.isalnum() and text[-1:].isalnum())
        if not inside:
            first = next((i for i, e in enumerate(doc.ends) if e > at), None)
            last = next((i for i in range(len(doc.words) - 1, -1, -1) if doc.starts[i] < end), None)
            if first is not None and last is not None and first <= last:
                # "ZeRO" inside the word "ZeRO-3" names something else, "H100" inside "(H100" does not
                extra = doc.text[doc.starts[first] : at] + doc.text[end : doc.ends[last]]
                if not any(c.isalnum() for c in extra):
                    found.append((first, last))
        at = doc.text.find(text, at + 1)
    return found


def project(doc: Document, entities: Sequence[dict[str, Any]]) -> tuple[list[list[Span]], list[tuple[Span, str]]]:
    """Where each entity is mentioned, and where its strings stand inside longer ones (with the type). Longer strings come first."""
    strings = [(m, n) for n, e in enumerate(entities) for m in dict.fromkeys(e["mentions"])]
    owner: dict[int, int] = {}
    spans: list[list[Span]] = [[] for _ in entities]
    nested: list[tuple[Span, str]] = []
    for text, n in sorted(strings, key=lambda s: -len(s[0])):
        for span in occurrences(doc, text):
            if any(i in owner for i in range(span[0], span[1] + 1)):
                nested.append((span, entities[n]["type"]))
                continue
            for i in range(span[0], span[1] + 1):
                owner[i] = n
            spans[n].append(span)
    for text, n in strings:  # an entity that lives only inside longer names keeps its nested places
        if not spans[n]:
            spans[n] = occurrences(doc, text)
    kept = {s for found in spans for s in found}
    return [sorted(set(s)) for s in spans], [(s, t) for s, t in nested if s not in kept]


def numeric(value: str) -> tuple[float, ...]:
    import re

    return tuple(float(f) for f in re.findall(r"\d+(?:\.\d+)?", value.replace(",", "")))


def example(record: dict[str, Any]) -> Example:
    """One labelled record as a training example."""
    doc = document(record)
    spans, nested = project(doc, record["entities"])
    clusters, index = [], {"paper": 0}
    for entity, found in zip(record["entities"], spans, strict=False):
        if found:
            clusters.append(
                GoldCluster(entity["id"], entity["type"], entity.get("also"), bool(entity.get("optional")), found)
            )
            index[entity["id"]] = len(clusters)
    soft = {index[c.id] for c in clusters if c.optional}
    want, unknown = set(), set()
    for r in record["relations"]:
        if r["head"] in index and r["tail"] in index and r["type"] in RELATIONS:
            key = (RELATIONS.index(r["type"]), index[r["head"]], index[r["tail"]])
            (unknown if r.get("optional") or key[1] in soft or key[2] in soft else want).add(key)
    numbers = find_numbers(doc)
    figures = [GoldFigure(0) for _ in numbers]
    by_value: dict[tuple[float, ...], list[int]] = defaultdict(list)
    for i, n in enumerate(numbers):
        by_value[numeric(n.value)].append(i)
    used: set[int] = set()
    for result in record.get("results", []):
        places = by_value.get(numeric(str(result["value"])), [])
        free = [i for i in places if i not in used] or places
        if not free:
            continue
        metric = index.get(result.get("metric") or "")
        near = clusters[metric - 1].mentions if metric else []
        best = min(free, key=lambda i: min((abs(s - numbers[i].span[0]) for s, _ in near), default=0))
        used.add(best)
        for i in places:
            if i not in used and figures[i].label == 0:
                figures[i].label = -1
        figure = figures[best]
        figure.label = -1 if result.get("optional") else 1
        figure.bound = BOUNDS.index(result.get("bound")) if result.get("bound") in BOUNDS else -1
        figure.links = [0 if result.get(role) is None else index.get(result[role], -1) for role in ROLES]
    return Example(record["id"], doc, clusters, want, unknown, numbers, figures, nested)


def type_targets(cluster: GoldCluster) -> list[int]:
    """Per type 1 wanted, 0 wrong, -1 unknown."""
    row = [0] * len(TYPES)
    row[TYPES.index(cluster.type)] = -1 if cluster.optional else 1
    if cluster.also in TYPES:
        row[TYPES.index(cluster.also)] = -1
    return row


def fits(span: Span) -> bool:
    return span[1] - span[0] < MAX_WIDTH
