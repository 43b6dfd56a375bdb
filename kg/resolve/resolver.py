"""Resolves a Record: its entities to nodes, entities that are one node joined."""

from dataclasses import dataclass

from kg.model import PAPER, Entity, Record
from kg.resolve.names import names_of
from kg.resolve.resolution import Resolution, Why


@dataclass(frozen=True)
class Resolved:
    """The nodes of a Record: the node id of each entity id and why, and each node's entities in the Record's order."""

    record: Record
    node_of: dict[str, str]
    why_of: dict[str, Why]
    entities_of: dict[str, tuple[Entity, ...]]
    resolution: Resolution

    def node(self, end: str) -> str | None:
        """The node of a relation's end; None for the paper itself."""
        return None if end == PAPER else self.node_of[end]


def resolve(record: Record, resolution: Resolution | None = None) -> Resolved:
    """Resolve one Record by what all papers say; without a resolution, by what it says alone."""
    names = names_of(record.model_dump(mode="json"))
    found = resolution or Resolution([names])
    placed = {named.id: found.node(named, record.id) for named in names.named}
    grouped: dict[str, list[Entity]] = {}
    for entity in record.entities:
        grouped.setdefault(placed[entity.id][0], []).append(entity)
    return Resolved(
        record,
        {id: node for id, (node, _) in placed.items()},
        {id: why for id, (_, why) in placed.items()},
        {node: tuple(entities) for node, entities in grouped.items()},
        found,
    )
