"""Resolves a Record: its entities to nodes, entities that are one node joined."""

from dataclasses import dataclass

from kg.model import PAPER, Entity, Record
from kg.resolve.keys import entity_node


@dataclass(frozen=True)
class Resolved:
    """The nodes of a Record: the node id of each entity id, and each node's entities in the Record's order."""

    record: Record
    node_of: dict[str, str]
    entities_of: dict[str, tuple[Entity, ...]]

    def node(self, end: str) -> str | None:
        """The node of a relation's end; None for the paper itself."""
        return None if end == PAPER else self.node_of[end]


def resolve(record: Record) -> Resolved:
    """Resolve one Record. It needs no other Record, so nodes do not depend on order or company."""
    node_of = {entity.id: entity_node(entity) for entity in record.entities}
    grouped: dict[str, list[Entity]] = {}
    for entity in record.entities:
        grouped.setdefault(node_of[entity.id], []).append(entity)
    return Resolved(record, node_of, {node: tuple(entities) for node, entities in grouped.items()})
