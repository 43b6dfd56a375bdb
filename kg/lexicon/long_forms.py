"""Which words an abbreviation is short for: the alignment of Schwartz and Hearst (PSB 2003)."""

import re
from typing import Final

_ARTICLE: Final = re.compile(r"(?:the|an?|our|its|their|this|called|named|novel|new)\s+", re.IGNORECASE)


def long_form(short: str, before: str) -> int | None:
    """Where in `before`, a text that ends at the parenthesis, the long form of `short` begins; None if nowhere.

    >>> long_form("KD", "we study knowledge distillation")
    9
    >>> long_form("LLM", "with large language models") == len("with ")
    True
    """
    letters = short[:-1] if short[-1] == "s" and len(short) > 2 and short[-2].isupper() else short
    words = list(re.finditer(r"\S+", before))
    most = min(len(letters) + 5, len(letters) * 2)
    limit = words[-most].start() if len(words) > most else 0
    position = len(before) - 1
    for index in range(len(letters) - 1, -1, -1):
        char = letters[index].casefold()
        if not char.isalnum():
            continue
        while position >= limit and (
            before[position].casefold() != char or (index == 0 and position > 0 and before[position - 1].isalnum())
        ):
            position -= 1
        if position < limit:
            return None
        position -= 1
    begin = position + 1
    # a hyphenated word is taken whole
    while begin > 0 and not before[begin - 1].isspace() and before[begin - 1] not in "([\"'":
        begin -= 1
    long = before[begin:]
    if article := _ARTICLE.match(long):
        begin += article.end()
        long = before[begin:]
    sane = len(long) > len(short) and not re.search(r"[.;:!?]\s|[()]", long) and len(long.split()) <= most
    return begin if sane and long[:1].casefold() == letters[:1].casefold() else None
