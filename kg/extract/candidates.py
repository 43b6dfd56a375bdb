"""What the components of the pipeline hand to each other."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from spacy.tokens import Doc

from kg.model import EntityType, Role

if TYPE_CHECKING:
    from kg.extract.encoder import Beliefs, Encoding, Words
    from kg.extract.text import CleanText
    from kg.lexicon import Entry
    from kg.model import Paper, TextField


@dataclass(frozen=True)
class Candidate:
    """A stretch of clean text (character offsets in the Doc) that may name something.

    `proposed` marks a name that stands where authors introduce their own work. `source` is the component: where two
    candidates overlap, `reconcile` in `entities.py` decides.
    """

    start: int
    end: int
    type: EntityType
    source: str
    rule: str
    confidence: float
    entry: "Entry | None" = None
    proposed: bool = False
    optional: bool = False


@dataclass
class Found:
    """An entity of the paper: its type, its spans in clean text, and what is known of it."""

    type: EntityType
    name: str
    spans: list[tuple[int, int]]
    confidence: float
    rule: str
    entry: "Entry | None" = None
    vendor: str | None = None
    hardware_class: str | None = None
    proposed: bool = False
    optional: bool = False
    index: int = -1
    candidates: tuple[Candidate, ...] = ()
    features: dict[str, float] = field(default_factory=dict)

    @property
    def start(self) -> int:
        """Where it is first named."""
        return self.spans[0][0]


@dataclass(frozen=True)
class Quantity:
    """A figure as written: offsets in clean text, its number or range, unit and bound."""

    start: int
    end: int
    low: float
    high: float
    value: str
    unit: str
    dimension: str
    bound: str | None = None


@dataclass
class Link:
    """A relation between two of the paper's entities; `head` is None for the paper itself."""

    type: str
    head: int | None
    tail: int
    sentences: list[int]
    confidence: float
    rule: str
    role: Role | None = None
    outperforms: bool | None = None
    devices: int | None = None
    features: dict[str, float] = field(default_factory=dict)
    kept: bool = True


@dataclass(frozen=True)
class Choice:
    """An entity (by index) that may fill a role of a figure, with what speaks for it; entity None: nothing fills it."""

    entity: int | None
    features: dict[str, float]


@dataclass
class Figure:
    """A quantity that the text reports as a result, linked to entities by index."""

    quantity: Quantity
    sentence: int
    confidence: float
    rule: str
    kind: str = "absolute"
    higher_is_better: bool | None = None
    metric: int | None = None
    method: int | None = None
    baseline: int | None = None
    dataset: int | None = None
    hardware: int | None = None
    features: dict[str, float] = field(default_factory=dict)
    choices: dict[str, list[Choice]] = field(default_factory=dict)
    kept: bool = True


@dataclass
class Reading:
    """All that the pipeline knows of one paper; each component adds its part. `text` is that of the Doc."""

    paper: "Paper"
    parts: "list[tuple[TextField, int, CleanText]]"
    text: str
    candidates: list[Candidate] = field(default_factory=list)
    refused: list[tuple[int, int]] = field(default_factory=list)
    dropped: list[tuple[Candidate, str]] = field(default_factory=list)
    abbreviations: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    entities: list[Found] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    sentences: "list[Sentence]" = field(default_factory=list)
    words: "Words | None" = None
    encoding: "Encoding | None" = None
    beliefs: "Beliefs | None" = None


Doc.set_extension("reading", default=None, force=True)


def reading(doc: Doc) -> Reading:
    """The Reading of a Doc of the pipeline."""
    found = doc._.reading
    assert isinstance(found, Reading)
    return found


@dataclass(frozen=True)
class Sentence:
    """A sentence of the Doc: its number, offsets and text."""

    index: int
    start: int
    end: int
    text: str
    in_title: bool


def sentences(doc: Doc) -> "list[Sentence]":
    """The sentences of a Doc, by character offsets, white space at the ends left out."""
    found = reading(doc)
    if not found.sentences:
        title_end = title_length(doc)
        for span in doc.sents:
            written = span.text
            text = written.strip()
            start = span.start_char + len(written) - len(written.lstrip())
            if text:
                number = len(found.sentences)
                found.sentences.append(Sentence(number, start, start + len(text), text, start < title_end))
    return found.sentences


def title_length(doc: Doc) -> int:
    """How many characters of the Doc belong to the title."""
    parts = reading(doc).parts
    return len(parts[0][2].text) if parts[0][0] == "title" else 0
