"""Bounds on all uploads together: how many at once, for how long, and how much of them is kept.

The size of a single file is limited by Streamlit, to `server.maxUploadSize`, which
`server_hardening` sets.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from core.limits import Limits
from pages.components.server.session_limits import address_block_of

PATH = "/_stcore/upload_file/"
# A tab that reconnects within this time keeps its files.
AWAY_SECONDS = 10.0
EXPIRY_SECONDS = 2.0
# Uploads in progress, which take memory and temporary files; on a public host half of them from one
# address block.
MAX_CONCURRENT_UPLOADS = 16
UPLOADING = ("PUT", "POST")
MAX_SECONDS = 60.0


class UploadLedger:
    """The files that Streamlit keeps, in order of upload.

    Streamlit keeps every file that a session has sent until at least two minutes after its tab was
    closed. This drops the oldest files if they take too many bytes, and all files of closed tabs.
    All methods are called in the server's event loop.
    """

    def __init__(self) -> None:
        self._sizes: dict[tuple[str, str], int] = {}
        self._away_since: dict[str, float] = {}

    def update(self, session: str, file: str, limits: Limits) -> None:
        """Record an added or removed file, and drop old files if they take too many bytes."""
        self._sizes.pop((session, file), None)
        for record in _files().get_files(session, [file]):
            self._sizes[session, file] = len(record.data)
        self._make_room(limits.session_upload_bytes, session)
        self._make_room(limits.all_upload_bytes)

    async def expire_forever(self) -> None:
        """Drop the files of each session soon after its tab was closed."""
        while True:
            await asyncio.sleep(EXPIRY_SECONDS)
            self.expire(time.monotonic())

    def expire(self, now: float) -> None:
        """Drop the files of sessions that have been disconnected for too long at time `now`."""
        sessions = {session for session, _ in self._sizes}
        self._away_since = {
            session: self._away_since.get(session, now)
            for session in sessions
            if not Runtime.instance().is_active_session(session)
        }
        for session, since in self._away_since.items():
            if now - since >= AWAY_SECONDS:
                self._drop(list(self._of(session)))

    def _make_room(self, most: int | None, session: str | None = None) -> None:
        files = list(self._of(session))
        while most is not None and sum(self._sizes[file] for file in files) > most:
            self._drop([files.pop(0)])

    def _of(self, session: str | None) -> Iterator[tuple[str, str]]:
        return (file for file in self._sizes if session in (file[0], None))

    def _drop(self, files: list[tuple[str, str]]) -> None:
        for session, file in files:
            _files().remove_file(session, file)
            del self._sizes[session, file]


class UploadGuard:
    """Middleware that bounds the number and duration of uploads, and records them in a ledger.

    Args:
        app: receives the files.
        ledger: records them.
        limits: returns the limits in force.
    """

    def __init__(self, app: ASGIApp, *, ledger: UploadLedger, limits: Callable[[], Limits]) -> None:
        self._app = app
        self._ledger = ledger
        self._limits = limits
        self._on_their_way: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        _, is_upload, file_path = scope.get("path", "").partition(PATH)
        if scope["type"] != "http" or not is_upload:
            await self._app(scope, receive, send)
            return
        block = address_block_of(scope)
        takes_place = scope["method"] in UPLOADING
        if takes_place and not self._has_room(block):
            await PlainTextResponse("Too many uploads", 503)(scope, receive, send)
            return
        self._on_their_way[block] += takes_place
        try:
            await self._take(scope, receive, send)
        finally:
            self._on_their_way[block] -= takes_place
            self._on_their_way += Counter()  # removes blocks without uploads
            session, _, file = file_path.partition("/")
            self._ledger.update(session, file, self._limits())

    def _has_room(self, block: str) -> bool:
        is_limited = self._limits().all_upload_bytes is not None
        nearby = MAX_CONCURRENT_UPLOADS // 2 if is_limited else MAX_CONCURRENT_UPLOADS
        total = self._on_their_way.total()
        return total < MAX_CONCURRENT_UPLOADS and self._on_their_way[block] < nearby

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def noticing(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            async with asyncio.timeout(MAX_SECONDS):
                await self._app(scope, receive, noticing)
        except TimeoutError:
            if not has_begun:
                await PlainTextResponse("The upload took too long", 408)(scope, receive, send)


def _files() -> MemoryUploadedFileManager:
    files = Runtime.instance().uploaded_file_mgr
    assert isinstance(files, MemoryUploadedFileManager), "Streamlit keeps files elsewhere."
    return files
