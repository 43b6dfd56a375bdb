"""What a page needs to answer SPARQL by itself: the graph as N-Quads, Oxigraph's WebAssembly build, the named questions.

Oxigraph's build comes from its npm package and is not in this repository: `scripts/fetch_oxigraph_wasm` puts it into
`kg/views/oxigraph/`, and a released wheel holds it.
"""

import base64
import gzip
import re
from collections.abc import Iterable
from importlib.resources import files
from typing import Any, Final

from kg.errors import ExportError
from kg.graph import PaperFacts
from kg.graph.rdf import graph_lines
from kg.queries import questions
from kg.schema import PREFIXES, load_schema
from kg.settings import setting

FOLDER: Final = "oxigraph"
FILES: Final = ("web.js", "web_bg.wasm")


def answering(papers: Iterable[PaperFacts]) -> dict[str, Any]:
    """The part `sparql` of a page's data. Large texts are gzipped and in base64.

    Raises:
        ExportError: Oxigraph's WebAssembly build is not there.
    """
    folder = files("kg.views") / FOLDER
    if not all((folder / name).is_file() for name in FILES):
        raise ExportError(
            "A page that answers SPARQL needs Oxigraph's WebAssembly build, which is not installed: run  "
            "scripts/fetch_oxigraph_wasm  in a checkout of Papergraph (it needs npm), or install a released wheel."
        )
    worker = files("kg.views") / "static" / "worker.js"
    script = _classic((folder / "web.js").read_text("utf-8")) + worker.read_text("utf-8")
    return {
        "script": _packed(script.encode("utf-8")),
        "wasm": _packed((folder / "web_bg.wasm").read_bytes()),
        "quads": _packed("".join(sorted(graph_lines(papers))).encode("utf-8")),
        "prefixes": PREFIXES,
        "relations": {iri: term.record_name for iri, term in load_schema().properties.items() if term.record_name},
        "rows": setting("query_rows"),
        "questions": [
            {
                "name": item.name, "title": item.title, "says": item.says, "sparql": item.text["sparql"],
                "columns": dict(item.columns), "order": list(item.order),
                "parameters": [
                    {"name": p.name, "kind": p.kind, "says": p.says, "required": p.required, "choices": list(p.choices),
                     "default": p.default}
                    for p in item.parameters
                ],
            }
            for item in questions().values()
        ],
    }  # fmt: skip


def _classic(module: str) -> str:
    """A module's text as a classic script: from file:// Chromium starts no module as a worker."""
    script = re.sub(r"^export (?=(?:async )?(?:class|function)\b)", "", module, flags=re.MULTILINE)
    script = re.sub(r"^export \{[^}]*\};?$", "", script, flags=re.MULTILINE).replace("import.meta.url", '""')
    if re.search(r"^(?:export|import)\b|import\.meta", script, flags=re.MULTILINE):
        raise ExportError("This version of Oxigraph's web.js is not known: run scripts/fetch_oxigraph_wasm again.")
    return script


def _packed(data: bytes) -> str:
    """Gzip without a time stamp, in base64."""
    return base64.b64encode(gzip.compress(data, mtime=0)).decode("ascii")
