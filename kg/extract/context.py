"""What stands around a name in its sentence: the cues that relations and results share."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kg.extract.candidates import Found, Reading, Sentence
from kg.extract.counts import devices

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
        surface = self.sentence.text[self.start - self.sentence.start : self.end - self.sentence.start]
        return devices(self.before(), surface, self.after(60))


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
