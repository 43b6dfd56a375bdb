"""Why each fact of a paper is there, or is not: which component, which rule, which features, which threshold, and what else was weighed."""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

from kg.extract.candidates import Choice, Figure, Found, Link, Reading
from kg.extract.confidence import Scale, scales
from kg.extract.context import mentions
from kg.extract.encoder import RELATIONS
from kg.extract.pipeline import read_paper
from kg.model import PAPER, Paper

_CHOICES: Final = 3
_CONTEXT: Final = 24
_FAINT: Final = 0.1
_SEEN: Final = 0.05


@dataclass(frozen=True)
class Part:
    """What one feature adds to the log-odds of a fact: its value times its weight."""

    feature: str
    value: float
    weight: float
    adds: float


@dataclass(frozen=True)
class Role:
    """Who fills a role of a result, or might: with the probability among those considered, and what speaks for it."""

    role: str
    entity: str | None
    probability: float
    chosen: bool
    parts: list[Part]


@dataclass(frozen=True)
class Fact:
    """A fact that was considered. `rule` is what found it; `why` says in words why it is kept or left out."""

    kind: str
    says: str
    kept: bool
    why: str
    confidence: float
    threshold: float
    rule: str
    parts: list[Part]
    found_by: list[str] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)


@dataclass(frozen=True)
class Left:
    """A stretch of text that came into question and is no fact."""

    text: str
    start: int
    came_as: str
    why: str


@dataclass(frozen=True)
class Explanation:
    """All that was considered of a paper. Facts come in the order entities, relations, results, the kept ones first."""

    id: str
    title: str
    facts: list[Fact]
    left: list[Left]

    def as_json(self) -> str:
        """The explanation as one JSON object."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"

    def as_text(self) -> str:
        """The explanation as lines to read."""
        return "\n".join([f"{self.id}  {self.title}", "", *_lines(self)]) + "\n"


def explain(paper: Paper, *, min_confidence: float = 0.0) -> Explanation:
    """Read a paper and say why its facts are kept or left out.

    >>> from kg.model import Origin
    >>> origin = Origin(input="example", record=1, kind="text")
    >>> paper = Paper(id="x", title="Quux", abstract="We propose Quux. It runs on an A100 GPU.", origin=origin)
    >>> [(fact.kind, fact.says) for fact in explain(paper).facts if fact.kept][:2]
    [('Method', 'Quux'), ('Hardware', 'NVIDIA A100')]
    """
    explainer = _Explainer(read_paper(paper), min_confidence)
    groups = (explainer.entities(), explainer.relations(), explainer.results())
    facts = [fact for group in groups for fact in sorted(group, key=lambda fact: not fact.kept)]
    left = {
        (item.text, item.came_as, item.why): item for item in sorted(explainer.left(), key=lambda item: -item.start)
    }
    return Explanation(paper.id, paper.title, facts, sorted(left.values(), key=lambda item: item.start))


class _Explainer:
    def __init__(self, found: Reading, least: float) -> None:
        self.found = found
        self.least = least
        self.there = {e.index for e in found.entities if not e.optional and e.confidence >= least}

    def name(self, index: int | None) -> str:
        return PAPER if index is None else self.found.entities[index].name

    def entities(self) -> Iterator[Fact]:
        about = {index for f in self.found.figures if f.kept for index in (f.metric, f.method)}
        for entity in self.found.entities:
            scale = scales().get(f"entity:{entity.type}")
            kept = entity.index in self.there
            if not entity.features:
                why = entity.rule
            elif kept and scale and entity.confidence < scale.threshold:
                several = entity.index not in about
                why = "one of three or more parts of its kind" if several else "a result is about it"
            else:
                why = self._why(kept, entity.confidence, scale)
            yield Fact(
                entity.type, entity.name, kept, why, entity.confidence, scale.threshold if scale else 0.0, entity.rule,
                _parts(entity.features, scale), list(self._found_by(entity)),
            )  # fmt: skip

    def _found_by(self, entity: Found) -> Iterator[str]:
        """Each component that speaks of it, with the type it says where that is another."""
        for candidate in dict.fromkeys((c.source, c.rule, c.type, c.confidence) for c in entity.candidates):
            source, rule, type, confidence = candidate
            other = f", as {type}: retyped {entity.type}" if type != entity.type else ""
            yield f"{source} ({confidence:.2f}): {rule}{other}"

    def relations(self) -> Iterator[Fact]:
        for link in self.found.links:
            scale = scales().get(f"relation:{link.type}")
            ends = {link.tail} | ({link.head} if link.head is not None else set())
            kept = link.kept and link.confidence >= self.least and ends <= self.there
            yield Fact(
                link.type, f"{self.name(link.head)} → {self.name(link.tail)}", kept, self._why_link(link, ends, kept, scale),
                link.confidence, scale.threshold if scale else 0.0, link.rule, _parts(link.features, scale),
            )  # fmt: skip

    def _why_link(self, link: Link, ends: set[int], kept: bool, scale: Scale | None) -> str:
        if missing := sorted(ends - self.there):
            return f"{' and '.join(map(self.name, missing))} is left out"
        if kept and scale and link.confidence < scale.threshold:
            own = link.features.get("rule: of hardware") and link.rule != "model: pair"
            return "a rule's word about known hardware stands" if own else "something runs on it: the likeliest head"
        return self._why(kept, link.confidence, scale)

    def results(self) -> Iterator[Fact]:
        scale = scales()["result"]
        for figure in self.found.figures:
            kept = figure.kept and figure.confidence >= self.least
            yield Fact(
                "result", f"{figure.quantity.value} {figure.quantity.unit}".rstrip(), kept, self._why(kept, figure.confidence, scale),
                figure.confidence, scale.threshold, figure.rule, _parts(figure.features, scale), roles=list(self._roles(figure)),
            )  # fmt: skip

    def _roles(self, figure: Figure) -> Iterator[Role]:
        for role, choices in figure.choices.items():
            scale = scales()[f"link:{role}"]
            shares = _softmax([sum(part.adds for part in _parts(c.features, scale)) for c in choices])
            ranked = sorted(zip(choices, shares, strict=True), key=lambda pair: -pair[1])
            chosen = getattr(figure, role)
            for number, (choice, share) in enumerate(ranked):
                if number < _CHOICES or choice.entity == chosen:
                    yield self._role(role, choice, share, choice.entity == chosen, scale)

    def _role(self, role: str, choice: Choice, share: float, chosen: bool, scale: Scale) -> Role:
        name = None if choice.entity is None else self.name(choice.entity)
        return Role(role, name, round(share, 3), chosen, _parts(choice.features, scale))

    def _why(self, kept: bool, confidence: float, scale: Scale | None) -> str:
        if kept or scale is None:
            return "confidence reaches the threshold"
        if confidence >= scale.threshold:
            return f"below --min-confidence {self.least:g}"
        return "confidence is below the threshold"

    def left(self) -> Iterator[Left]:
        found, text = self.found, self.found.text
        for candidate, why in found.dropped:
            written = text[candidate.start : candidate.end]
            yield Left(written, candidate.start, f"{candidate.type}, {candidate.rule}", why)
        for start, end in found.refused:
            yield Left(text[start:end], start, "a name that the lexicon knows", "means something else in this context")
        taken = {(f.quantity.start, f.quantity.end) for f in found.figures}
        for number, quantity in enumerate(found.quantities):
            if (quantity.start, quantity.end) not in taken:
                says = f" (the model: {found.beliefs.result[number]:.2f})" if found.beliefs else ""
                around = text[max(0, quantity.start - _CONTEXT) : quantity.end + _CONTEXT].replace("\n", " ")
                yield Left(
                    text[quantity.start : quantity.end],
                    quantity.start,
                    f"figure in “…{around}…”",
                    f"taken for no result{says}",
                )
        yield from self._not_run_on()

    def _not_run_on(self) -> Iterator[Left]:
        """Hardware that a rule keeps from being run on, though it is there."""
        linked = {link.tail for link in self.found.links if link.type == "runs_on"}
        for entity in self.found.entities:
            if entity.type == "Hardware" and entity.index in self.there - linked:
                here = [m for m in mentions(self.found, self.found.sentences) if m.entity is entity]
                reasons = {
                    "the text denies it": any(m.negated for m in here),
                    "it is compared with": any(m.compared for m in here),
                    "the paper introduces it": entity.proposed,
                }
                because = (
                    ", ".join(reason for reason, holds in reasons.items() if holds) or "no sentence is about the work"
                )
                says = (
                    self.found.beliefs.relation[:, entity.index + 1, RELATIONS.index("runs_on")].max()
                    if self.found.beliefs
                    else 0
                )
                yield Left(
                    entity.name, entity.start, "hardware to run on", f"a rule's no: {because} (the model: {says:.2f})"
                )


def _parts(features: dict[str, float], scale: Scale | None) -> list[Part]:
    """The features that count, the strongest first."""
    weights = scale.weights if scale else {}
    found = [
        Part(n, round(v, 3), weights[n], round(v * weights[n], 3)) for n, v in features.items() if v and weights.get(n)
    ]
    return sorted(found, key=lambda part: (-abs(part.adds), part.feature))


def _softmax(utilities: Sequence[float]) -> list[float]:
    exps = [math.exp(u - max(utilities)) for u in utilities]
    return [e / sum(exps) for e in exps]


def _lines(explanation: Explanation) -> Iterator[str]:
    faint = [fact for fact in explanation.facts if not fact.kept and fact.confidence < _FAINT]
    for fact in explanation.facts:
        if fact not in faint:
            yield from _fact(fact)
    if faint:
        yield f"and {len(faint)} more below {_FAINT:g}, in full with --format json"
        yield ""
    if explanation.left:
        yield "no fact, though it came into question:"
        yield from (f"  {item.text!r}  {item.came_as}: {item.why}" for item in explanation.left)


def _fact(fact: Fact) -> Iterator[str]:
    compares = "≥" if fact.confidence >= fact.threshold else "<"
    yield f"{'+' if fact.kept else '–'} {fact.kind}  {fact.says}   {fact.confidence:.3f} {compares} {fact.threshold:.2f}: {fact.why}"
    yield f"    rule     {fact.rule}"
    yield from (f"    said by  {source}" for source in fact.found_by)
    if fact.parts:
        terms = (f"{_added(part)} ({part.value:g} × {part.weight:g})" for part in fact.parts if abs(part.adds) >= _SEEN)
        yield f"    score    {'  '.join(terms)}"
    for role in (role for role in fact.roles if role.chosen):
        others = ", ".join(
            f"{o.entity or 'none'} {o.probability:.2f}" for o in fact.roles if o.role == role.role and not o.chosen
        )
        because = "  ".join(_added(part) for part in role.parts[:_CHOICES])
        yield f"    {role.role:<9}{role.entity or 'none'} {role.probability:.2f}   {because}   not: {others or 'there is no other'}"
    yield ""


def _added(part: Part) -> str:
    return f"{part.adds:+.2f} {'constant' if part.feature == 'one' else part.feature}"
