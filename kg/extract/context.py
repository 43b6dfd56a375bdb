"""What stands around a name in its sentence: the cues that relations and results share."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kg.extract.candidates import Found, Reading, Sentence

NEGATED: Final = re.compile(
    r"\b(?:without|no longer|no need (?:for|of)|instead of|rather than|not (?:requir\w+|rel\w+ on|us\w+|need\w*)|free of|"
    r"eliminat\w+ (?:the need for)?|avoid\w*|lack(?:s|ing)?|replac\w+|neither|nor)\b"
    # "without GPUs on a CPU", "instead of GPUs it uses CPUs": what is denied ends there; "without relying on GPUs": it does not
    r"(?:(?!\b(?:it|we|but)\b|(?<!ing )(?<!ence )(?<!ency )(?<!dent )\bon\b)[^.,;:]){0,30}$|\bno\s(?:\w+\s)?$",
    re.IGNORECASE,
)
COMPARED: Final = re.compile(
    r"(?:\b(?:compar(?:ed|able|ison|ing) (?:to|with|against)|versus|vs\.?|against|relative to|over|than|outperform\w*|surpass\w*|"
    r"exceed\w*|beat(?:s|ing)?|baselines?(?: such as| like| including)?|competing|superior to|compares? (?:to|with)|"
    r"whereas|unlike|in contrast to|state[- ]of[- ]the[- ]art|rival\w*|match\w*|improv\w+ (?:upon|over)|existing|counterparts?)\b)[^.;:]{0,80}$",
    re.IGNORECASE,
)
WINS: Final = re.compile(
    r"\b(?:outperform\w*|surpass\w*|exceed\w*|beat(?:s|ing)?|better|faster|higher|lower|fewer|less|smaller|improv\w+|superior|speed-?ups?|"
    r"reduc\w+|sav\w+|gain\w*|more)\b",
    re.IGNORECASE,
)
_COUNT: Final = re.compile(
    r"(?:(?P<digits>\d{1,3}(?:,\d{3})+|\d+)\s?(?:×|x|times)?|\b(?P<word>a single|single|one|two|three|four|five|six|seven|eight|nine|ten|"
    r"twelve|sixteen|thirty-two|sixty-four|dual|quad))[\s-](?P<between>(?:[\w-]+\s){0,2})$|(?P<mult>\d+)\s?[×x]\s?$",
    re.IGNORECASE,
)
_NUMBERS: Final = {
    "a single": 1, "single": 1, "one": 1, "two": 2, "dual": 2, "three": 3, "four": 4, "quad": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "sixteen": 16, "thirty-two": 32, "sixty-four": 64,
}  # fmt: skip
_NO_COUNT_BETWEEN: Final = re.compile(
    r"\b(?:of|and|on|with|per|GB|million|billion|bits?|in|the|to|for)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Mention:
    """One mention of an entity within a sentence, offsets of the Doc."""

    entity: Found
    sentence: Sentence
    start: int
    end: int

    def before(self, most: int = 140) -> str:
        """The text of the sentence before it."""
        begin = self.start - self.sentence.start
        return self.sentence.text[max(0, begin - most) : begin]

    def after(self, most: int = 140) -> str:
        """The text of the sentence after it."""
        end = self.end - self.sentence.start
        return self.sentence.text[end : end + most]

    @property
    def negated(self) -> bool:
        """Whether the text says that it is not so."""
        return NEGATED.search(self.before(60)) is not None

    @property
    def compared(self) -> bool:
        """Whether it is what something else is compared with."""
        return COMPARED.search(self.before()) is not None

    @property
    def devices(self) -> int | None:
        """How many of it the text states."""
        match = _COUNT.search(self.before(60))
        if match is None or (match["between"] and _NO_COUNT_BETWEEN.search(match["between"])):
            return None
        if match["word"]:
            return _NUMBERS[match["word"].casefold()]
        number = int((match["digits"] or match["mult"]).replace(",", ""))
        return number if 0 < number < 10_000_000 else None


def mentions(found: Reading, sentences: list[Sentence]) -> Iterator[Mention]:
    """All mentions of all entities, by sentence."""
    for entity in found.entities:
        for start, end in entity.spans:
            for sentence in sentences:
                if sentence.start <= start and end <= sentence.end:
                    yield Mention(entity, sentence, start, end)
                    break


def main_entity(found: Reading, title_end: int) -> Found | None:
    """The paper's main method: of those that it proposes the one that its title names, else the one named most."""
    own = [entity for entity in found.entities if entity.proposed and entity.type == "Method"]
    return min(
        own, key=lambda entity: (entity.start >= title_end, -min(len(entity.spans), 3), entity.start), default=None
    )
