"""Which words an abbreviation is short for: the alignment of Schwartz and Hearst (PSB 2003)."""

import re
from difflib import SequenceMatcher
from typing import Final

_FEW_WORDS: Final = 4
_ARTICLE: Final = re.compile(r"(?:the|an?|our|its|their|this|called|named|novel|new)\s+", re.IGNORECASE)


def long_form(short: str, before: str) -> int | None:
    """Where in `before`, a text that ends at the parenthesis, the long form of `short` begins; None if nowhere.

    >>> long_form("KD", "we study knowledge distillation")
    9
    >>> long_form("LLM", "with large language models") == len("with ")
    True
    >>> long_form("AAT", "by adaptive adversarial training")
    3
    >>> long_form("CIFAR-10", "classification problem on well known datasets") is None
    True
    """
    letters = short[:-1] if short[-1] == "s" and len(short) > 2 and short[-2].isupper() else short
    words = list(re.finditer(r"\S+", before))
    spelled = sum(char.isalpha() for char in letters)
    most = min(spelled + 5, spelled * 2)
    limit = words[-most].start() if len(words) > most else 0
    if (exact := words[-spelled:]) and "".join(word[0][0] for word in exact).casefold() == letters.casefold():
        return exact[0].start()  # "adaptive adversarial training (AAT)": nearer letters would do as well
    position = len(before) - 1
    for index in range(len(letters) - 1, -1, -1):
        char = letters[index].casefold()
        if not char.isalpha():  # digits stand for a word ("PTQ4VM") or for a count of letters
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
    if not sane or spelled < 2 or not _initials_agree(letters, long):
        return None
    # at the head of a word, or of a part of it: "Weight-Decomposed Low-Rank Adaptation (DoRA)"
    first = long.split()[0].casefold() if long else ""
    return begin if any(part.startswith(letters[0].casefold()) for part in first.split("-")) else None


def _initials_agree(letters: str, long: str) -> bool:
    """Whether of many words half of the letters, at least, begin one: in a long text letters are found anywhere."""
    if len(long.split()) <= _FEW_WORDS:
        return True
    wanted = "".join(char for char in letters.casefold() if char.isalpha())
    same = SequenceMatcher(None, wanted, _initials(long), autojunk=False).get_matching_blocks()
    return 2 * sum(block.size for block in same) >= len(wanted)


def _initials(text: str) -> str:
    return "".join(part[0].casefold() for part in re.findall(r"[A-Za-z]+", text))


def spells_out(short: str, long: str) -> bool:
    """Whether a text that begins where its words begin is a long form of `short`.

    >>> spells_out("NTP", "Neural Net Topology Profiler"), spells_out("PTQ4VM", "Post-Training Quantization for Visual Mamba")
    (True, True)
    >>> spells_out("LEAP", "Inference on Scalable Parts")
    False
    """
    wanted = [c.casefold() for c in short.removesuffix("s") if c.isalpha()]
    initials = _initials(long)
    position = 0
    for letter in wanted:
        try:
            position = initials.index(letter, position) + 1
        except ValueError:
            return False
    return bool(wanted) and initials[0] == wanted[0] and len(long.split()) <= 2 * len(wanted)
