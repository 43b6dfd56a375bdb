"""Names to nodes: which entity of a paper is which node of the graph, and why."""

from kg.resolve.keys import node_id, slug
from kg.resolve.resolver import Resolved, resolve

__all__ = ["Resolved", "node_id", "resolve", "slug"]
