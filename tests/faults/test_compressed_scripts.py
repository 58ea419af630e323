"""Streamlit's scripts arrive compressed, with the same content as without."""

from __future__ import annotations

import asyncio
import gzip
import random
import re
import urllib.request
from collections.abc import Iterator
from email.message import Message as Header
from typing import cast

import pytest
from starlette.types import Message, Receive, Scope, Send

from pages.components.server.compressed_scripts import MAX_KEPT_BYTES, CompressedScripts
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


def test_kept_scripts_have_a_limit_and_one_name() -> None:
    content = random.Random(0).randbytes(MAX_KEPT_BYTES // 4)
    requested = []

    async def server(scope: Scope, receive: Receive, send: Send) -> None:
        requested.append(scope["path"])
        start = {"type": "http.response.start", "status": 200}
        await send({**start, "headers": [(b"content-type", b"text/javascript")]})
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
        _, body = request(f"/static/js/{name}")
        assert gzip.decompress(body["body"]) == content
    # Random bytes do not become smaller, so that three files fit; d.js is compressed twice.
    assert requested == [f"/static/js/{name}.js" for name in "abcdd"]
