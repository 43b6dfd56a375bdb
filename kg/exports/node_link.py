"""Node-link JSON: what networkx.node_link_graph and D3 read."""

import io
import json
from typing import BinaryIO

import networkx

from kg.exports.base import Export, Source
from kg.graph.networkx import to_networkx


def _write(source: Source, out: BinaryIO) -> None:
    graph = to_networkx(source)
    for _, attributes in graph.nodes(data=True):
        if "id" in attributes:  # the format's own word for the node, which is the IRI
            attributes["paper_id"] = attributes.pop("id")
    found = networkx.node_link_data(graph, edges="edges")
    found["nodes"].sort(key=lambda node: str(node["id"]))
    found["edges"].sort(key=lambda edge: (edge["source"], edge["target"], edge["key"]))
    text = io.TextIOWrapper(out, "utf-8", newline="\n")
    json.dump(found, text, ensure_ascii=False, indent=1, sort_keys=True)
    text.write("\n")
    text.detach()


NODE_LINK = Export("networkx", "node-link JSON for networkx.node_link_graph(…, edges='edges') and D3", ".json", _write)
