"""One normal form for names, shared by the lexicon and by the identity of nodes."""

import re
import unicodedata
from functools import lru_cache

_LATEX = re.compile(r"\\(?:text|math)?(?:bf|it|tt|sc|sf|rm|cal|bb|frak|emph|text)\b|\\(?=\W)|[${}^_~\\]")
_SEPARATORS = re.compile(r"[\s\-‐-―−_'’`\"“”()\[\],;:!?]+")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s\-‐-―−_,;:]+(?=\d)")
# "GPUs", "NPUs", "MCUs": plurals that end as "corpus" does
_UNIT_PLURAL = re.compile(r"(?:.*[^a-z])?[a-z]{0,2}[pc]us(?<!opus)(?<!rpus)(?<!mpus)(?<!cus)|(?:.*[^a-z])?mcus")
# the same after a word: "hoppergpus", "consumercpus"; no English word ends so
_NAMED_UNITS = re.compile(r".*[gctnvdx]pus")
_LONE_DOT = re.compile(r"(?<!\d)\.|\.(?!\d)")
_TIMES = str.maketrans({"×": "x", "✕": "x", "⨯": "x"})
# a letter s that ends a version ("YOLOv8s", the small YOLOv8), or a capital one that ends a name ("L40S"), is no plural
_VARIANT = re.compile(r"(?!tpu).+v\d{1,2}(?:\.\d+)?s")


def singular(word: str) -> str:
    """The word without its plural ending, as far as spelling tells.

    >>> singular("gpus"), singular("latencies"), singular("loss"), singular("analysis"), singular("corpus"), singular("gas")
    ('gpu', 'latency', 'loss', 'analysis', 'corpus', 'gas')
    """
    if _UNIT_PLURAL.fullmatch(word) or _NAMED_UNITS.fullmatch(word):
        return word[:-1]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@lru_cache(maxsize=1 << 15)  # the same words come again and again
def fold(name: str) -> str:
    """The normal form: case, LaTeX, Unicode variants, accents, spaces, hyphens and plural folded; versions kept.

    Separators between digits stay as a hyphen, so that "Phi-3 5B" and "Phi-35B" differ, and so does a decimal point.

    >>> fold("TPU-v4"), fold("TPUv4s"), fold("$A^2ATS$"), fold("Mélange"), fold("GPT-3.5"), fold("Phi-3 5B")
    ('tpuv4', 'tpuv4', 'a2at', 'melange', 'gpt3.5', 'phi3-5b')
    >>> fold("V100s"), fold("L40S"), fold("L40s")
    ('v100', 'l40s', 'l40')
    >>> fold("C"), fold("C++"), fold("C#")
    ('c', 'c++', 'c#')
    >>> fold("YOLOv8s"), fold("Mixtral 8×7B"), fold("β-VAE") == fold(r"$\\beta$-VAE")
    ('yolov8s', 'mixtral8x7b', True)
    """
    return _folded(name)


def _folded(name: str) -> str:
    text = _LATEX.sub(" ", name)
    if text.isascii():
        text = text.lower()
    else:
        text = unicodedata.normalize("NFKD", text).casefold().translate(_TIMES)
        text = "".join(_plain_letter(c) for c in text if not unicodedata.combining(c))
    text = _BETWEEN_DIGITS.sub("\x00", text)
    text = _LONE_DOT.sub("", _SEPARATORS.sub("", text))
    text = text.replace("\x00", "-")
    return text if name.rstrip().endswith("S") or _VARIANT.fullmatch(text) else singular(text)


def _plain_letter(char: str) -> str:
    """A Greek letter by its name, as LaTeX writes it; any other as it is."""
    if "α" <= char <= "ω":
        return unicodedata.name(char).rpartition(" ")[2].lower()
    return char
