"""Ids from names: readable, stable, and different wherever the meaning may be."""

import re
from typing import Final

from kg.lexicon.fold import fold
from kg.model import EntityType, content_hash

MOST_SLUG: Final = 80


def slug(key: str) -> str:
    """A folded name as part of an IRI: at most 80 characters, with a hash where something was lost.

    >>> slug("moelens"), slug("gpt3.5"), slug("c") == slug("c++")
    ('moelens', 'gpt3.5', False)
    """
    plain = re.sub(r"[^a-z0-9.-]+", "-", key).strip("-.")
    if plain == key and 0 < len(plain) <= MOST_SLUG:
        return plain
    mark = content_hash(key, length=8)
    return f"{plain[: MOST_SLUG - 9].rstrip('-.')}-{mark}".lstrip("-")


def node_id(type: EntityType, name: str) -> str:
    """The id of a thing that the lexicon does not know: `type/slug`.

    >>> node_id("Method", "MoE-Lens"), node_id("Method", "MoE Lens")
    ('method/moelen', 'method/moelen')
    """
    return f"{type.casefold()}/{slug(fold(name))}"
