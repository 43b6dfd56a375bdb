"""Confidence: what lexicon, rules and the trained model say of a fact, weighed into one calibrated probability.

Each fact has named features; `weights/confidence.json` holds a logistic regression over them for entities, for each relation
and for results, fitted on annotated papers that the model was not trained on (scripts/fit_confidence.py), and the thresholds
from which a fact is kept.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from kg.extract.model_files import weights

Features = Mapping[str, float]


@dataclass(frozen=True)
class Scale:
    """The weights of one kind of fact, and the probability from which it is kept."""

    weights: Mapping[str, float]
    threshold: float

    def probability(self, features: Features) -> float:
        """The probability of a fact, three decimals."""
        total = sum(self.weights.get(name, 0.0) * value for name, value in features.items())
        return round(1 / (1 + math.exp(-max(-30.0, min(30.0, total)))), 3)

    def parts(self, features: Features) -> list[tuple[str, float]]:
        """What each feature adds to the log-odds, the strongest first."""
        found = [(name, round(self.weights.get(name, 0.0) * value, 2)) for name, value in features.items()]
        return sorted((part for part in found if part[1]), key=lambda part: (-abs(part[1]), part[0]))


@cache
def scales() -> dict[str, Scale]:
    """All scales by kind: `entity:Method` …, `relation:runs_on` …, `result`."""
    text = weights().joinpath("confidence.json").read_text("utf-8")
    return {kind: Scale(row["weights"], row["threshold"]) for kind, row in json.loads(text).items()}


def log_odds(probability: float) -> float:
    """The log-odds of a probability, bounded to ±7."""
    bounded = min(max(probability, 1e-3), 1 - 1e-3)
    return math.log(bounded / (1 - bounded))
