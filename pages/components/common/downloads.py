"""Downloads: how much of them is kept in memory, and how much is on its way to browsers.

Streamlit keeps a file that a click has made until scripts have run twice after it, whoever made it
and whether or not it was fetched. And it hands a file to the server as a whole, which copies it for
every browser that does not read on. Visitors who click in many tabs would fill a small host.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.runtime import Runtime

from core.limits import MEGABYTE, Limits
from pages.components.common.session_limits import network_of

PATH = "/media/"
# A file is let go after as many bytes of others; twice as many are kept at most.
KEPT_BYTES = 30 * MEGABYTE
# Of different files, to one network; and to all, twice as many. One larger file goes by itself.
MOST_BYTES = 30 * MEGABYTE
# For 30 MB, 2 Mbit/s are enough.
MOST_SECONDS = 120.0
CHUNK_BYTES = 65_536


class KeptDownloads:
    """Has Streamlit let go of the files of earlier clicks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bytes = 0

    def make(self, build: Callable[[], bytes]) -> bytes:
        """Build a file, which Streamlit will keep; the oldest go where too many bytes are kept."""
        content = build()
        with self._lock:
            if self._bytes + len(content) > KEPT_BYTES:
                # Of files that no page shows, this drops those that an earlier call has seen.
                Runtime.instance().media_file_mgr.remove_orphaned_files()
                self._bytes = 0
            self._bytes += len(content)
        return content


class DownloadLimits:
    """Sends files as fast as they are read, and in public not too many at once.

    Args:
        app: that has the files.
        limits: says which are in force.
    """

    def __init__(self, app: ASGIApp, *, limits: Callable[[], Limits]) -> None:
        self._app = app
        self._limits = limits
        self._on_their_way: list[tuple[str, bytes]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or not scope["path"].startswith(_path()):
            await self._app(scope, receive, send)
            return
        # A part of a file would be a copy of it, for each who asks.
        headers = [header for header in scope["headers"] if header[0] != b"range"]
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        await self._app({**scope, "headers": headers}, receive, keep)
        start, *parts = answer
        MutableHeaders(scope=start)["Accept-Ranges"] = "none"
        content = parts[0]["body"] if len(parts) == 1 else b"".join(p["body"] for p in parts)
        await self._deliver(start, content, scope, receive, send)

    async def _deliver(
        self, start: Message, content: bytes, scope: Scope, receive: Receive, send: Send
    ) -> None:
        place = network_of(scope), content
        is_limited = self._limits().archive_bytes is not None
        if is_limited and not self._has_room(*place):
            await PlainTextResponse(BUSY, 503)(scope, receive, send)
            return
        self._on_their_way.append(place)
        try:
            async with asyncio.timeout(MOST_SECONDS if is_limited else None):
                await send(start)
                for chunk in range(0, len(content), CHUNK_BYTES):
                    part = content[chunk : chunk + CHUNK_BYTES]
                    await send({"type": "http.response.body", "body": part, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
        except TimeoutError:  # without its end, the server closes the connection
            return
        finally:
            self._on_their_way.remove(place)

    def _has_room(self, network: str, content: bytes) -> bool:
        every = [each for _, each in self._on_their_way]
        near = [each for where, each in self._on_their_way if where == network]
        return _fits(content, near, MOST_BYTES) and _fits(content, every, 2 * MOST_BYTES)


BUSY = "Other files are on their way. Try again in a minute."


def _path() -> str:
    base = config.get_option("server.baseUrlPath").strip("/")
    return f"/{base}{PATH}" if base else PATH


def _fits(content: bytes, others: Iterable[bytes], most: int) -> bool:
    # The same file is in memory once, however many fetch it.
    sizes = {id(each): len(each) for each in others if each is not content}
    return not sizes or sum(sizes.values()) + len(content) <= most


kept = KeptDownloads()
