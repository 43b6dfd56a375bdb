"""What kind of value each property of `property_graph` has, from the ontology: for formats whose columns have types."""

from functools import cache
from typing import Final, Literal, TypeAlias

from kg.schema import PREFIXES, load_schema

Kind: TypeAlias = Literal["string", "long", "double", "boolean", "string[]", "long[]"]

_KINDS: Final[dict[str, Kind]] = {"integer": "long", "double": "double", "boolean": "boolean"}
# The ontology does not say that these have several values.
_LISTS: Final = frozenset({"aliases", "authors", "categories", "keys", "surfaces"})
_OF_RELATIONSHIPS: Final = frozenset({"Statement", "Evidence"})


@cache
def property_kinds() -> dict[str, Kind]:
    """The kind of each property, by its key."""
    kinds: dict[str, Kind] = {"id": "string", "name": "string"}
    for term in load_schema().properties.values():
        if term.cypher_name is None or term.cypher_name.isupper():
            continue
        ranges = [kind.removeprefix(PREFIXES["xsd"]) for kind in term.range]
        kind = _KINDS.get(ranges[0], "string") if ranges else "string"
        kinds[term.cypher_name] = "string[]" if term.cypher_name in _LISTS else kind
        if term.cypher_list_name is not None:
            kinds[term.cypher_list_name] = "long[]" if kind == "long" else "string[]"
    return kinds


@cache
def keys_of(what: Literal["nodes", "relationships"]) -> tuple[str, ...]:
    """The keys that nodes, or relationships, may have, in alphabetical order."""
    found = {"id", "paper"} | ({"name", "sentence"} if what == "nodes" else set())
    for term in load_schema().properties.values():
        if term.cypher_name is None or term.cypher_name.isupper():
            continue
        domains = {iri.rpartition("#")[2] for iri in term.domain}
        if not domains or (domains & _OF_RELATIONSHIPS if what == "relationships" else domains - _OF_RELATIONSHIPS):
            found.add(term.cypher_name)
            if what == "relationships" and term.cypher_list_name is not None:
                found.add(term.cypher_list_name)
    return tuple(sorted(found))
