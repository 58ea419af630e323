"""Streamlit's scripts and style sheets, compressed."""

from __future__ import annotations

import asyncio
import gzip
import posixpath
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.components.server.downloads import send_as_read

FOLDER = "/static/"
ENDINGS = (".js", ".css")
# All of Streamlit's 23 MB are 6 MB when compressed.
MAX_KEPT_BYTES = 10_000_000


@dataclass
class _Answer:
    """The messages of an answer: its start, and its body as one."""

    start: Message = field(default_factory=dict)
    body: bytes = b""

    async def receive(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.body += message.get("body", b"")

    async def send(self, send: Send) -> None:
        if self.start:  # empty if the browser left before the answer began
            await send_as_read(self.start, self.body, send)

    def compressed(self) -> _Answer:
        start = {**self.start, "headers": list(self.start["headers"])}
        body = gzip.compress(self.body, mtime=0)
        headers = MutableHeaders(raw=start["headers"])
        headers["Content-Encoding"] = "gzip"
        headers["Content-Length"] = str(len(body))
        headers.add_vary_header("Accept-Encoding")
        start["headers"] = headers.raw
        return _Answer(start, body)


class CompressedScripts:
    """Middleware that compresses Streamlit's scripts and style sheets once and keeps them.

    Streamlit serves them uncompressed, since it would compress them anew for each visitor, and
    expects a proxy in front. Without one they take 24 of the 25 seconds that an empty page needs
    at 800 kbit/s (`benchmarks.first_visit`). Their names change with their content.

    Args:
        app: answers all other requests.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: dict[str, _Answer] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if not _takes_compressed_script(scope):
            await self._app(scope, receive, send)
            return
        path = posixpath.normpath(scope["path"])  # one name for each file
        answer = self._kept.get(path)
        if answer is None:
            answer = _Answer()
            await self._app(scope, receive, answer.receive)
            if _is_complete_script(answer):
                answer = await asyncio.to_thread(answer.compressed)
                self._keep(path, answer)
        await answer.send(send)

    def _keep(self, path: str, answer: _Answer) -> None:
        kept = sum(len(other.body) for other in self._kept.values())
        if kept + len(answer.body) <= MAX_KEPT_BYTES:
            self._kept[path] = answer


def _takes_compressed_script(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    headers = Headers(scope=scope)
    is_script = FOLDER in scope["path"] and scope["path"].endswith(ENDINGS)
    return is_script and "gzip" in headers.get("accept-encoding", "") and "range" not in headers


def _is_complete_script(answer: _Answer) -> bool:
    """Whether it can be kept.

    Streamlit answers unknown names with its page, and stops in the middle of a file when the
    browser leaves.
    """
    headers = Headers(raw=answer.start.get("headers", []))
    kind = headers.get("content-type", "")
    return (
        answer.start.get("status") == 200
        and headers.get("content-length") == str(len(answer.body))
        and "content-encoding" not in headers
        and ("javascript" in kind or "css" in kind)
    )
