"""Which requests of a tab are dropped: those for fragments of a page that it has left."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from pages.components.server.late_reruns import LateReruns


def rerun(page: str, fragment: str = "") -> bytes:
    asked = BackMsg()
    asked.rerun_script.page_script_hash = page
    asked.rerun_script.fragment_id = fragment
    return asked.SerializeToString()


def passed_on(contents: Iterable[bytes]) -> list[bytes]:
    """What the app gets of one tab's messages."""
    messages = [{"type": "websocket.receive", "bytes": content} for content in contents]
    coming = iter([*messages, {"type": "websocket.disconnect"}])
    found: list[bytes] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (message := await receive())["type"] != "websocket.disconnect":
            found.append(message["bytes"])

    async def receive() -> Message:
        return next(coming)

    async def send(message: Message) -> None:
        raise AssertionError("Nothing is sent.")

    asyncio.run(LateReruns(app)({"type": "websocket"}, receive, send))
    return found


OPEN = rerun("")  # a page that was opened by its address
LAB, LAB_PART = rerun("lab"), rerun("lab", "part")
LOSSES, LOSSES_PART = rerun("losses"), rerun("losses", "part")
COMPARE_PART = rerun("compare", "part")


@pytest.mark.parametrize(
    ("sent", "dropped"),
    [
        ([OPEN, LAB_PART, LAB, LAB_PART], []),
        ([OPEN, LAB_PART, LOSSES, LAB_PART, LAB_PART, LOSSES_PART], [3, 4]),
        ([OPEN, LOSSES, LAB_PART], [2]),
        ([LAB, LAB_PART, LOSSES, LAB, LAB_PART, LOSSES_PART], []),  # and back at once
        ([OPEN, LOSSES, LOSSES_PART, COMPARE_PART], []),  # where the script itself switched pages
        ([LAB, b"\xff", LAB_PART], []),
    ],
)
def test_only_requests_of_a_page_that_was_left_are_dropped(
    sent: list[bytes], dropped: list[int]
) -> None:
    assert passed_on(sent) == [one for place, one in enumerate(sent) if place not in dropped]
