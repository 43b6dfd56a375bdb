"""Names that the lexicon knows, the longest first, with the context that ambiguous ones need.

A stretch of text is looked up by its folded form, from each place where a word or number begins: so "TPU-v4",
"TPUv4s" and "TPU v4" are one look-up each, and "A10" is never found inside "A100".
"""

import re
import unicodedata
from typing import Final

from spacy.language import Language
from spacy.tokens import Doc

from kg.extract.candidates import Candidate, reading
from kg.lexicon import Lexicon, Term, fold, load, number_words
from kg.lexicon.loader import START

_SEGMENT: Final = re.compile(r"\d+(?:\.\d+)*|[^\W\d_]+|[+#]+")
_MOST_SEGMENTS: Final = 10
_GAP: Final = re.compile(r"[\s\-‐-―_/.'’()+&:]{0,2}")
_TYPE_ORDER: Final = {"Hardware": 0, "Dataset": 1, "Method": 2, "Metric": 3, "Task": 4}

# Words near an ambiguous name that speak for computing hardware. General: parts, makers, units, uses of machines.
_HARDWARE_CONTEXT: Final = re.compile(
    r"\b(?:gpus?|cpus?|tpus?|npus?|fpgas?|asics?|socs?|mcus?|processors?|accelerators?|cores?|chips?|boards?|hardware|"
    r"devices?|servers?|clusters?|nodes?|supercomputers?|nvidia|amd|intel|arm|qualcomm|jetson|geforce|rtx|xilinx|"
    r"silicon|embedded|edge|cuda|memory|vram|hbm|latency|throughput|fps|inference|microarchitectures?|"
    r"microcontrollers?|macbook|laptops?|phones?|smartphones?|fpga-based|architectures?)\b",
    re.IGNORECASE,
)
# A letter and a number ("A7", "M1", "P4") are names in many fields, and so are words that name supercomputers ("Delta").
_CHIP_CONTEXT: Final = re.compile(
    r"\b(?:gpus?|cpus?|tpus?|npus?|fpgas?|socs?|chips?|processors?|microcontrollers?|cortex|nvidia|apple|iphones?|ipads?|macbooks?|mac|"
    r"laptops?|android|cuda|neural engine|metal|ios|servers?|vram|gb|fps|inference|training|trained|llms?|[abhlv]\d{2,3}s?)\b",
    re.IGNORECASE,
)
_MACHINE_CONTEXT: Final = re.compile(
    r"\b(?:supercomput\w*|hpc|exascale|petascale|peta-?flops?|exa-?flops?|computing (?:facility|center|centre)|machines?|nodes?|clusters?|"
    r"systems?|ranks?|gpus?|servers?|national laborator(?:y|ies)|frontier|aurora|perlmutter|fugaku|summit|sierra)\b",
    re.IGNORECASE,
)
_OTHER_MEANING: Final = re.compile(
    r"\b(?:thermoplastic|polyurethane|filament|elastomer|macrophages?|microglia|cortex|phages?|moon|saturn|"
    r"spectroscop\w+|orchards?|fruits?|motorways?|highways?|roads?|roadside|traffic|villages?|junctions?|reefs?|mri|tesla mri|T2-weighted|T1-weighted|"
    r"lakes?|rivers?|mujoco|walker2d|halfcheetah|professor|prof|dr|spark plugs?|ignit\w+)\b",
    re.IGNORECASE,
)
_COUNTED: Final = re.compile(rf"\b(?:{'|'.join(number_words('devices'))}|\d{{1,2}}\s?[x×]?)\s?$", re.IGNORECASE)
_LANGUAGE: Final = re.compile(r"[\s-](?:programmable|programs?\b|language|switch|data[ -]?plane|code\b)", re.IGNORECASE)
_PACKETS: Final = re.compile(r"\b(?:data ?planes?|packets?|switch(?:es)?|Tofino|SmartNICs?|SDN)\b", re.IGNORECASE)
_PLACE: Final = re.compile(
    r"\s(?:City|University|Street|Avenue|County|Village|Park|River|Lake|Valley|Hospital|Island|Beach)\b"
)
# Within a sentence: at its beginning any word has a capital.
_CAPITALISED: Final = re.compile(r"(?<=[a-z,]\s)([A-Z][a-z]{3,})\s$")
_COMPOUND: Final = re.compile(r"[-‐]([A-Za-z]{3,})")
_OF_HARDWARE: Final = frozenset(
    ["based", "class", "optimized", "optimised", "native", "powered", "accelerated", "equipped", "series", "like", "only", "style", "specific"]
)  # fmt: skip
_PRODUCTS: Final = ("product", "variant", "system", "part")
_WINDOW: Final = 120


@Language.factory("kg_terms")
class Terms:
    """Adds a Candidate for each known name."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.lexicon: Lexicon = load()
        hardware = [entry for entry in self.lexicon.entries.values() if entry.type == "Hardware"]
        self.makers = {fold(word) for entry in hardware for word in (entry.vendor or "").split()}
        self.makers |= {fold(word) for entry in hardware for word in entry.name.split()}

    def __call__(self, doc: Doc) -> Doc:
        """Read one Doc."""
        found = reading(doc)
        text = found.text
        segments = [(match.start(), match.end()) for match in _SEGMENT.finditer(text)]
        folded = [unicodedata.normalize("NFKD", text[start:end]).casefold() for start, end in segments]
        taken_until = -1
        for index, (start, _) in enumerate(segments):
            if folded[index][:START] not in self.lexicon.starts or start < taken_until or not _opens(text, start):
                continue
            best = self._longest(text, segments, folded, index, found.refused)
            if best is not None:
                end, term = best
                taken_until = end
                found.candidates.append(
                    Candidate(
                        start, end, term.entry.type, "terms", f"lexicon:{term.entry.id}",
                        0.7 if term.optional else 0.95, term.entry, optional=term.optional,
                    )
                )  # fmt: skip
        return doc

    def _longest(
        self,
        text: str,
        segments: list[tuple[int, int]],
        folded: list[str],
        index: int,
        refused: list[tuple[int, int]],
    ) -> tuple[int, Term] | None:
        start = segments[index][0]
        best: tuple[int, Term] | None = None
        joined = ""
        for last in range(index, min(index + _MOST_SEGMENTS, len(segments))):
            if last > index and not _GAP.fullmatch(text, segments[last - 1][1], segments[last][0]):
                break
            joined += folded[last]
            if joined[:START] not in self.lexicon.starts or len(joined) > self.lexicon.longest + 2:
                break
            end = segments[last][1]
            if not _closes(text, end) or text[end - 2 : end] in ("'s", "’s"):
                continue
            key = fold(text[start:end])
            terms = self.lexicon.terms.get(key)
            if terms:
                fitting = [term for term in terms if self._fits(term, text, start, end)]
                if not fitting and all(_may_mislead(term) for term in terms):
                    refused.append((start, end))
                if fitting:
                    best = (
                        end,
                        min(fitting, key=lambda term: (term.optional, _TYPE_ORDER[term.entry.type], term.entry.id)),
                    )
        return best

    def _fits(self, term: Term, text: str, start: int, end: int) -> bool:
        surface = text[start:end]
        if term.exact_case and surface.rstrip("s") != term.surface.rstrip("s"):
            return False
        capitals = sum(c.isupper() for c in term.surface)
        letters = sum(c.isalpha() for c in term.surface)
        if term.entry.type != "Hardware" and capitals >= 2 and letters <= 8 and not any(c.isupper() for c in surface):
            return False  # "sam", "race" and "bold" in small letters are words
        around = text[max(0, start - _WINDOW) : start] + " " + text[end : end + _WINDOW]
        # "A100" the road, "TPU" the plastic: another meaning in the text, and no word about computing beside it
        short = term.entry.type == "Hardware" and len(term.surface) <= 6
        if short and _OTHER_MEANING.search(text):
            if not _HARDWARE_CONTEXT.search(around.replace(surface, " ")):
                return False
            before, after = text[max(0, start - _WINDOW) : start], text[end : end + _WINDOW]
            if _distance(_OTHER_MEANING, before, after) < _distance(_HARDWARE_CONTEXT, before, after):
                return False  # of the words beside it in its sentence the nearest decides
        if len(re.split(r"[^A-Za-z]", surface)[0]) == 1 and surface[0] != term.surface[0]:
            return False  # "a 100 Gb/s link" holds no A100
        if term.entry.type == "Hardware" and term.entry.kind in _PRODUCTS and not _written_as(term.surface, surface):
            return False
        if term.needs_context and term.entry.type == "Hardware" and self._is_other_name(text, start, end):
            return False
        if term.needs_context:
            if term.entry.type == "Hardware" and surface[0].isdigit():  # "two 4090s", "a 4090 card"
                alone = bool(re.match(r"\s(?:GPU|card)s?\b", text[end : end + 8]))
                return alone or (surface.endswith("s") and bool(_COUNTED.search(text[:start])))
            if term.entry.type == "Hardware":
                context = _CHIP_CONTEXT if re.fullmatch(r"[A-Z]\d{1,2}s?", surface) else _HARDWARE_CONTEXT
                context = _MACHINE_CONTEXT if term.entry.kind == "system" else context
                return surface[:1].isupper() and bool(context.search(around))
            return surface.rstrip("s") == term.surface.rstrip("s") and self._named_otherwise(term, text)
        return True

    def _is_other_name(self, text: str, start: int, end: int) -> bool:
        """Whether an ambiguous word is a language ("P4-programmable switches") or part of a place's name ("Chula Vista")."""
        if _LANGUAGE.match(text, end) or (text[start:end] == "P4" and _PACKETS.search(text)):
            return True
        if compound := _COMPOUND.match(text, end):
            return compound[1].casefold() not in _OF_HARDWARE
        before = _CAPITALISED.search(text[max(0, start - 30) : start]) if text[start:end].isalpha() else None
        return bool(before and fold(before[1]) not in self.makers) or bool(_PLACE.match(text, end))

    def _named_otherwise(self, term: Term, text: str) -> bool:
        """Whether the text holds another name of the same thing: then the ambiguous one means it."""
        whole = fold(text)
        others = (name.lstrip("?=") for name in (term.entry.name, *term.entry.aliases))
        return any(len(other) > 5 and other != term.surface and fold(other) in whole for other in others)


def _distance(pattern: re.Pattern[str], before: str, after: str) -> int:
    """How many characters lie between a name and the nearest match in its sentence."""
    before, after = re.split(r"[.!?]\s", before)[-1], re.split(r"[.!?]\s", after)[0]
    found = [len(before) - match.end() for match in pattern.finditer(before)]
    found += [match.start() for match in pattern.finditer(after)]
    return min(found, default=_WINDOW)


def _written_as(name: str, surface: str) -> bool:
    """Whether a product whose name is a word of letters alone is written as a name: not "Rapid" for RaPiD, "ALP" for Alps."""
    if not re.fullmatch(r"[A-Za-z-]+", name):
        return True
    capital = surface[0].isupper() or not name[0].isupper()
    inner = any(c.isupper() for c in surface[1:]) or not any(c.isupper() for c in name[1:])
    plural = surface[-1] in "sS" or name[-1] != "s"
    return capital and inner and plural


def _may_mislead(term: Term) -> bool:
    """Whether a name that does not fit its context means something else there: nothing else may take it for one either."""
    return term.exact_case or term.entry.type == "Hardware"


def _opens(text: str, start: int) -> bool:
    """Whether a name may begin here: not inside a word, save after a multiplier ("8x", "4×")."""
    if start == 0:
        return True
    before = text[start - 1]
    if before in "_\\@#":
        return False
    if not before.isalnum():
        return before != "." or start < 2 or not text[start - 2].isalnum()
    return False


def _closes(text: str, end: int) -> bool:
    """Whether a name may end here: not inside a word or a version."""
    after = text[end : end + 2]
    if not after or not (after[0].isalnum() or after[0] in "_+#"):
        return not (len(after) == 2 and after[0] == "." and after[1].isdigit() and text[end - 1].isdigit())
    return after[0] == "s" and not after[1:2].isalnum() and text[end - 1].isdigit()
