"""Attribution: which method, metric, baseline, data set and hardware a figure belongs to.

Each entity that may fill a role has features: the model's say, the rules' choice, where it stands to the figure and what it is to the
paper. A conditional logit over the candidates and "none" (McFadden 1974) weighs them; its weights are the scales `link:method` … in
`weights/confidence.json`.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from kg.extract.candidates import Choice, Figure, Found, Quantity, Reading, Sentence
from kg.extract.confidence import log_odds, scales
from kg.extract.context import Mention
from kg.extract.encoder import ROLES, Floats
from kg.lexicon import rows

ROLE_TYPES: Final = {
    "method": ("Method",), "metric": ("Metric",), "baseline": ("Method", "Hardware"), "dataset": ("Dataset",), "hardware": ("Hardware",),
}  # fmt: skip
_RELATION_OF_ROLE: Final = {
    "metric": "measured_by", "dataset": "evaluated_on", "hardware": "runs_on", "baseline": "compared_with", "method": "proposes",
}  # fmt: skip
_OWN: Final = re.compile(r"\b(?:we|our|ours|this (?:paper|work|study)|the proposed)\b", re.IGNORECASE)
_LIST: Final = re.compile(r"[\s,;/]*(?:\b(?:and|or)\b|&)?[\s,;/]*(?:on|for|in|with|the)?\s*")
_CLAUSE: Final = re.compile(r"[,;:]|\b(?:and|while|with|whereas|but|than|over)\b")
_FAINT: Final = 1e-4


@dataclass(frozen=True)
class Surroundings:
    """What lies around the figures of a sentence: its mentions and quantities in order, and the sentences that name each entity."""

    sentence: Sentence
    mentions: Sequence[Mention]
    quantities: Sequence[Quantity]
    named_in: Mapping[int, Sequence[int]]
    main: Found | None


def attribute(figure: Figure, found: Reading, around: Surroundings, says: Floats) -> None:
    """Set the figure's roles, and keep what was weighed in `figure.choices`. `says` are the model's probabilities [1 + entities, roles]."""
    for number, role in enumerate(ROLES):
        choices = [Choice(None, _features_of_none(role, figure, around, float(says[0, number])))]
        for entity in found.entities:
            if role == "baseline" and entity.index == figure.method:
                continue  # nothing is compared with itself
            if entity.type in ROLE_TYPES[role] and entity.index + 1 < len(says):
                belief = float(says[entity.index + 1, number])
                choices.append(Choice(entity.index, _features(role, figure, entity, found, around, belief)))
        weights = scales()[f"link:{role}"].weights
        utilities = [sum(weights.get(name, 0.0) * value for name, value in c.features.items()) for c in choices]
        figure.choices[role] = choices
        setattr(figure, role, choices[max(range(len(choices)), key=lambda i: (utilities[i], -i))].entity)


def _features_of_none(role: str, figure: Figure, around: Surroundings, belief: float) -> dict[str, float]:
    types = ROLE_TYPES[role]
    return {
        "none": 1.0,
        "none: model": math.log(max(belief, _FAINT)),
        "none: nor rule": float(getattr(figure, role) is None),
        "none: named in sentence": float(any(m.entity.type in types for m in around.mentions)),
    }


def _features(
    role: str, figure: Figure, entity: Found, found: Reading, around: Surroundings, belief: float
) -> dict[str, float]:
    related: dict[int, float] = {}
    for link in found.links:
        if link.type == _RELATION_OF_ROLE[role]:
            related[link.tail] = max(related.get(link.tail, 0.0), link.confidence)
    features = {
        "model": math.log(max(belief, _FAINT)),
        "rule": float(getattr(figure, role) == entity.index),
        "confidence": log_odds(entity.confidence),
        "optional": float(entity.optional),
        "proposed": float(entity.proposed),
        "times named": math.log1p(len(entity.spans)),
        "main": float(entity is around.main),
        "main, own sentence": float(entity is around.main and _OWN.search(around.sentence.text) is not None),
        "related": related.get(entity.index, 0.0),
        "most related": float(entity.index in related and related[entity.index] == max(related.values())),
    }  # fmt: skip
    if role == "metric":
        fits = _unit_fits(figure.quantity, entity.name)
        features |= {"unit fits": float(fits is True), "unit does not fit": float(fits is False)}
    here = [m for m in around.mentions if m.entity is entity]
    if here:
        features |= _features_in_sentence(role, figure.quantity, here, around)
    else:
        apart = min((abs(around.sentence.index - n) for n in around.named_in.get(entity.index, ())), default=9)
        features["sentences apart"] = math.log1p(apart)
    return features


def _features_in_sentence(
    role: str, quantity: Quantity, here: Sequence[Mention], around: Surroundings
) -> dict[str, float]:
    peers = [m for m in around.mentions if m.entity.type in ROLE_TYPES[role]]
    mention = min(here, key=lambda m: (_gap(m, quantity), m.start))
    before, text = mention.end <= quantity.start, around.sentence.text
    inside = mention.start < quantity.end and quantity.start < mention.end
    first, last = (mention.end, quantity.start) if before else (quantity.end, mention.start)
    between = text[first - around.sentence.start : max(first, last) - around.sentence.start]
    words = math.log1p(len(between.split()))
    others = [m for m in peers if m.entity is not mention.entity and first <= m.start and m.end <= last]
    index, listed = _place_in_list(quantity, around.quantities, text, around.sentence.start)
    place, names = _place_in_list(mention, peers, text, around.sentence.start)
    lists = listed > 1 and names == listed
    return {
        "in sentence": 1.0,
        "part of the figure": float(inside),
        "before": float(before),
        "words before": words * before,
        "words after": words * (not before and not inside),
        "names between": float(min(3, len(others))),
        "figures between": float(min(3, sum(first <= q.start and q.end <= last for q in around.quantities))),
        "clauses between": float(min(4, len(_CLAUSE.findall(between)))),
        "first of sentence": float(mention is peers[0]),
        "compared": float(mention.compared),
        "same place in lists": float(lists and index == place),
        "other place in lists": float(lists and index != place),
    }


def _gap(mention: Mention, quantity: Quantity) -> int:
    return max(0, quantity.start - mention.end, mention.start - quantity.end)


def _place_in_list(
    item: Mention | Quantity, items: Sequence[Mention] | Sequence[Quantity], text: str, offset: int
) -> tuple[int, int]:
    """Place (from 0) and length of the run of items around one that only commas and "and" part: "A, B and C"."""
    run: list[Mention | Quantity] = []
    for each in items:
        if run and not _LIST.fullmatch(text, run[-1].end - offset, max(run[-1].end, each.start) - offset):
            if item in run:
                break
            run = []
        run.append(each)
    return (run.index(item), len(run)) if item in run else (0, 1)


@cache
def _dimensions() -> Mapping[str, frozenset[str]]:
    return {row["dimension"]: frozenset(row["words"].split()) for row in rows("dimensions.csv")}


def _unit_fits(quantity: Quantity, metric: str) -> bool | None:
    """Whether a metric of that name is usually given in such a unit; None where its unit or its name does not tell."""
    words = set(_words(metric))
    measured = {dimension for dimension, names in _dimensions().items() if words & names}
    if not measured or quantity.dimension not in _dimensions():
        return None
    return quantity.dimension in measured


def _words(name: str) -> Iterator[str]:
    for word in re.findall(r"[a-z]+", name.casefold()):
        yield word
        yield word.removesuffix("s")
