"""Reads the text of a SPARQL query before Oxigraph does: SERVICE refused, parameters put in, the place of a mistake named.

Oxigraph reads without tokens: `1SERVICE`, `?o.SERVICE` and `SERVICESILENT` are keywords to it, and whether `<` opens an IRI or
compares depends on what parses. So what refuses looks at the plain text, and never trusts that it stands in a string.
"""

import re
from collections.abc import Mapping
from typing import Final

from pyoxigraph import Literal

from kg.errors import QueryError
from kg.schema import PREFIXES
from kg.stores.base import Cell, Value

# Text in which a word is no keyword: strings, IRIs, comments. A string that is never closed reaches to the end of its line
# (a long one to the end of the query): it does not parse, and is not looked at again from each of its quotes.
_NO_CODE: Final = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+(?:"""|\Z)|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*+(?:\'\'\'|\Z)'
    r'|"(?:[^"\\\n\r]|\\[^\n\r])*+"?|\'(?:[^\'\\\n\r]|\\[^\n\r])*+\'?'
    r"|<(?:[^<>\"{}|^`\\\x00-\x20]|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8})*+>|#[^\n\r]*",
    re.DOTALL,
)
_TOKEN: Final = re.compile(
    rf"{_NO_CODE.pattern}|(?P<variable>[?$]\w+)|(?<![\w.-])[\w.-]*+:(?:[\w.:-]|\\.)*+", re.DOTALL
)
_PREFIXED: Final = re.compile(r"(?<![\w<-])([A-Za-z][\w-]*+):(?!//)")
_DECLARED: Final = re.compile(r"PREFIX\s++([\w-]++):", re.IGNORECASE)
# Names of which the word may be a part: variables, and prefixed names from their colon on.
_SERVICE: Final = re.compile(r"[?$]\w++|:(?:\w[\w-]*+)?+|(?P<word>SERVICE)", re.IGNORECASE)
# What may stand between, and what then names a server. Where a gap or a name is too long to be looked at, it counts as one.
_GAP: Final = r"(?:\s*+#[^\n\r]{0,200}+(?=[\n\r]|\Z)){0,30}+\s*+"
_NAME: Final = r"[^\s<>\"'{}()\[\],;|^`\\#:]"
_SERVER: Final = re.compile(rf"{_GAP}(?:SILENT{_GAP})?(?:[<?$#]|{_NAME}{{0,500}}+(?::|{_NAME}))", re.IGNORECASE)

_FROM: Final = re.compile(r"(?<![?$:\w.-])FROM\b", re.IGNORECASE)


def check_reads_only(query: str) -> None:
    """Refuse SERVICE, which would ask another server: answers come from the graph alone.

    The word is refused before what could name a server, in strings and comments too; a parameter may hold it.

    >>> check_reads_only('SELECT ?service { ?service pg:service "a SERVICE", <urn:service> } # SERVICE')

    Raises:
        QueryError: the query has a SERVICE clause, or what might be one.
    """
    for found in _SERVICE.finditer(query):
        if found["word"] and _SERVER.match(query, found.end()):
            raise QueryError(
                "The query asks another server (SERVICE): only the graph itself is asked here. Take it out. "
                r"(In a text that is to hold the word, write its first letter as \u0053.)"
            )


def without_service(query: str) -> str:
    r"""The query with the word SERVICE spelt so that it means the same in a text or an IRI, and is no keyword.

    What `check_reads_only` lets pass, and what parameters bring, is thereby no clause either, however a parser reads it.

    >>> without_service("SELECT ?service { ?service pg:service 'Service' }")
    "SELECT ?service { ?service pg:service '\\u0053ervice' }"
    """
    return _SERVICE.sub(lambda found: f"\\u{ord(found[0][0]):04x}{found[0][1:]}" if found["word"] else found[0], query)


def names_graphs(query: str) -> bool:
    """Whether the query says itself which graphs it asks (FROM).

    >>> names_graphs("SELECT * FROM <a:b> {}"), names_graphs("SELECT ?from {} # FROM")
    (True, False)
    """
    return bool(_FROM.search(_NO_CODE.sub(" ", query)))


def bind(query: str, parameters: Mapping[str, Value]) -> str:
    r"""The query with its variables of these names replaced by literals.

    (Oxigraph's own substitutions reach only variables that the query selects.)

    >>> bind('SELECT ?s { ?s ?p ?name } # ?name', {"name": 'a"'})
    'SELECT ?s { ?s ?p "a\\U00000022"^^<http://www.w3.org/2001/XMLSchema#string> } # ?name'

    Raises:
        QueryError: a parameter is a list or a map, or no Unicode.
    """

    def put(token: re.Match[str]) -> str:
        name = (token["variable"] or "")[1:]
        value = _scalar(name, parameters.get(name)) if name else None
        if value is None:
            return token[0]
        try:
            return _literal(value)
        except (ValueError, OverflowError) as error:
            raise QueryError(f"The parameter {name} cannot be put into the query: {error}.") from error

    return _TOKEN.sub(put, query)


def _literal(value: str | int | float | bool) -> str:
    """A literal whose text has no sign that could end a text, an IRI or a comment, wherever it is put."""
    literal = Literal(value)
    text = re.sub(r"[^\w ]", lambda sign: f"\\U{ord(sign[0]):08x}", literal.value)
    return f'"{text}"^^{literal.datatype}'


def _scalar(name: str, value: Value) -> Cell:
    if isinstance(value, list | dict):
        raise QueryError(f"The parameter {name} is a list or a map: in SPARQL give a text, a number or true or false.")
    return value


def near(query: str, message: str) -> str:
    """What stands where the query does not parse, as Oxigraph's message says; a prefix that is unknown is named."""
    place = re.search(r"at (\d+):(\d+)", message)
    lines = query.splitlines()
    if not place or not 0 < int(place[1]) <= len(lines):
        return ""
    code = _NO_CODE.sub(" ", query)
    declared = {*PREFIXES, *_DECLARED.findall(query)}
    unknown = next((found[1] for found in _PREFIXED.finditer(code) if found[1] not in declared), None)
    if unknown is not None:
        return f" (the prefix {unknown}: is not known; known are {', '.join(PREFIXES)})"
    return f", near {lines[int(place[1]) - 1][max(0, int(place[2]) - 12) :][:40]!r}"
