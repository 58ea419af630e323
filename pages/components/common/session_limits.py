"""Open pages: how many one network may have, and all together."""

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

# After so long a refused browser asks again by itself.
RETRY_SECONDS = 10
FULL = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta http-equiv="refresh" content="{seconds}"><title>Autoencoder Lab is full</title>
<meta name="viewport" content="width=device-width">
<body style="font: 1rem/1.5 sans-serif; max-width: 36rem; margin: 4rem auto; padding: 0 1rem">
<h1 style="font-size: 1.5rem">The lab is full</h1>
<p>{reason} This page tries again every {seconds} seconds.</p></body></html>"""


class SessionLimits:
    """Counts the websockets, one for each open page, and refuses those beyond a limit.

    A refused browser gets 503, and where it asks for a page, before it opens a websocket, a page
    that says why.

    Args:
        app: that answers the others.
        limits: says which are in force.
    """

    def __init__(self, app: ASGIApp, *, limits: Callable[[], Limits]) -> None:
        self._app = app
        self._limits = limits
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        network = network_of(scope) if scope["type"] in ("http", "websocket") else ""
        if scope["type"] == "websocket":
            if refusal := self._refusal(network):
                await refusal(scope, receive, send)
                return
            self._open[network] += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._open[network] -= 1
                self._open += Counter()  # forget the networks that have left
        elif _asks_for_a_page(scope) and (refusal := self._refusal(network)):
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, network: str) -> Response | None:
        try:
            self._limits().check_sessions(of_all=self._open.total(), near=self._open[network])
        except LimitExceeded as refusal:
            page = FULL.format(reason=escape(str(refusal)), seconds=RETRY_SECONDS)
            return HTMLResponse(page, 503, {"Retry-After": str(RETRY_SECONDS)})
        return None


def network_of(scope: Scope) -> str:
    """The network that a request comes from, as `core.visitors.network_of` has it."""
    client = scope.get("client")
    forwarded = Headers(scope=scope).getlist("X-Forwarded-For")
    return visitors.network_of(client[0] if client else None, forwarded)


def _asks_for_a_page(scope: Scope) -> bool:
    """Whether a person sees the answer: browsers say so of a page, and not of what is on it."""
    return scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", "")
