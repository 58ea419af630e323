"""Session limits: the number of open pages per address block and in total."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from html import escape

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core import visitors
from core.errors import LimitExceeded
from core.limits import Limits

# A refused browser retries after this time.
RETRY_SECONDS = 10
FULL = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta http-equiv="refresh" content="{seconds}"><title>Autoencoder Lab is full</title>
<meta name="viewport" content="width=device-width">
<body style="font: 1rem/1.5 sans-serif; max-width: 36rem; margin: 4rem auto; padding: 0 1rem">
<h1 style="font-size: 1.5rem">The lab is full</h1>
<p>{reason} This page tries again every {seconds} seconds.</p></body></html>"""


class SessionLimits:
    """Middleware that counts the websockets, one per open page, and refuses those beyond a limit.

    A refused browser gets status 503; when it requests a page, which comes before the websocket, a
    page that explains why.

    Args:
        app: receives all other requests.
        limits: returns the limits in force.
    """

    def __init__(self, app: ASGIApp, *, limits: Callable[[], Limits]) -> None:
        self._app = app
        self._limits = limits
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        block = address_block_of(scope) if scope["type"] in ("http", "websocket") else ""
        if scope["type"] == "websocket":
            if refusal := self._refusal(block):
                await refusal(scope, receive, send)
                return
            self._open[block] += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._open[block] -= 1
                self._open += Counter()  # removes blocks without open pages
        elif _asks_for_a_page(scope) and (refusal := self._refusal(block)):
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, block: str) -> Response | None:
        try:
            self._limits().check_sessions(total=self._open.total(), nearby=self._open[block])
        except LimitExceeded as refusal:
            page = FULL.format(reason=escape(str(refusal)), seconds=RETRY_SECONDS)
            return HTMLResponse(page, 503, {"Retry-After": str(RETRY_SECONDS)})
        return None


def address_block_of(scope: Scope) -> str:
    """The address block of a request, see `core.visitors.address_block_of`."""
    client = scope.get("client")
    forwarded = Headers(scope=scope).getlist("X-Forwarded-For")
    return visitors.address_block_of(client[0] if client else None, forwarded)


def _asks_for_a_page(scope: Scope) -> bool:
    """Whether a page is requested, not one of its resources, according to the headers."""
    return scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", "")
