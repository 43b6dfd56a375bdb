"""Fit how lexicon, rules and the trained model are weighed: `kg/extract/weights/confidence.json`.

    python scripts/fit_confidence.py ANNOTATED.jsonl [MORE.jsonl] [--weights FOLDER [FOLDER]]

Annotated papers must be ones that the model was not trained on: give each fold with the folder of the model that did not see it. Each kind of fact gets a logistic regression over the features that
the pipeline computes (L2, scipy's L-BFGS), and the threshold with the best F1. Run it again after a change of model, lexicon or rules.
"""

import argparse
import json
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from kg.evaluate import number_of, pair_entities, surface_forms, unit_of
from kg.extract.candidates import Reading
from kg.extract.confidence import scales as scales_in_force
from kg.extract.encoder import load_encoder
from kg.extract.model_files import VARIABLE
from kg.extract.pipeline import read_paper
from kg.model import Origin, Paper

Case = tuple[dict[str, float], bool]
Pick = tuple[list[dict[str, float]], int]
OUT = Path(__file__).parents[1] / "kg/extract/weights/confidence.json"
STRENGTH = 1.0
LEAST = 12


def read(row: dict[str, Any]) -> Reading:
    """What the pipeline knows of an annotated paper, before thresholds."""
    origin = Origin(input="annotated", record=1, kind="jsonl")
    return read_paper(Paper(id=row["id"], title=row["title"], abstract=row["text"], origin=origin))


def use(folder: Path) -> None:
    """Read with the model of a folder, and with the scales that are being fitted."""
    if os.environ.get(VARIABLE) != str(folder):
        os.environ[VARIABLE] = str(folder)
        if folder != OUT.parent:
            (folder / OUT.name).write_bytes(OUT.read_bytes())
        load_encoder.cache_clear()
        scales_in_force.cache_clear()


def align(row: dict[str, Any], found: Reading) -> dict[int | None, str | None]:
    """The annotated entity of each one found, by index; None stands for the paper."""
    text = "\n\n".join(part.text for _, _, part in found.parts)
    predicted: list[dict[str, Any]] = [
        {"id": str(e.index), "type": e.type, "name": e.name, "mentions": [text[a:b] for a, b in e.spans]}
        for e in found.entities
    ]
    gold = row["entities"]
    forms = {id(e): surface_forms(e) for e in (*gold, *predicted)}
    pairs = pair_entities(gold, list[Mapping[str, Any]](predicted), forms)
    return {e.index: pairs.get(str(e.index)) for e in found.entities} | {None: "paper"}


def cases(row: dict[str, Any], found: Reading, to_gold: Mapping[int | None, str | None]) -> Iterator[tuple[str, Case]]:
    """Each fact that the pipeline considered, with whether it is right; facts whose truth the annotation leaves open are left out."""
    optional = {e["id"] for e in row["entities"] if e.get("optional")}
    for entity in found.entities:
        target = to_gold[entity.index]
        if entity.features and target not in optional:
            yield f"entity:{entity.type}", (entity.features, target is not None)
    every = {(r["type"], r["head"], r["tail"]) for r in row["relations"]}
    required = {
        (r["type"], r["head"], r["tail"]) for r in row["relations"]
        if not r.get("optional") and not {r["head"], r["tail"]} & optional
    }  # fmt: skip
    kept = {None} | {e.index for e in found.entities if not e.optional}
    for link in found.links:
        key = (link.type, to_gold[link.head], to_gold[link.tail])
        if not link.features or not {link.head, link.tail} <= kept:
            continue
        if key in required:
            yield f"relation:{link.type}", (link.features, True)
        elif key not in every and not {key[1], key[2]} & optional:
            yield f"relation:{link.type}", (link.features, False)
    want = [(number_of(r["value"]), unit_of(r.get("unit"))) for r in row["results"] if not r.get("optional")]
    soft = {number_of(r["value"]) for r in row["results"] if r.get("optional")}
    for figure in found.figures:
        value = number_of(figure.quantity.value)
        right = (value, unit_of(figure.quantity.unit)) in want
        if right or value not in soft:
            yield "result", (figure.features, right)


def picks(row: dict[str, Any], found: Reading, to_gold: Mapping[int | None, str | None]) -> Iterator[tuple[str, Pick]]:
    """What each right figure may belong to, role by role, with which of it does; left out where that was not found at all."""
    left = [r for r in row["results"] if not r.get("optional")]
    for figure in found.figures:
        same = [
            r for r in left
            if number_of(r["value"]) == number_of(figure.quantity.value) and unit_of(r.get("unit")) == unit_of(figure.quantity.unit)
        ]  # fmt: skip
        if not same:
            continue
        left.remove(same[0])
        for role, offered in figure.choices.items():
            wanted = same[0].get(role)
            at = [i for i, c in enumerate(offered) if (to_gold[c.entity] if c.entity is not None else None) == wanted]
            if len(at) == 1:
                yield f"link:{role}", ([c.features for c in offered], at[0])


def fit_picks(rows: list[Pick]) -> dict[str, float]:
    """Weights of a conditional logit: the probability of a choice is the softmax of its weighted features."""
    names = sorted({name for offered, _ in rows for features in offered for name in features})
    tables = [np.array([[f.get(name, 0.0) for name in names] for f in offered]) for offered, _ in rows]

    def loss(weights: "np.ndarray[Any, Any]") -> tuple[float, "np.ndarray[Any, Any]"]:
        value, gradient = STRENGTH * float(np.sum(weights**2)), 2 * STRENGTH * weights
        for table, (_, chosen) in zip(tables, rows, strict=True):
            logits = table @ weights
            top = logits.max()
            exps = np.exp(logits - top)
            value += top + float(np.log(exps.sum())) - logits[chosen]
            gradient = gradient + (exps / exps.sum()) @ table - table[chosen]
        return value, gradient

    solved = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B")
    return {name: round(float(weight), 4) for name, weight in zip(names, solved.x, strict=True)}


def fit(rows: list[Case]) -> dict[str, float]:
    """Weights of a logistic regression; the constant is not drawn towards 0."""
    names = sorted({name for features, _ in rows for name in features})
    matrix = np.array([[features.get(name, 0.0) for name in names] for features, _ in rows])
    truth = np.array([float(right) for _, right in rows])
    shrink = np.array([0.0 if name == "one" else STRENGTH for name in names])

    def loss(weights: "np.ndarray[Any, Any]") -> tuple[float, "np.ndarray[Any, Any]"]:
        logits = matrix @ weights
        value = float(np.sum(np.logaddexp(0, logits) - truth * logits) + np.sum(shrink * weights**2))
        gradient = matrix.T @ (1 / (1 + np.exp(-logits)) - truth) + 2 * shrink * weights
        return value, gradient

    solved = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B")
    return {name: round(float(weight), 4) for name, weight in zip(names, solved.x, strict=True)}


def threshold(rows: list[Case], weights: dict[str, float], missed: int) -> float:
    """The probability from which keeping gives the best F1, in steps of 0.05; `missed` are facts that were not even considered."""
    scores = np.array([sum(weights[n] * v for n, v in features.items()) for features, _ in rows])
    probability, truth = 1 / (1 + np.exp(-scores)), np.array([right for _, right in rows])
    best = (0.0, 0.5)
    for at in np.arange(0.2, 0.75, 0.05):
        kept = probability >= at
        right = int((kept & truth).sum())
        f1 = 2 * right / max(1, kept.sum() + truth.sum() + missed)
        best = max(best, (f1, round(float(at), 2)))
    return best[1]


def reliability(gathered: Mapping[str, list[Case]]) -> Iterator[str]:
    """Rows of a table: confidence against the share that is right, each fifth of the facts judged by weights of the other four."""
    judged: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for kind, rows in gathered.items():
        if sum(right for _, right in rows) < LEAST:
            continue
        cuts = [len(rows) * n // 5 for n in range(6)]
        for first, last in pairwise(cuts):
            weights = fit(rows[:first] + rows[last:])
            for features, right in rows[first:last]:
                logit = sum(weights.get(name, 0.0) * value for name, value in features.items())
                judged[kind.partition(":")[0]].append((float(1 / (1 + np.exp(-logit))), right))
    for kind, found in sorted(judged.items()):
        for bin in range(10):
            inside = [(p, right) for p, right in found if bin <= p * 10 < bin + 1 or (bin == 9 and p == 1)]
            if inside:
                mean, share = sum(p for p, _ in inside) / len(inside), sum(right for _, right in inside) / len(inside)
                yield f"| {kind} | {bin / 10:.1f}–{bin / 10 + 0.1:.1f} | {len(inside)} | {mean:.2f} | {share:.2f} |"


def main() -> None:
    """Fit and write."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("annotated", nargs="+", type=Path)
    arguments.add_argument(
        "--weights", nargs="+", type=Path, help="for each file the folder of a model that was not trained on it (folds)"
    )
    arguments.add_argument("--rounds", type=int, default=2, help="entities first, then what depends on them")
    arguments.add_argument(
        "--reliability", action="store_true", help="only print how reliable confidence is; write nothing"
    )
    options = arguments.parse_args()
    folders = options.weights or [OUT.parent] * len(options.annotated)
    rows = [
        (json.loads(line), folder)
        for path, folder in zip(options.annotated, folders, strict=True)
        for line in path.read_text("utf-8").splitlines()
    ]
    for _ in range(options.rounds):
        gathered: dict[str, list[Case]] = defaultdict(list)
        offered: dict[str, list[Pick]] = defaultdict(list)
        for row, folder in rows:
            use(folder)
            found = read(row)
            to_gold = align(row, found)
            for kind, case in cases(row, found, to_gold):
                gathered[kind].append(case)
            for kind, pick in picks(row, found, to_gold):
                offered[kind].append(pick)
        if options.reliability:
            print("\n".join(reliability(gathered)))
            return
        scales = json.loads(OUT.read_text("utf-8"))
        for kind, judged in sorted(gathered.items()):
            right = sum(right for _, right in judged)
            if right >= LEAST:
                weights = fit(judged)
                scales[kind] = {"threshold": threshold(judged, weights, 0), "weights": weights}
                print(f"{kind:<26} {len(judged):>6} cases, {right:>5} right, kept from {scales[kind]['threshold']}")
        for kind, choices in sorted(offered.items()):
            scales[kind] = {"threshold": 0.0, "weights": fit_picks(choices)}
            print(f"{kind:<26} {len(choices):>6} cases")
        OUT.write_text(json.dumps(scales, indent=1, sort_keys=True) + "\n", "utf-8")
        os.environ.pop(VARIABLE, None)


if __name__ == "__main__":
    main()
