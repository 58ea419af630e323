"""Download of the large data sets: with a time limit, progress, a check of the hash, and resuming.

Source of the table: keras.datasets.mnist names URL and hash of MNIST; the README of
https://github.com/zalandoresearch/fashion-mnist names the hashes of Fashion-MNIST.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import sqlite3
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.environment import shown_path
from core.errors import DataUnavailable
from core.progress import Report, Stage

CONNECTION_SECONDS = 10.0
CHUNK_BYTES = 64 * 1024
REPORT_SECONDS = 0.1


@dataclass(frozen=True, kw_only=True)
class RemoteFile:
    """A file of a data set.

    Attributes:
        path: its place in a folder of data sets.
        url: where it is downloaded from.
        size: in bytes.
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


class NoAnswer(Exception):
    """The network, or the server, did not give what it was asked for."""


class _WrongHash(Exception):
    """A complete file with other bytes than expected."""


def fetch(
    files: tuple[RemoteFile, ...],
    folder: Path,
    report: Report,
    *,
    timeout: float = CONNECTION_SECONDS,
) -> None:
    """Download those files of a data set that the folder does not hold.

    A file appears under its name only when it is whole and its hash is right. What an interrupted
    download left is resumed, or thrown away if it turns out to be wrong. Several processes may
    call this at once: one downloads and the others wait for it.

    Args:
        files: all files of the data set.
        folder: takes the files; made where it is missing.
        report: receives the stage "data" with the fraction done, about ten times a second. What it
            raises ends the download, which is resumed the next time.
        timeout: seconds without an answer or without a byte after which the network counts as
            missing.

    Raises:
        NoAnswer: no network, or the server refused; the text says which.
        OSError: the folder cannot be written.
        DataUnavailable: what was downloaded does not have the expected hash.
    """
    folder.mkdir(parents=True, exist_ok=True)
    progress = _Progress(report, sum(file.size for file in files))
    with _one_at_a_time(folder / "download.lock", report):
        for file in files:
            target = folder / file.path
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                _fetch_one(file, target, progress, timeout)
            progress.finished += file.size


class _Progress:
    """Tells bytes of all files as a fraction, but not more often than anybody can see."""

    def __init__(self, report: Report, total: int) -> None:
        self.finished = 0
        self._report = report
        self._total = total
        self._told = 0.0

    def tell(self, size: int) -> None:
        now = time.monotonic()
        if now - self._told >= REPORT_SECONDS:
            self._told = now
            fraction = min((self.finished + size) / self._total, 1.0)
            self._report(Stage(name="data", fraction=fraction))


@contextmanager
def _one_at_a_time(path: Path, report: Report) -> Iterator[None]:
    # SQLite's file lock works on every platform and ends with its process, however that ends.
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


def _fetch_one(file: RemoteFile, target: Path, progress: _Progress, timeout: float) -> None:
    part = target.with_name(f"{target.name}.part")
    resumed = part.exists()
    try:
        _receive(file, part, progress, timeout)
    except _WrongHash:
        if not resumed:
            raise _refusal(file) from None
        # The half file may have been of another version: once more, from its first byte.
        try:
            _receive(file, part, progress, timeout)
        except _WrongHash:
            raise _refusal(file) from None
    os.replace(part, target)


def _refusal(file: RemoteFile) -> DataUnavailable:
    return DataUnavailable(
        f"{file.url} has not the expected {file.algorithm} hash, so it was thrown away. "
        f"Try again later, or put a whole {file.path} where AUTOENCODER_LAB_DATA points."
    )


def _receive(file: RemoteFile, part: Path, progress: _Progress, timeout: float) -> None:
    """Complete the half file, or begin it; throw it away where it ends with a wrong hash."""
    start = part.stat().st_size if part.exists() else 0
    if start < file.size:
        request = urllib.request.Request(file.url, headers={"Range": f"bytes={start}-"})
        with _network_errors():
            answer = urllib.request.urlopen(request, timeout=timeout)
        with answer:
            continues = answer.headers.get("Content-Range", "").startswith(f"bytes {start}-")
            with part.open("ab" if continues else "wb") as content:
                while chunk := _next_chunk(answer):
                    content.write(chunk)
                    progress.tell(content.tell())
        if part.stat().st_size < file.size:
            raise NoAnswer("the connection was cut off")
    with part.open("rb") as content:
        found = hashlib.file_digest(content, file.algorithm).hexdigest()
    if found != file.digest:
        part.unlink()
        raise _WrongHash


def _next_chunk(answer: http.client.HTTPResponse) -> bytes:
    with _network_errors():
        return answer.read1(CHUNK_BYTES)


@contextmanager
def _network_errors() -> Iterator[None]:
    # Apart from the writing of the file, whose errors have nothing to do with the network.
    try:
        yield
    except OSError as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()  # it is an answer, and holds the connection
        reason = getattr(error, "reason", error)
        raise NoAnswer(getattr(reason, "strerror", None) or str(reason)) from error
    except http.client.HTTPException as error:
        raise NoAnswer("its answer is no HTTP") from error
