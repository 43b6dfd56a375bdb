"""Relations, by what the sentences around the names say. Each rule is one method; each gives its sentences."""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import Found, Link, Sentence, reading, sentences, title_length
from kg.extract.confidence import log_odds, scales
from kg.extract.context import WINS, Mention, main_entity, mentions
from kg.extract.encoder import RELATIONS, TYPES, Floats
from kg.model import Role
from kg.schema import load_schema

# From this confidence a rule's word about hardware stands, whatever the model says.
_SURE_RULE: Final = 0.85
# Below this a pair that only the model speaks of is not even kept for comparison.
_FAINT: Final = 0.05
_MARGIN: Final = 0.02  # in log-odds: probabilities are rounded
_SOME_HEAD: Final = 0.5
_OWN: Final = re.compile(
    r"\b(?:we|our|ours|this (?:paper|work|study|article)|is (?:trained|evaluated|deployed|implemented))\b",
    re.IGNORECASE,
)
_ROLES: Final[tuple[tuple[Role, re.Pattern[str]], ...]] = (
    ("trained", re.compile(r"\b(?:pre-?)?train(?:ed|ing|s)?\b|\bfine-?tun(?:ed|ing)\b", re.IGNORECASE)),
    ("deployed", re.compile(r"\b(?:deploy\w*|in production|serves?|on-device|shipped)\b", re.IGNORECASE)),
    ("evaluated", re.compile(r"\b(?:evaluat\w*|experiment\w*|achiev\w*|measur\w*|result\w*|benchmark\w*|speed-?ups?|latency|throughput|FPS|tested|runs?|running|"
                             r"outperform\w*|demonstrat\w*|compared)\b|\d\s?(?:×|x|%|ms|FPS)", re.IGNORECASE)),
    ("designed_for", re.compile(r"\b(?:design\w*|target\w*|tailor\w*|optimi[sz]\w*|for|accelerat\w*|leverag\w*|exploit\w*|propos\w*|support\w*|enabl\w*|codesign\w*|architect\w*)\b", re.IGNORECASE)),
)  # fmt: skip
_USES: Final = re.compile(
    r"\b(?:us(?:es?|ed|ing)|utili[sz]\w*|leverag\w*|based on|built (?:on|upon|with|atop)|via|with|by|through|combin\w*|integrat\w*|incorporat\w*|"
    r"employ\w*|adopt\w*|appl(?:y|ies|ied|ying)|implement\w*|extend\w*|consist\w*|compris\w*|includ\w*|on|for|in|to|of|as|and|from|into|"
    r"support\w*|adapt\w*|fine-?tun\w*|train\w*|exploit\w*|introduc\w*|propos\w*)\b",
    re.IGNORECASE,
)


@Language.component("kg_relations")
def find_relations(doc: Doc) -> Doc:
    """Fill `Reading.links`."""
    _Relations(doc).fill()
    return doc


def _role(mention: Mention) -> Role | None:
    return next((role for role, pattern in _ROLES if pattern.search(mention.sentence.text)), None)


@cache
def _may(type: str, head: str, tail: str) -> bool:
    """Whether a relation may hold between things of these types, by the schema; comparisons are between like things."""
    schema = load_schema()
    relation = schema.relations[type]
    fits = head in {schema.classes[iri].record_name for iri in relation.domain}
    fits = fits and tail in {schema.classes[iri].record_name for iri in relation.range}
    return fits and not (type == "compared_with" and head != tail)


class _Relations:
    def __init__(self, doc: Doc) -> None:
        self.found = reading(doc)
        self.sentences: list[Sentence] = sentences(doc)
        self.mentions: dict[int, list[Mention]] = {}
        for mention in mentions(self.found, self.sentences):
            self.mentions.setdefault(mention.entity.index, []).append(mention)
        self.main = main_entity(self.found, title_length(doc))
        self.links: dict[tuple[str, int | None, int], Link] = {}
        # How sure it is, method by method, that the paper proposes it; weighed before the other relations.
        self.proposed: dict[int, float] = {}

    def fill(self) -> None:
        rules: dict[str, Callable[[Mention], None]] = {
            "Method": self.method, "Hardware": self.hardware, "Dataset": self.dataset, "Metric": self.metric, "Task": self.task,
        }  # fmt: skip
        for entity in self.found.entities:
            for mention in self.mentions.get(entity.index, ()):
                if entity.proposed:
                    self.add("proposes", None, mention, 0.85, "introduced by the paper")
                if not entity.optional:
                    rules[entity.type](mention)
        self._weigh()
        self.found.links = list(self.links.values())

    def _weigh(self) -> None:
        """Ask the model of every pair that may be related, and weigh its word with that of the rules."""
        found = self.found
        if found.beliefs is None:
            return
        ends: list[Found | None] = [None, *found.entities]
        runs = {link.tail for link in self.links.values() if link.type == "runs_on"}
        rivals = {(link.head, link.tail) for link in self.links.values() if link.type == "compared_with"}
        rivals -= {(link.head, link.tail) for link in self.links.values() if link.type == "uses"}
        says = found.beliefs.relation.tolist()
        for number, type in enumerate(RELATIONS):
            faint = self._faint(type, found.beliefs.relation[..., number], ends)
            for head in ends:
                fitting = {kind for kind in TYPES if _may(type, head.type if head else "Paper", kind)}
                for tail in found.entities:
                    if tail is head or tail.type not in fitting:
                        continue
                    # Hardware that the text denies, compares with or proposes is not run on, whatever the model says.
                    if type == "runs_on" and tail.index not in runs and not tail.optional:
                        continue
                    start = None if head is None else head.index
                    # Nor does the work use what a rule says that it is compared with.
                    if type == "uses" and (start, tail.index) in rivals:
                        continue
                    first, last = 0 if start is None else start + 1, tail.index + 1
                    if faint[first][last] and (type, start, tail.index) not in self.links:
                        continue
                    self._weigh_pair(type, head, tail, says[first][last][number], says[last][first][number])
        self._keep_hardware()

    def _faint(self, type: str, says: Floats, ends: Sequence[Found | None]) -> list[list[bool]]:
        """By head and tail, whether a pair that no rule speaks of stays below `_FAINT`, so that it need not be weighed one by one."""
        if type == "proposes":  # what a head is to the paper is not known yet
            return [[False] * len(ends)] * len(ends)
        weights = defaultdict(float, scales()[f"relation:{type}"].weights)
        odds = np.clip(says.astype(float), 1e-3, 1 - 1e-3)
        odds = np.log(odds / (1 - odds))
        back = odds.T.copy()
        back[0] = log_odds(0)
        heads = [sum(weights[name] * value for name, value in self._of_head(head).items()) for head in ends]
        tails = [weights["tail"] * log_odds(tail.confidence) if tail else 0.0 for tail in ends]
        total = weights["one"] + weights["model"] * odds + weights["model: other way round"] * back
        total += np.array(heads)[:, None] + np.array(tails)
        faint: list[list[bool]] = (total < log_odds(_FAINT) - _MARGIN).tolist()
        return faint

    def _of_head(self, head: Found | None) -> dict[str, float]:
        """Features of a pair that its head alone decides."""
        return {
            "head": log_odds(head.confidence) if head else 0.0,
            "paper is head": float(head is None),
            "head is main": float(head is not None and head is self.main),
            "head is proposed": 0.0 if head is None else self.proposed.get(head.index, 0.0),
            "another is proposed": self._rival(head),
            "paper is head, a method is proposed": self._rival(None) if head is None else 0.0,
        }

    def _keep_hardware(self) -> None:
        """Of hardware that something of the paper surely runs on, though no head is sure, keep the likeliest link."""
        by_tail: dict[int, list[Link]] = {}
        for link in self.links.values():
            if link.type == "runs_on" and link.features:
                by_tail.setdefault(link.tail, []).append(link)
        for links in by_tail.values():
            none = math.prod(1 - link.confidence for link in links)
            best = max(links, key=lambda link: (link.confidence, -link.tail))
            best.kept = best.kept or 1 - none >= _SOME_HEAD

    def _weigh_pair(self, type: str, head: Found | None, tail: Found, says: float, back: float) -> None:
        key = (type, None if head is None else head.index, tail.index)
        link = self.links.get(key)
        features = {
            "one": 1.0,
            "model": log_odds(says),
            "model: other way round": log_odds(back if head else 0.0),
            "rule": link.confidence if link else 0.0,
            **self._of_head(head),
            "tail": log_odds(tail.confidence),
            "rule: of hardware": float(link is not None and tail.type == "Hardware"),
        }
        scale = scales()[f"relation:{type}"]
        confidence = scale.probability(features)
        stands = link is not None and tail.type == "Hardware" and not tail.optional
        stands = stands and link is not None and (type == "compared_with" or link.confidence >= _SURE_RULE)
        if link is None:
            if confidence < _FAINT:
                return
            link = self._link_of_model(type, key, tail)
            if link is None:
                return
            self.links[key] = link
        link.features, link.confidence, link.kept = features, confidence, stands or confidence >= scale.threshold
        if type == "proposes" and tail.type == "Method" and not tail.optional:
            self.proposed[tail.index] = confidence

    def _rival(self, head: Found | None) -> float:
        """How sure it is that the paper proposes a method other than this head."""
        index = None if head is None else head.index
        return max((sure for method, sure in self.proposed.items() if method != index), default=0.0)

    def _link_of_model(self, type: str, key: tuple[str, int | None, int], tail: Found) -> Link | None:
        """A link that no rule made, with the sentences that name both ends, else the first that names its tail."""
        mentions = self.mentions.get(tail.index, [])
        if not mentions:
            return None
        heads = {m.sentence.index for m in self.mentions.get(key[1], ())} if key[1] is not None else set()
        lead = [m for m in mentions if m.sentence.index in heads] or mentions[:1]
        role = _role(lead[0]) if type == "runs_on" else "evaluated" if type == "evaluated_on" else None
        wins = (bool(WINS.search(lead[0].sentence.text)) or None) if type == "compared_with" else None
        devices = next((m.devices for m in lead if m.devices), None) if type == "runs_on" else None
        order = list(dict.fromkeys(m.sentence.index for m in lead))
        return Link(type, key[1], key[2], order, 0.0, "model: pair", role, wins, devices)

    def add(
        self, type: str, head: int | None, mention: Mention, confidence: float, rule: str, *,
        role: Role | None = None, outperforms: bool | None = None,
    ) -> None:  # fmt: skip
        """Add a link or a further sentence of it; the best sentence leads and gives role and count."""
        if head == mention.entity.index:
            return
        key = (type, head, mention.entity.index)
        devices = mention.devices if type == "runs_on" else None
        link = self.links.get(key)
        if link is None:
            self.links[key] = Link(
                type, head, mention.entity.index, [mention.sentence.index], confidence, rule, role, outperforms, devices
            )
            return
        if mention.sentence.index not in link.sentences:
            if confidence > link.confidence:
                link.sentences.insert(0, mention.sentence.index)
                link.role = role or link.role
                link.rule, link.confidence = rule, confidence
            else:
                link.sentences.append(mention.sentence.index)
        link.outperforms = link.outperforms or outperforms
        link.devices = link.devices or devices

    @property
    def head(self) -> int | None:
        return self.main.index if self.main else None

    def is_own(self, sentence: Sentence) -> bool:
        """Whether the sentence speaks of the paper's own work."""
        if sentence.in_title or _OWN.search(sentence.text):
            return True
        return self.main is not None and any(sentence.start <= start < sentence.end for start, _ in self.main.spans)

    def hardware(self, mention: Mention) -> None:
        if mention.negated or mention.entity.proposed:
            return
        sentence = mention.sentence
        if mention.compared and not self._is_where_it_runs(mention):
            for other in self.found.entities:
                if other.type == "Hardware" and other is not mention.entity and not other.optional:
                    for there in self.mentions.get(other.index, ()):
                        if there.sentence is sentence and there.start < mention.start and not there.compared:
                            self.add(
                                "compared_with",
                                other.index,
                                mention,
                                0.6,
                                "hardware compared in a sentence",
                                outperforms=bool(WINS.search(sentence.text)) or None,
                            )
            return
        role = _role(mention)
        confidence = 0.85 if self.is_own(sentence) else 0.6
        self.add("runs_on", self.head, mention, confidence, "hardware in a sentence about the work", role=role)

    def _is_where_it_runs(self, mention: Mention) -> bool:
        """Whether hardware after a comparison is the place of both: "2x faster than vLLM on an A100".

        It is not where the work's own hardware stands before it: "on an FPGA it is 2x faster than vLLM on an A100".
        """
        if not re.search(r"(?<!compared )\b(?:on|with|using)\s(?:[\w,×-]+\s){0,4}$", mention.before(50)):
            return False
        return not any(
            there.sentence is mention.sentence and there.start < mention.start and not there.compared
            for other in self.found.entities
            if other.type == "Hardware" and other is not mention.entity and not other.optional
            for there in self.mentions.get(other.index, ())
        )

    def dataset(self, mention: Mention) -> None:
        if mention.negated or (mention.entity.proposed and self.main is None):
            return
        trained = re.search(r"\b(?:pre-?)?train\w* (?:\w+ ){0,3}on (?:[\w-]+,? ){0,4}$", mention.before(70))
        self.add(
            "evaluated_on",
            self.head,
            mention,
            0.8,
            "data set in a sentence about the work",
            role="trained" if trained else "evaluated",
        )

    def metric(self, mention: Mention) -> None:
        own = self.is_own(mention.sentence) or any(
            mention.sentence.start <= q.start < mention.sentence.end for q in self.found.quantities if q.unit
        )
        self.add("measured_by", self.head, mention, 0.75 if own else 0.5, "metric in a sentence about the work")

    def task(self, mention: Mention) -> None:
        self.add(
            "addresses",
            self.head,
            mention,
            0.75 if mention.sentence.index < 2 or self.is_own(mention.sentence) else 0.5,
            "task that the paper names",
        )

    def method(self, mention: Mention) -> None:
        if self.main is None or mention.negated:
            return
        if mention.compared and not mention.entity.proposed:
            wins = bool(WINS.search(mention.sentence.text)) or None
            self.add(
                "compared_with",
                self.main.index,
                mention,
                0.7,
                "method that the work is compared with",
                outperforms=wins,
            )
            return
        own = self.is_own(mention.sentence)
        if own and _USES.search(mention.before(80)):
            self.add("uses", self.main.index, mention, 0.6, "method named where the work is described")
