"""The data model: a Paper becomes one Record; everything else is derived from Records.

Offsets count characters (Unicode code points) of the paper's own title or abstract, end exclusive.
Field names are those of a Record's JSON form; its JSON Schema is `schemas/record.schema.json`.
"""

import hashlib
import re
import unicodedata
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

EntityType = Literal["Method", "Hardware", "Dataset", "Metric", "Task"]
RelationType = Literal["proposes", "runs_on", "evaluated_on", "measured_by", "compared_with", "uses", "addresses"]
TextField = Literal["title", "abstract"]
Role = Literal["trained", "evaluated", "deployed", "designed_for"]
ResultKind = Literal["absolute", "ratio", "change", "range"]
Bound = Literal["up_to", "at_least", "average"]
HardwareClass = Literal[
    "GPU", "CPU", "TPU", "NPU", "FPGA", "ASIC", "SoC", "RDU", "memory", "network", "system", "other"
]
Text = Annotated[str, StringConstraints(min_length=1)]
Confidence = Annotated[float, Field(ge=0, le=1)]

PAPER: Literal["paper"] = "paper"
"""What a Relation's head says when it is the paper itself."""


class Model(BaseModel):
    """Base of the model: immutable, no unknown fields, JSON names by alias."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)


class Origin(Model):
    """Where a paper stood: the input's name, the number of the record in it (from 1), the kind of input."""

    input: str
    record: Annotated[int, Field(ge=1)]
    kind: str


class Paper(Model):
    """A paper as its source gives it."""

    id: Text
    title: str
    abstract: str
    date: str | None = Field(default=None, pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")
    date_inferred: bool = False
    url: str | None = None
    authors: tuple[str, ...] = ()
    author_count: Annotated[int, Field(ge=0)] | None = None
    organisation: str | None = None
    upvotes: Annotated[int, Field(ge=0)] | None = None
    comments: Annotated[int, Field(ge=0)] | None = None
    categories: tuple[str, ...] = ()
    origin: Origin

    @model_validator(mode="after")
    def _has_text(self) -> Self:
        if not self.title.strip() and not self.abstract.strip():
            raise ValueError("neither title nor abstract holds text")
        return self

    def text(self, field: TextField) -> str:
        """The text that offsets of `field` count in."""
        return self.title if field == "title" else self.abstract

    @property
    def input_hash(self) -> str:
        """Hash of what extraction reads: title and abstract."""
        return content_hash(self.title, self.abstract)

    @property
    def year(self) -> int | None:
        """The year of the date, if there is one."""
        return int(self.date[:4]) if self.date else None


class Span(Model):
    """A stretch of a paper's title or abstract."""

    field: TextField
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=1)]
    text: Text

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.end - self.start != len(self.text):
            raise ValueError(f"offsets {self.start}–{self.end} do not fit a text of {len(self.text)} characters")
        return self


class Entity(Model):
    """What one paper names: `id` is only meaningful within its Record; `evidence` holds the sentences of its mentions.

    `link` is the id of a lexicon entry (`hardware/nvidia-a100`) where the name is known. Where it is not, but its shape says
    what it belongs to, `guess` is the id of that entry (`hardware/intel-xeon` of a Xeon Gold 6999): vendor and class are
    guesses then. `rule` says which part of the extractor found it.
    """

    id: Text
    type: EntityType
    name: Text
    mentions: Annotated[tuple[Span, ...], Field(min_length=1)]
    vendor: str | None = None
    hardware_class: HardwareClass | None = Field(default=None, alias="class")
    link: str | None = None
    guess: str | None = None
    evidence: Annotated[tuple[Span, ...], Field(min_length=1)]
    confidence: Confidence
    rule: Text


class Relation(Model):
    """A typed relation from the paper or one entity to another entity; `evidence` holds whole sentences."""

    type: RelationType
    head: Text
    tail: Text
    role: Role | None = None
    outperforms: bool | None = None
    devices: Annotated[int, Field(ge=1)] | None = None
    evidence: Annotated[tuple[Span, ...], Field(min_length=1)]
    confidence: Confidence
    rule: Text


class Result(Model):
    """One figure that the text reports about a metric.

    `span` is the figure as written; `value` its number or range as text ("4.6", "1.9-2.7"), `low` and `high` the same
    parsed; `higher_is_better` is null where it depends. The five links are entity ids of the Record.
    """

    span: Span
    value: Text
    low: float
    high: float
    unit: str
    kind: ResultKind
    bound: Bound | None = None
    higher_is_better: bool | None = None
    metric: str | None = None
    method: str | None = None
    baseline: str | None = None
    dataset: str | None = None
    hardware: str | None = None
    evidence: Span
    confidence: Confidence
    rule: Text


class Extractor(Model):
    """Which extractor made a Record; `fingerprint` changes with its code, lexicons, model and options."""

    name: Text
    version: Text
    fingerprint: Text


class Record(Model):
    """A paper with all that was read from it: the unit of the log, from which every store is derived."""

    id: Text
    title: str
    abstract: str
    paper: Paper
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    results: tuple[Result, ...] = ()
    extractor: Extractor

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if (self.id, self.title, self.abstract) != (self.paper.id, self.paper.title, self.paper.abstract):
            raise ValueError("id, title and abstract differ from those of `paper`")
        known = {entity.id for entity in self.entities}
        if len(known) != len(self.entities):
            raise ValueError("two entities have the same id")
        for entity in self.entities:
            for mention in (*entity.mentions, *entity.evidence):
                self._check(mention)
        for relation in self.relations:
            for end, own in ((relation.head, {PAPER}), (relation.tail, set())):
                if end not in known | own:
                    raise ValueError(f"{relation.type} names {end!r}, which is no entity of this record")
            for span in relation.evidence:
                self._check(span)
        for result in self.results:
            for link in (result.metric, result.method, result.baseline, result.dataset, result.hardware):
                if link is not None and link not in known:
                    raise ValueError(f"a result names {link!r}, which is no entity of this record")
            self._check(result.span)
            self._check(result.evidence)
        return self

    def _check(self, span: Span) -> None:
        if self.paper.text(span.field)[span.start : span.end] != span.text:
            raise ValueError(f"{span.text[:40]!r} is not what {span.field}[{span.start}:{span.end}] holds")

    def entity(self, entity_id: str) -> Entity:
        """The entity of that id.

        Raises:
            KeyError: there is none.
        """
        for entity in self.entities:
            if entity.id == entity_id:
                return entity
        raise KeyError(entity_id)


def content_hash(*parts: str, length: int = 16) -> str:
    """A stable hash of some texts, as hexadecimal digits.

    >>> content_hash("a", "b") == content_hash("a", "b"), content_hash("a", "b") == content_hash("ab")
    (True, False)
    """
    texts = [part.encode("utf-8", "surrogatepass") for part in parts]
    return hashlib.sha256(b"".join([len(text).to_bytes(8, "big") + text for text in texts])).hexdigest()[:length]


def title_key(title: str) -> str:
    """The normalised form of a title, by which papers without an id are told apart.

    >>> title_key("A Study:  of GPUs!") == title_key("a study of gpus")
    True
    """
    return re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", title).casefold()).strip()


def paper_id(title: str, abstract: str) -> str:
    """The id of a paper whose source gives none: a hash of its normalised title, else of its abstract, else of their signs.

    >>> paper_id("?", "") == paper_id("!", "")
    False
    """
    return "title:" + content_hash(title_key(title) or title_key(abstract) or f"{title}\n{abstract}")


def valid_date(text: str) -> bool:
    """Whether a text is a date of the form YYYY, YYYY-MM or YYYY-MM-DD that exists.

    >>> valid_date("2024-02-29"), valid_date("2023-02-29"), valid_date("2023-05"), valid_date("May 5")
    (True, False, True, False)
    """
    if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text):
        return False
    try:
        date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True
