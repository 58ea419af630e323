"""A file on its way to a browser that does not read on."""

from __future__ import annotations

import asyncio

import pytest
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from core.limits import PUBLIC
from pages.components.server import downloads
from pages.components.server.downloads import DownloadLimits

SCOPE: Scope = {"type": "http", "method": "GET", "path": "/media/1.zip", "headers": []}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    await Response(bytes(100_000))(scope, receive, send)


def test_browser_that_does_not_read_on_loses_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "MAX_SECONDS", 0.01)
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)
        if len(sent) == 2:
            await asyncio.Event().wait()

    limited = DownloadLimits(app, limits=lambda: PUBLIC)
    asyncio.run(limited(SCOPE, receive, send))
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    # What is not sent to its end is cut off, and the next browser gets all of it.
    assert sent[1]["more_body"]
    sent[:] = [{"type": "none"}] * 2
    asyncio.run(limited(SCOPE, receive, send))
    assert sum(len(message.get("body", b"")) for message in sent) == 100_000
    assert not sent[-1].get("more_body", False)
