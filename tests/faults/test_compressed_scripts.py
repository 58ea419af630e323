"""Streamlit's scripts arrive compressed, with the same content as without."""

from __future__ import annotations

import asyncio
import gzip
import random
import re
import socket
import urllib.parse
import urllib.request
from collections.abc import Iterator
from email.message import Message as Header
from pathlib import Path
from typing import cast

import pytest
from starlette.types import Message, Receive, Scope, Send

from pages.components.server.compressed_scripts import MAX_KEPT_BYTES, CompressedScripts
from pages.components.server.downloads import CHUNK_BYTES
from support.lab_server import LabServer

SECONDS = 30


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    with LabServer(tmp_path_factory.mktemp("home")) as server:
        yield server


def fetched(lab: LabServer, path: str, **headers: str) -> tuple[Header, bytes]:
    """The headers and the body, as transferred."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(f"{lab.url}/{path}", headers=named)
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        return answer.headers, answer.read()


def scripts(lab: LabServer) -> list[str]:
    """The paths of the scripts and style sheets that every page loads first."""
    _, page = fetched(lab, "")
    return sorted(set(re.findall(r"static/[\w/.-]+\.(?:js|css)", page.decode())))


def test_scripts_are_compressed_and_unchanged(lab: LabServer) -> None:
    paths = scripts(lab)
    assert {path.rpartition(".")[2] for path in paths} == {"js", "css"}
    plain_bytes = compressed_bytes = 0
    for path in paths:
        _, plain = fetched(lab, path)
        for _ in range(2):  # compressed now, and kept
            headers, body = fetched(lab, path, Accept_Encoding="gzip, deflate, br")
            assert headers["Content-Encoding"] == "gzip"
            assert "Accept-Encoding" in headers["Vary"]
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert "immutable" in headers["Cache-Control"]
            assert gzip.decompress(body) == plain
        plain_bytes += len(plain)
        compressed_bytes += len(body)
    # gzip -6 makes Streamlit 1.67's first scripts 3.6 times smaller.
    assert compressed_bytes < 0.4 * plain_bytes


def test_browsers_that_take_no_gzip_and_parts_of_scripts_get_plain_bytes(lab: LabServer) -> None:
    path = scripts(lab)[0]
    fetched(lab, path, Accept_Encoding="gzip")
    headers, plain = fetched(lab, path, Accept_Encoding="identity")
    assert headers["Content-Encoding"] is None
    headers, part = fetched(lab, path, Accept_Encoding="gzip", Range="bytes=10-19")
    assert (headers["Content-Encoding"], part) == (None, plain[10:20])


def test_unknown_names_are_answered_as_without_compression(lab: LabServer) -> None:
    _, plain = fetched(lab, "static/js/none.js")
    for _ in range(2):
        headers, body = fetched(lab, "static/js/none.js", Accept_Encoding="gzip")
        assert headers["Content-Encoding"] is None
        assert body == plain


def test_a_browser_that_leaves_breaks_no_script_for_the_next_one(tmp_path: Path) -> None:
    with LabServer(tmp_path / "home") as lab:
        paths = scripts(lab)
        address = urllib.parse.urlsplit(lab.url)
        for path in paths:
            for _ in range(3):
                with socket.create_connection((address.hostname, address.port), SECONDS) as left:
                    left.sendall(
                        f"GET /{path} HTTP/1.1\r\n"
                        f"Host: {address.netloc}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
                    )
        for path in paths:
            _, plain = fetched(lab, path)
            _, body = fetched(lab, path, Accept_Encoding="gzip")
            assert gzip.decompress(body) == plain, path
        assert "Traceback" not in lab.log.read_text()


@pytest.mark.parametrize("sent_bytes", [None, 0, 7, 9])
def test_only_whole_scripts_are_compressed(sent_bytes: int | None) -> None:
    """None: the browser left before the answer began."""
    content = b"let x = 1"  # 9 bytes
    sent: list[Message] = []

    async def server(scope: Scope, receive: Receive, send: Send) -> None:
        if sent_bytes is None:
            return
        headers = [(b"content-type", b"text/javascript"), (b"content-length", b"9")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content[:sent_bytes]})

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/static/js/a.js",
        "headers": [(b"accept-encoding", b"gzip")],
    }
    asyncio.run(CompressedScripts(server)(scope, cast("Receive", None), send))
    if sent_bytes is None:
        assert sent == []
        return
    start, *parts = sent
    body = b"".join(part["body"] for part in parts)
    if sent_bytes == len(content):
        assert gzip.decompress(body) == content
    else:  # shorter than its header says, which the server and the browser take for an error
        assert (b"content-length", b"9") in start["headers"]
        assert body == content[:sent_bytes]


def test_kept_scripts_have_a_limit_and_one_name() -> None:
    content = random.Random(0).randbytes(MAX_KEPT_BYTES // 4)
    requested = []

    async def server(scope: Scope, receive: Receive, send: Send) -> None:
        requested.append(scope["path"])
        start = {"type": "http.response.start", "status": 200}
        length = str(len(content)).encode()
        headers = [(b"content-type", b"text/javascript"), (b"content-length", length)]
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    middleware = CompressedScripts(server)

    def request(path: str) -> list[Message]:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        headers = [(b"accept-encoding", b"gzip")]
        scope = {"type": "http", "method": "GET", "path": path, "headers": headers}
        asyncio.run(middleware(scope, cast("Receive", None), send))
        return sent

    for name in ("a.js", "./a.js", "x/../a.js", "b.js", "c.js", "d.js", "d.js"):
        _, *parts = request(f"/static/js/{name}")
        assert all(len(part["body"]) <= CHUNK_BYTES for part in parts)
        assert gzip.decompress(b"".join(part["body"] for part in parts)) == content
    # Random bytes do not become smaller, so that three files fit; d.js is compressed twice.
    assert requested == [f"/static/js/{name}.js" for name in "abcdd"]
