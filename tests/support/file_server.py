"""A local web server for one file, which may misbehave."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOLD_SECONDS = 30


@dataclass
class FileServer:
    """The server's responses, and the number of requests.

    Attributes:
        content: the content of the file, at any path.
        cut_after: bytes of a response after which the connection is cut; None for never.
        hold_at: bytes of a response after which the server waits for `go`; None for never.
        status: the status to send instead of the file, unless it is 200.
        requests: the number of requests for the file.
    """

    content: bytes
    cut_after: int | None = None
    hold_at: int | None = None
    status: int = 200
    requests: int = 0
    url: str = ""
    go: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serving(state: FileServer) -> Iterator[FileServer]:
    """Serve the file until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.requests += 1
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
