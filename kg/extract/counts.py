"""How many pieces of hardware a sentence states: "48 A100 GPU cards", "64 nodes with 8 A100s each", "A100 (×8)".

A number that counts something else (hours, cores, a year, a figure's number) is no count of devices, and where the text
leaves open whether a number is of each machine or of all, there is none.
"""

import re
from typing import Final

from kg.lexicon import number_words

_WORDS: Final = number_words("devices")
_NUMBER: Final = (
    r"(?:(?<![\w.,/$\-])(?P<{0}digits>\d{{1,3}}(?:,\d{{3}})+|\d+)(?P<{0}thousands>[kK]?)|\b(?P<{0}word>"
    + "|".join(sorted(_WORDS, key=len, reverse=True))
    + r"))"
)
_BEFORE: Final = re.compile(
    _NUMBER.format("")
    + r"(?:\s?[×x]\s?|-|(?:\s|-(?=way\b))(?P<between>(?:(?:such|of|of the|different|identical)\s)?(?:[A-Za-z][\w’'.\-]*\s){0,2}))$",
    re.IGNORECASE,
)
_NO_COUNT_BETWEEN: Final = re.compile(
    r"\b(?:of|and|or|on|with|per|[GMT]i?B|million|billion|bits?|in|the|to|for|from|at|by|using|via|x|times|faster|hours?|days?|weeks?|"
    r"minutes?|seconds?|ms|FPS|W|mW|nm|[GM]Hz|epochs?|steps?|images?|layers?|models?|nodes?|servers?|cores?|sockets?|threads?)\b",
    re.IGNORECASE,
)
_NOT_COUNTED: Final = re.compile(
    r"^(?:\s(?:GPUs?|TPUs?|CPUs?))?[\s-](?:hours?|days?|weeks?|months?|minutes?|seconds?|years?|cores?|threads?|memory|RAM|kernels?|generations?|"
    r"architectures?|platforms?|types?|models?|implementations?|utili[sz]ation)\b",
    re.IGNORECASE,
)
_AFTER: Final = re.compile(
    r"^(?:\s(?:GPUs?|cards?|chips?|boards?))?\s?(?:\(\s?[×x]?\s?(?P<in>\d{1,5})\s?(?:[×x]|in total|GPUs?|cards?|devices|units)?\s?\)|[×x]\s?(?P<times>\d{1,5})\b)"
)
_NODES: Final = re.compile(
    _NUMBER.format("nodes_")
    + r"\s(?:[\w-]+\s){0,2}?(?:nodes|servers|machines|hosts|instances|workers)(?P<of>,?\s(?:each\s)?(?:of|with|having|containing|hosting|using|has|have|"
    r"featuring|comprising|equipped with|consisting of)\s(?:[\w,’'.\-]+\s){0,3}?)$",
    re.IGNORECASE,
)
_EACH: Final = re.compile(
    r"^(?:\s[\w-]+){0,3}\s(?:each|apiece|per (?:node|server|machine|host|instance))\b", re.IGNORECASE
)
_NUMBERED: Final = re.compile(
    r"\b(?:in|since|by|of|from|until|before|after|year|figure|fig\.|table|section|version|phase|top|class|type|gen|generation|level)\s$",
    re.IGNORECASE,
)
_MOST: Final = 10_000_000


def devices(before: str, surface: str, after: str) -> int | None:
    """How many devices the text states around a mention.

    >>> devices("trained on 48 ", "A100", " GPU cards"), devices("on 64 nodes with 8 ", "A100s", " each"), devices("It took 100 ", "GPU", " hours")
    (48, 512, None)
    """
    if _NOT_COUNTED.match(after):
        return None
    if re.match(r"(?:a\s)?single\b", surface, re.IGNORECASE):
        return 1
    if behind := _AFTER.match(after):
        return int(behind["in"] or behind["times"])
    match = _before(before)
    if match is None or (match["between"] and _NO_COUNT_BETWEEN.search(match["between"])):
        return None
    number = _value(match, "")
    if _is_number_of_something(before[: match.start()], match, number):
        return None
    if nodes := _NODES.search(before[: match.start()]):
        each = re.search(r"\b(?:each|of)\b", nodes["of"]) or _EACH.match(after)
        return number * _value(nodes, "nodes_") if each else None
    return number if 0 < number < _MOST else None


def _before(before: str) -> re.Match[str] | None:
    """The nearest number before the mention."""
    found = None
    start = 0
    while match := _BEFORE.search(before, start):
        found, start = match, match.start() + 1
    return found


def _value(match: re.Match[str], group: str) -> int:
    if word := match[f"{group}word"]:
        return _WORDS[word.casefold()]
    return int(match[f"{group}digits"].replace(",", "")) * (1000 if match[f"{group}thousands"] else 1)


def _is_number_of_something(before: str, match: re.Match[str], number: int) -> bool:
    """Whether a number is a year ("In 2023 GPUs …") or a name's ("Figure 3"); "of 64 GPUs" and "by 64 GPUs" count."""
    if match["word"] or "," in (match["digits"] or ""):
        return False
    year = 1950 <= number <= 2039
    named = _NUMBERED.search(before)
    return named is not None and (
        year or not re.match(r"(?:in|since|by|of|from|until|before|after)\b", named[0].strip(), re.IGNORECASE)
    )
