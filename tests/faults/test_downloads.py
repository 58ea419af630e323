"""Files that strangers have made for them: what a small host keeps of them, and sends at once."""

from __future__ import annotations

import re
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack

import psutil
import pytest

from core.store import RunStore
from core.variant import Variant
from support.lab_server import LabServer
from support.runs import make_run
from support.visits import visit
from support.waiting import wait_until

pytestmark = pytest.mark.timeout(240)

SECONDS = 30
READY_SECONDS = 120.0
# Weights of 784 * 512 * 2 + 8 * 512 * 512 numbers and 9 * 512 + 784 biases are 11.6 MB; random
# ones take 10.7 MB in a run's file, and its digits, curves and the like 0.1 MB.
RUNS = [Variant(layers=(512,) * 9, seed=seed) for seed in range(400, 410)]
RUN_BYTES = 10_700_000
ARCHIVE = "Archive for another lab"
METRIC = re.compile(r'cache_memory_bytes\{[^}]*type="st_memory_media_file_storage"[^}]*\} (\d+)')
ANN, BOB = "8.8.4.4", "9.9.9.9"


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A lab for strangers, behind a proxy, with ten wide runs; only stored ones are looked at."""
    home = tmp_path_factory.mktemp("public")
    store = RunStore(home)
    for variant in RUNS:
        store.put(make_run(variant))
    environment = {"AUTOENCODER_LAB_PUBLIC": "1", "AUTOENCODER_LAB_MEMORY_MB": "512"}
    with LabServer(home, environment=environment) as server:
        yield server


@pytest.fixture(scope="module")
def files(public: LabServer) -> list[str]:
    """Addresses of the archives, each made in another tab; nobody has fetched one."""
    with visit(public, Variant(seed=77)) as page:
        page.until(lambda: "No trainer." in page.text, READY_SECONDS)  # no page changes after that
    with ExitStack() as stack:
        pages = [stack.enter_context(visit(public, variant)) for variant in RUNS]
        return [page.download(ARCHIVE) for page in pages]


def result_bytes(server: LabServer) -> int:
    """What Streamlit keeps of files, as it says itself, at most five seconds ago."""
    with urllib.request.urlopen(f"{server.url}/_stcore/metrics", timeout=SECONDS) as answer:
        found = METRIC.search(answer.read().decode())
    return int(found.group(1)) if found else 0


def fetch(url: str, address: str) -> tuple[int, bytes]:
    """Status and content of what a browser at an address gets."""
    headers = {"X-Forwarded-For": address, "Range": "bytes=0-99"}
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read()


def begin(server: LabServer, url: str, address: str) -> socket.socket:
    """Ask for a file, and read nothing after the first byte of the answer."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(SECONDS)
    connection.connect(("127.0.0.1", server.port))
    path = url.removeprefix(server.url)
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {address}\r\n\r\n"
    connection.sendall(head.encode())
    assert connection.recv(1) == b"H"
    return connection


def test_archives_of_ten_tabs_are_not_kept_all(public: LabServer, files: list[str]) -> None:
    # Thirty megabytes go when thirty newer ones are there; ten archives have 107.
    assert 2 * RUN_BYTES < result_bytes(public) < 60_000_000
    status, content = fetch(files[-1], ANN)
    # A part is not given out: it would be a copy for each who asks.
    assert (status, len(content) > RUN_BYTES) == (200, True)
    assert fetch(files[0], ANN)[0] == 404


def test_browsers_that_do_not_read_on_take_no_memory(public: LabServer, files: list[str]) -> None:
    process = psutil.Process(public.process.pid)
    before = process.memory_full_info().uss
    with ExitStack() as stack:
        for _ in range(30):
            stack.enter_context(begin(public, files[-1], ANN))
        # A copy for each would be 320 MB.
        assert process.memory_full_info().uss - before < 60_000_000
        assert public.is_healthy()


def test_a_network_gets_thirty_megabytes_of_files_at_a_time_and_others_go_on(
    public: LabServer, files: list[str]
) -> None:
    one, two, three = files[-3:]
    with begin(public, one, ANN), begin(public, two, ANN):
        status, text = fetch(three, ANN)
        assert (status, text) == (503, b"Other files are on their way. Try again in a minute.")
        assert fetch(two, ANN)[0] == 200
        assert fetch(three, BOB)[0] == 200
    wait_until(lambda: fetch(three, ANN)[0] == 200)
