"""Reads the text of a Cypher query before a store does: comments out, and what reaches beyond the graph refused.

A store's read mode stops writes. It does not stop LOAD CSV, which reads files, nor procedures, functions of plug-ins, and
commands that show a server's settings and users.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from kg.errors import QueryError

PROCEDURES: Final = frozenset({"db.labels", "db.relationshiptypes", "db.propertykeys"})
"""The procedures that a query may call, in small letters: they name what is in the graph."""
NAMESPACES: Final = frozenset(
    {"date", "time", "datetime", "localtime", "localdatetime", "duration", "point", "vector.similarity"}
)
"""Of the functions with a point in their names, those that a query may call: some plug-ins have functions that run a query
given as text, or ask other servers."""
READS: Final = frozenset({"match", "optional", "unwind", "with", "return", "call"})
WRITES: Final = frozenset({"create", "merge", "insert", "set", "remove", "delete", "detach", "foreach"})
"""A query begins with a word of `READS`; for one of `WRITES` the store's read mode has the better words."""
DEPTH: Final = 200
"""The deepest nesting of brackets. Some thousands keep Neo4j's parser busy for minutes, whatever the time limit."""

QUOTED: Final = r"'(?:[^'\\]|\\.)*+'|\"(?:[^\"\\]|\\.)*+\"|`(?:[^`]|``)*+`"
"""Texts and quoted names: what stands in them is no part of the language."""
# To Neo4j a carriage return ends a comment too.
_TOKEN: Final = re.compile(
    rf"(?P<comment>//[^\r\n]*+|/\*.*?\*/)|(?P<open>/\*)|(?P<quoted>{QUOTED})|[^\W\d]\w*+|\d++|(?P<sign>\S)", re.DOTALL
)
_NAME: Final = re.compile(r"[^\W\d]|`")
_ESCAPE: Final = re.compile(r"\\u+[0-9a-fA-F]{4}")


def read_only(query: str) -> str:
    """The query without comments, if it stays within the graph.

    >>> read_only("RETURN 'LOAD CSV // x' AS a // LOAD CSV")
    "RETURN 'LOAD CSV // x' AS a  "

    Raises:
        QueryError: it has LOAD CSV, calls a procedure or a function that is not allowed, begins with a command, has too many
            brackets within each other, or ends within a text or a comment.
    """
    # Some parsers turn these into signs before they read anything else: a quote or a keyword could hide in one.
    if _ESCAPE.search(query):
        raise QueryError(r"The query has an escape like \u0041: write the character itself, or pass it as a parameter.")
    tokens: list[str] = []
    depth = 0

    def read(token: re.Match[str]) -> str:
        nonlocal depth
        if token["comment"]:
            return " "
        if token["open"] or token["sign"] in ("'", '"', "`"):
            raise QueryError("The query ends within a text, a quoted name or a comment: close it.")
        tokens.append(token[0])
        depth += (token[0] in ("(", "[", "{")) - (token[0] in (")", "]", "}"))
        if depth > DEPTH:
            raise QueryError(
                f"The query is nested too deeply, more than {DEPTH} brackets within each other: ask less at once."
            )
        return token[0]

    plain = _TOKEN.sub(read, query)
    # kglite takes these two in backticks, too, with spaces.
    words = [token.strip("`").strip().casefold() for token in tokens]
    if ("load", "csv") in pairwise(words):
        raise QueryError("The query reads a file (LOAD CSV): only the graph itself is asked here. Take it out.")
    _check_begin(tokens)
    _check_names(tokens)
    return plain


def _check_begin(tokens: Sequence[str]) -> None:
    words = iter(tokens)
    first = next(words, "")
    if first.casefold() == "cypher":  # options: a version, and pairs like planner=cost
        rest = [*words]
        while len(rest) > 1 and (rest[0].isdecimal() or rest[0] == "." or rest[1] == "="):
            del rest[: 3 if rest[1] == "=" else 1]
        words = iter(rest)
        first = next(words, "")
    if first.casefold() in ("explain", "profile"):
        first = next(words, "")
    if first and first.casefold() not in READS | WRITES:
        raise QueryError(
            f"The query begins with {first[:40]}: one that asks the graph begins with MATCH, OPTIONAL MATCH, UNWIND, WITH, "
            "RETURN or CALL."
        )


def _check_names(tokens: Sequence[str]) -> None:
    place = 0
    while place < len(tokens):
        before, word = tokens[place - 1] if place else "", tokens[place].casefold()
        end = _name_end(tokens, place)
        called = _name_end(tokens, place + 1)
        if word == "call" and before not in (".", ":", "$") and called > place + 1:
            name = "".join(tokens[place + 1 : called])
            # A variable may have that name: (call), [call IN list | …].
            variable = before in ("(", "[", ",") and called == place + 2 and tokens[called : called + 1] != ["("]
            if not variable and name.casefold() not in PROCEDURES:
                raise QueryError(
                    f"The query calls the procedure {name[:80]}: allowed are db.labels, db.relationshipTypes and "
                    "db.propertyKeys."
                )
            end = called
        elif end > place + 1 and tokens[end : end + 1] == ["("]:
            name = "".join(tokens[place:end])
            if name.rpartition(".")[0].casefold() not in NAMESPACES:
                raise QueryError(f"The query calls the function {name[:80]}: allowed are those of the language itself.")
        place = max(end, place + 1)


def _name_end(tokens: Sequence[str], place: int) -> int:
    """Where the name with points that begins at a place ends; the place itself where none begins."""
    end = place
    while end < len(tokens) and _NAME.match(tokens[end]):
        end += 1
        if tokens[end : end + 1] != ["."] or not (end + 1 < len(tokens) and _NAME.match(tokens[end + 1])):
            break
        end += 1
    return end
