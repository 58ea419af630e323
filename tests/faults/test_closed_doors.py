"""The one port that is open: what it takes from whom."""

from __future__ import annotations

import http.client
from collections.abc import Iterator

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from support.lab_server import LabServer
from support.visitor import Visitor

SECONDS = 30
# The lab's own five megabytes, and Streamlit's allowance for the form around them.
TOO_LARGE = 6_500_000


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A lab for strangers."""
    environment = {"AUTOENCODER_LAB_PUBLIC": "1"}
    home = tmp_path_factory.mktemp("public")
    with LabServer(home, app="pages/losses.py", environment=environment) as server:
        yield server


def send(
    server: LabServer, visitor: Visitor, size: int, *, token: str, name: str = "1"
) -> tuple[int, str]:
    """Send a file as the browser does; status and text of the answer."""
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="../../x.png"\r\n\r\n'
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)
    headers = {
        "Cookie": visitor.cookie,
        "X-Xsrftoken": token,
        "Content-Type": "multipart/form-data; boundary=x",
    }
    path = f"/_stcore/upload_file/{visitor.session}/{name}"
    try:
        connection.request("PUT", path, form + bytes(size) + b"\r\n--x--\r\n", headers)
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


def test_a_page_of_another_site_cannot_open_a_session(public: LabServer) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        connect(
            f"ws://127.0.0.1:{public.port}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            origin="https://evil.example",  # type: ignore[arg-type]
            open_timeout=SECONDS,
        ).close()
    assert refusal.value.response.status_code == 403


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
