"""`make audit`: every locked version is asked about, and no answer is not taken for a good one."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tools.audit import LOCKS, main, pins

ROOT = Path(__file__).parents[2]


@contextmanager
def osv(answer: bytes, asked: list[Any]) -> Iterator[str]:
    """A service that gives this answer; what it was asked is kept."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.txt"
    path.write_text(
        "# a comment ==1\nnumpy==2.4.1\n    # via pandas\n"
        "tensorflow-cpu==2.21.0 ; sys_platform == 'linux'\nuvicorn[standard]==0.40.1\n"
    )
    return path


def test_each_locked_version_is_asked_about_and_what_is_known_is_named(
    lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Any] = []
    results = [{}, {"vulns": [{"id": "GHSA-1", "modified": ""}, {"id": "PYSEC-2"}]}, {}]
    with osv(json.dumps({"results": results}).encode(), asked) as service:
        assert main([lock], service) == 1
    assert [(q["package"]["name"], q["version"]) for q in asked[0]["queries"]] == [
        ("numpy", "2.4.1"),
        ("tensorflow-cpu", "2.21.0"),
        ("uvicorn", "0.40.1"),
    ]
    assert capsys.readouterr().out.splitlines() == [
        "tensorflow-cpu 2.21.0: https://osv.dev/GHSA-1",
        "tensorflow-cpu 2.21.0: https://osv.dev/PYSEC-2",
        "1 of 3 locked versions have known vulnerabilities.",
    ]


def test_without_a_known_vulnerability_all_is_well(lock: Path) -> None:
    with osv(b'{"results": [{}, {}, {}]}', []) as service:
        assert main([lock], service) == 0


@pytest.mark.parametrize("answer", [b"", b"<html>", b'{"results": [{}]}', b'{"message": "no"}'])
def test_odd_answer_is_not_accepted(
    lock: Path, answer: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    with osv(answer, []) as service:
        assert main([lock], service) == 2
    assert "could not be asked, so nothing is known" in capsys.readouterr().err


def test_without_a_network_one_line_says_so(lock: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as gone:
        service = f"http://127.0.0.1:{gone.getsockname()[1]}/"
    assert main([lock], service) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{service} could not be asked, so nothing is known: ")


def test_every_requirement_of_the_lab_is_pinned_and_asked_about() -> None:
    for name in LOCKS:
        lines = (ROOT / name).read_text().splitlines()
        requirements = [
            line for line in lines if line.strip() and not line.lstrip().startswith("#")
        ]
        assert requirements
        assert len(pins([ROOT / name])) == len({line.split()[0] for line in requirements})
        assert all("==" in line.partition(";")[0] for line in requirements)
