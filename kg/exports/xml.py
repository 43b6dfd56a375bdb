"""The graph as the XML formats need it: values that are texts, numbers or booleans, and no character that XML lacks."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final

import networkx

from kg.exports.base import Source
from kg.graph.networkx import to_networkx

# What XML 1.0 cannot hold at all.
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_GREATEST: Final = 2**63 - 1


def flat_graph(source: Source, names: Mapping[str, str] | None = None) -> "networkx.MultiDiGraph[str]":
    """Nodes and edges in order; lists as JSON texts; attributes renamed where a format uses the name for itself."""
    graph = to_networkx(source)
    flat: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
    for node in sorted(graph):
        flat.add_node(_text(node), **_flat(graph.nodes[node].items(), names or {}))
    for start, end, key, attributes in sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[:3]):
        flat.add_edge(_text(start), _text(end), key=key, **_flat(attributes.items(), names or {}))
    return flat


def _flat(attributes: Iterable[tuple[str, object]], names: Mapping[str, str]) -> dict[str, object]:
    return {names.get(name, name): _plain(value) for name, value in sorted(attributes)}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return _text(json.dumps(value, ensure_ascii=False))
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return min(value, _GREATEST)  # a long has 64 bits
    return value


def _text(text: str) -> str:
    return _NO_XML.sub(" ", text)
