"""The facts of all papers of a log: its Records, corrected by the user, their names resolved by all of them together."""

from collections.abc import Iterator
from dataclasses import replace

from kg.graph.log import Log
from kg.graph.statements import PaperFacts, paper_facts
from kg.lexicon import load
from kg.model import Record
from kg.resolve import Corrector, PaperNames, Resolution, Say, names_of, read_say


class Facts:
    """What each paper says, by paper id, as often as it is asked. The log is read once more before, for the names alone.

    Raises:
        GraphError: the log holds a record that cannot be used.
        InputError: a line of the user's files in the graph folder cannot be used.
    """

    def __init__(self, log: Log, say: Say | None = None) -> None:
        self._log = log
        self.say = read_say(log.folder) if say is None else say
        self.corrector = Corrector(self.say.corrections, load(self.say.own))
        self.resolution = Resolution(self._names(), self.say, self.corrector.done)

    def __iter__(self) -> Iterator[PaperFacts]:
        """The facts of each paper."""
        for record in self._log:
            yield self.of(record)

    def of(self, record: Record) -> PaperFacts:
        """The facts of one paper of the log."""
        if self.say.corrections and (about := self.corrector.about(record.model_dump(mode="json"))):
            record = self.corrector.apply(record, about)
        return self._accepted(paper_facts(record, self.resolution))

    def _accepted(self, facts: PaperFacts) -> PaperFacts:
        """The facts without those that the user rejects by their ids."""
        rejected = self.corrector.rejected
        gone = {s.id for s in facts.statements if s.id in rejected} | {f.id for f in facts.figures if f.id in rejected}
        if not gone:
            return facts
        for id in gone:
            self.corrector.done.setdefault(rejected[id], set()).add(facts.record.id)
        return replace(
            facts,
            statements=tuple(s for s in facts.statements if s.id not in gone),
            figures=tuple(f for f in facts.figures if f.id not in gone),
        )

    def _names(self) -> Iterator[PaperNames]:
        for plain in self._log.plain():
            if self.say.corrections and (about := self.corrector.about(plain)):
                corrected = self.corrector.apply(Record.model_validate(plain), about)
                yield names_of(corrected.model_dump(mode="json"))
            else:
                yield names_of(plain)
