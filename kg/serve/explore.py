"""The picture over the live graph: its page, and the fragments that it grows by."""

import json
from functools import partial
from importlib.resources import files
from typing import Final

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kg.__about__ import __version__
from kg.model import content_hash
from kg.serve import fragments
from kg.serve.backend import Backend
from kg.serve.http import json_answer
from kg.serve.openapi import openapi
from kg.serve.render import environment
from kg.views import network

_STATIC: Final = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}


async def home(request: Request) -> Response:
    """The explorer."""
    backend = request.app.state.backend
    content = await backend.pages.run(partial(fragments.start, backend))
    html = environment().get_template("serve/explorer.html").render(
        title=content["title"], subtitle=content["subtitle"], data=Markup(network.as_script_json(content)),
        scripts=["vis-network.js", *network.SCRIPTS[:-1], "live.js"],
    )  # fmt: skip
    return Response(html.encode("utf-8", "replace"), media_type="text/html; charset=utf-8")


async def expand(request: Request) -> Response:
    """The fragment around `?id=`."""
    id, backend = request.query_params.get("id", ""), request.app.state.backend
    found = await backend.pages.run(partial(fragments.around, backend, id))
    if found is None:
        raise HTTPException(404, "This graph has nothing of that id.")
    return json_answer(found)


async def static(request: Request) -> Response:
    """A script or a style sheet, by name."""
    name = request.path_params["name"]
    data = _files().get(name)
    if data is None:
        raise HTTPException(404, "There is no such file.")
    tag = f'"{content_hash(data)}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    return Response(data.encode("utf-8"), media_type=_STATIC[name.rpartition(".")[2]], headers={"ETag": tag})


def _files() -> dict[str, str]:
    """All files that pages may load, by name: a fixed list, so that no path leads elsewhere."""
    own = {name: (files("kg.serve") / "static" / name) for name in ("live.js", "query.js", "site.css")}
    shared = {
        name: (files("kg.views") / "static" / name)
        for name in (*network.SCRIPTS, "base.css", "view.css", "document.css")
    }
    return {name: file.read_text("utf-8") for name, file in (own | shared).items()} | {
        "vis-network.js": network.vis_script()
    }


async def health(request: Request) -> Response:
    """Whether the stores answer."""
    backend: Backend = request.app.state.backend
    await backend.pages.run(lambda: backend.select("ASK { ?paper a schema:ScholarlyArticle }"))
    counts = await backend.pages.run(lambda: backend.names().counts())
    return json_answer(
        {"status": "ok", "papergraph": __version__, "graph": backend.title, "digest": backend.digest, "counts": counts}
    )


async def description(request: Request) -> Response:
    """The OpenAPI document."""
    return Response(json.dumps(openapi(), ensure_ascii=False, indent=1).encode("utf-8"), media_type="application/json")
