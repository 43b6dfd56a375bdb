"""The network view: one HTML file that holds the graph, its evidence and all it needs to show it.

`render` takes plain data and gives back a document that makes no network request. Every text in
the data is taken as hostile: it travels as escaped JSON and reaches the page as text only.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from math import log2, sqrt
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

# Shape and colour of each node type. The colours are Okabe and Ito's, which stay apart for
# colour-blind readers; the shapes tell the types apart without any colour.
STYLES: Mapping[str, tuple[str, str]] = {
    "Paper": ("triangleDown", "#8A9099"),
    "Method": ("dot", "#0072B2"),
    "Hardware": ("square", "#D55E00"),
    "Dataset": ("diamond", "#009E73"),
    "Metric": ("triangle", "#CC79A7"),
    "Task": ("star", "#E69F00"),
}
# Only shapes that vis-network draws by itself: an image shape would name an address to load.
# The number evens out how large each looks.
SHAPES: Mapping[str, float] = {
    "dot": 1.0,
    "square": 0.9,
    "diamond": 1.1,
    "triangle": 1.05,
    "triangleDown": 1.05,
    "star": 1.25,
    "hexagon": 1.0,
}
MANY_EDGES = 5000  # from here on the edges are left out while the picture is dragged

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_SAFE = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def render(page: Mapping[str, Any]) -> str:
    """One self-contained HTML document showing `page`."""
    vis_js, app_js = _vis_script(), _asset("network.js")
    policy = (
        "default-src 'none'; "
        f"script-src {_source_hash(vis_js)} {_source_hash(app_js)}; "
        "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(_asset("network.html"))
    return template.render(
        title=_text(page["title"]),
        subtitle=_text(page["subtitle"]),
        policy=policy,
        css=Markup(_asset("network.css")),
        vis_js=Markup(vis_js),
        app_js=Markup(app_js),
        data=Markup(_json(_data(page))),
    )


def _data(page: Mapping[str, Any]) -> dict[str, Any]:
    """What the script reads: the vis-network graph, and beside it the evidence.

    Nodes and edges are numbered in both lists alike, so long identifiers are written once.
    """
    styles = {t["name"]: (_shape(t["shape"]), _color(t["color"])) for t in page["types"]}
    nodes, edges, options = _graph(page, styles)
    beside = ("label", "x", "y", "from", "to")
    return {
        "shown": int(page["shown"]),
        "total": int(page["total"]),
        "types": [{**t, "shape": styles[t["name"]][0], "color": styles[t["name"]][1]} for t in page["types"]],
        "papers": page["papers"],
        "nodes": [{k: v for k, v in n.items() if k not in beside} for n in page["nodes"]],
        "edges": [{k: v for k, v in e.items() if k not in beside} for e in page["edges"]],
        "vis": {"nodes": nodes, "edges": edges, "options": options},
    }


def _graph(
    page: Mapping[str, Any], styles: Mapping[str, tuple[str, str]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, Any]]:
    """Nodes, edges and options for vis-network, put together by pyvis."""
    from pyvis.network import Network  # late: it imports IPython, which is slow

    number = {node["id"]: i for i, node in enumerate(page["nodes"])}
    degree = [0] * len(number)
    for edge in page["edges"]:
        degree[number[edge["from"]]] += 1
        degree[number[edge["to"]]] += 1
    # An undirected pyvis network compares each new edge with all before it and drops parallels.
    net = Network(directed=True)
    for i, node in enumerate(page["nodes"]):
        shape = styles[node["type"]][0]
        net.add_node(
            i,
            label=_text(node["label"]) or "(no name)",
            shape=shape,
            group=node["type"],
            x=round(node["x"]),
            y=round(node["y"]),
            size=round(SHAPES[shape] * min(26.0, 7 + 2 * sqrt(degree[i])), 1),
        )
    for i, edge in enumerate(page["edges"]):
        width = round(min(3.0, 1 + 0.5 * log2(max(1, len(edge["facts"])))), 1)
        net.add_edge(number[edge["from"]], number[edge["to"]], id=i, arrows="", width=width)
    net.set_options(
        json.dumps(
            {
                "physics": {"enabled": False},
                "layout": {"improvedLayout": False},
                "nodes": {"borderWidth": 0, "chosen": False},
                "edges": {"smooth": False, "chosen": False},
                "interaction": {
                    "dragNodes": False,
                    "hideEdgesOnDrag": len(page["edges"]) > MANY_EDGES,
                    "hideEdgesOnZoom": len(page["edges"]) > MANY_EDGES,
                    "selectable": False,
                    "zoomSpeed": 0.8,
                },
            }
        )
    )
    nodes, edges, _, _, _, options = net.get_network_data()
    return nodes, edges, json.loads(options)


@cache
def _asset(name: str) -> str:
    """A file of our own templates folder."""
    return (files("kg.views") / "templates" / name).read_text(encoding="utf-8")


@cache
def _vis_script() -> str:
    """vis-network as pyvis ships it, newest version first, without its source map address."""
    folders = [f for f in (files("pyvis") / "lib").iterdir() if f.name.startswith("vis-")]
    newest = max(folders, key=lambda f: [int(n) for n in re.findall(r"\d+", f.name)])
    script = (newest / "vis-network.min.js").read_text(encoding="utf-8")
    script = re.sub(r"\n//# sourceMappingURL=\S+\s*$", "\n", script)
    if re.search(r"</script|<!--", script, re.IGNORECASE):
        raise ValueError("this vis-network cannot stand inside a script element")
    return script


def _source_hash(script: str) -> str:
    """The content security policy source that allows exactly this inline script."""
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _json(data: object) -> str:
    """ASCII-only JSON that cannot end, or open anything inside, a script element."""
    text = json.dumps(data, allow_nan=False, separators=(",", ":"))
    return text.translate(_SAFE)


def _text(value: object) -> str:
    """A string that UTF-8 can hold; a lone surrogate becomes a question mark."""
    return str(value).encode("utf-8", "replace").decode("utf-8")


def _shape(value: str) -> str:
    if value not in SHAPES:
        raise ValueError(f"unknown node shape {value!r}")
    return value


def _color(value: str) -> str:
    if not _COLOR.fullmatch(value):
        raise ValueError(f"not a colour: {value!r}")
    return value
