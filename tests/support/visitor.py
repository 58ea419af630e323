"""A visitor without a browser: a real session over a real websocket, like Streamlit's frontend."""

from __future__ import annotations

import re
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import TracebackType
from typing import Any

from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

ANSWER_SECONDS = 60.0
# Messages in transit when a visitor leaves are not read, including a browser's close message.
CLOSE_SECONDS = 0.5
NO_TEXT = ("data:i", "<style", '{"anim')
PICTURE = re.compile(r'src="data:[^"]*"')


class Visitor:
    """One open page, which keeps the server's messages and requests its fragments on time.

    Args:
        url: the URL of the page, with its query; the lab's own name is part of it.
        cookie: that of another visitor with the same browser; empty for a browser that accepts no
            cookies, None for a new one.
        forwarded_for: the browser's address according to a proxy.

    Attributes:
        cookie: the cookie by which the lab identifies this browser.
        errors: the text of every exception that the page has shown.
        ticks: the number of times a fragment was redrawn.
        references: the number of messages that the server may later replace by their hashes.
        session: the ID of the session, once the page is loaded.
    """

    def __init__(
        self, url: str, *, cookie: str | None = None, forwarded_for: str | None = None
    ) -> None:
        parts = urllib.parse.urlsplit(url)
        self._server = f"http://{parts.netloc}"
        self._page, self._query = parts.path.strip("/"), parts.query
        self.cookie = self._new_cookie() if cookie is None else cookie
        self._headers = {"Cookie": self.cookie} if self.cookie else {}
        if forwarded_for is not None:
            self._headers["X-Forwarded-For"] = forwarded_for
        self.errors: list[str] = []
        self.session = ""
        self._open = ExitStack()
        self.ticks = 0
        self.references = 0
        self._deltas: dict[tuple[int, ...], tuple[str, Any]] = {}
        self._known: dict[str, ForwardMsg] = {}
        self._files: dict[str, Any] = {}
        self._due: dict[str, tuple[float, float]] = {}
        # When the whole script last started, and the last start that ran to the end.
        self._began = self._answered = 0.0
        self._run_id = self._page_hash = ""

    def __enter__(self) -> Visitor:
        token = self.cookie.partition("=")[2] or "PLACEHOLDER_AUTH_TOKEN"
        connection = connect(
            self._server.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=["streamlit", token],  # type: ignore[list-item]
            origin=self._server,  # type: ignore[arg-type]
            additional_headers=self._headers,
            max_size=None,
            open_timeout=ANSWER_SECONDS,
            close_timeout=CLOSE_SECONDS,
        )
        self._socket = self._open.enter_context(connection)
        self._ask()
        self.until(lambda: self._answered)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open.close()

    @property
    def text(self) -> str:
        """All text on the page, in the order of the page."""
        shown = (self._deltas[path][1] for path in sorted(self._deltas))
        return "\n".join(text for element in shown for text in _texts(element))

    def click(self, label: str) -> float:
        """Press the button with this label; returns the seconds until the response."""
        button = next(found for found in self._elements("button") if found.label == label)
        return self._change(button.id, trigger_value=True)

    def choose(self, label: str, place: int) -> float:
        """Choose an option of a row of buttons; returns the seconds until the response."""
        row = next(found for found in self._elements("button_group") if found.label == label)
        option = row.options[place].content
        return self._change(row.id, string_array_value=[option])

    def download(self, label: str) -> str:
        """Press the download button with this label; returns the address of its file.

        No fragment is requested meanwhile, since the server drops old files with each of them.
        """
        button = next(found for found in self._elements("download_button") if found.label == label)
        message = BackMsg()
        request = message.backend_operation_request
        request.request_id, request.session_id = button.deferred_file_id, self.session
        request.deferred_file.file_id = button.deferred_file_id
        self._socket.send(message.SerializeToString())
        while button.deferred_file_id not in self._files:
            self._take(self._socket.recv(timeout=ANSWER_SECONDS))
        answer = self._files.pop(button.deferred_file_id)
        assert answer.HasField("deferred_file"), answer.error_msg
        return f"{self._server}{answer.deferred_file.url}"

    def clear_cache(self) -> None:
        """Send the message that empties Streamlit's caches, and open the page again."""
        message = BackMsg(clear_cache=True)
        self._socket.send(message.SerializeToString())
        asked = time.monotonic()
        self._ask()
        self.until(lambda: self._answered > asked)

    @property
    def query(self) -> str:
        """The query in the address bar."""
        return self._query

    def buttons(self) -> dict[str, bool]:
        """The label of each button, and whether it is enabled."""
        return {button.label: not button.disabled for button in self._elements("button")}

    def until(self, condition: Callable[[], object], seconds: float = ANSWER_SECONDS) -> None:
        """Watch the page until a condition holds.

        Raises:
            AssertionError: the deadline has passed.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            now = time.monotonic()
            assert now < deadline, (
                f"It did not happen in {seconds} s; the page says:\n{self.text[-3000:]}"
            )
            for fragment, (at, interval) in self._due.items():
                if at <= now:
                    self._due[fragment] = now + interval, interval
                    self._ask(fragment_id=fragment, is_auto_rerun=True)
            next_due = min((at for at, _ in self._due.values()), default=deadline)
            try:
                self._take(self._socket.recv(timeout=max(min(next_due, deadline) - now, 0.001)))
            except TimeoutError:
                continue

    def watch(self, seconds: float) -> None:
        """Watch the page for this long."""
        deadline = time.monotonic() + seconds
        self.until(lambda: time.monotonic() >= deadline, seconds + 1)

    def _change(self, widget: str, **value: Any) -> float:
        asked = time.monotonic()
        self._ask(widget=(widget, value))
        self.until(lambda: self._answered > asked)
        return time.monotonic() - asked

    def _ask(self, *, widget: tuple[str, dict[str, Any]] | None = None, **fields: Any) -> None:
        message = BackMsg()
        message.rerun_script.query_string = self._query
        message.rerun_script.page_name = self._page
        message.rerun_script.page_script_hash = self._page_hash
        for name, value in fields.items():
            setattr(message.rerun_script, name, value)
        if widget is not None:
            state = message.rerun_script.widget_states.widgets.add(id=widget[0])
            for name, value in widget[1].items():
                if isinstance(value, list):
                    getattr(state, name).data.extend(value)
                else:
                    setattr(state, name, value)
        self._socket.send(message.SerializeToString())

    def _take(self, data: str | bytes) -> None:
        message = ForwardMsg()
        message.ParseFromString(data)  # type: ignore[arg-type]
        if message.HasField("ref_hash"):
            metadata = message.metadata
            message = self._known[message.ref_hash]
            message.metadata.CopyFrom(metadata)
        elif message.hash:
            self._known[message.hash] = message
        self.references += message.metadata.cacheable
        match message.WhichOneof("type"):
            case "new_session":
                self._run_id = message.metadata.run.script_run_id
                self.session = message.new_session.initialize.session_id
                if not message.metadata.run.fragment_ids:
                    self._began = time.monotonic()
                    self._due.clear()
            case "navigation":
                self._page_hash = message.navigation.page_script_hash
            case "delta":
                self._draw(message)
            case "auto_rerun":
                interval = message.auto_rerun.interval
                self._due[message.auto_rerun.fragment_id] = time.monotonic() + interval, interval
            case "stop_auto_rerun":
                for fragment in message.stop_auto_rerun.fragment_ids:
                    self._due.pop(fragment, None)
            case "page_info_changed":
                self._query = message.page_info_changed.query_string
            case "backend_operation_response":
                answer = message.backend_operation_response
                self._files[answer.request_id] = answer
            case "script_finished":
                self._finish(message)

    def _draw(self, message: ForwardMsg) -> None:
        path = tuple(message.metadata.delta_path)
        delta = message.delta
        if delta.HasField("new_element"):
            kind = delta.new_element.WhichOneof("type")
            element = getattr(delta.new_element, kind)
            if kind == "exception":
                self.errors.append(f"{element.type}: {element.message}")
            self._deltas[path] = f"{self._run_id}/{delta.fragment_id}", (kind, element)

    def _finish(self, message: ForwardMsg) -> None:
        """Remove what an earlier run of the same part of the page has left."""
        run = message.metadata.run
        status = ForwardMsg.ScriptFinishedStatus.Name(message.script_finished)
        if status == "FINISHED_EARLY_FOR_RERUN":
            return
        for path, (drawn_by, _) in list(self._deltas.items()):
            run_id, _, fragment = drawn_by.partition("/")
            in_part = not run.fragment_ids or fragment in run.fragment_ids
            if in_part and run_id != run.script_run_id:
                del self._deltas[path]
        if run.fragment_ids:
            self.ticks += 1
        else:
            self._answered = self._began

    def _elements(self, kind: str) -> Iterator[Any]:
        return (element for _, (found, element) in self._deltas.values() if found == kind)

    def _new_cookie(self) -> str:
        with urllib.request.urlopen(f"{self._server}/_stcore/health", timeout=30) as answer:
            return str(answer.headers["Set-Cookie"].partition(";")[0])


def _texts(shown: tuple[str, Message]) -> Iterator[str]:
    """All texts in an element except IDs and images."""
    for field, value in shown[1].ListFields():
        values = [value] if not hasattr(value, "__iter__") or isinstance(value, str) else value
        for each in values:
            if isinstance(each, Message):
                yield from _texts((field.name, each))
            elif isinstance(each, str) and field.name != "id" and each[:6] not in NO_TEXT:
                yield PICTURE.sub("", each)
