"""Limits on downloads: on files kept in memory, and on transfers in progress.

Streamlit keeps a file built by a click until scripts have run twice after it, whether or not it was
downloaded. It passes whole files to the server, which copies them for every browser that stops
reading. Visitors who click in many tabs would fill the memory of a small host.
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
from pages.components.server.session_limits import address_block_of

PATH = "/media/"
# A file is dropped after this many bytes of other files; at most twice as many are kept.
KEPT_BYTES = 30 * MEGABYTE
# Bytes of distinct files in transfer to one address block, and twice as many to all of them. A
# single larger file is allowed.
MAX_BYTES = 30 * MEGABYTE
# With 2 Mbit/s, 30 MB take this long.
MAX_SECONDS = 120.0
CHUNK_BYTES = 65_536


class KeptDownloads:
    """Makes Streamlit drop the files of earlier clicks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bytes = 0

    def make(self, build: Callable[[], bytes]) -> bytes:
        """Build a file, which Streamlit will keep; old ones are dropped beyond the limit."""
        content = build()
        with self._lock:
            if self._bytes + len(content) > KEPT_BYTES:
                # Streamlit drops files that no page uses now or used at the previous call.
                Runtime.instance().media_file_mgr.remove_orphaned_files()
                self._bytes = 0
            self._bytes += len(content)
        return content


class DownloadLimits:
    """Middleware that sends files as fast as they are read, and limits them on a public host.

    Args:
        app: the server of the files.
        limits: returns the limits in force.
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
        # Range requests would make a copy of the file for each of them.
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
        transfer = address_block_of(scope), content
        is_limited = self._limits().archive_bytes is not None
        if is_limited and not self._has_room(*transfer):
            await PlainTextResponse(BUSY, 503)(scope, receive, send)
            return
        self._on_their_way.append(transfer)
        try:
            async with asyncio.timeout(MAX_SECONDS if is_limited else None):
                await send_as_read(start, content, send)
        except TimeoutError:  # the response is incomplete, so the server closes the connection
            return
        finally:
            self._on_their_way.remove(transfer)

    def _has_room(self, block: str, content: bytes) -> bool:
        every = [each for _, each in self._on_their_way]
        near = [each for where, each in self._on_their_way if where == block]
        return _fits(content, near, MAX_BYTES) and _fits(content, every, 2 * MAX_BYTES)


async def send_as_read(start: Message, content: bytes, send: Send) -> None:
    """Send an answer as fast as it is read: the server would copy it for a browser that is slow."""
    await send(start)
    for chunk in range(0, len(content), CHUNK_BYTES):
        part = content[chunk : chunk + CHUNK_BYTES]
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


BUSY = "Other files are on their way. Try again in a minute."


def _path() -> str:
    base = config.get_option("server.baseUrlPath").strip("/")
    return f"/{base}{PATH}" if base else PATH


def _fits(content: bytes, others: Iterable[bytes], most: int) -> bool:
    # A file is in memory once, however many browsers download it.
    sizes = {id(each): len(each) for each in others if each is not content}
    return not sizes or sum(sizes.values()) + len(content) <= most


kept = KeptDownloads()
