"""Late reruns of fragments on a page that the visitor has just left."""

from __future__ import annotations

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState


class LateReruns:
    """Middleware that drops reruns of fragments on the previous page.

    Between a click on a link and the first message of the new page, a browser still requests
    fragments of the old page, for example when an upload ends. Streamlit 1.67 then answers for the
    old page: the browser clears the new page, and nothing fills it again.

    Args:
        app: receives all other messages.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        tab = _Tab()

        async def in_time() -> Message:
            while True:
                message = await receive()
                if not tab.is_late(message):
                    return message

        await self._app(scope, in_time, send)


class _Tab:
    """The page that a browser tab has requested, and whether the tab has confirmed it."""

    def __init__(self) -> None:
        self._page = ""
        self._has_arrived = True

    def is_late(self, message: Message) -> bool:
        rerun = _rerun_of(message)
        if rerun is None or not rerun.page_script_hash:
            return False
        if rerun.page_script_hash == self._page:
            self._has_arrived = True
        elif rerun.fragment_id:
            return not self._has_arrived
        else:
            self._page, self._has_arrived = rerun.page_script_hash, False
        return False


def _rerun_of(message: Message) -> ClientState | None:
    content = message.get("bytes")
    if message["type"] != "websocket.receive" or content is None:
        return None
    try:
        asked = BackMsg.FromString(content)
    except DecodeError:  # Streamlit reports it
        return None
    return asked.rerun_script if asked.WhichOneof("type") == "rerun_script" else None
