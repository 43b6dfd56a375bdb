"""Known names: hardware, datasets, metrics, methods, tasks and units, as data files beside this one.

An alias with `?` in front counts only where the context speaks for it, one with `=` only in exactly this case.
"""

from kg.lexicon.fold import fold, singular
from kg.lexicon.loader import Entry, Lexicon, Term, Unit, load, rows

__all__ = ["Entry", "Lexicon", "Term", "Unit", "fold", "load", "rows", "singular"]
