"""Download of the large data sets with a timeout, progress, one retry and a hash check.

Source of the table: keras.datasets.mnist names URL and hash of MNIST; the README of
https://github.com/zalandoresearch/fashion-mnist names the hashes of Fashion-MNIST.
"""

from __future__ import annotations

import http.client
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.environment import shown_path
from core.errors import DataUnavailable
from core.progress import Report, Stage

CONNECTION_SECONDS = 10.0
RETRIES = 1
CHUNK_BYTES = 64 * 1024
REPORT_SECONDS = 0.1


@dataclass(frozen=True, kw_only=True)
class RemoteFile:
    """A file of a data set.

    Attributes:
        path: its path within a folder of data sets.
        url: where it is downloaded from.
        size: its size in bytes.
        algorithm, digest: its hash, hexadecimal.
    """

    path: str
    url: str
    size: int
    algorithm: str
    digest: str


def _fashion(name: str, size: int, digest: str) -> RemoteFile:
    folder = "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion"
    return RemoteFile(
        path=f"fashion-mnist/{name}",
        url=f"{folder}/{name}",
        size=size,
        algorithm="md5",
        digest=digest,
    )


SOURCES: dict[str, tuple[RemoteFile, ...]] = {
    "mnist": (
        RemoteFile(
            path="mnist.npz",
            url="https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
            size=11_490_434,
            algorithm="sha256",
            digest="731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
        ),
    ),
    "fashion-mnist": (
        _fashion("train-images-idx3-ubyte.gz", 26_421_880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        _fashion("train-labels-idx1-ubyte.gz", 29_515, "25c81989df183df01b3e8a0aad5dffbe"),
        _fashion("t10k-images-idx3-ubyte.gz", 4_422_102, "bef4ecab320f06d8554ea6380940ec79"),
        _fashion("t10k-labels-idx1-ubyte.gz", 5_148, "bb300cfdad3c16e7a12a480ee83cd310"),
    ),
}


class DownloadFailed(Exception):
    """The network or the server failed to deliver a file."""


def fetch(
    files: tuple[RemoteFile, ...],
    folder: Path,
    report: Report,
    *,
    timeout: float = CONNECTION_SECONDS,
) -> None:
    """Download the files of a data set that the folder lacks, or has with a wrong hash.

    A file appears under its name only when it is complete and its hash is correct; a partial file
    is discarded. Several processes may call this at once: one downloads and the others wait for it.

    Args:
        files: all files of the data set.
        folder: the destination; created if missing.
        report: receives the stage "data" with the completed fraction, about ten times a second. An
            exception raised by it ends the download.
        timeout: seconds without a response or without data after which the download fails.

    Raises:
        DownloadFailed: no network, or the server refused; the text says which.
        OSError: the folder cannot be written.
        DataUnavailable: a downloaded file does not have the expected hash.
    """
    # Imported here, since pages only read data and never download it.
    import pooch

    pooch.get_logger().setLevel("WARNING")
    folder.mkdir(parents=True, exist_ok=True)
    progress = _Progress(report, sum(file.size for file in files))
    downloader = pooch.HTTPDownloader(progressbar=progress, chunk_size=CHUNK_BYTES, timeout=timeout)
    source = pooch.create(
        path=folder,
        base_url="",
        registry={file.path: f"{file.algorithm}:{file.digest}" for file in files},
        urls={file.path: file.url for file in files},
        retry_if_failed=RETRIES,
    )
    with _exclusive_lock(folder / "download.lock", report):
        for file in files:
            for abandoned in (folder / file.path).parent.glob("tmp*"):  # by a killed process
                abandoned.unlink()
            with _network_errors(file):
                source.fetch(file.path, downloader=downloader)
            progress.finished += file.size


class _Progress:
    """A progress bar for `pooch` that limits how often it reports.

    Attributes:
        finished: bytes of the completed files.
    """

    def __init__(self, report: Report, all_bytes: int) -> None:
        self.finished = 0
        self._received = 0
        self._report = report
        self._all_bytes = all_bytes
        self._reported_at = 0.0

    @property
    def total(self) -> int:
        """The size of all files in bytes."""
        return self._all_bytes

    @total.setter
    def total(self, size: int) -> None:
        """Start a file; `pooch` assigns its size, again for a retry."""
        self.reset()

    def update(self, size: int) -> None:
        """Count received bytes."""
        self._received += size
        now = time.monotonic()
        if now - self._reported_at >= REPORT_SECONDS:
            self._reported_at = now
            fraction = min((self.finished + self._received) / self._all_bytes, 1.0)
            self._report(Stage(name="data", fraction=fraction))

    def reset(self) -> None:
        """Count the current file from zero."""
        self._received = 0

    def close(self) -> None:
        """Do nothing: there is nothing to close."""


@contextmanager
def _exclusive_lock(path: Path, report: Report) -> Iterator[None]:
    # SQLite's file lock works on every platform and is released however its process ends.
    with closing(sqlite3.connect(path, timeout=REPORT_SECONDS, isolation_level=None)) as lock:
        while True:
            try:
                lock.execute("BEGIN EXCLUSIVE")
                break
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise OSError(f"{shown_path(path)} cannot be locked: {error}") from error
                report(Stage(name="data"))
        yield


@contextmanager
def _network_errors(file: RemoteFile) -> Iterator[None]:
    from requests.exceptions import RequestException

    try:
        yield
    except RequestException as error:
        raise DownloadFailed(_reason(error)) from error
    except ValueError:
        raise DataUnavailable(
            f"{file.url} does not have the expected {file.algorithm} hash and was discarded."
            f" Try again later, or put an intact {file.path} into the folder that"
            " AUTOENCODER_LAB_DATA names."
        ) from None


def _reason(error: BaseException) -> str:
    """What went wrong in the network, in a few words, from the deepest cause that says so."""
    reason = str(error)
    cause: BaseException | None = error
    while cause is not None:
        response = getattr(cause, "response", None)
        if response is not None:
            return str(response.reason)
        if isinstance(cause, http.client.IncompleteRead):
            return "the connection was interrupted"
        if isinstance(cause, http.client.HTTPException):
            return "its response is not HTTP"
        if isinstance(cause, OSError):
            reason = cause.strerror or str(cause)
        cause = cause.__cause__ or cause.__context__
    return reason
