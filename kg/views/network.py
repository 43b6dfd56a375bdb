"""One HTML document from the data of a page: it holds the graph, its evidence and all it needs to show it.

The document makes no network request. Every text in the data is taken as hostile: it travels as escaped JSON and reaches
the page as text only. The scripts in `static/` stand in the order of `SCRIPTS`; each adds one thing to the object `pg`.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from kg.views.document import style

# The shape of each node type; its colour stands in base.css under the type's name. The shapes tell the types apart without
# any colour. Only shapes that vis-network draws by itself: an image shape would name an address to load.
SHAPES: Final[Mapping[str, str]] = {
    "Paper": "triangleDown", "Method": "dot", "Hardware": "square", "Dataset": "diamond", "Metric": "triangle", "Task": "star",
}  # fmt: skip
SCRIPTS: Final = (
    "dom.js", "model.js", "source.js", "canvas.js", "search.js", "legend.js", "panel.js",
    "table.js", "matrix.js", "hierarchy.js", "answer.js", "ask.js", "export.js", "app.js", "begin.js",
)  # fmt: skip

_SAFE = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def render(page: Mapping[str, Any]) -> str:
    """One self-contained HTML document showing `page`."""
    scripts = [vis_script(), *map(_asset, SCRIPTS)]
    sparql = "sparql" in page
    # The query engine is WebAssembly in a worker, whose script the page makes itself.
    wasm, worker = (" 'wasm-unsafe-eval'", "worker-src blob:; ") if sparql else ("", "")
    policy = (
        f"default-src 'none'; script-src {' '.join(map(_source_hash, scripts))}{wasm}; {worker}"
        "style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(_asset("view.html"))
    return template.render(
        title=_text(page["title"]),
        subtitle=_text(page["subtitle"]),
        policy=policy,
        css=style(("base.css", "view.css")),
        scripts=[Markup(script) for script in scripts],
        data=Markup(as_script_json(page)),
    )


@cache
def _asset(name: str) -> str:
    """A file of our own: a template or a script."""
    folder = "templates" if name.endswith(".html") else "static"
    return (files("kg.views") / folder / name).read_text(encoding="utf-8")


@cache
def vis_script() -> str:
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


def as_script_json(data: object) -> str:
    """ASCII-only JSON that cannot end, or open anything inside, a script element."""
    text = json.dumps(data, allow_nan=False, separators=(",", ":"))
    return text.translate(_SAFE)


def _text(value: object) -> str:
    """A string that UTF-8 can hold; a lone surrogate becomes a question mark."""
    return str(value).encode("utf-8", "replace").decode("utf-8")


def types() -> list[dict[str, str]]:
    """The node types as a page's data has them."""
    return [{"name": name, "shape": shape} for name, shape in SHAPES.items()]
