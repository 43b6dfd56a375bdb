"""The user's own say: corrections, one JSON object a line, and how those about one paper change its Record.

The forms are told in docs/corrections.md. Corrections never change the log: they are applied whenever it is read.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, Self, cast

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from kg.errors import InputError
from kg.lexicon import Lexicon, fold
from kg.model import (
    PAPER,
    Entity,
    EntityType,
    HardwareClass,
    Model,
    Record,
    Relation,
    RelationType,
    Result,
    Role,
    Span,
    Text,
    TextField,
)
from kg.schema import fits

RULE: Final = "user"
"""What a fact that the user added says of its origin."""
_LINKS: Final = ("metric", "method", "baseline", "dataset", "hardware")
_FIELDS: Final[tuple[TextField, ...]] = ("title", "abstract")


class _Form(Model):
    why: str = ""


class Reject(_Form):
    """An entity is none: with a paper in that paper, else in all."""

    do: Literal["reject"]
    name: Text
    type: EntityType | None = None
    paper: str | None = None


class RejectFact(_Form):
    """A fact is wrong: a statement or result by its id, or a relation of a paper by its ends."""

    do: Literal["reject_fact"]
    id: str | None = None
    paper: str | None = None
    relation: RelationType | None = None
    head: Text = PAPER
    tail: str | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.id is None) == (self.paper is None or self.relation is None or self.tail is None):
            raise ValueError("give either id, or paper, relation and tail (and head, if it is not the paper)")
        return self


class Retype(_Form):
    """An entity is of another type."""

    do: Literal["retype"]
    name: Text
    to: EntityType
    type: EntityType | None = None
    paper: str | None = None


class Add(_Form):
    """A paper states a fact that was not read. Names and sentence stand in the paper."""

    do: Literal["add"]
    paper: Text
    relation: RelationType
    head: Text = PAPER
    head_type: EntityType = "Method"
    tail: Text
    tail_type: EntityType
    role: Role | None = None
    devices: Annotated[int, Field(ge=1)] | None = None
    outperforms: bool | None = None
    sentence: str | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        head = "Paper" if self.head == PAPER else self.head_type
        if not fits(self.relation, head, self.tail_type):
            raise ValueError(f"{self.relation} does not go from a {head} to a {self.tail_type}")
        return self


class Alias(_Form):
    """Two names are one thing, also where two papers propose it."""

    do: Literal["alias"]
    name: Text
    of: Text
    type: EntityType


class Apart(_Form):
    """Two names are two things; or one name means another thing in a paper."""

    do: Literal["apart"]
    type: EntityType
    names: tuple[Text, Text] | None = None
    name: str | None = None
    paper: str | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.names is None) == (self.name is None or self.paper is None):
            raise ValueError("give either names (two), or name and paper")
        return self


Form = Annotated[Reject | RejectFact | Retype | Add | Alias | Apart, Field(discriminator="do")]
_FORMS: Final[TypeAdapter[Form]] = TypeAdapter(Form)


@dataclass(frozen=True)
class Correction:
    """A form, with the line of its file."""

    line: int
    form: Form

    @property
    def joins(self) -> bool:
        """Whether it is about names across papers, and not about what papers say."""
        return isinstance(self.form, Alias | Apart)

    @property
    def name(self) -> str:
        """The name that it is about, or the id."""
        form = self.form
        if isinstance(form, RejectFact):
            return form.id or form.tail or ""
        if isinstance(form, Apart):
            return form.name or " / ".join(form.names or ())
        return form.tail if isinstance(form, Add) else form.name

    @property
    def says(self) -> str:
        """The correction as it was written, in a fixed order."""
        return json.dumps(self.form.model_dump(exclude_defaults=True), ensure_ascii=False)


def read_corrections(text: str, source: str) -> tuple[Correction, ...]:
    """The corrections of a file; empty lines and lines that begin with # say nothing.

    Raises:
        InputError: a line cannot be used; the message names file and line.
    """
    found: list[Correction] = []
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            found.append(Correction(number, _FORMS.validate_json(line)))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"] if not isinstance(part, int))
            says = first["msg"].removeprefix("Value error, ")
            at = f" ({place})" if place else ""
            raise InputError(f"{source}, line {number}: {says}{at}. docs/corrections.md shows the forms.") from error
    return tuple(found)


class Corrector:
    """Applies the corrections that are about Records; `done` holds, by line, the papers that each changed."""

    def __init__(self, corrections: tuple[Correction, ...], lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.done: dict[int, set[str]] = {}
        self.rejected: dict[str, int] = {}
        self._everywhere: dict[str, list[Correction]] = {}
        self._papers: dict[str, list[Correction]] = {}
        for correction in corrections:
            form = correction.form
            if isinstance(form, RejectFact) and form.id:
                self.rejected[form.id] = correction.line
            elif isinstance(form, Reject | RejectFact | Retype | Add):
                if form.paper is not None:
                    self._papers.setdefault(form.paper, []).append(correction)
                elif isinstance(form, Reject | Retype):
                    self._everywhere.setdefault(fold(form.name), []).append(correction)

    def about(self, record: Mapping[str, Any]) -> list[Correction]:
        """The corrections that may change a Record, given in its plain JSON form, in the order of the file."""
        found = list(self._papers.get(record["id"], ()))
        if self._everywhere:
            texts = {e["name"] for e in record["entities"]} | {
                m["text"] for e in record["entities"] for m in e["mentions"]
            }
            for key in {fold(text) for text in texts}:
                found += self._everywhere.get(key, ())
        return sorted(found, key=lambda correction: correction.line)

    def apply(self, record: Record, corrections: list[Correction]) -> Record:
        """The Record as the user says that it is."""
        for correction in corrections:
            changed = self._apply(record, correction.form)
            if changed is not None:
                self.done.setdefault(correction.line, set()).add(record.id)
                record = changed
        return record

    def _apply(self, record: Record, form: Form) -> Record | None:
        if isinstance(form, Reject):
            gone = {entity.id for entity in _called(record, form.name, form.type)}
            return _without(record, gone) if gone else None
        if isinstance(form, Retype):
            changed = {e.id for e in _called(record, form.name, form.type) if e.type != form.to}
            return self._retyped(record, changed, form.to) if changed else None
        if isinstance(form, RejectFact):
            heads = {PAPER} if form.head == PAPER else {e.id for e in _called(record, form.head, None)}
            tails = {e.id for e in _called(record, form.tail or "", None)}
            kept = tuple(
                r for r in record.relations if not (r.type == form.relation and r.head in heads and r.tail in tails)
            )
            return record.model_copy(update={"relations": kept}) if len(kept) < len(record.relations) else None
        return self._added(record, form) if isinstance(form, Add) else None

    def _retyped(self, record: Record, ids: set[str], to: EntityType) -> Record:
        def entity(old: Entity) -> Entity:
            if old.id not in ids:
                return old
            known = self.lexicon.find(old.name, to)
            return old.model_copy(update={
                "type": to, "link": known.id if known else None, "vendor": known.vendor if known else None,
                "hardware_class": known.hardware_class if known else None, "rule": RULE,
            })  # fmt: skip

        record = record.model_copy(update={"entities": tuple(map(entity, record.entities))})
        types = {e.id: e.type for e in record.entities}
        return record.model_copy(update={
            "relations": tuple(r for r in record.relations if fits(r.type, types.get(r.head, "Paper"), types[r.tail])),
            "results": tuple(_relinked(r, types) for r in record.results),
        })  # fmt: skip

    def _added(self, record: Record, form: Add) -> Record | None:
        entities = list(record.entities)
        head: str = PAPER
        tail = self._entity(record, entities, form.tail, form.tail_type)
        if form.head != PAPER:
            one = self._entity(record, entities, form.head, form.head_type)
            head = one.id if one else ""
        evidence = tail.evidence[:1] if tail else ()
        if form.sentence is not None:
            evidence = tuple(_places(record, re.escape(form.sentence)))[:1]
        if not head or tail is None or not evidence or head == tail.id:
            return None
        relation = Relation(
            type=form.relation, head=head, tail=tail.id, role=form.role, devices=form.devices, outperforms=form.outperforms,
            evidence=evidence, confidence=1.0, rule=RULE,
        )  # fmt: skip
        return record.model_copy(update={"entities": tuple(entities), "relations": (*record.relations, relation)})

    def _entity(self, record: Record, entities: list[Entity], name: str, type: EntityType) -> Entity | None:
        """The entity of that name and type, made from the text where it was not read; None where the text does not hold it."""
        for entity in entities:
            if entity.type == type and fold(name) in _keys(entity):
                return entity
        spans = tuple(_places(record, rf"(?<!\w){re.escape(name)}(?!\w)"))
        if not spans:
            return None
        known = self.lexicon.find(name, type)
        kind = cast(HardwareClass | None, known.hardware_class if known else None)
        made = Entity(
            id=f"u{len(entities) + 1}", type=type, name=known.name if known else spans[0].text, mentions=spans,
            vendor=known.vendor if known else None, hardware_class=kind,
            link=known.id if known else None, evidence=(_sentence(record.paper.text(spans[0].field), spans[0]),), confidence=1.0, rule=RULE,
        )  # fmt: skip
        entities.append(made)
        return made


def _sentence(text: str, inside: Span) -> Span:
    """The sentence of a text around a span, as far as full stops tell."""
    start = max((m.end() for m in re.finditer(r"[.!?]\s+", text[: inside.start])), default=0)
    stop = re.search(r"[.!?](?=\s|$)", text[inside.end :])
    end = inside.end + stop.end() if stop else len(text)
    return Span(field=inside.field, start=start, end=end, text=text[start:end])


def _places(record: Record, pattern: str) -> Iterator[Span]:
    for flags in (0, re.IGNORECASE):
        found = [
            Span(field=field, start=match.start(), end=match.end(), text=match[0])
            for field in _FIELDS
            for match in re.finditer(pattern, record.paper.text(field), flags)
        ]
        if found:
            yield from found
            return


def _keys(entity: Entity) -> set[str]:
    return {fold(entity.name), *(fold(mention.text) for mention in entity.mentions)}


def _called(record: Record, name: str, type: EntityType | None) -> list[Entity]:
    key = fold(name)
    return [entity for entity in record.entities if type in (None, entity.type) and key in _keys(entity)]


def _without(record: Record, gone: set[str]) -> Record:
    types = {entity.id: entity.type for entity in record.entities if entity.id not in gone}
    return record.model_copy(update={
        "entities": tuple(entity for entity in record.entities if entity.id not in gone),
        "relations": tuple(r for r in record.relations if r.head not in gone and r.tail not in gone),
        "results": tuple(_relinked(result, types) for result in record.results),
    })  # fmt: skip


def _relinked(result: Result, types: Mapping[str, EntityType]) -> Result:
    """The result without links to entities that are gone, or that are of no type which fits."""
    lost = {
        link: None
        for link in _LINKS
        if (end := getattr(result, link)) is not None and not (end in types and fits(link, "Result", types[end]))
    }
    return result.model_copy(update=lost) if lost else result
