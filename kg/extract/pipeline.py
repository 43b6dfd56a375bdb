"""The pipeline: a Paper goes in, a Record comes out, nothing else is read or kept.

Components, in their order; each is a spaCy component of its own file, and passes on a `Reading` (`doc._.reading`):

    kg_sentences       where sentences begin
    kg_abbreviations   short and long forms
    kg_terms           names that the lexicon knows
    kg_lists           later names of a list, which leave out what they share with the first
    kg_shapes          unlisted hardware, by the shape of its name
    kg_names           names by shape, by proposing verbs, by the words beside them
    kg_model           names that the trained model finds
    kg_quantities      figures with units and bounds
    kg_entities        overlaps decided, mentions joined, one type each
    kg_relations       who proposes, runs on, uses, compares
    kg_results         which figures are results, and of what
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from itertools import islice, pairwise
from typing import Final, cast

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from kg.__about__ import __version__
from kg.extract import (
    abbreviations,
    entities,
    lists,
    names,
    quantities,
    relations,
    results,
    sentences,
    shapes,
    terms,
    trained,
)
from kg.extract.candidates import Figure, Found, Link, Reading, reading
from kg.extract.candidates import sentences as doc_sentences
from kg.extract.model_files import WEIGHTS, weights
from kg.extract.text import CleanText, clean
from kg.lexicon import Entry, load
from kg.model import (
    PAPER,
    Bound,
    Entity,
    Extractor,
    HardwareClass,
    Paper,
    Record,
    Relation,
    RelationType,
    Result,
    ResultKind,
    Span,
    TextField,
)

COMPONENTS: Final = (
    "kg_sentences", "kg_abbreviations", "kg_terms", "kg_lists", "kg_shapes", "kg_names", "kg_model", "kg_quantities", "kg_entities", "kg_relations",
    "kg_results",
)  # fmt: skip
_MODULES: Final = (
    abbreviations,
    entities,
    lists,
    names,
    quantities,
    relations,
    results,
    sentences,
    shapes,
    terms,
    trained,
)
_BETWEEN: Final = "\n\n"
_BATCH: Final = 32
_RUN: Final = re.compile(r"\S{500,}")
_RUN_PART: Final = 250
_WORDS_KEPT: Final = 5_000


@cache
def pipeline(own: tuple[Entry, ...] = ()) -> Language:
    """The spaCy pipeline: a blank English tokenizer and the components above, with a user's own terms in the lexicon."""
    nlp = spacy.blank("en")
    for name in COMPONENTS:
        component = nlp.add_pipe(name)
        if own and hasattr(component, "lexicon"):
            component.lexicon = load(own)
    return nlp


@cache
def extractor_identity(own: tuple[Entry, ...] = (), *, min_confidence: float = 0.0) -> Extractor:
    """Name, version and fingerprint of this extractor: the fingerprint covers its code, its lexicon, its model, what runs them,
    and from which confidence facts are kept."""
    under = " ".join(version(name) for name in ("spacy", "onnxruntime", "tokenizers"))
    digest = hashlib.sha256(f"{load(own).fingerprint} {under}".encode())
    for package in ("kg.extract", "kg.lexicon"):
        for file in sorted(files(package).iterdir(), key=lambda file: file.name):
            if file.name.endswith(".py"):
                digest.update(file.name.encode() + file.read_bytes())
    for name in WEIGHTS:
        digest.update(name.encode() + weights().joinpath(name).read_bytes())
    digest.update(files("kg").joinpath("model.py").read_bytes())
    if min_confidence:
        digest.update(f"min_confidence {min_confidence}".encode())
    return Extractor(name="papergraph", version=__version__, fingerprint=digest.hexdigest()[:16])


def extract(paper: Paper) -> Record:
    """Read one paper.

    >>> from kg.model import Origin
    >>> origin = Origin(input="example", record=1, kind="text")
    >>> paper = Paper(id="x", title="Quux", abstract="We propose Quux. It runs on an A100 GPU.", origin=origin)
    >>> [(e.type, e.name) for e in extract(paper).entities]
    [('Method', 'Quux'), ('Hardware', 'NVIDIA A100')]
    """
    return next(pipe([paper]))


def pipe(papers: Iterable[Paper], *, own: tuple[Entry, ...] = (), min_confidence: float = 0.0) -> Iterator[Record]:
    """Read papers, one Record each, in their order. A pure function of each paper, and of a user's own terms.

    Facts that the extractor keeps are left out all the same where their confidence is below `min_confidence` (0 to 1).
    """
    nlp = pipeline(own)
    identity = extractor_identity(own, min_confidence=min_confidence)
    stream = iter(papers)
    # The words of the first papers are kept, so that they are not made anew; later ones only for one batch: memory stays flat.
    while batch := list(islice(stream, _BATCH)):
        with nlp.memory_zone() if len(nlp.vocab) >= _WORDS_KEPT else nullcontext():
            records = [_record(nlp(_doc(nlp, paper)), identity, min_confidence) for paper in batch]
        yield from records


def read_paper(paper: Paper) -> Reading:
    """All that the pipeline knows of a paper before thresholds: every fact that it considered, with its features."""
    nlp = pipeline()
    return reading(nlp(_doc(nlp, paper)))


def _doc(nlp: Language, paper: Paper) -> Doc:
    """Title and abstract as one Doc of clean text."""
    parts: list[tuple[TextField, int, CleanText]] = []
    text = ""
    if paper.title:
        cleaned = clean(paper.title)
        parts.append(("title", 0, cleaned))
        text = cleaned.text + (_BETWEEN if paper.abstract else "")
    if paper.abstract:
        cleaned = clean(paper.abstract)
        parts.append(("abstract", len(text), cleaned))
        text += cleaned.text
    doc = _words(nlp, text)
    doc._.reading = Reading(paper, parts, text)
    return doc


def _words(nlp: Language, text: str) -> Doc:
    """The Doc of a text. The tokenizer takes signs off a run without spaces one by one and looks at all of it each time, so that
    it gets a run that no language writes in parts."""
    cuts = [cut for run in _RUN.finditer(text) for cut in range(run.start() + _RUN_PART, run.end(), _RUN_PART)]
    if not cuts:
        return nlp.make_doc(text)
    parts = [nlp.make_doc(text[start:end]) for start, end in pairwise([0, *cuts, len(text)])]
    return Doc.from_docs(parts, ensure_whitespace=False)


class _Writer:
    """Maps offsets of the Doc back to the paper, and indices to entity ids."""

    def __init__(self, doc: Doc) -> None:
        self.found = reading(doc)
        self.sentences = doc_sentences(doc)
        self.ids: dict[int, str] = {}

    def span(self, start: int, end: int) -> Span | None:
        """The span in title or abstract; None where it is in neither."""
        for field, offset, part in self.found.parts:
            if offset <= start and end <= offset + len(part.text) and start < end:
                first, last = part.source(start - offset, end - offset)
                text = self.found.paper.text(field)[first:last]
                return Span(field=field, start=first, end=last, text=text) if text else None
        return None

    def sentence(self, index: int) -> Span | None:
        sentence = self.sentences[index]
        return self.span(sentence.start, sentence.end)

    def entity(self, entity: Found, number: int) -> Entity | None:
        spans = [span for start, end in entity.spans if (span := self.span(start, end))]
        inside = {
            sentence.index
            for start, end in entity.spans
            for sentence in self.sentences
            if sentence.start <= start < sentence.end
        }
        evidence = tuple(span for index in sorted(inside) if (span := self.sentence(index)))
        if not spans or not evidence:
            return None
        self.ids[entity.index] = f"e{number}"
        entry = entity.entry
        return Entity(
            id=f"e{number}", type=entity.type, name=entity.name, mentions=tuple(dict.fromkeys(spans)), vendor=entity.vendor,
            hardware_class=cast(HardwareClass | None, entity.hardware_class), link=entry.id if entry else None,
            guess=entity.guess.id if entity.guess else None,
            evidence=evidence, confidence=entity.confidence, rule=entity.rule,
        )  # fmt: skip

    def relation(self, link: Link) -> Relation | None:
        head = PAPER if link.head is None else self.ids.get(link.head)
        tail = self.ids.get(link.tail)
        evidence = tuple(span for index in link.sentences if (span := self.sentence(index)))
        if head is None or tail is None or not evidence:
            return None
        return Relation(
            type=cast(RelationType, link.type), head=head, tail=tail, role=link.role, outperforms=link.outperforms, devices=link.devices,
            evidence=evidence, confidence=link.confidence, rule=link.rule,
        )  # fmt: skip

    def result(self, figure: Figure) -> Result | None:
        quantity = figure.quantity
        span, evidence = self.span(quantity.start, quantity.end), self.sentence(figure.sentence)
        if span is None or evidence is None:
            return None

        def name(index: int | None) -> str | None:
            return None if index is None else self.ids.get(index)

        return Result(
            span=span, value=quantity.value, low=quantity.low, high=quantity.high, unit=quantity.unit, kind=cast(ResultKind, figure.kind),
            bound=cast(Bound | None, quantity.bound), higher_is_better=figure.higher_is_better, metric=name(figure.metric),
            method=name(figure.method), baseline=name(figure.baseline), dataset=name(figure.dataset),
            hardware=name(figure.hardware), evidence=evidence, confidence=figure.confidence, rule=figure.rule,
        )  # fmt: skip


def _record(doc: Doc, identity: Extractor, least: float) -> Record:
    writer = _Writer(doc)
    found = writer.found
    kept = [entity for entity in found.entities if not entity.optional and entity.confidence >= least]
    kept.sort(key=lambda entity: (entity.spans[0], entity.type))
    entities: list[Entity] = []
    for entity in kept:
        if made := writer.entity(entity, len(entities) + 1):
            entities.append(made)
    relations = [
        relation for link in found.links if link.kept and link.confidence >= least and (relation := writer.relation(link))
    ]  # fmt: skip
    results = [
        result for figure in found.figures if figure.kept and figure.confidence >= least and (result := writer.result(figure))
    ]  # fmt: skip
    paper = found.paper
    return Record(
        id=paper.id, title=paper.title, abstract=paper.abstract, paper=paper, entities=tuple(entities),
        relations=tuple(sorted(relations, key=lambda r: (r.type, r.head != PAPER, _number(r.head), _number(r.tail)))),
        results=tuple(results), extractor=identity,
    )  # fmt: skip


def _number(entity_id: str) -> int:
    return 0 if entity_id == PAPER else int(entity_id[1:])


def to_json(record: Record) -> str:
    """A Record as one line of JSON, its keys in a fixed order."""
    return json.dumps(record.model_dump(mode="json", exclude_none=False), ensure_ascii=False, separators=(",", ":"))
