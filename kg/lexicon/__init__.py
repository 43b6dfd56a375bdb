"""Known names: hardware, datasets, metrics, methods, tasks and units, as data files beside this one.

An alias with `?` in front counts only where the context speaks for it, one with `=` only in exactly this case.
"""

from kg.lexicon.fold import fold, singular
from kg.lexicon.ids import node_id, slug
from kg.lexicon.loader import Entry, Lexicon, Term, Unit, load, rows
from kg.lexicon.long_forms import long_form, spells_out
from kg.lexicon.numbers import number_words
from kg.lexicon.own import read_own

__all__ = [
    "Entry",
    "Lexicon",
    "Term",
    "Unit",
    "fold",
    "load",
    "long_form",
    "node_id",
    "number_words",
    "read_own",
    "rows",
    "singular",
    "slug",
    "spells_out",
]
