"""The one port that is open: what it takes from whom."""

from __future__ import annotations

import http.client
import os
import re
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from email.message import Message
from pathlib import Path

import pytest

from support.lab_server import REPOSITORY, LabServer
from support.visitor import Visitor
from support.waiting import wait_until

SECONDS = 30
BENT = REPOSITORY / "tests" / "support" / "bent"
# The lab's own twenty megabytes of an image set, and Streamlit's allowance for the form around it.
TOO_LARGE = 23_500_000
LARGE = 5_000_000
# What is kept for one tab and for all, as core/limits.py has it for strangers.
KEPT_FOR_ONE, KEPT_FOR_ALL = 25_000_000, 60_000_000
METRIC = re.compile(r'cache_memory_bytes\{[^}]*type="UploadedFileManager"[^}]*\} (\d+)')


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A lab for strangers."""
    environment = {"AUTOENCODER_LAB_PUBLIC": "1"}
    home = tmp_path_factory.mktemp("public")
    with LabServer(home, environment=environment) as server:
        yield server


def send(
    server: LabServer,
    visitor: Visitor,
    size: int,
    *,
    token: str,
    name: str = "1",
    address: str = "8.8.8.8",
    method: str = "PUT",
) -> tuple[int, str]:
    """Send a file as the browser does, or remove it; status and text of the answer."""
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="../../x.png"\r\n\r\n'
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)
    headers = {
        "Cookie": visitor.cookie,
        "X-Xsrftoken": token,
        "X-Forwarded-For": address,
        "Content-Type": "multipart/form-data; boundary=x",
    }
    path = f"/_stcore/upload_file/{visitor.session}/{name}"
    try:
        connection.request(method, path, form + bytes(size) + b"\r\n--x--\r\n", headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_a_file_is_taken_from_the_page_alone_and_in_public_up_to_the_limit(
    public: LabServer,
) -> None:
    with Visitor(f"{public.url}/losses") as page:
        token = page.cookie.partition("=")[2]
        assert send(public, page, 1000, token=token)[0] == 204
        assert send(public, page, 1000, token="")[0] == 403
        assert send(public, page, 1000, token="2|00000000|11111111|1")[0] == 403
        assert send(public, page, TOO_LARGE, token=token) == (413, "File too large")
        page.session = "another"
        assert send(public, page, 1000, token=token)[0] == 400


def result_bytes(server: LabServer) -> int:
    """What Streamlit keeps of files, as it says itself, at most five seconds ago."""
    with urllib.request.urlopen(f"{server.url}/_stcore/metrics", timeout=SECONDS) as answer:
        found = METRIC.search(answer.read().decode())
    return int(found.group(1)) if found else 0


def test_a_tab_keeps_its_last_files_and_all_tabs_no_more_than_the_server_has_room_for(
    public: LabServer,
) -> None:
    with Visitor(f"{public.url}/losses") as page:
        token = page.cookie.partition("=")[2]
        for number in range(40):
            assert send(public, page, LARGE, token=token, name=str(number))[0] == 204
        wait_until(lambda: result_bytes(public) == KEPT_FOR_ONE)
        with ExitStack() as stack:
            for _ in range(12):
                other = stack.enter_context(Visitor(f"{public.url}/losses", cookie=page.cookie))
                for file in range(2):
                    assert send(public, other, LARGE, token=token, name=str(file))[0] == 204
            wait_until(lambda: result_bytes(public) == KEPT_FOR_ALL)
        # Their tabs are closed; nobody looks in, and the files are gone all the same.
        wait_until(lambda: result_bytes(public) == 0)


def stall(server: LabServer, visitor: Visitor, address: str) -> socket.socket:
    """Begin an upload from an address, and send no more of it."""
    head = (
        f"PUT /_stcore/upload_file/{visitor.session}/slow HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Cookie: {visitor.cookie}\r\nX-Xsrftoken: {visitor.cookie.partition('=')[2]}\r\n"
        f"X-Forwarded-For: {address}\r\nContent-Length: {LARGE}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
    )
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS)
    connection.sendall(head.encode())
    return connection


def test_no_more_than_sixteen_files_are_on_their_way_at_once_and_eight_of_one_address(
    public: LabServer,
) -> None:
    ann, bob, carl = "8.8.4.4", "9.9.9.9", "1.1.1.1"
    with Visitor(f"{public.url}/losses") as page, ExitStack() as stack:

        def status(address: str, method: str = "PUT") -> int:
            token = page.cookie.partition("=")[2]
            return send(public, page, 10, token=token, address=address, method=method)[0]

        for _ in range(8):
            stack.enter_context(stall(public, page, ann))
        wait_until(lambda: status(ann) == 503)
        assert status(bob) == 204
        for _ in range(8):
            stack.enter_context(stall(public, page, bob))
        wait_until(lambda: status(carl) == 503)
        # What takes no memory needs no place.
        assert status(carl, "DELETE") == 204
        assert status(carl, "OPTIONS") == 204
        assert public.is_healthy()
        stack.close()
        wait_until(lambda: status(ann) == 204)


def handshake(server: LabServer, *, origin: str | None, host: str = "") -> int:
    """Open a session as a browser's page does; status of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)
    headers = {
        "Host": host or f"127.0.0.1:{server.port}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        **({"Origin": origin} if origin else {}),
    }
    try:
        connection.request("GET", "/_stcore/stream", headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LabServer, Path]]:
    """A lab on all addresses, as in its container, and the file of the names that it looks up."""
    home = tmp_path_factory.mktemp("watched")
    environment = {
        "AUTOENCODER_LAB_PUBLIC": "1",
        "LAB_TEST_LOOKUPS": str(home / "lookups"),
        "PYTHONPATH": os.pathsep.join([str(BENT), str(REPOSITORY)]),
    }
    with LabServer(home, options={"server.address": "0.0.0.0"}, environment=environment) as server:
        yield server, home / "lookups"


def test_a_page_of_another_site_cannot_open_a_session_and_no_outside_service_is_asked(
    watched: tuple[LabServer, Path],
) -> None:
    server, lookups = watched
    for _ in range(10):
        assert handshake(server, origin="https://evil.example") == 403
    assert handshake(server, origin=server.url) == 101
    with Visitor(server.url) as page:
        assert page.errors == []
    own = {"localhost", "127.0.0.1", "0.0.0.0", "::", "::1", "None", socket.gethostname()}
    assert set(lookups.read_text().split()) <= own


def test_a_public_lab_answers_to_any_name_that_leads_to_it(
    watched: tuple[LabServer, Path],
) -> None:
    server, _ = watched
    assert handshake(server, origin="https://lab.example", host="lab.example") == 101
    assert handshake(server, origin="https://evil.example", host="lab.example") == 403


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A lab on its user's own machine."""
    with LabServer(tmp_path_factory.mktemp("local")) as server:
        yield server


def test_a_lab_of_a_desktop_opens_itself_in_the_browser(tmp_path: Path) -> None:
    opened = tmp_path / "opened"
    command = tmp_path / "xdg-open"
    command.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}.new\nmv {opened}.new {opened}\n')
    command.chmod(0o755)
    environment = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    headed = {"server.headless": "false"}
    with LabServer(tmp_path / "home", options=headed, environment=environment) as server:
        wait_until(opened.exists)
        assert opened.read_text() == f"http://localhost:{server.port}"


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]", "laptop"])
def test_a_local_lab_answers_to_the_names_of_its_machine(local: LabServer, name: str) -> None:
    host = f"{name}:{local.port}"
    assert handshake(local, origin=f"http://{host}", host=host) == 101


@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1.evil.example", "1.evil", "a.b:c"])
def test_a_name_that_another_site_pointed_to_a_local_lab_is_refused(
    local: LabServer, name: str
) -> None:
    host = f"{name}:{local.port}"
    assert handshake(local, origin=f"http://{host}", host=host) == 403
    connection = http.client.HTTPConnection("127.0.0.1", local.port, timeout=SECONDS)
    try:
        connection.request("GET", "/", headers={"Host": host})
        answer = connection.getresponse()
        assert answer.status == 403
        assert "start it with --server.allowedHosts=NAME." in answer.read().decode()
    finally:
        connection.close()


def headers_of(server: LabServer, path: str) -> Message:
    with urllib.request.urlopen(f"{server.url}{path}", timeout=SECONDS) as answer:
        headers: Message = answer.headers
        return headers


@pytest.mark.parametrize("path", ["/", "/lab", "/_stcore/health", "/_stcore/host-config"])
def test_browsers_learn_what_a_page_may_load_and_who_may_frame_it(
    public: LabServer, local: LabServer, path: str
) -> None:
    for server, frames in ((local, "'self'"), (public, "'self' https://devel.streamlit.test ")):
        headers = headers_of(server, path)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval';")
        assert f"{policy} ".partition("frame-ancestors ")[2].startswith(frames)
        assert (" https://*.streamlit.app" in policy) == (server is public)


@pytest.mark.parametrize("path", ["/lab?view=curve&embed=true", "/matrix?view=map"])
def test_parts_may_be_framed_by_this_machine_and_in_public_by_all(
    public: LabServer, local: LabServer, path: str
) -> None:
    def framing(server: LabServer) -> list[str]:
        policy = headers_of(server, path)["Content-Security-Policy"]
        return str(policy).partition("frame-ancestors ")[2].split()

    assert framing(local) == ["'self'", "http://localhost:*", "http://127.0.0.1:*"]
    assert framing(public)[-1] == "*"
    whole = headers_of(public, "/lab")["Content-Security-Policy"]
    assert not str(whole).endswith("*")


@pytest.mark.parametrize(
    "path",
    [
        "/../README.md",
        "/%2e%2e/README.md",
        "/..%2f..%2fetc/passwd",
        "/app/static/../../core/settings.py",
        "/media/..%2f..%2fcore%2fsettings.py",
        "/component/..%2f..%2fcore%2fsettings.py/x",
        "/.streamlit/config.toml",
        "/core/settings.py",
    ],
)
def test_no_file_of_the_lab_is_served(public: LabServer, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", public.port, timeout=SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read().decode(errors="replace")
    finally:
        connection.close()
    # Where there is no such file, Streamlit sends the frame of its own page.
    assert answer.status in (400, 403, 404) or "<title>Streamlit</title>" in body
    assert not any(
        inside in body for inside in ("Autoencoder Lab", "root:", "AUTOENCODER", "[theme")
    )
