"""What all endpoints share: reading bodies within limits, choosing a format, errors as sentences, headers that keep browsers safe."""

import asyncio
import ipaddress
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.errors import GraphError, LimitError, PapergraphError, QueryError
from kg.serve.render import error_page
from kg.settings import setting

_BODY_SECONDS: Final = 20
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "content-security-policy": POLICY, "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
    "x-frame-options": "DENY", "cross-origin-opener-policy": "same-origin", "cache-control": "no-cache",
}  # fmt: skip


class Safety:
    """Checks the Host header, against DNS rebinding, and sets the headers above on every answer.

    A page of another site can make a browser ask this server under that site's name, never under an IP address or
    localhost: so those are taken, and of names those that the server was told.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self._app, self._hosts = app, {"localhost", *(host.casefold() for host in hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if not self._known(Headers(scope=scope).get("host", "")):
            said = "This server does not go by that name (Host). Start it with  --allow-host NAME  if it should."
            await PlainTextResponse(said, 421)(scope, receive, answer)
            return
        await self._app(scope, receive, answer)

    def _known(self, host: str) -> bool:
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return name.casefold().removesuffix(".") in self._hosts
        return True


async def body(request: Request) -> bytes:
    """The body of a request.

    Raises:
        HTTPException: 413, it is larger than `serve_body_bytes`; 408, it did not come in time.
    """
    most, got = setting("serve_body_bytes"), bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for part in request.stream():
                got += part
                if len(got) > most:
                    raise HTTPException(413, f"The body has more than {most:,} bytes (serve_body_bytes): send less.")
    except TimeoutError:
        raise HTTPException(408, f"The body did not come within {_BODY_SECONDS} seconds.") from None
    return bytes(got)


def text(data: bytes, what: str) -> str:
    """Bytes as UTF-8.

    Raises:
        HTTPException: 400, they are none.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise HTTPException(400, f"The {what} is not UTF-8 (byte {error.start + 1}).") from error


def content_type(request: Request) -> str:
    """The media type of a request's body, in small letters, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().casefold()


def chosen(accept: str, offers: Sequence[str]) -> str | None:
    """The offered media type that an Accept header likes best; of equals the first offered; None where it takes none.

    >>> chosen("text/csv;q=0.5, application/*", ["text/csv", "application/json"])
    'application/json'
    >>> chosen("", ["text/csv"]), chosen("image/png", ["text/csv"])
    ('text/csv', None)
    """
    ranges: dict[str, float] = {}
    for part in accept.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if name:
            ranges[name.casefold()] = _quality(parameters)
    if not ranges:
        return offers[0]

    def liked(offer: str) -> float:
        family = offer.partition("/")[0] + "/*"
        return next((ranges[name] for name in (offer, family, "*/*") if name in ranges), 0.0)

    best = max(offers, key=liked)
    return best if liked(best) > 0 else None


def _quality(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().casefold() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0


def wants_html(request: Request) -> bool:
    """Whether a person with a browser asks, not a program."""
    return chosen(request.headers.get("accept", ""), ["application/json", "text/html"]) == "text/html"


def json_answer(content: Mapping[str, Any] | Sequence[Any], status: int = 200) -> Response:
    """An answer as JSON."""
    return JSONResponse(content, status)


def error_answer(request: Request, status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error as a page for a person, as JSON for a program."""
    if wants_html(request):
        return Response(error_page(status, message), status, headers, media_type="text/html; charset=utf-8")
    return JSONResponse({"error": message, "status": status}, status, headers)


async def on_http_error(request: Request, error: Exception) -> Response:
    """An HTTPException."""
    assert isinstance(error, HTTPException)
    known = {404: "There is nothing at this address.", 405: f"This address takes no {request.method}."}
    message = (
        known.get(error.status_code, error.detail)
        if error.detail in ("Not Found", "Method Not Allowed")
        else error.detail
    )
    return error_answer(request, error.status_code, message, error.headers)


async def on_own_error(request: Request, error: Exception) -> Response:
    """One of Papergraph's own errors: what is wrong with a query is the user's to know, where the graph lies is not."""
    assert isinstance(error, PapergraphError)
    if isinstance(error, LimitError):
        return error_answer(request, 422, _served(str(error)))
    if isinstance(error, QueryError):
        return error_answer(request, 400, str(error))
    if isinstance(error, GraphError):
        return error_answer(request, 503, "The graph is being rebuilt: try again in a moment.", {"Retry-After": "5"})
    return error_answer(request, 500, "The server could not answer.")


def _served(message: str) -> str:
    """A limit's sentence with the names that the server's limits have."""
    for name in ("seconds", "megabytes", "answer_bytes"):
        message = message.replace(f"query_{name}", f"serve_{name}")
    return message


async def on_any_error(request: Request, error: Exception) -> Response:
    """Anything else is a fault of the server: it is logged there, and its text stays there."""
    return error_answer(request, 500, "The server could not answer: an error of its own, which it has logged.")
