"""From candidates to entities: overlaps decided, names of one thing joined, one type each.

The policy, in this order. Of two candidates that overlap the longer one stands, of the same stretch all stand and their weights
decide the type; where a word shaped like a name holds a
known name inside ("LLaMA-2-70B" holds "LLaMA-2"), it takes the known one's type. `joining` tells which are one thing; its type is the
one with the most weight behind it.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, cast

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import Candidate, Found, Reading, reading, title_length
from kg.extract.confidence import log_odds, scales
from kg.extract.encoder import TYPES, load_encoder
from kg.extract.joining import join
from kg.lexicon import Entry, Lexicon, fold, load, rows
from kg.model import EntityType

_WEIGHT: Final = {"terms": 3.0, "model": 2.0, "names": 1.0, "abbreviations": 1.0}
# Parts of a web address name nothing.
_ADDRESS: Final = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|io|ai|net|edu|gov|dev)(?:/\S*)?\b"
)
_PRODUCTS: Final = ("product", "variant", "system")
_TYPES: Final[tuple[EntityType, ...]] = ("Hardware", "Dataset", "Metric", "Method", "Task")


@dataclass
class _Cluster:
    key: str = ""
    candidates: list[Candidate] = field(default_factory=list)
    spans: set[tuple[int, int]] = field(default_factory=set)


@Language.factory("kg_entities")
class Entities:
    """Fills `Reading.entities` from its candidates and abbreviations."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.lexicon: Lexicon = load()
        self.heads = {row["head"]: cast(EntityType, row["type"]) for row in rows("heads.csv")}

    def __call__(self, doc: Doc) -> Doc:
        """Read one Doc."""
        found = reading(doc)
        text = found.text
        addresses = [match.span() for match in _ADDRESS.finditer(text)]
        # what a paper spells out as something else ("thermoplastic polyurethane (TPU)") is no hardware either
        other = [long for short, long in found.abbreviations if short in found.refused]
        named: list[Candidate] = []
        for candidate in found.candidates:
            if not any(map(str.isalnum, text[candidate.start : candidate.end])):
                found.dropped.append((candidate, "signs alone name nothing"))
            elif any(a <= candidate.start < b for a, b in addresses):
                found.dropped.append((candidate, "part of a web address"))
            elif candidate.type == "Hardware" and any(a < candidate.end and candidate.start < b for a, b in other):
                found.dropped.append((candidate, "the paper spells it out as something else"))
            else:
                named.append(candidate)
        kept = settle(named, text)
        found.dropped += _overlapped(named, kept, text)
        joined = join(kept, text, found.abbreviations, self.lexicon)
        clusters: dict[str, _Cluster] = defaultdict(_Cluster)
        names: dict[str, str] = {}
        for key, candidate in joined:
            clusters[key].key = key
            clusters[key].candidates.append(candidate)
            clusters[key].spans.add((candidate.start, candidate.end))
            names.setdefault(fold(text[candidate.start : candidate.end]), key)
        for short, long in found.abbreviations:
            key = names.get(fold(text[slice(*short)]), names.get(fold(text[slice(*long)]), ""))
            if key in clusters:
                clusters[key].spans |= {short, long}
                clusters[key].spans |= _occurrences(text, text[slice(*short)])
        made = [(self._entity(cluster, text, title_length(doc)), cluster) for cluster in clusters.values()]
        made.sort(key=lambda pair: (pair[0].spans[0], _TYPES.index(pair[0].type)))
        found.entities = [entity for entity, _ in made]
        _weigh(found, made, title_length(doc))
        for kind in ("memory", "network"):
            # a paper that names three kinds of memory, or of network parts, is about them
            parts = [entity for entity in found.entities if entity.hardware_class == kind]
            if len(parts) >= 3:
                for part in parts:
                    part.optional = False
        for index, entity in enumerate(found.entities):
            entity.index = index
        return doc

    def _entity(self, cluster: _Cluster, text: str, title_end: int) -> Found:
        weight: dict[EntityType, float] = defaultdict(float)
        for candidate in cluster.candidates:
            weight[candidate.type] += _WEIGHT[candidate.source] * candidate.confidence
        longest = max((text[start:end] for start, end in cluster.spans), key=len)
        if all(candidate.source == "names" for candidate in cluster.candidates):
            head = fold(longest.split()[-1]) if " " in longest else ""
            if head in self.heads:
                weight[self.heads[head]] += 1.5
        type = max(_TYPES, key=lambda t: (weight[t], -_TYPES.index(t)))
        own = [candidate for candidate in cluster.candidates if candidate.proposed]
        common = any(c.entry and c.entry.kind == "class" and not c.optional for c in cluster.candidates)
        # What a paper introduces under a name that others bear is what the paper says it is; where its rules differ, the weight decides.
        if own and not common and type not in {candidate.type for candidate in own}:
            type = max(own, key=lambda candidate: candidate.confidence).type
        spans = sorted(cluster.spans)
        best = max(cluster.candidates, key=lambda c: (c.type == type, c.confidence, c.source == "terms", -c.start))
        entries = {c.entry.id: c.entry for c in cluster.candidates if c.entry and c.entry.type == type}
        entry = entries.get(cluster.key) or next(iter(entries.values()), None)
        proposed = any(candidate.proposed for candidate in cluster.candidates)
        optional = all(candidate.optional for candidate in cluster.candidates) and not proposed
        if optional and type == "Hardware" and _central(spans, title_end, text):
            optional = False
        surfaces = [text[start:end] for start, end in spans]
        name = entry.name if entry else max(surfaces, key=lambda s: (surfaces.count(s), -surfaces.index(s)))
        confidence = min(0.99, best.confidence + 0.03 * (len(spans) - 1))
        return Found(
            type, name, spans, round(confidence, 3), best.rule, entry,
            vendor=_first(self.lexicon, entry, "vendor"), hardware_class=_first(self.lexicon, entry, "hardware_class"),
            proposed=proposed, optional=optional, candidates=tuple(cluster.candidates),
        )  # fmt: skip


def _weigh(found: Reading, made: list[tuple[Found, _Cluster]], title_end: int) -> None:
    """Give each entity its features and its confidence; one below its threshold counts only where a result needs it."""
    if found.words is None or found.encoding is None or not made:
        return
    words = [[span for pair in entity.spans if (span := found.words.span(*pair))] for entity, _ in made]
    longer = [c for c, _ in found.dropped if c.source == "model" and c.type == "Hardware"]
    entities = [(entity.type, spans) for (entity, _), spans in zip(made, words, strict=True)]
    figures = [found.words.span(quantity.start, quantity.end) or (0, 0) for quantity in found.quantities]
    # Asked once of all that relations and results need too.
    found.beliefs = beliefs = load_encoder().score(found.words, found.encoding, entities, figures)
    for index, ((entity, cluster), spans) in enumerate(zip(made, words, strict=True)):
        kind = TYPES.index(entity.type)
        # of "Titan X GPU", of which the catalogue says where the name ends, the model's word counts for "Titan X"
        begins = {start for start, _ in entity.spans} if entity.type == "Hardware" else set()
        spans = spans + [span for c in longer if c.start in begins and (span := found.words.span(c.start, c.end))]
        counts = max((found.encoding.spans_of(span, kind) for span in spans), default=0.0)
        any_kind = max((found.encoding.any_of(span, kind) for span in spans), default=0.0)
        known = any(c.source == "terms" and not c.optional for c in cluster.candidates)
        entity.features = {
            "one": 1.0,
            "model: entity": log_odds(float(beliefs.entity[index][kind])),
            "model: span": log_odds(counts),
            "model: span of any kind": log_odds(any_kind),
            "model: best span": float(any(c.source == "model" for c in cluster.candidates)),
            "lexicon": float(known),
            "lexicon: product": float(any(c.entry and c.entry.kind in _PRODUCTS and not c.optional for c in cluster.candidates)),
            "lexicon: vague": float(any(c.source == "terms" and c.optional for c in cluster.candidates)),
            "name by shape or place": float(any(c.source == "names" for c in cluster.candidates)),
            "proposed": float(entity.proposed),
            "times named": math.log1p(len(entity.spans)),
            "in title": float(entity.start < title_end),
        }  # fmt: skip
        scale = scales()[f"entity:{entity.type}"]
        entity.confidence = scale.probability(entity.features)
        entity.optional = entity.confidence < scale.threshold


def _central(spans: list[tuple[int, int]], title_end: int, text: str) -> bool:
    """Whether a part that is named in passing elsewhere is what this paper is about: in its title, or in three sentences."""
    return spans[0][0] < title_end or text[spans[0][1] : spans[-1][0]].count(". ") >= 2


def _first(lexicon: Lexicon, entry: Entry | None, attribute: str) -> str | None:
    """An attribute of an entry, else of the nearest one above it that has it."""
    if entry is None or entry.type != "Hardware":
        return None
    chain = [entry, *(lexicon.entries[above] for above in lexicon.ancestors(entry.id))]
    return next((value for e in chain if (value := getattr(e, attribute))), None)


def settle(candidates: Iterable[Candidate], text: str) -> list[Candidate]:
    """Candidates without overlaps, save of the very same stretch."""
    kept: list[Candidate] = []
    candidates = list(candidates)
    known = [c for c in candidates if c.source != "names"]
    # Of hardware the catalogue knows the bounds better than the model does.
    machines = [c for c in candidates if c.source == "terms" and c.type == "Hardware" and not c.optional]
    candidates = [
        c for c in candidates
        if c.source != "model" or not any(m.start < c.end and c.start < m.end for m in machines)
    ]  # fmt: skip
    candidates = [c for c in candidates if c.source != "names" or c.proposed or not _only_joins(c, known, text)]
    for candidate in sorted(
        candidates, key=lambda c: (-(c.end - c.start), -c.proposed, -c.confidence, c.start, c.type)
    ):
        rivals = [other for other in kept if other.start < candidate.end and candidate.start < other.end]
        same = all(
            (o.start, o.end) == (candidate.start, candidate.end) and o.source != candidate.source for o in rivals
        )
        if same:  # nothing in the way, or other components that say something of the very same stretch
            kept.append(candidate)
            continue
        inside = len(rivals) == 1 and rivals[0].start <= candidate.start and candidate.end <= rivals[0].end
        if inside and rivals[0].source == "names" and candidate.source in ("terms", "model"):
            outer = rivals[0]
            kept.remove(outer)
            if outer.proposed or candidate.type == "Task":
                kept.append(outer)
            else:
                entry = candidate.entry if candidate.type == "Hardware" else None
                kept.append(
                    Candidate(outer.start, outer.end, candidate.type, "names", f"longer form of {candidate.rule}", 0.8, entry)
                )  # fmt: skip
    return sorted(kept, key=lambda c: c.start)


def _overlapped(named: list[Candidate], kept: list[Candidate], text: str) -> Iterator[tuple[Candidate, str]]:
    """The candidates that did not stand, each with what stands in their place."""
    for candidate in named:
        if candidate not in kept:
            stands = [c for c in kept if c.start < candidate.end and candidate.start < c.end]
            names = ", ".join(f"{text[c.start : c.end]!r} ({c.rule})" for c in stands)
            yield candidate, f"gives way to {names}" if names else "only joins names with words"


def _only_joins(name: Candidate, known: list[Candidate], text: str) -> bool:
    """Whether a name only joins known ones with each other or with ordinary words: "CPU-GPU", "GPU-Accelerated"."""
    inside = sorted((c.start, c.end) for c in known if name.start <= c.start and c.end <= name.end)
    rest, position = "", name.start
    for start, end in inside:
        rest += text[position:start] + " "
        position = max(position, end)
    rest += text[position : name.end]
    return bool(inside) and not re.search(r"\d|[A-Z][\w]*[A-Z]", rest)


def _occurrences(text: str, name: str) -> set[tuple[int, int]]:
    pattern = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w])")
    return {(match.start(), match.end()) for match in pattern.finditer(text)}
