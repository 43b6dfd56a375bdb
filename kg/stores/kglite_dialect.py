"""Cypher as Neo4j takes it, put so that kglite answers the same. Each rewriting keeps the meaning for Neo4j too.

Found with kglite 0.21.2: it takes the property key `end` only in backticks, and a pattern whose map reads a property of a
relationship, `MATCH (p:Paper {id: r.paper})`, silently finds nothing unless an expression stands around it.
"""

import re
from typing import Final

from kg.errors import QueryError
from kg.stores.cypher_text import QUOTED

_END: Final = re.compile(
    rf"{QUOTED}|(?<!\.)\.\s*(?P<read>end)\b|(?<=[{{,])\s*(?P<key>end)(?=\s*:)", re.IGNORECASE | re.DOTALL
)
_RELATIONSHIP: Final = re.compile(r"-\s*\[\s*(\w+)")

_PATTERN: Final = re.compile(
    r"\bMATCH\b(.*?)(?=\b(?:MATCH|OPTIONAL|WHERE|WITH|RETURN|UNWIND|CALL|ORDER|UNION)\b|$)", re.IGNORECASE | re.DOTALL
)
_PROJECTION: Final = re.compile(r"\b(\w+)\s*\{\s*\.")
_OWN: Final = re.compile(r"[{,]\s*[\w`]+\s*:\s*((\w+)\.\w+)\s*(?=[,}])")
_READ: Final = re.compile(rf"{QUOTED}|(?P<before>:\s*)(?P<read>(?P<name>\w+)\.(?:\w+|`[^`]+`))(?=\s*[,}}])", re.DOTALL)


def for_kglite(query: str) -> str:
    """The query, without comments, as kglite needs it.

    Raises:
        QueryError: it needs what kglite would silently get wrong.

    >>> for_kglite("MATCH ()-[r {end: 1}]->() RETURN r.end, CASE r.x WHEN 1 THEN 'r.end' END AS end")
    "MATCH ()-[r {`end`: 1}]->() RETURN r.`end`, CASE r.x WHEN 1 THEN 'r.end' END AS end"
    >>> for_kglite("MATCH ()-[r]->() MATCH (p:Paper {id: r.paper}) RETURN p")
    'MATCH ()-[r]->() MATCH (p:Paper {id: coalesce(r.paper)}) RETURN p'
    """

    def key(token: re.Match[str]) -> str:
        name = token["read"] or token["key"]
        return token[0] if name is None else token[0].replace(name, f"`{name}`")

    query = _END.sub(key, query)
    names = frozenset(_RELATIONSHIP.findall(query))
    if not names:
        return query
    if found := next((match for match in _PROJECTION.finditer(query) if match[1] in names), None):
        raise QueryError(f"The embedded store cannot project a relationship: write properties({found[1]}).")
    for pattern in _PATTERN.findall(query):
        own = frozenset(_RELATIONSHIP.findall(pattern))
        if own and (found := next((match for match in _OWN.finditer(pattern) if match[2] in own), None)):
            raise QueryError(
                f"The embedded store cannot read {found[1]} in a pattern of the MATCH that it comes from: begin another MATCH, "
                "or compare in WHERE."
            )

    def read(token: re.Match[str]) -> str:
        return f"{token['before']}coalesce({token['read']})" if token["name"] in names else token[0]

    return _READ.sub(read, query)
