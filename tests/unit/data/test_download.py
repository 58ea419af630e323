"""Downloads from a server on this machine: whole, refused, cut off, or not at all."""

from __future__ import annotations

import hashlib
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.data import loading
from core.data.download import CONNECTION_SECONDS, SOURCES, DownloadFailed, RemoteFile, fetch
from core.errors import DataUnavailable
from core.progress import Event, Stage
from support.data_files import write_npz
from support.file_server import FileServer, serving
from support.waiting import wait_until

CONTENT = bytes(range(256)) * 4096
TIMEOUT = 0.3


def remote(url: str, content: bytes = CONTENT, path: str = "set/data.bin") -> RemoteFile:
    digest = hashlib.sha256(content).hexdigest()
    return RemoteFile(path=path, url=url, size=len(content), algorithm="sha256", digest=digest)


def ignore(event: Event) -> None:
    """A report that nobody reads."""


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serving(FileServer(CONTENT)) as state:
        yield state


def test_downloaded_file_has_its_name_and_no_leftovers(server: FileServer, tmp_path: Path) -> None:
    fetch((remote(server.url),), tmp_path, ignore)

    assert (tmp_path / "set" / "data.bin").read_bytes() == CONTENT
    assert [path.name for path in (tmp_path / "set").iterdir()] == ["data.bin"]


def test_progress_is_a_share_of_all_files(server: FileServer, tmp_path: Path) -> None:
    told: list[Event] = []
    files = (remote(server.url), remote(server.url, path="set/more.bin"))

    fetch(files, tmp_path, told.append)

    shares = [event.fraction for event in told if isinstance(event, Stage)]
    # The first chunk is told of at once: at most 64 KiB of 2 MiB.
    assert 0 < shares[0] <= 1 / 32
    assert shares == sorted(shares)
    assert shares[-1] <= 1


def test_existing_file_is_not_downloaded_again(server: FileServer, tmp_path: Path) -> None:
    fetch((remote(server.url),), tmp_path, ignore)
    fetch((remote(server.url),), tmp_path, ignore)

    assert server.requests == 1


def test_partial_file_is_discarded_and_retried_once(server: FileServer, tmp_path: Path) -> None:
    server.cut_after = 300_000
    with pytest.raises(DownloadFailed, match="interrupted"):
        fetch((remote(server.url),), tmp_path, ignore)

    assert server.requests == 2
    assert list((tmp_path / "set").iterdir()) == []


def test_leftovers_of_a_killed_download_are_removed(server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "tmpq2w3e4").write_bytes(CONTENT[:1000])

    fetch((remote(server.url),), tmp_path, ignore)

    assert [path.name for path in (tmp_path / "set").iterdir()] == ["data.bin"]


def test_file_with_another_hash_is_downloaded_again(server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "data.bin").write_bytes(b"x" * len(CONTENT))

    fetch((remote(server.url),), tmp_path, ignore)

    assert (tmp_path / "set" / "data.bin").read_bytes() == CONTENT


def test_wrong_hash_is_refused_and_leaves_nothing(server: FileServer, tmp_path: Path) -> None:
    server.content = CONTENT[:-1] + b"!"

    with pytest.raises(DataUnavailable, match="does not have the expected sha256 hash"):
        fetch((remote(server.url),), tmp_path, ignore)

    assert list((tmp_path / "set").iterdir()) == []


def test_progress_of_a_retry_starts_at_zero(server: FileServer, tmp_path: Path) -> None:
    told: list[Event] = []
    server.cut_after = 300_000
    with pytest.raises(DownloadFailed):
        fetch((remote(server.url),), tmp_path, told.append)

    # Never more than the 300,000 of 1,048,576 bytes that came, though they came twice.
    assert max(event.fraction or 0 for event in told if isinstance(event, Stage)) < 0.3


def test_longer_file_than_expected_is_refused(server: FileServer, tmp_path: Path) -> None:
    server.content = CONTENT + b"!"

    with pytest.raises(DataUnavailable, match="hash"):
        fetch((remote(server.url),), tmp_path, ignore)


def test_server_that_refuses_is_named_with_its_reason(server: FileServer, tmp_path: Path) -> None:
    server.status = 404

    with pytest.raises(DownloadFailed, match="Not Found"):
        fetch((remote(server.url),), tmp_path, ignore)


def test_silent_server_counts_as_no_network_after_the_time_out(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/file"
        with pytest.raises(DownloadFailed, match="timed out"):
            fetch((remote(url),), tmp_path, ignore, timeout=TIMEOUT)


def test_server_without_http_is_an_error_and_no_crash(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as odd:

        def answer() -> None:
            for _ in range(2):  # the second is the retry
                connection, _ = odd.accept()
                with connection:
                    connection.recv(1000)
                    connection.sendall(b"220 mail ready\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        url = f"http://127.0.0.1:{odd.getsockname()[1]}/file"
        with pytest.raises(DownloadFailed, match="not HTTP"):
            fetch((remote(url),), tmp_path, ignore, timeout=5)
        thread.join()


def test_exception_in_report_ends_the_download_and_the_next_one_is_complete(
    server: FileServer, tmp_path: Path
) -> None:
    class Stopped(Exception):
        pass

    def stop(event: Event) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        fetch((remote(server.url),), tmp_path, stop)
    assert list((tmp_path / "set").iterdir()) == []
    fetch((remote(server.url),), tmp_path, ignore)

    assert (tmp_path / "set" / "data.bin").read_bytes() == CONTENT


def test_second_process_waits_for_the_download_of_the_first(
    server: FileServer, tmp_path: Path
) -> None:
    waiting: list[Event] = []
    with closing(sqlite3.connect(tmp_path / "download.lock", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        thread = threading.Thread(
            target=fetch, args=((remote(server.url),), tmp_path, waiting.append)
        )
        thread.start()
        wait_until(lambda: waiting)
        assert server.requests == 0
        (tmp_path / "set").mkdir()
        (tmp_path / "set" / "data.bin").write_bytes(CONTENT)
    thread.join()

    assert waiting[0] == Stage(name="data")
    assert server.requests == 0


@pytest.fixture
def downloads(no_data: None, home: Path) -> Path:
    """The folder of the lab's downloads, not made yet, where no data are anywhere else."""
    return home / "datasets"


def test_load_downloads_what_is_not_here_and_finds_it_the_next_time(
    downloads: Path, tmp_path: Path
) -> None:
    content = write_npz(tmp_path).read_bytes()
    with serving(FileServer(content)) as server:
        sources = {"mnist": (remote(server.url, content, "mnist.npz"),)}
        mnist = loading.load("mnist", download=True, sources=sources)

    assert mnist.origin == "the lab's downloads: mnist.npz"
    assert mnist.training.shape == (60_000, 784)
    assert loading.load("mnist", download=True).training is mnist.training


def test_without_a_network_the_message_says_what_to_do(downloads: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}/file"
    sources = {"mnist": (remote(url, path="mnist.npz"),)}

    with pytest.raises(DataUnavailable) as refusal:
        loading.load("mnist", download=True, sources=sources)

    text = str(refusal.value)
    assert text.startswith("MNIST could not be downloaded from 127.0.0.1 (Connection refused). ")
    assert text.endswith(
        "Use the sample, try again, or put mnist.npz into the folder that AUTOENCODER_LAB_DATA"
        " names."
    )


def test_unwritable_folder_is_reported_as_such(downloads: Path) -> None:
    downloads.write_text("a file where the folder should be")

    with pytest.raises(DataUnavailable, match=r"MNIST cannot be saved in .*AUTOENCODER_LAB_HOME"):
        loading.load("mnist", download=True)


def test_network_is_not_used_without_permission(downloads: Path) -> None:
    with serving(FileServer(CONTENT)) as server:
        sources = {"mnist": (remote(server.url, path="mnist.npz"),)}
        with pytest.raises(DataUnavailable, match="not on this machine"):
            loading.load("mnist", sources=sources)

    assert server.requests == 0


def test_damaged_download_is_replaced(downloads: Path, tmp_path: Path) -> None:
    content = write_npz(tmp_path).read_bytes()
    downloads.mkdir()
    (downloads / "mnist.npz").write_bytes(content[:-100])
    with serving(FileServer(content)) as server:
        sources = {"mnist": (remote(server.url, content, "mnist.npz"),)}
        mnist = loading.load("mnist", download=True, sources=sources)

    assert server.requests == 1
    assert mnist.training.shape == (60_000, 784)


def test_time_out_and_hashes_of_the_real_sources() -> None:
    assert CONNECTION_SECONDS == 10
    assert {name: len(files) for name, files in SOURCES.items()} == {
        "mnist": 1,
        "fashion-mnist": 4,
    }
    # As keras.datasets.mnist.load_data names them.
    assert SOURCES["mnist"][0].digest == (
        "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
    )
    assert all(file.url.startswith("https://") for files in SOURCES.values() for file in files)
