"""A real server on a free port of this machine, over the sample's graph or another one."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from kg.serve.app import create_app


@contextmanager
def serving(folder: Path, **options: Any) -> Iterator[str]:
    """The address of a server over a graph folder."""
    app = create_app(folder, **options)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, http="h11", loop="asyncio"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def address(graph: Path) -> Iterator[str]:
    with serving(graph) as found:
        yield found


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60) as found:
        yield found


@pytest.fixture
def serve() -> Iterator[Callable[..., httpx.Client]]:
    """Starts a server over a folder and gives a client of it."""
    with ExitStack() as stack:
        yield lambda folder, **options: stack.enter_context(
            httpx.Client(base_url=stack.enter_context(serving(folder, **options)), timeout=60)
        )
