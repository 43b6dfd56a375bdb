"""Names to nodes: which entity of a paper is which node of the graph, and why; what the user says of it."""

from kg.lexicon import node_id, slug
from kg.resolve.corrections import Corrector
from kg.resolve.names import PaperNames, names_of
from kg.resolve.resolution import MOST_EVIDENCE, KeptApart, Resolution, Why, node_type
from kg.resolve.resolver import Resolved, resolve
from kg.resolve.say import Say, read_say, take_say

__all__ = [
    "MOST_EVIDENCE", "Corrector", "KeptApart", "PaperNames", "Resolution", "Resolved", "Say", "Why", "names_of", "node_id", "node_type", "read_say",
    "resolve", "slug", "take_say",
]  # fmt: skip
