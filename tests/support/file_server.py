"""A web server on this machine for one file, well-behaved or not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOLD_SECONDS = 30


@dataclass
class FileServer:
    """What the server answers, and what it was asked.

    Attributes:
        content: of the file, at any path.
        cut_after: bytes of an answer after which the connection is cut; None: never.
        hold_at: bytes of an answer after which the server waits for `go`; None: never.
        status: anything but 200 is sent instead of the file.
        asked: how often it was asked for the file.
    """

    content: bytes
    cut_after: int | None = None
    hold_at: int | None = None
    status: int = 200
    asked: int = 0
    url: str = ""
    go: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serving(state: FileServer) -> Iterator[FileServer]:
    """Serve the file until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked += 1
            if state.status != 200:
                self.send_error(state.status)
                return
            body = state.content
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if state.hold_at is not None:
                self.wfile.write(body[: state.hold_at])
                state.go.wait(HOLD_SECONDS)
                body = body[state.hold_at :]
            self.wfile.write(body[: state.cut_after])

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/file"
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
