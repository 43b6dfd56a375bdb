"""The server: routes, middleware, and how it starts and ends.

Starlette without FastAPI on top: what comes in is the SPARQL Protocol and plain addresses, what goes out is HTML and RDF; there
are no bodies for pydantic to check, and FastAPI's page of the API would load scripts from another host.
"""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route

from kg.errors import PapergraphError
from kg.serve import cypher, explore, pages, questions, sparql
from kg.serve.backend import Backend
from kg.serve.http import Safety, on_any_error, on_http_error, on_own_error

_HEADER_BYTES = 128_000


def create_app(folder: Path, *, hosts: Collection[str] = (), origins: Collection[str] = ()) -> Starlette:
    """The application over a graph folder.

    Args:
        folder: the graph folder.
        hosts: names that the server goes by, beside localhost and IP addresses.
        origins: other sites whose pages may read answers (CORS).

    Raises:
        GraphError: there is no graph, or it lacks a store.
    """
    backend = Backend(folder)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        backend.close()

    middleware = [Middleware(Safety, hosts=hosts)]
    if origins:
        methods, headers = ["GET", "POST"], ["Accept", "Content-Type"]
        middleware.append(
            Middleware(CORSMiddleware, allow_origins=list(origins), allow_methods=methods, allow_headers=headers)
        )
    kinds = ("paper", "hardware", "method", "dataset", "metric", "task")
    app = Starlette(
        routes=[
            Route("/", explore.home),
            Route("/sparql", sparql.sparql, methods=["GET", "POST"]),
            Route("/cypher", cypher.cypher, methods=["GET", "POST"]),
            Route("/ask", questions.index),
            Route("/ask/{name}", questions.answer),
            Route("/search", pages.search),
            Route("/hardware", pages.hardware),
            Route("/about", pages.thing),
            *(Route(f"/{kind}/{{name:path}}", pages.thing) for kind in kinds),
            Route("/api/expand", explore.expand),
            Route("/static/{name}", explore.static),
            Route("/health", explore.health),
            Route("/openapi.json", explore.description),
        ],
        middleware=middleware,
        exception_handlers={HTTPException: on_http_error, PapergraphError: on_own_error, Exception: on_any_error},
        lifespan=lifespan,
    )
    app.state.backend = backend
    return app


def serve(folder: Path, *, host: str, port: int, hosts: Collection[str] = (), origins: Collection[str] = ()) -> None:
    """Serve a graph folder until the process is stopped.

    Raises:
        GraphError: there is no graph, or it lacks a store.
    """
    app = create_app(folder, hosts=[*hosts, host], origins=origins)  # what is amiss is said before a browser asks
    app.state.backend.warm()
    uvicorn.run(
        app, host=host, port=port, log_level="warning", access_log=False, server_header=False, http="h11",
        h11_max_incomplete_event_size=_HEADER_BYTES, timeout_graceful_shutdown=5,
    )  # fmt: skip
