"""Tune decoding on the development records and score with score.py.

    python evaluate.py --scorer SCORE.py --train TRAIN.jsonl --gold GOLD.jsonl (--onnx FOLDER | --checkpoint EPOCH.pt --encoder MINILM)
                       [--write config.json] [--report report.json] [--tune]

Thresholds come from the config of --onnx, or are chosen anew on the held-out records of TRAIN with --tune.
"""

from __future__ import annotations

import argparse
import copy
import importlib.util
import json
import time
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from data import document, load, split
from decode import (
    RELATIONS,
    ROLES,
    TYPES,
    Cluster,
    Document,
    Model,
    Number,
    Scores,
    State,
    decode,
    find_numbers,
    head_inputs,
    merge,
    propose,
    to_scores,
    words_of,
)

from kg.extract.encoder import pooling, subwords

DEFAULT: dict[str, Any] = {
    "floor": 0.1,
    "merge": {t: "edges" for t in TYPES},
    "merge_floor": 0.3,
    "entity_weight": 0.5,
    "entity": {t: 0.45 for t in TYPES},
    "relation": {r: 0.4 for r in RELATIONS},
    "relation_trust": 0.0,
    "result": 0.5,
    "link_any": 0.6,
    "link_unsure": 0.7,
    "link_none": {r: 1.0 for r in ROLES} | {"metric": 0.0, "method": 0.0},
    "units": [],
}
GRID = [round(0.15 + 0.05 * i, 2) for i in range(14)]


class TorchModel:
    """The checkpoint behind the same two calls as decode.Model."""

    def __init__(self, checkpoint: str, encoder: str, limit: int = 512) -> None:
        import torch
        from model import Extractor, load_encoder
        from tokenizers import Tokenizer

        self.torch = torch
        torch.set_num_threads(1)
        self.tokenizer = Tokenizer.from_file(str(Path(encoder) / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.limit = limit
        self.net = Extractor(load_encoder(encoder))
        self.net.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=True))
        self.net.eval()

    def encode(self, docs: Sequence[Document]) -> list[State]:
        out = []
        for doc in docs:
            ids, kinds, words = subwords(self.tokenizer, words_of(doc), self.limit)
            with self.torch.inference_mode():
                w, d, s = self.net.encode(
                    self.torch.tensor([ids]),
                    self.torch.ones(1, len(ids), dtype=self.torch.long),
                    self.torch.tensor([kinds]),
                    self.torch.from_numpy(pooling([words], [len(doc.words)])),
                )
            out.append(
                State(w[0].numpy(), d[0].numpy(), s[0, :, :, : len(TYPES)].numpy(), s[0, :, :, len(TYPES) :].numpy())
            )
        return out

    def score(self, doc: Document, state: State, clusters: Sequence[Cluster], numbers: Sequence[Number]) -> Scores:
        feed = {k: self.torch.from_numpy(v) for k, v in head_inputs(doc, clusters, numbers).items()}
        with self.torch.inference_mode():
            out = self.net.heads(self.torch.tensor(state.words)[None], self.torch.tensor(state.doc)[None], **feed)
        return to_scores(*(x[0].numpy() for x in out), len(numbers))


def scorer(path: str) -> Any:
    spec = importlib.util.spec_from_file_location("score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.words = lru_cache(maxsize=None)(module.words)
    return module


class Bench:
    """Records with the encoder's view of them, so that decoding can be tried many times."""

    def __init__(self, model: Any, records: list[dict[str, Any]], score: Any) -> None:
        self.model, self.records, self.score_module = model, records, score
        self.docs = [document(r) for r in records]
        self.states = [model.encode([d])[0] for d in self.docs]
        self.numbers = [find_numbers(d) for d in self.docs]
        self.cache: dict[str, list[tuple[list[Cluster], Scores]]] = {}

    def scored(self, options: dict[str, Any]) -> list[tuple[list[Cluster], Scores]]:
        key = json.dumps([options["floor"], options["merge"], options["merge_floor"]])
        if key not in self.cache:
            rows = []
            for doc, state, numbers in zip(self.docs, self.states, self.numbers, strict=False):
                clusters = merge(
                    doc,
                    propose(doc, state.spans, state.any_spans, options["floor"]),
                    options["merge"],
                    options["merge_floor"],
                )
                rows.append((clusters, self.model.score(doc, state, clusters, numbers)))
            self.cache[key] = rows
        return self.cache[key]

    def predict(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            {"id": r["id"], "title": r["title"], **decode(doc, clusters, numbers, scores, options)}
            for r, doc, numbers, (clusters, scores) in zip(
                self.records, self.docs, self.numbers, self.scored(options), strict=False
            )
        ]

    def score(self, options: dict[str, Any]) -> dict[str, Any]:
        return self.score_module.score(self.records, self.predict(options))[0]


def units_of(records: Sequence[dict[str, Any]]) -> list[str]:
    """Units that the labels use at least twice, longest first, for `unit_after`."""
    count = Counter(r["unit"] for rec in records for r in rec.get("results", []) if r.get("unit"))
    return sorted(
        (
            u
            for u, n in count.items()
            if n > 1 and u not in {"x", "%", "points", "percentage points", "$", "times", "pp"}
        ),
        key=lambda u: (-len(u), u),
    )


def best_entity(bench: Bench, options: dict[str, Any]) -> tuple[float, dict[str, Any], dict[str, Any]]:
    """The best threshold per type, all types tried side by side."""
    curve = {t: bench.score({**options, "entity": {k: t for k in TYPES}})["entities_relaxed"] for t in GRID}
    options = {**options, "entity": {k: max(GRID, key=lambda t: curve[t][k]["f1"]) for k in TYPES}}
    rows = bench.score(options)["entities_relaxed"]
    return rows["core"]["f1"] + 0.3 * rows["Task"]["f1"], options, rows


def tune(bench: Bench, options: dict[str, Any]) -> dict[str, Any]:
    """Choose the entity head's weight, thresholds per type and relation, and result options, one after the other."""
    options = copy.deepcopy(options)
    silent = {"relation": {r: 2.0 for r in RELATIONS}, "result": 2.0}
    by_rule = {}
    for rule in ("none", "edges", "inside", "overlap"):
        _, _, by_rule[rule] = best_entity(bench, {**options, **silent, "merge": {t: rule for t in TYPES}})
        print(f"  merge {rule}: " + " ".join(f"{t} {by_rule[rule][t]['f1']}" for t in [*TYPES, "core"]), flush=True)
    options["merge"] = {t: max(by_rule, key=lambda r: by_rule[r][t]["f1"]) for t in TYPES}
    found = []
    for weight in (0.3, 0.4, 0.5, 0.6, 0.7):
        value, trial, rows = best_entity(bench, {**options, **silent, "entity_weight": weight})
        print(
            f"  entity weight {weight}: core {rows['core']['f1']} task {rows['Task']['f1']} {trial['entity']}",
            flush=True,
        )
        found.append((value, weight, trial["entity"]))
    _, options["entity_weight"], options["entity"] = max(found, key=lambda f: f[:2])
    tried = []
    for trust in (0.0, 0.3, 0.6):
        trial = {**options, "relation_trust": trust, "result": 2.0}
        curve = {t: bench.score({**trial, "relation": {r: t for r in RELATIONS}})["relations"] for t in GRID}
        trial["relation"] = {r: max(GRID, key=lambda t: curve[t].get(r, {"f1": 0})["f1"]) for r in RELATIONS}
        tried.append((bench.score(trial)["relations"]["all"]["f1"], trust, trial["relation"]))
        print(f"  relation trust {trust}: all {tried[-1][0]}", flush=True)
    _, options["relation_trust"], options["relation"] = max(tried, key=lambda t: t[:2])
    options["result"] = max(GRID, key=lambda t: bench.score({**options, "result": t})["result_value"]["f1"])
    kept = bench.score(options)["entities_relaxed"]["core"]["f1"]
    links = []
    for sure_enough in (0.5, 0.6, 0.7, 0.8, 0.9, 2.0):
        for unsure in (0.3, 0.6, 1.0):
            trial = {**options, "link_any": sure_enough, "link_unsure": unsure}
            rows = bench.score(trial)
            links.append(
                (
                    rows["result_full"]["f1"] + min(0, rows["entities_relaxed"]["core"]["f1"] - kept) * 3,
                    sure_enough,
                    unsure,
                )
            )
    _, options["link_any"], options["link_unsure"] = max(links)
    print(f"  links {max(links)}, without unsure ones {links[-1][0]}", flush=True)
    return options


def brief(name: str, out: dict[str, Any]) -> str:
    """One line of figures."""
    rows, rel = out["entities_relaxed"], out["relations"]

    def part(s: dict[str, Any]) -> str:
        return f"{s['f1']:.3f} ({s['p']:.2f}/{s['r']:.2f})"

    return (
        f"{name}: "
        + "  ".join(f"{t} {part(rows[t])}" for t in [*TYPES, "core"])
        + "\n    "
        + "  ".join(f"{r} {part(rel[r])}" for r in [*RELATIONS, "all"] if r in rel)
        + "\n    "
        + "  ".join(f"{k} {part(out[k])}" for k in ("hardware_links", "result_value", "result_full"))
    )


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--scorer", required=True)
    args.add_argument("--train", required=True)
    args.add_argument("--gold")
    args.add_argument("--onnx")
    args.add_argument("--checkpoint")
    args.add_argument("--encoder")
    args.add_argument("--config", help="take decoding options from this config instead of --onnx's")
    args.add_argument("--tune", action="store_true")
    args.add_argument("--write", help="put the tuned options into this config.json")
    args.add_argument("--report", help="write all figures here as JSON")
    args.add_argument("--predictions", help="folder for the predicted records")
    args.add_argument("--limit", type=int, default=0, help="development records to use, 0 for all")
    o = args.parse_args()
    score = scorer(o.scorer)
    kept, held = split(load(o.train))
    if o.limit:
        held = held[: o.limit]
    model: Any = Model(o.onnx) if o.onnx else TorchModel(o.checkpoint, o.encoder)
    began = time.time()
    dev = Bench(model, held, score)
    print(f"encoded {len(held)} papers, {len(held) / (time.time() - began):.1f}/s", flush=True)
    options = copy.deepcopy(DEFAULT)
    options["units"] = units_of(kept)
    if o.config:
        options = json.loads(Path(o.config).read_text("utf-8"))["decode"]
    elif o.onnx and not o.tune:
        options = model.config["decode"]
    if o.tune:
        options = tune(dev, options)
        print(json.dumps({k: v for k, v in options.items() if k != "units"}))
    report = {"dev": dev.score(options)}
    print(brief("dev", report["dev"]), flush=True)
    benches = {"dev": dev}
    if o.gold:
        benches["gold"] = Bench(model, load(o.gold), score)
        report["gold"] = benches["gold"].score(options)
        print(brief("gold", report["gold"]), flush=True)
    if o.write:
        path = Path(o.write)
        config = json.loads(path.read_text("utf-8")) if path.exists() else {}
        path.write_text(json.dumps({**config, "decode": options}, indent=1) + "\n", "utf-8")
    if o.report:
        Path(o.report).write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    if o.predictions:
        Path(o.predictions).mkdir(parents=True, exist_ok=True)
        for name, bench in benches.items():
            with open(Path(o.predictions) / f"{name}.jsonl", "w", encoding="utf-8") as handle:
                for row in bench.predict(options):
                    handle.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
