"""Websockets of a lab for strangers: how many there may be, and how much each may say."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from support.lab_server import LabServer
from support.visitor import Visitor
from support.waiting import wait_until

pytestmark = pytest.mark.timeout(240)

SECONDS = 30.0
# As core/limits.py has them for strangers.
OF_ALL, OF_A_NETWORK = 120, 30
# Of one message: what a session takes, and what the server reads, as .streamlit/config.toml has it.
MAX_SESSION_BYTES, MAX_SERVER_BYTES = 1_000_000, 4_000_000
TOO_BIG = 1009


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A lab for strangers, behind a proxy."""
    environment = {"AUTOENCODER_LAB_PUBLIC": "1"}
    with LabServer(tmp_path_factory.mktemp("public"), environment=environment) as server:
        yield server


def open_socket(server: LabServer, address: str) -> ClientConnection:
    """A websocket from an address, as a proxy says it."""
    return connect(
        server.url.replace("http", "ws", 1) + "/_stcore/stream",
        subprotocols=["streamlit"],  # type: ignore[list-item]
        origin=server.url,  # type: ignore[arg-type]
        additional_headers={"X-Forwarded-For": address},
        open_timeout=SECONDS,
        close_timeout=SECONDS,
    )


def is_let_in(server: LabServer, address: str) -> bool:
    """Whether one more websocket is taken from an address, and not refused with 503."""
    try:
        with open_socket(server, address):
            return True
    except InvalidStatus as refusal:
        if refusal.response.status_code != 503:
            raise
        return False


def page_for(server: LabServer, address: str) -> tuple[int, str]:
    """Status and text of what a browser gets that opens a page."""
    headers = {"Accept": "text/html,application/xhtml+xml", "X-Forwarded-For": address}
    request = urllib.request.Request(f"{server.url}/lab", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def test_one_network_opens_thirty_pages_and_others_come_in_beside_it(public: LabServer) -> None:
    with ExitStack() as stack:
        # The first 64 bits of an IPv6 address are a network.
        for number in range(OF_A_NETWORK):
            stack.enter_context(open_socket(public, f"2600:1f18:1:2::{number:x}"))
        assert not is_let_in(public, "2600:1f18:1:2:ffff::1")
        status, text = page_for(public, "2600:1f18:1:2:ffff::1")
        assert status == 503
        assert "The lab is full" in text
        assert "30 pages are open from your network" in text
        assert is_let_in(public, "2600:1f18:1:3::1")
        assert page_for(public, "2600:1f18:1:3::1")[0] == 200
        with Visitor(f"{public.url}/losses", forwarded_for="9.9.9.9") as other:
            assert other.errors == []
    # Places of pages that were closed are free.
    wait_until(lambda: is_let_in(public, "2600:1f18:1:2::1"))
    assert page_for(public, "2600:1f18:1:2::1")[0] == 200


def test_no_more_pages_are_open_than_the_host_has_room_for(public: LabServer) -> None:
    wait_until(lambda: page_for(public, "8.8.8.0")[0] == 200)
    with ExitStack() as stack:
        inside = stack.enter_context(Visitor(f"{public.url}/losses", forwarded_for="8.8.4.0"))
        for number in range(OF_ALL - 1):
            address = f"8.8.8.{number // OF_A_NETWORK}"
            stack.enter_context(open_socket(public, address))
        assert not is_let_in(public, "9.9.9.9")
        status, text = page_for(public, "9.9.9.9")
        assert (status, "120 pages are open, the maximum on this public lab" in text) == (503, True)
        # Who is in stays in, the host sees a lab that works, and so do the parts of a page.
        inside.choose("Section", 1)
        assert inside.errors == []
        assert public.is_healthy()
    wait_until(lambda: is_let_in(public, "9.9.9.9"))


@pytest.fixture
def other(public: LabServer) -> Iterator[Visitor]:
    """A visitor whose page answers before the test and after it."""
    with Visitor(f"{public.url}/losses", forwarded_for="9.9.9.9") as page:
        yield page
        page.choose("Section", 1)
        assert page.errors == []
    assert public.is_healthy()


def rerun(size: int) -> bytes:
    """A message that asks for a page with a query of so many bytes."""
    message = BackMsg()
    message.rerun_script.query_string = "x" * size
    return message.SerializeToString()


def send_and_read(socket: ClientConnection, parts: Iterator[bytes]) -> None:
    """Send one message in parts, and read an answer."""
    socket.send(parts)
    socket.recv(timeout=SECONDS)


@pytest.mark.usefixtures("other")
def test_message_above_what_a_session_takes_ends_that_session_alone(public: LabServer) -> None:
    with open_socket(public, "8.8.4.4") as hostile:
        hostile.send(rerun(MAX_SESSION_BYTES))
        with pytest.raises(ConnectionClosedError) as closed:
            hostile.recv(timeout=SECONDS)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == TOO_BIG
    assert "exceeds the limit of 1000000 bytes; closing connection." in public.log.read_text()


@pytest.mark.usefixtures("other")
def test_message_above_what_the_server_takes_is_refused_before_it_is_there(
    public: LabServer,
) -> None:
    with open_socket(public, "8.8.4.4") as hostile:
        # A binary frame with a mask, and its length in eight bytes; nothing of it follows.
        head = b"\x82\xff" + (MAX_SERVER_BYTES + 1).to_bytes(8, "big") + bytes(4)
        hostile.socket.sendall(head)
        with pytest.raises(ConnectionClosedError) as closed:
            hostile.recv(timeout=SECONDS)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == TOO_BIG


@pytest.mark.usefixtures("other")
def test_message_in_many_parts_is_no_longer_than_one(public: LabServer) -> None:
    with open_socket(public, "8.8.4.4") as hostile:
        message = rerun(MAX_SERVER_BYTES)
        parts = (message[start : start + 500_000] for start in range(0, len(message), 500_000))
        # What is on its way when the server closes may reset the connection, on either side.
        with pytest.raises(ConnectionClosedError):
            send_and_read(hostile, parts)
    assert f"message size {len(message)} bytes exceeds" not in public.log.read_text()
