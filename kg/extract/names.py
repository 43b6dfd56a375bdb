"""Names that no lexicon lists: by their shape, by where authors introduce their work, by the words beside them."""

import re
from collections.abc import Iterator
from typing import Final

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.abbreviations import Pair
from kg.extract.candidates import Candidate, Sentence, reading, sentences
from kg.lexicon import Lexicon, fold, load
from kg.model import EntityType

_WORD: Final = re.compile(r"\\?[^\W_][\w.+#@*]*(?:[-‐‑–/&][^\W_][\w.+#@*]*)*")
_TAIL: Final = re.compile(r"(?:[-‐‑–](?:[a-z][a-z]+))+$")
_ROMAN_OR_UNIT: Final = re.compile(r"\d+(?:\.\d+)?[A-Za-z%]{0,3}$|[IVX]+$")

_TITLE_NAME: Final = re.compile(r"^([^:?]{2,50}?)\s?(?::|\s[–—-]\s)\s*\S")
_PROPOSES: Final = re.compile(
    r"\b(?:we|this (?:paper|work|article|study|report|thesis|survey)|the (?:paper|authors?)|our (?:work|paper))\b[^.;:]{0,60}?\b"
    r"(?:propos|present|introduc|develop|design|describ|releas|build|built|offer|contribut|creat|implement|construct|unveil|curat|provid)\w*\b",
    re.IGNORECASE,
)
_CALLED: Final = re.compile(
    r"\b(?:called|named|dubbed|termed|coined|denoted(?: as)?|referred to as|abbreviated as|which we (?:call|name|term|dub)|we (?:call|name|term|dub)(?: it| this| our \w+)?|i\.e\.,?|namely)\s+(?:the\s+)?[\"“'`]?",
    re.IGNORECASE,
)
_NAMED_AT_ONCE: Final = re.compile(r"(?:(?!\b(?:which|that|into|where)\b)[^.,;:()]){0,140}\(([^()]{2,20})\)")
# A name of one word of any shape, or of several that are capitalised ("Rolling Sink Frame Mechanism").
_CAPITALISED: Final = re.compile(
    r"[A-Z][\w\-‐+]*(?:\s(?:(?:of|for|and|in|with)\s)?[A-Z][\w\-‐+]*){1,6}|\\?[^\W_][\w.+#@*]*(?:[-‐‑–/&][^\W_][\w.+#@*]*)*"
)
_OWN_NAMES: Final = (
    re.compile(r"\b[Oo]ur\s(?:[a-z][\w-]*\s){0,2}(?P<name>[^\W_][\w.+\-]*[A-Z\d][\w.+\-]*)"),
    re.compile(
        r"\b(?P<name>[^\W_][\w.+\-]*)(?:\s[\w-]+){0,4}?\s(?:is|are|was)\s(?:\w+\s)?"
        r"(?:proposed|presented|introduced|designed|developed|devised)\b"
    ),
)  # fmt: skip
_STOP_OBJECT: Final = re.compile(
    r"[.;:]|,\s(?:which|where|and|to|by|with|that)\b|\b(?:that|which|to|for|based on|built on|using|via|by|in|on|of|from|than|over|against|under)\b"
)

_NOUNS: Final[tuple[tuple[EntityType, re.Pattern[str]], ...]] = (
    ("Dataset", re.compile(r"^[\"”')]?[\s-](?:[\w-]+\s)?(?:data ?sets?|benchmarks?|corpus|corpora|test ?sets?|suite|leaderboard|collection|challenge|splits?)\b", re.IGNORECASE)),
    ("Metric", re.compile(r"^[\s-](?:scores?|metrics?|index|values?|loss)\b", re.IGNORECASE)),
    ("Hardware", re.compile(r"^[\s-](?:GPUs?|FPGAs?|CPUs?|NPUs?|TPUs?|ASICs?|SoCs?|processors?|chips?|microcontrollers?|development boards?|boards?|supercomputers?)\b")),
)  # fmt: skip
_BEFORE_DATASET: Final = re.compile(
    r"\b(?:data ?sets?|benchmarks?|corpora)(?:,? (?:such as|like|including|namely|e\.g\.,?|called|named|of))?[\s:(]*(?:[\w.-]+(?:, (?:and )?| and )){0,6}$",
    re.IGNORECASE,
)
_ON: Final = re.compile(
    r"\b(?:on|across)\s(?:the\s|both\s|all\s)?(?:[\w.-]*[A-Z\d][\w.-]*(?:,\s(?:and\s)?|\sand\s)){0,8}$"
)
_EVALUATES: Final = re.compile(
    r"\b(?:experiment|evaluat|results?|accurac|performan|achiev|state[- ]of[- ]the[- ]art|test|outperform|improv|score|benchmark|pre-?train|train|validat|demonstrat|gain)\w*",
    re.IGNORECASE,
)
_RIVAL: Final = re.compile(
    r"\b(?:outperform\w*|surpass\w*|over|than|versus|vs\.?|against|compared (?:to|with)|baselines?(?: such as| like)?)\s"
    r"(?:with\s|for\s|[\d.,]+\s?[%×x]?\s(?:for|with|by|of)\s)?(?P<list>[A-Z][\w.+-]*(?:(?:,\s(?:and\s)?|\sand\s)[A-Za-z][\w.+-]*){0,5})"
)
_IS_DATASET: Final = re.compile(
    r"\b(?:benchmark(?! the)|data ?set|corpus|test ?suite|test ?bed|leaderboard|evaluation suite)s?\b", re.IGNORECASE
)
_IS_METRIC: Final = re.compile(r"\b(?:metric|measure)\b", re.IGNORECASE)


def shaped_like_name(word: str) -> bool:
    """Whether a word is written as names of systems are: capitals inside, or capitals with digits.

    >>> [w for w in ("vLLM", "OFA-KD", "LLaMA-2-70B", "BERT", "Transformer", "we", "4-bit", "A", "cuBLAS") if shaped_like_name(w)]
    ['vLLM', 'OFA-KD', 'LLaMA-2-70B', 'BERT', 'cuBLAS']
    """
    letters = [c for c in word if c.isalpha()]
    if len(letters) < 2 or _ROMAN_OR_UNIT.fullmatch(word):
        return False
    upper = sum(c.isupper() for c in letters)
    if upper == 0:
        return False
    inside = sum(c.isupper() for c in word[1:])
    parts = re.split(r"[-‐‑–/&]", word)
    if len(parts) > 1 and all(not part or (part[0].isupper() and part[1:].islower()) for part in parts):
        return False  # Hardware-Software, Schwartz-Hearst
    if len(parts) > 1 and not any(shaped_like_name(part) for part in parts):
        return any(part.isdigit() or re.fullmatch(r"[vV]?\d[\w.]*", part) for part in parts) and word[0].isupper()
    return inside >= 1 or (word[0].isupper() and any(c.isdigit() for c in word))


@Language.factory("kg_names")
class Names:
    """Adds a Candidate for each stretch that looks like a proper name and is in no lexicon."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.lexicon: Lexicon = load()
        self.excluded = self.lexicon.not_names | self.lexicon.units.keys()

    def __call__(self, doc: Doc) -> Doc:
        """Read one Doc."""
        found = reading(doc)
        text = found.text
        known = [(c.start, c.end) for c in found.candidates]
        proposed: set[tuple[int, int]] = set()
        names: list[tuple[int, int, Sentence]] = []
        for sentence in sentences(doc):
            here = [span for span in self._shaped(text, sentence) if not _inside(span, known)]
            introduced = list(self._introduced(text, sentence, found.abbreviations))
            here += [span for span in self._rivals(sentence) if not _inside(span, known)]
            proposed.update(introduced)
            names.extend((start, end, sentence) for start, end in dict.fromkeys(here + introduced))
        for start, end, sentence in names:
            new = (start, end) in proposed
            type, rule, confidence = self._type(text, start, end, sentence, new)
            found.candidates.append(Candidate(start, end, type, "names", rule, confidence, proposed=new))
        return doc

    def _shaped(self, text: str, sentence: Sentence) -> Iterator[tuple[int, int]]:
        """Words of the sentence that are shaped like names."""
        if sentence.in_title and sum(c.isupper() for c in sentence.text) > 0.6 * sum(
            c.isalpha() for c in sentence.text
        ):
            return  # a title in capitals tells nothing
        for match in _WORD.finditer(text, sentence.start, sentence.end):
            word = match[0].rstrip(".*")
            if word.islower():
                continue
            word = _TAIL.sub("", word) if _TAIL.search(word) else word
            word = re.sub(r"(?<=[A-Z\d])s$", "", word) if self._is_excluded(word) else word
            if not shaped_like_name(word) or self._is_excluded(word) or self._is_other_hardware(word):
                continue
            start, end = match.start(), match.start() + len(word)
            if "/" in word:
                offset = start
                for part in word.split("/"):
                    if shaped_like_name(part) and not self._is_excluded(part):
                        yield offset, offset + len(part)
                    offset += len(part) + 1
            else:
                yield start, end

    def _rivals(self, sentence: Sentence) -> Iterator[tuple[int, int]]:
        """Capitalised words in lists of what the work is compared with: "outperforms Megatron-LM and Quillstream"."""
        for match in _RIVAL.finditer(sentence.text):
            for word in re.finditer(r"[A-Z][a-z]{3,}\b(?!-)", match["list"]):
                if not self._is_known(word[0]):
                    start = sentence.start + match.start("list") + word.start()
                    yield start, start + len(word[0])

    def _is_excluded(self, word: str) -> bool:
        plain = word.removesuffix("s")
        return word in self.excluded or plain in self.excluded

    def _is_other_hardware(self, word: str) -> bool:
        """Whether the lexicon knows the word as hardware: where it is no candidate, it means something else here."""
        return any(term.entry.type == "Hardware" for term in self.lexicon.terms.get(fold(word), ()))

    def _is_known(self, *names: str) -> bool:
        """Whether one of the names is of something that was there before this paper."""
        return any(self._is_excluded(name) or self.lexicon.terms.get(fold(name)) for name in names)

    def _introduced(self, text: str, sentence: Sentence, pairs: list[Pair]) -> Iterator[tuple[int, int]]:
        """Names that the authors give to their own work."""
        if sentence.in_title:
            yield from self._title_name(text, sentence)
            return
        here = [pair for pair in pairs if sentence.start <= pair[0][0] < sentence.end]
        for match in _CALLED.finditer(sentence.text):
            yield from self._first_name(text, sentence, match.end(), match.end() + 1, here)
        for match in _PROPOSES.finditer(sentence.text):
            rest = sentence.text[match.end() :]
            stop = _STOP_OBJECT.search(rest)
            parenthesis = _NAMED_AT_ONCE.match(rest)
            scope = max(stop.start() if stop else len(rest), parenthesis.end() if parenthesis else 0)
            yield from self._first_name(text, sentence, match.end(), match.end() + scope, here)
        for pattern in _OWN_NAMES:
            for match in pattern.finditer(sentence.text):
                name = match["name"].rstrip(".")
                if shaped_like_name(name) and not _TAIL.search(name) and not self._is_known(name):
                    yield sentence.start + match.start("name"), sentence.start + match.start("name") + len(name)

    def _title_name(self, text: str, sentence: Sentence) -> Iterator[tuple[int, int]]:
        """What stands before the colon of a title, where it is a name: shaped like one, or used as one in the abstract."""
        match = _TITLE_NAME.match(sentence.text)
        if not match:
            return
        name = match[1].strip()
        words = name.split()
        if not name[:1].isalnum() or self._is_excluded(name):
            return
        again = len(words) <= 4 and bool(re.search(rf"[a-z,]\s{re.escape(name)}\b", text[sentence.end :]))
        shaped = len(words) <= 3 and any(map(shaped_like_name, words))
        if (
            (any(c.isupper() for c in name) and len(words) == 1)
            or shaped
            or (again and all(w[0].isupper() for w in words))
        ):
            start = sentence.start + match.start(1)
            yield start, start + len(name)

    def _first_name(
        self, text: str, sentence: Sentence, begin: int, end: int, pairs: list[Pair]
    ) -> Iterator[tuple[int, int]]:
        """The first name that begins in a stretch of the sentence; a name with its abbreviation gives both."""
        for short, long in sorted(pairs):
            if begin <= min(short[0], long[0]) - sentence.start < end and not self._is_known(
                text[slice(*short)], text[slice(*long)]
            ):
                yield short
                yield long
                return
        for word in _CAPITALISED.finditer(sentence.text, begin):
            if word.start() >= end:
                return
            name = word[0].rstrip(".")
            follows = sentence.text[word.end() : word.end() + 3]
            several = " " in name
            if _TAIL.search(name):
                continue
            named = shaped_like_name(name) or (
                name[0].isupper() and (several or re.match(r"\s?(?:[,(:.]|$)", follows) or end == begin + 1)
            )
            # "a new NAS policy": a known name before another noun is what the new thing is made of
            made_of = (several or re.match(r"\s[a-z]", follows)) and self._is_known(name)
            if named and not made_of and not self._is_excluded(name):
                yield sentence.start + word.start(), sentence.start + word.start() + len(name)
                return

    def _type(self, text: str, start: int, end: int, sentence: Sentence, new: bool) -> tuple[EntityType, str, float]:
        after = text[end : min(end + 60, sentence.end)]
        before = text[max(sentence.start, start - 120) : start]
        for type, pattern in _NOUNS:
            if pattern.match(after):
                return type, f"name before a word for {type.casefold()}", 0.75
        if new:
            clause = re.split(r"[,.;]\s(?:which|that|and)\b|[.;]", text[end : sentence.end])[0][:110]
            described = before[-80:] + " " + clause
            if sentence.in_title:
                described = clause
            if _IS_DATASET.search(described) and not re.search(
                r"\b(?:framework|system|model|method|algorithm|approach)\b", described
            ):
                return "Dataset", "name of a data set that the paper introduces", 0.8
            if _IS_METRIC.search(before[-40:]):
                return "Metric", "name of a metric that the paper introduces", 0.7
            return "Method", "name that the paper gives to its work", 0.9
        if _BEFORE_DATASET.search(before):
            return "Dataset", "name in a list of data sets", 0.7
        if (
            _ON.search(before)
            and _EVALUATES.search(sentence.text)
            and not re.match(
                r"[\s-](?:model|framework|system|platform|cluster|architecture|network|backbone)s?\b", after
            )
            and not re.search(r"\d+(?:\.\d+)?[BM]$", text[start:end])
        ):
            return "Dataset", "name after 'on' where something is evaluated", 0.55
        return "Method", "word shaped like a name", 0.5


def _inside(span: tuple[int, int], spans: list[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)
