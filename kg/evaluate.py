"""Precision, recall and F1 of Records against annotated papers.

Entities pair one to one within a paper: same type (the annotation's `also` counts too), and some surface form equal
after normalisation, or one form containing the other with the same last word, or half of their words shared. Required
annotations come first; optional ones count neither for nor against. Relations are scored on paired ends, results by
value and unit, then by metric and method, and by baseline and hardware where the annotation has one.
"""

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kg.errors import InputError
from kg.model import title_key

Words = list[str]
Row = Mapping[str, Any]
TYPES: Final = ("Method", "Hardware", "Dataset", "Metric", "Task")
CORE: Final = ("Method", "Hardware", "Dataset", "Metric")


@dataclass
class Score:
    """Counts, and what follows from them."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 0 where nothing was found."""
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else 0.0

    @property
    def recall(self) -> float:
        """Share of what is required that was found; 0 where nothing is required."""
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass
class Report:
    """Scores by name, in groups: entities, relations, results."""

    papers: int = 0
    entities: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    relations: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    results: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))

    def totals(self) -> "Report":
        """The same with the rows `core` and `all`."""
        self.entities["core"] = _sum(self.entities[t] for t in CORE)
        self.relations["all"] = _sum(score for name, score in self.relations.items() if name != "all")
        return self


def evaluate(gold: str | Path, records: str | Path) -> Report:
    """Score a file of Records against a file of annotated papers (both JSON Lines), paired by id, else by title.

    Raises:
        InputError: a file is missing, or a line of it is not what it should be.
    """
    predicted = _load(records)
    by_id = {row["id"]: row for row in predicted}
    by_title = {title_key(row.get("title") or ""): row for row in predicted}
    report = Report()
    for wanted in _load(gold):
        found = by_id.get(wanted["id"]) or by_title.get(title_key(wanted.get("title") or "")) or {}
        report.papers += 1
        try:
            _paper(wanted, found, report)
        except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
            raise InputError(
                f"{gold} or {records}: paper {wanted['id']!r} is not of the form of a Record ({type(error).__name__}: {error})."
            ) from error
    return report.totals()


def evaluate_paper(wanted: Row, found: Row) -> Report:
    """Score one Record against one annotated paper, both as read from JSON."""
    report = Report(papers=1)
    _paper(wanted, found, report)
    return report.totals()


def _load(path: str | Path) -> list[Row]:
    rows: list[Row] = []
    try:
        with open(path, encoding="utf-8") as handle:
            for number, line in enumerate(handle, start=1):
                if not line.strip():
                    continue
                row = json.loads(line)
                if (
                    not isinstance(row, dict)
                    or not isinstance(row.get("id"), str)
                    or not isinstance(row.get("entities"), list)
                ):
                    raise InputError(f"{path}, line {number}: no object with id and entities.")
                rows.append(row)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}.") from error
    except RecursionError:
        raise InputError(f"{path}, line {number}: nests too deeply.") from None
    except json.JSONDecodeError as error:
        raise InputError(f"{path}, line {number}: no JSON ({error.msg}).") from error
    return rows


def words(text: str) -> Words:
    """A surface form as normalised words.

    >>> words("The $A^2ATS$ models")
    ['a', '2', 'ats', 'model']
    """
    text = re.sub(r"^(the|an?)\s+", "", unicodedata.normalize("NFKC", text).casefold().strip())
    text = re.sub(r"\\(text|math)?(bf|it|tt|sc|sf|rm|cal|bb|emph|text)\b|[$\\{}^_~]", " ", text)
    found = re.findall(r"[a-z]+|\d+(?:\.\d+)?|[^\W\d_]+", text)
    if found and len(found[-1]) > 3 and found[-1].endswith("s") and not found[-1].endswith("ss"):
        found[-1] = found[-1][:-1]
    return found


def surface_forms(entity: Row) -> list[Words]:
    """All forms of an entity, its name among them, as normalised words."""
    forms = [m if isinstance(m, str) else m["text"] for m in entity.get("mentions", [])]
    return [w for w in map(words, [*forms, entity.get("name") or ""]) if w]


def _equal(a: list[Words], b: list[Words]) -> bool:
    return bool({"".join(x) for x in a} & {"".join(x) for x in b})


def _similar(a: list[Words], b: list[Words]) -> bool:
    for x in a:
        for y in b:
            short, long = sorted((x, y), key=len)
            if short[-1] == long[-1] and " ".join(short) in " ".join(long):
                return True
            if 2 * len(set(x) & set(y)) >= len(set(x) | set(y)):
                return True
    return False


def _closeness(a: list[Words], b: list[Words]) -> float:
    x, y = {"".join(w) for w in a}, {"".join(w) for w in b}
    return len(x & y) / len(x | y) if x | y else 0.0


def pair_entities(gold: list[Row], found: list[Row], forms: Mapping[int, list[Words]]) -> dict[str, str]:
    """Found entity ids to annotated ones: exact matches first, then relaxed ones."""
    taken: set[str] = set()
    pairs: dict[str, str] = {}
    for test in (_equal, _similar):
        fits = sorted(
            (bool(g.get("optional")), -_closeness(forms[id(g)], forms[id(p)]), p["type"] != g["type"], g["id"], p["id"])
            for g in gold
            for p in found
            if g["id"] not in taken and p["id"] not in pairs
            and p["type"] in (g["type"], g.get("also")) and test(forms[id(g)], forms[id(p)])
        )  # fmt: skip
        for *_, g_id, p_id in fits:
            if g_id not in taken and p_id not in pairs:
                taken.add(g_id)
                pairs[p_id] = g_id
    return pairs


def _paper(wanted: Row, found: Row, report: Report) -> None:
    gold = wanted["entities"]
    predicted = [e for e in found.get("entities", []) if e["type"] in TYPES]
    forms = {id(e): surface_forms(e) for e in (*gold, *predicted)}
    pairs = pair_entities(gold, predicted, forms)
    optional = {e["id"] for e in gold if e.get("optional")}
    hit = set(pairs.values())
    for e in gold:
        if e["id"] not in optional:
            score = report.entities[e["type"]]
            score.tp, score.fn = score.tp + (e["id"] in hit), score.fn + (e["id"] not in hit)
    for e in predicted:
        if e["id"] in pairs:
            continue
        repeats = any(
            o["id"] in optional and e["type"] in (o["type"], o.get("also")) and _similar(forms[id(o)], forms[id(e)])
            for o in gold
        )
        report.entities[e["type"]].fp += not repeats
    to_gold = {**pairs, "paper": "paper"}
    _score_relations(wanted, found, to_gold, optional, report)
    _score_results(wanted, found, to_gold, report)


def _score_relations(wanted: Row, found: Row, to_gold: Mapping[str, str], optional: set[str], report: Report) -> None:
    every = {(r["type"], r["head"], r["tail"]) for r in wanted.get("relations", [])}
    required = {
        (r["type"], r["head"], r["tail"])
        for r in wanted.get("relations", [])
        if not r.get("optional") and r["head"] not in optional and r["tail"] not in optional
    }
    got: set[tuple[str, str, str]] = set()
    for r in found.get("relations", []):
        head, tail = to_gold.get(r["head"]), to_gold.get(r["tail"])
        key = (r["type"], head or f"?{r['head']}", tail or f"?{r['tail']}")
        if key in got:
            continue
        got.add(key)
        if key in required:
            report.relations[r["type"]].tp += 1
        elif key not in every and head not in optional and tail not in optional:
            report.relations[r["type"]].fp += 1
    for kind, *_ in required - got:
        report.relations[kind].fn += 1
    want = {tail for kind, _, tail in required if kind == "runs_on"}
    soft = {tail for kind, _, tail in every - required if kind == "runs_on"} | optional
    links = {to_gold.get(r["tail"], f"?{r['tail']}") for r in found.get("relations", []) if r["type"] == "runs_on"}
    score = report.results["hardware_links"]
    score.tp += len(want & links)
    score.fn += len(want - links)
    score.fp += len(links - want - soft)


def _score_results(wanted: Row, found: Row, to_gold: Mapping[str, str], report: Report) -> None:
    left = list(found.get("results", []))
    value, full = report.results["result_value"], report.results["result_full"]
    for want in (r for r in wanted.get("results", []) if not r.get("optional")):
        same = [
            r
            for r in left
            if number_of(r["value"]) == number_of(want["value"]) and unit_of(r.get("unit")) == unit_of(want.get("unit"))
        ]
        if not same:
            value.fn += 1
            full.fn += 1
            continue

        def right(r: Row, want: Row = want) -> int:
            return sum(to_gold.get(r.get(end) or "") == want.get(end) for end in ("metric", "method"))

        best = max(same, key=right)
        left.remove(best)
        value.tp += 1
        whole = right(best) == 2
        full.tp, full.fp, full.fn = full.tp + whole, full.fp + (not whole), full.fn + (not whole)
        for end in ("baseline", "hardware", "dataset"):
            _score_end(to_gold.get(best.get(end) or ""), best.get(end), want.get(end), report.results[f"result_{end}"])
    soft = {number_of(r["value"]) for r in wanted.get("results", []) if r.get("optional")}
    spurious = sum(number_of(r["value"]) not in soft for r in left)
    value.fp += spurious
    full.fp += spurious


def _score_end(got: str | None, found: str | None, want: str | None, score: Score) -> None:
    """One end of a result whose value is right: right, missing or wrong."""
    if want is not None and got == want:
        score.tp += 1
        return
    score.fn += want is not None
    score.fp += found is not None


def number_of(value: object) -> tuple[float, ...]:
    """The numbers in a value as written."""
    return tuple(float(f) for f in re.findall(r"\d+(?:\.\d+)?", str(value).replace(",", "")))


def unit_of(text: str | None) -> str:
    """A unit in the spelling in which units are compared."""
    plain = (text or "").casefold().replace("×", "x").strip(" .")
    return {"times": "x", "fold": "x", "-fold": "x", "percent": "%", "points": "%"}.get(plain, plain)


def _sum(scores: Iterable[Score]) -> Score:
    total: Counter[str] = Counter()
    for score in scores:
        total.update(tp=score.tp, fp=score.fp, fn=score.fn)
    return Score(total["tp"], total["fp"], total["fn"])
