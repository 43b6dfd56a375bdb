"""Reads the text of a Cypher query before a store does: comments out, and what reaches beyond the graph refused.

A store's read mode stops writes; it does not stop LOAD CSV, which reads files, nor procedures.
"""

import re
from typing import Final

from kg.errors import QueryError

PROCEDURES: Final = frozenset({"db.labels", "db.relationshiptypes", "db.propertykeys"})
"""The procedures that a query may call, in small letters: they name what is in the graph."""

QUOTED: Final = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`(?:[^`]|``)*`"
"""Texts and quoted names: what stands in them is no part of the language."""
_TOKEN: Final = re.compile(rf"(?P<quoted>{QUOTED})|(?P<comment>//[^\n]*|/\*.*?\*/)|['\"`]|/\*", re.DOTALL)
_WORD: Final = re.compile(r"`\s*(\w+)\s*`")
# CALL { … } and CALL (x) { … } are subqueries; after a point, colon, comma or bracket the word is a name, after a number it is not.
_CALL: Final = re.compile(
    r"(?:(?<![\w.(,:$\[`])|(?<!\w)\d[\w.]*?)CALL\b[^\w`({.]*([\w`][\w`]*(?:\s*\.\s*[\w`]+)*)", re.IGNORECASE
)
_ESCAPE: Final = re.compile(r"\\u[0-9a-fA-F]{4}")


def read_only(query: str) -> str:
    """The query without comments, if it stays within the graph.

    >>> read_only("RETURN 'LOAD CSV // x' AS a // LOAD CSV")
    "RETURN 'LOAD CSV // x' AS a  "

    Raises:
        QueryError: it has LOAD CSV, calls a procedure that is not allowed, or ends within a text or a comment.
    """
    # Some parsers turn these into signs before they read anything else: a quote or a keyword could hide in one.
    if _ESCAPE.search(query):
        raise QueryError(r"The query has an escape like \u0041: write the character itself, or pass it as a parameter.")
    plain = _TOKEN.sub(_without_comment, query)
    code = _TOKEN.sub(_without_text, plain)
    if re.search(r"LOAD\W+CSV\b", code, re.IGNORECASE):
        raise QueryError("The query reads a file (LOAD CSV): only the graph itself is asked here. Take it out.")
    for call in _CALL.finditer(code):
        name = re.sub(r"\s", "", call[1])
        if name.casefold() not in PROCEDURES:
            raise QueryError(
                f"The query calls the procedure {name}: allowed are db.labels, db.relationshipTypes and db.propertyKeys."
            )
    return plain


def _without_comment(token: re.Match[str]) -> str:
    if token["quoted"]:
        return token[0]
    if token["comment"]:
        return " "
    raise QueryError("The query ends within a text, a quoted name or a comment: close it.")


def _without_text(token: re.Match[str]) -> str:
    """What is left of a text or a quoted name: of a name that is one word the word, which kglite may take for a keyword."""
    if token[0][0] != "`":
        return "''"
    word = _WORD.fullmatch(token[0])
    return f" {word[1]} " if word else "`"
