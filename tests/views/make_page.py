"""A made-up page of any size, for the view's tests. Every name and sentence here is invented."""

import random
from typing import Any

from kg.views import layout, network

KINDS = ("Paper", "Method", "Hardware", "Dataset", "Metric", "Task")
SHARE = {"Method": 0.52, "Hardware": 0.06, "Dataset": 0.2, "Metric": 0.07, "Task": 0.15}
RELATIONS = {
    "runs_on": ("Method", "Hardware", "{a} was trained on {n} {b} boards for two days."),
    "evaluated_on": ("Method", "Dataset", "We test {a} on {b} and report a mean of five runs."),
    "measured_by": ("Method", "Metric", "With {b} as the yardstick, {a} gains {n} points."),
    "solves": ("Method", "Task", "{a} is a simple approach to {b} that needs no labels."),
    "compared_with": ("Method", "Method", "Compared with {b}, {a} uses half of the memory."),
}
STEMS = (
    *("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "harbor", "iris"),
    *("juniper", "kelp", "lumen", "maple", "north", "onyx", "pearl", "quartz", "river"),
    *("slate", "tidal", "umbra", "violet", "willow", "xenon", "yarrow", "zephyr"),
)
ENDS = {
    "Method": ("Net", "Former", "Flow", "Prune", "Mix", "Distill"),
    "Hardware": ("X100", "T4", "Edge", "Wafer", "M2", "Pod"),
    "Dataset": ("Bench", "Set", "QA", "Corpus", "-1k", "Scenes"),
    "Metric": ("score", "rate", "error", "@1", "loss", "-F"),
    "Task": ("parsing", "tracking", "captioning", "search", "planning", "denoising"),
}
BAD_URLS = (
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    'https://example.org/"><script>alert(1)</script>',
)
HOSTILE = "</script><img src=x onerror=alert(1)>"


def names(rng: random.Random, kind: str, count: int) -> list[str]:
    """Different invented names of one kind."""
    out: list[str] = []
    seen: set[str] = set()
    while len(out) < count:
        stem, end = rng.choice(STEMS), rng.choice(ENDS[kind])
        name = f"{stem} {end}" if kind == "Task" else f"{stem.title()}{end}"
        if rng.random() < 0.5 or name in seen:
            name = f"{name} {rng.choice(STEMS)} {len(out)}"
        if name not in seen:
            seen.add(name)
            out.append(name)
    return out


def make_page(
    nodes: int, edges: int, *, seed: int = 3, hostile: bool = False, total: int | None = None
) -> dict[str, Any]:
    """A page with about as many nodes and edges as asked for."""
    rng = random.Random(seed)
    papers = [
        {
            "id": f"paper/p{i}",
            "title": f"{rng.choice(STEMS).title()} {rng.choice(STEMS)}: notes on a small idea, {i}",
            "date": f"202{rng.randrange(6)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}",
            "url": f"https://example.org/paper/{i}",
        }
        for i in range(max(3, nodes // 3))
    ]
    rows: list[dict[str, Any]] = []
    by_kind: dict[str, list[int]] = {kind: [] for kind in KINDS}
    for kind, share in SHARE.items():
        for name in names(rng, kind, max(2, round(nodes * 0.85 * share))):
            by_kind[kind].append(len(rows))
            rows.append(
                {
                    "id": f"{kind.lower()}/{len(rows)}",
                    "label": name,
                    "type": kind,
                    "aliases": [name.upper()] if rng.random() < 0.3 else [],
                    "papers": [],
                    "vendor": "Fjordware" if kind == "Hardware" else None,
                    "class": "accelerator" if kind == "Hardware" else None,
                }
            )
    for i in range(nodes - len(rows)):
        by_kind["Paper"].append(len(rows))
        rows.append(
            {
                "id": f"paper/p{i}",
                "label": papers[i]["title"],
                "type": "Paper",
                "aliases": [],
                "papers": [i],
                "vendor": None,
                "class": None,
            }
        )
    links: dict[tuple[int, int, str], list[dict[str, Any]]] = {}
    groups = 12
    while len(links) < edges:
        paper = rng.randrange(len(papers))
        if rng.random() < 0.12 and by_kind["Paper"]:
            a = rng.choice(by_kind["Paper"])
            paper = rows[a]["papers"][0]
            b, predicate, pattern = rng.choice(by_kind["Method"]), "introduces", "We present {b}."
        else:
            predicate = rng.choice(list(RELATIONS))
            left, right, pattern = RELATIONS[predicate]
            a = rng.choice(by_kind[left])
            pool = by_kind[right]
            if rng.random() < 0.35:  # hubs
                b = pool[int(len(pool) * rng.random() ** 4)]
            else:  # the neighbourhood
                local = [n for n in pool if n % groups == a % groups] or pool
                b = rng.choice(local)
        if a == b:
            continue
        if rng.random() < 0.9 and a % 9 == 7:  # leave some nodes nearly alone
            continue
        links.setdefault((a, b, predicate), []).append(fact(rng, rows, a, b, pattern, paper))
    if hostile:
        poison(papers, rows, links)
    out = []
    for (a, b, predicate), facts in links.items():
        for item in facts:
            for n in (a, b):
                if item["paper"] not in rows[n]["papers"]:
                    rows[n]["papers"].append(item["paper"])
        role = "training" if predicate == "runs_on" else None
        out.append({"from": a, "to": b, "predicate": predicate, "role": role, "count": len(facts), "facts": facts})
    for row in rows:
        row["named"] = len(row["papers"])
    places = layout.positions([r["id"] for r in rows], [(rows[e["from"]]["id"], rows[e["to"]]["id"]) for e in out])
    for row in rows:
        row["x"], row["y"] = places[row["id"]]
    return {
        "title": HOSTILE if hostile else "Papergraph",
        "subtitle": HOSTILE if hostile else f"A made-up graph of {len(papers):,} papers",
        "base": "https://papergraph.example/",
        "shown": len(rows),
        "total": total if total is not None else len(rows) * 3,
        "lit": [],
        "types": network.types(),
        "papers": papers,
        "nodes": rows,
        "edges": out,
        "results": [],
    }


def fact(rng: random.Random, rows: list[dict[str, Any]], a: int, b: int, pattern: str, paper: int) -> dict[str, Any]:
    """One made-up evidence sentence with the offsets of both names."""
    number = rng.choice((2, 4, 8, 16))
    left, right = rows[a]["label"], rows[b]["label"]
    sentence = pattern.replace("{n}", str(number)).replace("{a}", "\0").replace("{b}", "\1")
    marks: list[list[int]] = []
    built = ""
    for char in sentence:
        if char in "\0\1":
            name = left if char == "\0" else right
            marks.append([len(built), len(built) + len(name)])
            built += name
        else:
            built += char
    return {
        "paper": paper,
        "sentence": built,
        "marks": marks,
        "confidence": round(rng.uniform(0.5, 1), 2),
        "extractor": rng.choice(("rules", "model")),
        "field": "abstract",
        "start": rng.randrange(900),
        "end": rng.randrange(900, 1200),
        **({"devices": number} if "{n} {b}" in pattern else {}),
        **({"figures": [f"{number} points"]} if "points" in pattern else {}),
    }


def poison(
    papers: list[dict[str, Any]],
    rows: list[dict[str, Any]],
    links: dict[tuple[int, int, str], list[dict[str, Any]]],
) -> None:
    """Put hostile text wherever text can stand."""
    for i, paper in enumerate(papers):
        paper["title"] = f"{HOSTILE} {i}"
        paper["url"] = BAD_URLS[i % 3]
    for i, row in enumerate(rows):
        row["label"] = f"{HOSTILE} {i}"
        row["aliases"] = ["<svg onload=alert(2)>", "\u2028<!--<script>"]
        row["vendor"] = row["class"] = "<b>bold</b>&amp;"
    for facts in links.values():
        for item in facts:
            item["sentence"] = f"{HOSTILE} beats <i>all</i> && more"
            item["marks"] = [[0, len(HOSTILE)], [len(HOSTILE) + 7, len(HOSTILE) + 17]]
            item["extractor"] = "<u>rules</u>"
            item["figures"] = ["<img src=y onerror=alert(3)>"]
