"""RDF terms as SPARQL 1.1 Query Results JSON writes them, which is how they leave the process that a query runs in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import pyoxigraph as ox

from kg.schema import PREFIXES

Form: TypeAlias = Literal["solutions", "boolean", "triples"]
Term: TypeAlias = Mapping[str, Any]
_STRING: Final = PREFIXES["xsd"] + "string"
_LANGUAGE: Final = PREFIXES["rdf"] + "langString"


@dataclass(frozen=True)
class TermAnswer:
    """The answer to a SPARQL query with nothing of RDF lost.

    `rows` hold terms or None under `columns`; of a boolean `rows` is one row of one literal; of triples, subject, predicate
    and object. `cut`: there were more rows than asked for.
    """

    form: Form
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Term | None]]
    cut: bool = False

    @property
    def boolean(self) -> bool:
        """What an ASK query says."""
        return bool(self.rows and self.rows[0][0] and self.rows[0][0]["value"] == "true")


def as_json(term: Any) -> dict[str, Any] | None:
    """A pyoxigraph term as its JSON.

    >>> as_json(ox.Literal("a", language="en"))
    {'type': 'literal', 'value': 'a', 'xml:lang': 'en'}
    """
    match term:
        case None:
            return None
        case ox.NamedNode():
            return {"type": "uri", "value": term.value}
        case ox.BlankNode():
            return {"type": "bnode", "value": term.value}
        case ox.Triple():
            parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
            return {"type": "triple", "value": {name: as_json(part) for name, part in parts.items()}}
        case _:
            kind = {} if term.datatype.value in (_STRING, _LANGUAGE) else {"datatype": term.datatype.value}
            tongue = {"xml:lang": term.language} if term.language else {}
            return {"type": "literal", "value": term.value} | ({} if tongue else kind) | tongue


def from_json(term: Term) -> Any:
    """A pyoxigraph term from its JSON.

    >>> from_json({"type": "literal", "value": "1", "datatype": PREFIXES["xsd"] + "integer"}) == ox.Literal(1)
    True
    """
    match term["type"]:
        case "uri":
            return ox.NamedNode(term["value"])
        case "bnode":
            return ox.BlankNode(term["value"])
        case "triple":
            return ox.Triple(*(from_json(term["value"][part]) for part in ("subject", "predicate", "object")))
        case _:
            if "xml:lang" in term:
                return ox.Literal(term["value"], language=term["xml:lang"])
            return ox.Literal(term["value"], datatype=ox.NamedNode(term.get("datatype", _STRING)))
