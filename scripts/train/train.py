"""Train the extractor on CPU.

    python train.py --encoder MINILM_FOLDER --train TRAIN.jsonl --out RUN [--epochs 9] [--all EXTRA.jsonl ...]

Without --all the fixed development records of TRAIN are held out. A checkpoint is written after each epoch.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from data import Example, example, load, split, type_targets
from decode import (
    HEAD_TYPES,
    MAX_WIDTH,
    RELATIONS,
    ROLES,
    TAIL_TYPES,
    TYPES,
    Cluster,
    fold,
    head_inputs,
    words_of,
)
from model import Extractor, load_encoder
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits as bce
from torch.nn.functional import cross_entropy

from kg.extract.encoder import pooling, subwords

LIMIT = 512


@dataclass
class Row:
    """An example with its subwords."""

    ex: Example
    ids: list[int]
    kinds: list[int]
    words: list[int]


def rows_of(examples: Sequence[Example], tokenizer: object) -> list[Row]:
    return [Row(e, *subwords(tokenizer, words_of(e.doc), LIMIT)) for e in examples]


def encoder_batch(rows: Sequence[Row]) -> dict[str, Tensor]:
    """Padded encoder inputs."""
    size = max(len(r.ids) for r in rows)
    ids = torch.zeros(len(rows), size, dtype=torch.long)
    kinds, mask = torch.zeros_like(ids), torch.zeros_like(ids)
    for b, r in enumerate(rows):
        n = len(r.ids)
        ids[b, :n], kinds[b, :n], mask[b, :n] = torch.tensor(r.ids), torch.tensor(r.kinds), 1
    pool = pooling([r.words for r in rows], [len(r.ex.doc.words) for r in rows])
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": kinds, "pool": torch.from_numpy(pool)}


def span_targets(rows: Sequence[Row], size: int) -> tuple[Tensor, Tensor]:
    """Targets and loss mask [B, W, K, 2T]: required entities (optional ones masked), then all entities."""
    kinds = len(TYPES)
    target = np.zeros((len(rows), size, MAX_WIDTH, 2 * kinds), np.float32)
    mask = np.zeros_like(target)
    for b, r in enumerate(rows):
        n = len(r.ex.doc.words)
        for k in range(MAX_WIDTH):
            mask[b, : max(0, n - k), k] = 1
        for (s, e), kind in r.ex.nested:
            if e - s < MAX_WIDTH:
                mask[b, s, e - s, [TYPES.index(kind), kinds + TYPES.index(kind)]] = 0
        for c in r.ex.clusters:
            row = type_targets(c)
            for s, e in c.mentions:
                if e - s >= MAX_WIDTH:
                    continue
                for t, value in enumerate(row):
                    if value == 1:
                        target[b, s, e - s, t] = target[b, s, e - s, kinds + t] = 1
                    elif value == -1:
                        mask[b, s, e - s, t] = 0
                        if t == TYPES.index(c.type):
                            target[b, s, e - s, kinds + t] = 1
                        else:
                            mask[b, s, e - s, kinds + t] = 0
    return torch.from_numpy(target), torch.from_numpy(mask)


def relaxed(a: str, b: str) -> bool:
    """Whether the scorer would take one surface form for the other (same last word, or half the words shared)."""
    x, y = [fold(w) for w in a.split()], [fold(w) for w in b.split()]
    if not x or not y:
        return False
    short, long_ = sorted((x, y), key=len)
    if short[-1] == long_[-1] and " ".join(short) in " ".join(long_):
        return True
    return len(set(x) & set(y)) / len(set(x) | set(y)) >= 0.5


def negatives(
    ex: Example, logits: np.ndarray, rng: random.Random, hard: int = 12, easy: int = 6
) -> list[tuple[Cluster, bool]]:
    """Clusters that are no gold entity: the spans that the model likes best, and random ones. The flag says "near a gold entity"."""
    doc, size = ex.doc, len(ex.doc.words)
    gold = {s for c in ex.clusters for s in c.mentions}
    names = {fold(doc.surface(s)) for s in gold}
    places = []
    flat = logits.reshape(-1, logits.shape[-1])
    best = flat.max(1)
    order = np.argpartition(-best, min(60, len(best) - 1))[:60]
    for at in order[np.argsort(-best[order])]:
        places.append(((int(at) // MAX_WIDTH, int(at) // MAX_WIDTH + int(at) % MAX_WIDTH), int(flat[at].argmax())))
    for _ in range(easy):
        start = rng.randrange(size)
        places.append(((start, start + rng.choice((0, 0, 1, 1, 2))), rng.randrange(len(TYPES))))
    out: list[tuple[Cluster, bool]] = []
    found: dict[str, Cluster] = {}
    for i, (span, kind) in enumerate(places):
        if span[1] >= size or span in gold:
            continue
        if len(found) >= hard and i < 60:
            continue
        key = fold(doc.surface(span))
        if not key or key in names:
            continue
        if key in found:
            if span not in found[key].mentions:
                found[key].mentions.append(span)
            continue
        found[key] = Cluster(TYPES[kind], [span])
        text = doc.surface(span)
        near = any(relaxed(text, doc.surface(s)) for c in ex.clusters for s in c.mentions[:3])
        out.append((found[key], near))
    return out


def head_batch(
    rows: Sequence[Row], logits: np.ndarray, rng: random.Random
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Padded inputs of the heads over gold and negative clusters, and their targets (-1: unknown)."""
    feeds, targets = [], []
    for b, r in enumerate(rows):
        ex = r.ex
        gold = []
        for c in ex.clusters:
            kind = c.also if c.also and rng.random() < 0.3 else c.type
            gold.append(Cluster(kind, c.mentions))
        wrong = negatives(ex, logits[b, : len(ex.doc.words)], rng)
        clusters = gold + [c for c, _ in wrong]
        numbers = ex.numbers
        feeds.append({k: v[0] for k, v in head_inputs(ex.doc, clusters, numbers).items()})
        size = len(clusters) + 1
        entity = np.full((size, len(TYPES)), -1.0, np.float32)
        for i, c in enumerate(ex.clusters, 1):
            entity[i] = type_targets(c)
        for i, (_, near) in enumerate(wrong, len(gold) + 1):
            entity[i] = 0 if not near else -1
        relation = np.full((size, size, len(RELATIONS)), -1.0, np.float32)
        soft = {i for i, c in enumerate(ex.clusters, 1) if c.optional} | {
            i for i, (_, near) in enumerate(wrong, len(gold) + 1) if near
        }
        kinds = ["paper"] + [c.type for c in clusters]
        for rel, name in enumerate(RELATIONS):
            heads = [i for i, k in enumerate(kinds) if k in HEAD_TYPES[name] and i not in soft]
            tails = [i for i, k in enumerate(kinds) if k in TAIL_TYPES[name] and i not in soft]
            for h in heads:
                relation[h, tails, rel] = 0
                relation[h, h, rel] = -1
        for rel, h, t in ex.unknown:
            relation[h, t, rel] = -1
        for rel, h, t in ex.want:
            relation[h, t, rel] = 1
        result = np.array([f.label for f in ex.figures] or [-1], np.float32)
        bound = np.array([f.bound if f.label == 1 else -1 for f in ex.figures] or [-1], np.int64)
        link = np.array(
            [f.links if f.label else [-1] * len(ROLES) for f in ex.figures] or [[-1] * len(ROLES)], np.int64
        )
        targets.append({"entity": entity, "relation": relation, "result": result, "bound": bound, "link": link})

    def pad(items: list[np.ndarray], value: float) -> Tensor:
        shape = [len(items)] + [max(i.shape[d] for i in items) for d in range(items[0].ndim)]
        out = np.full(shape, value, items[0].dtype)
        for n, item in enumerate(items):
            out[(n, *(slice(0, s) for s in item.shape))] = item
        return torch.from_numpy(out)

    feed = {k: pad([f[k] for f in feeds], 0) for k in feeds[0]}
    want = {k: pad([t[k] for t in targets], -1) for k in targets[0]}
    want["real"] = pad([np.ones(f["assign"].shape[0], np.float32) for f in feeds], 0)
    return feed, want


def masked(logits: Tensor, target: Tensor) -> Tensor:
    """Binary cross entropy over known cells, per positive cell."""
    known = target >= 0
    if not known.any():
        return logits.sum() * 0
    return bce(logits[known], target[known], reduction="sum") / (target == 1).sum().clamp(min=1)


def losses(model: Extractor, rows: Sequence[Row], rng: random.Random, smooth: float = 0.0) -> dict[str, Tensor]:
    """All training losses of a batch."""
    batch = encoder_batch(rows)
    words, doc, spans = model.encode(**batch)
    target, mask = span_targets(rows, words.shape[1])
    kinds = len(TYPES)
    hit = target * mask
    soft = target * (1 - smooth)
    cells = bce(spans, soft, reduction="none") * mask
    out = {
        "span": cells[..., :kinds].sum() / hit[..., :kinds].sum().clamp(min=1),
        "any": cells[..., kinds:].sum() / hit[..., kinds:].sum().clamp(min=1) * 0.5,
    }
    feed, want = head_batch(rows, (spans.detach() - 30 * (1 - mask))[..., :kinds].numpy(), rng)
    entity, relation, result, bound, link = model.heads(words, doc, **feed)
    out["entity"] = masked(entity, want["entity"]) * 0.5
    out["relation"] = masked(relation, want["relation"])
    out["result"] = masked(result, want["result"]) * 0.5
    if (want["bound"] >= 0).any():
        out["bound"] = cross_entropy(bound.flatten(0, 1), want["bound"].flatten(), ignore_index=-1) * 0.2
    if (want["link"] >= 0).any():
        link = link.masked_fill(want["real"][:, None, :, None] == 0, -1e4)
        known = want["link"] >= 0
        picked = link.permute(0, 1, 3, 2)[known]
        out["link"] = cross_entropy(picked, want["link"][known])
    return out


def batches(rows: Sequence[Row], size: int, rng: random.Random) -> Iterator[list[Row]]:
    """Shuffled batches of texts of like length."""
    order = list(rows)
    rng.shuffle(order)
    groups = []
    for i in range(0, len(order), size * 10):
        part = sorted(order[i : i + size * 10], key=lambda r: len(r.ids))
        groups += [part[j : j + size] for j in range(0, len(part), size)]
    rng.shuffle(groups)
    yield from groups


def groups(model: Extractor, encoder_lr: float, head_lr: float, decay: float, layer_decay: float) -> list[dict]:
    """Parameter groups: heads fast, encoder layers slower the deeper they lie; no decay on biases and norms."""
    buckets: dict[tuple[float, float], list[Tensor]] = defaultdict(list)
    depth = model.encoder.config.num_hidden_layers
    for name, p in model.named_parameters():
        if not p.requires_grad:
            continue
        rate = head_lr
        if name.startswith("encoder."):
            layer = int(name.split("layer.")[1].split(".")[0]) if "layer." in name else -1
            rate = encoder_lr * layer_decay ** (depth - 1 - layer)
        buckets[rate, 0.0 if p.ndim < 2 else decay].append(p)
    return [{"params": ps, "lr": lr, "weight_decay": wd} for (lr, wd), ps in buckets.items()]


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--encoder", required=True)
    args.add_argument("--train", required=True)
    args.add_argument(
        "--all", nargs="*", default=None, help="train on everything: TRAIN's held-out part and these files too"
    )
    args.add_argument("--out", required=True)
    args.add_argument("--start", help="checkpoint to start from")
    args.add_argument("--epochs", type=int, default=9)
    args.add_argument("--batch", type=int, default=8)
    args.add_argument("--encoder-lr", type=float, default=1.5e-4)
    args.add_argument("--head-lr", type=float, default=1e-3)
    args.add_argument("--layer-decay", type=float, default=1.0)
    args.add_argument("--dropout", type=float, default=0.2)
    args.add_argument("--smooth", type=float, default=0.0)
    args.add_argument("--ema", type=float, default=0.0)
    args.add_argument(
        "--freeze", type=int, default=0, help="leave the embeddings and this many lower layers as they are"
    )
    args.add_argument(
        "--minutes",
        type=float,
        default=0,
        help="end by then: the learning rate falls with the time used if that is further on",
    )
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--stop-after", type=int, default=0, help="batches, for a trial")
    o = args.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(o.seed)
    rng = random.Random(o.seed)
    out = Path(o.out)
    out.mkdir(parents=True, exist_ok=True)
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(Path(o.encoder) / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    kept, held = split(load(o.train))
    records = kept if o.all is None else kept + held + [r for path in o.all for r in load(path)]
    rows = rows_of([example(r) for r in records], tokenizer)
    model = Extractor(load_encoder(o.encoder), o.dropout)
    if o.start:
        model.load_state_dict(torch.load(o.start, map_location="cpu", weights_only=True))
    if o.freeze:
        for part in (model.encoder.embeddings, *model.encoder.encoder.layer[: o.freeze]):
            part.requires_grad_(False)
    optimizer = torch.optim.AdamW(groups(model, o.encoder_lr, o.head_lr, 0.01, o.layer_decay), fused=True)
    steps = o.epochs * math.ceil(len(rows) / o.batch)
    warm = max(1, int(0.08 * steps)) if not o.start else 20
    began = time.time()

    def progress(done: int) -> float:
        """How much of the run is over, by batches or by the clock."""
        return max(done / steps, (time.time() - began) / 60 / o.minutes if o.minutes else 0.0)

    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: (s + 1) / warm if s < warm else max(0.01, (1 - progress(s)) / (1 - warm / steps))
    )
    print(json.dumps({**vars(o), "records": len(rows), "steps": steps, "threads": torch.get_num_threads()}), flush=True)
    step = 0
    average = [p.detach().clone() for p in model.parameters()] if o.ema else []
    for epoch in range(o.epochs):
        model.train()
        total: dict[str, float] = defaultdict(float)
        for batch in batches(rows, o.batch, rng):
            parts = losses(model, batch, rng, o.smooth)
            optimizer.zero_grad()
            sum(parts.values()).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            optimizer.step()
            schedule.step()
            step += 1
            if average:
                with torch.no_grad():
                    torch._foreach_lerp_(average, list(model.parameters()), 1 - min(o.ema, step / (step + 10)))
            for name, value in parts.items():
                total[name] += float(value.detach())
            if step % 25 == 0:
                print(step, f"{(time.time() - began) / step:.2f} s/step", flush=True)
            if (o.stop_after and step >= o.stop_after) or progress(step) >= 1:
                break
        count = max(1, math.ceil(len(rows) / o.batch))
        print(
            json.dumps(
                {
                    "epoch": epoch + 1,
                    "minutes": round((time.time() - began) / 60, 1),
                    **{k: round(v / count, 4) for k, v in total.items()},
                }
            ),
            flush=True,
        )
        if average:
            backup = [p.detach().clone() for p in model.parameters()]
            for p, a in zip(model.parameters(), average, strict=False):
                p.data.copy_(a)
        torch.save(model.state_dict(), out / f"epoch{epoch + 1}.pt")
        if average:
            for p, a in zip(model.parameters(), backup, strict=False):
                p.data.copy_(a)
        if (o.stop_after and step >= o.stop_after) or progress(step) >= 1:
            break


if __name__ == "__main__":
    main()
