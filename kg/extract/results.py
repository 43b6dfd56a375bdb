"""Results: which figures of the text report something about a metric, and what they belong to."""

import re
from typing import Final

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.attribution import Surroundings, attribute
from kg.extract.candidates import Figure, Found, Quantity, Sentence, reading, sentences, title_length
from kg.extract.confidence import log_odds, scales
from kg.extract.context import Mention, main_entity, mentions

_NO_RESULT_AFTER: Final = re.compile(
    r"\s?-?(?:(?:cross[- ]validation|parameters?|params?|tokens?|bits?|layers?|shots?|classes|samples|images|hours of|nodes?|cores?|GPUs?|threads?)\b|of (?:the |all |its |our |total |training |available )*(?:[\w-]+\s){0,2}?(?:parameters?|data|samples?|labels?|dataset|weights|tokens|users?|clients?|"
    r"cases|time|people|papers|examples|instances|images|nodes|edges|queries|neurons|layers|experts|participants|respondents|features|traffic|code|images)\b|"
    r"(?:\s?(?:weight|model|structured|unstructured|activation|overall|parameter|global))?\s?(?:sparsity|sparse|pruned|pruning|dropout|confidence|compression rate|missing|noise|labeled|labelled|"
    r"masking|training|quantile|percentile|CI|credible|subset|split)\b|"
    r"(?:more|fewer|additional|larger|bigger|longer|smaller|wider|deeper)\s(?:training )?(?:data|samples|parameters|models?|batch|context|tokens|images|layers|sequences?|inputs?|LLMs|networks?|dataset|GPUs|devices|capacity|active)\b|"
    r"(?:upsampl|super-?resolution|zoom|magnification|upscal|downsampl|larger than|longer than|the size|the number)|\s?(?:larger|smaller|bigger|longer|more|fewer) than\b)",
    re.IGNORECASE,
)
_CLAIMS: Final = re.compile(
    r"\b(?:as fast as|achiev|reach|attain|obtain|yield|deliver|gain|improv|increas|reduc|decreas|lower|boost|rais|outperform|surpass|exceed|accelerat|speed|faster|slower|sav|cut|"
    r"drop|degrad|loss|only|just|with an?|report|result|show|demonstrat|perform|higher|better|less|fewer|more|up to|average|within|takes?|requir|consum|maintain|retain|"
    r"score|measur|accura|efficien|overhead|rate|from|down|match|sustain|support|run|generat|provid|enabl|minimi|maximi|shrink|compress|offer|incur|save)\w*",
    re.IGNORECASE,
)
_GAP_TO_METRIC: Final = re.compile(
    r"^[\s-]*(?:\((?:[^()]{0,30})\)\s)?(?:(?:absolute|relative|average|mean|median|overall|higher|lower|better|worse|faster|slower|greater|larger|smaller|shorter|longer|more|less|fewer|"
    r"improved|reduced|increased|in|of|for|the|a|an|on|its|their|and|reductions?|improvements?|increases?|decreases?|gains?|drop|loss|boosts?|savings?|"
    r"points?|percentage|test|validation|maximum|peak|end-to-end|total|additional|to|at)[\s-]+)*$",
    re.IGNORECASE,
)
_METRIC_BEFORE: Final = re.compile(
    r"^(?:\s?\([^()]{1,30}\))?[\s:=]*(?:(?:score|scores|value|values|level|rate|accuracy|is|are|was|of|to|at|by|from|up|an?|the|average|nearly|almost|about|approximately|around|over|only|"
    r"as|low|high|much|than|less|more|under|below|above|just|reaches|reaching|on|with|within|roughly|least|improvement|reduction|speedup|increase|gain|gains|down|it|can|be|reduced|increased|"
    r"improved|between|exceeding|on average|overhead|improvements|reductions|gains|ranging)[\s:=]*)*[~≈<>≤≥±$(+-]*$",
    re.IGNORECASE,
)
_NEEDED: Final = 0.25
_FASTER: Final = re.compile(
    r"\b(?:faster|as fast|slower|speed-?ups?|speeds? up|speeding up|acceleration|accelerat(?:es|ed|ing))\b",
    re.IGNORECASE,
)
_CHANGE: Final = re.compile(
    r"\b(?:by|improv\w+|increas\w+|reduc\w+|decreas\w+|gains?|boosts?|rais\w+|higher|lower|better|worse|faster|less|fewer|sav\w+|drop\w*|cuts?|outperform\w*|surpass\w*|additional|more)\b",
    re.IGNORECASE,
)


@Language.component("kg_results")
def find_results(doc: Doc) -> Doc:
    """Fill `Reading.figures`, and bring back optional metrics that a figure is about."""
    found = reading(doc)
    every = sentences(doc)
    by_sentence: dict[int, list[Mention]] = {}
    named_in: dict[int, list[int]] = {}
    for mention in mentions(found, every):
        by_sentence.setdefault(mention.sentence.index, []).append(mention)
        named_in.setdefault(mention.entity.index, []).append(mention.sentence.index)
    main = main_entity(found, title_length(doc))
    beliefs = found.beliefs
    for sentence in every:
        here = [q for q in found.quantities if sentence.start <= q.start < sentence.end]
        near = sorted(by_sentence.get(sentence.index, ()), key=lambda m: m.start)
        around = Surroundings(sentence, near, here, named_in, main)
        for quantity in here:
            metric, how = _metric(quantity, sentence, near, here)
            rule = _is_result(quantity, sentence, metric, how)
            number = found.quantities.index(quantity)
            features = _features(quantity, sentence, rule, float(beliefs.result[number]) if beliefs else 0.5)
            confidence = scales()["result"].probability(features)
            kept = confidence >= scales()["result"].threshold
            if not rule and (not kept or _is_none(quantity, sentence)):
                continue
            if metric is None and (word := _FASTER.search(sentence.text)) and quantity.unit == "x":
                metric = _carrier(found.entities, sentence, word)
            figure = _figure(quantity, sentence, metric, near, main)
            figure.features, figure.confidence, figure.kept = features, confidence, kept
            if _same_before(figure, found.figures):
                continue
            if kept and beliefs is not None:
                attribute(figure, found, around, beliefs.link[number])
                _bring_back(figure, found.entities)
                figure.higher_is_better = _direction(None if figure.metric is None else found.entities[figure.metric])
            found.figures.append(figure)
    return doc


def _is_none(quantity: Quantity, sentence: Sentence) -> bool:
    """Whether what follows the number says that it is a size or a count: "4-bit", "40 classes", "7B parameters"."""
    written = sentence.text[quantity.start - sentence.start : quantity.end - sentence.start]
    unit = re.sub(r"^[\d.,]+(?=-[a-z])", "", written)
    after = text_after(quantity, sentence)
    return _NO_RESULT_AFTER.match(after if unit == written else unit + after) is not None


def text_after(quantity: Quantity, sentence: Sentence) -> str:
    """What follows a figure in its sentence."""
    last = quantity.end - sentence.start
    return sentence.text[last : last + 60]


def _features(quantity: Quantity, sentence: Sentence, rule: bool, says: float) -> dict[str, float]:
    return {
        "one": 1.0,
        "model": log_odds(says),
        "rule": float(rule),
        "per cent": float(quantity.unit == "%"),
        "ratio": float(quantity.unit == "x"),
        "bare number": float(not quantity.unit),
        "in title": float(sentence.in_title),
    }


def _bring_back(figure: Figure, entities: list[Found]) -> None:
    """A metric or method in passing counts where a figure is about it, and where it is not quite unlikely."""
    for index in (figure.metric, figure.method):
        if index is not None and entities[index].confidence >= _NEEDED:
            entities[index].optional = False


def _metric(
    quantity: Quantity, sentence: Sentence, near: list[Mention], here: list[Quantity]
) -> tuple[Found | None, str]:
    """The metric that a figure is about, and how it was found: after, before, near or nowhere."""
    metrics = [m for m in near if m.entity.type == "Metric"]
    text = sentence.text
    first, last = quantity.start - sentence.start, quantity.end - sentence.start
    # "1.9x faster prefill latency": the word that carries a metric gives way to the metric beside it.
    for mention in sorted(
        metrics, key=lambda m: bool(_FASTER.fullmatch(text[m.start - sentence.start : m.end - sentence.start]))
    ):
        gap = mention.start - quantity.end
        if 0 <= gap < 60 and _GAP_TO_METRIC.match(text[last : mention.start - sentence.start]):
            return mention.entity, "after"
        if mention.start < quantity.end <= mention.end:
            return mention.entity, "after"
    for mention in reversed(metrics):
        gap = quantity.start - mention.end
        if 0 <= gap < 80 and _METRIC_BEFORE.match(text[mention.end - sentence.start : first]):
            return mention.entity, "before"
    listed = [q for q in here if q.unit == quantity.unit]
    if "respectively" in text and len(listed) > 1:
        before = [m for m in metrics if m.end <= listed[0].start]
        if len(before) >= len(listed):
            return before[-len(listed) :][listed.index(quantity)].entity, "before"
    before = [m for m in metrics if m.end <= quantity.start]
    if before:
        return before[-1].entity, "near"
    after = [m for m in metrics if m.start >= quantity.end]
    return (after[0].entity, "near") if after else (None, "nowhere")


def _is_result(quantity: Quantity, sentence: Sentence, metric: Found | None, how: str) -> bool:
    text = sentence.text
    first = quantity.start - sentence.start
    after, before = text_after(quantity, sentence), text[max(0, first - 40) : first]
    if sentence.in_title and quantity.unit not in ("x", "%"):
        return False
    if _NO_RESULT_AFTER.match(after) or "param" in quantity.unit:
        return False
    claims = _CLAIMS.search(text) is not None
    if quantity.unit in ("%", "x", "orders"):
        return claims and (quantity.unit != "x" or not re.search(r"\d\s?$", before))
    if quantity.unit:
        if how in ("after", "before"):
            return True
        return how == "near" and claims and quantity.dimension not in ("", "size", "length", "count")
    whole = "." not in quantity.value
    if how == "after":
        return metric is not None and not (whole and quantity.high <= 10)
    if how == "before":
        return (
            not (1900 <= quantity.high <= 2100 and whole) and not re.match(r"\s?[A-Za-z-]", after.lstrip(" "))
        ) or not whole
    return False


def _figure(
    quantity: Quantity, sentence: Sentence, metric: Found | None, near: list[Mention], main: Found | None
) -> Figure:
    text = sentence.text
    around = text[max(0, quantity.start - sentence.start - 80) : quantity.end - sentence.start + 50]
    kind = "absolute"
    if quantity.unit in ("x", "orders"):
        kind = "ratio"
    elif quantity.unit in ("%", "pp", "points") and _CHANGE.search(around):
        kind = "change"
    if quantity.low != quantity.high:
        kind = "range"
    compared = [
        m for m in near
        if m.entity.type in ("Method", "Hardware") and m.compared and not m.entity.optional and m.entity is not main
    ]  # fmt: skip
    baseline = min(compared, key=lambda m: (m.start < quantity.end, abs(m.start - quantity.end)), default=None)
    datasets = [m for m in near if m.entity.type == "Dataset"]
    dataset = min(datasets, key=lambda m: (m.start < quantity.end, abs(m.start - quantity.end)), default=None)
    machines = [
        m for m in near if m.entity.type == "Hardware" and not m.compared and not m.negated and not m.entity.optional
    ]
    hardware = min(machines, key=lambda m: (m.start < quantity.end, abs(m.start - quantity.end)), default=None)
    method = main
    if method is None:
        subjects = [
            m for m in near
            if m.entity.type == "Method" and not m.compared and not m.entity.optional and m.end <= quantity.start
        ]  # fmt: skip
        method = subjects[0].entity if subjects else None
    return Figure(
        quantity, sentence.index, 0.85 if metric else 0.6, "figure in a sentence that claims a result", kind,
        higher_is_better=_direction(metric),
        metric=metric.index if metric else None,
        method=method.index if method else None,
        baseline=baseline.entity.index if baseline else None,
        dataset=dataset.entity.index if dataset else None,
        hardware=hardware.entity.index if hardware else None,
    )  # fmt: skip


def _direction(metric: Found | None) -> bool | None:
    if metric is None or metric.entry is None or metric.entry.subtype not in ("higher", "lower"):
        return None
    return metric.entry.subtype == "higher"


def _carrier(entities: list[Found], sentence: Sentence, word: re.Match[str]) -> Found:
    """The metric "speed", carried by a word such as "faster"."""
    span = (sentence.start + word.start(), sentence.start + word.end())
    for entity in entities:
        if entity.type == "Metric" and (entity.name == "speed" or span in entity.spans):
            if span not in entity.spans:
                entity.spans.append(span)
                entity.spans.sort()
            return entity
    made = Found("Metric", "speed", [span], 0.6, "word that carries a metric", index=len(entities))
    entities.append(made)
    return made


def _same_before(figure: Figure, figures: list[Figure]) -> bool:
    """Whether the same figure of the same metric was reported already, in another sentence."""
    q = figure.quantity
    return any(
        f.quantity.value == q.value
        and f.quantity.unit == q.unit
        and f.sentence != figure.sentence
        and f.metric in (figure.metric, None)
        for f in figures
    )
