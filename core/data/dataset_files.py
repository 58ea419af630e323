"""Data set files in the formats of keras.datasets, read as untrusted input.

Anything but a complete data set of the expected size raises a ValueError that says what was found.
"""

from __future__ import annotations

import errno
import gzip
import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from core.data.datasets import IMAGE_SIDE, PIXELS
from core.data.normalization import Images
from core.environment import shown_path
from core.errors import DamagedData, DataUnavailable
from core.files import atomic_files, npz, zip_directory
from core.files.npy_header import read_header
from core.files.zip_directory import member_of

Labels = NDArray[np.int64]

CLASSES = 10
GZIP_ERRORS = (EOFError, gzip.BadGzipFile, zlib.error)
DENIED = (errno.EACCES, errno.EPERM)
IDX_IMAGES = 0x0803
IDX_LABELS = 0x0801
CHUNK_BYTES = 2**20
# The largest data set has 55 MB; some tools store it less compactly.
MAX_FILE_BYTES = 100_000_000
MAX_DIRECTORY_BYTES = 10_000
IMAGES_KIND = "|u1"
LABEL_KIND = re.compile(r"[<>|=][iu][1248]")


class Reader(Protocol):
    """Reads the two parts of a data set separately: "train" or "test"."""

    def images(self, part: str, count: int) -> Images:
        """Greys of a part: uint8, shape (count, 784)."""

    def labels(self, part: str, count: int) -> Labels:
        """Labels of a part: 0-9, shape (count,)."""

    def fingerprint(self) -> str:
        """Digest of the content of both parts, without reading all of it."""


@dataclass(frozen=True)
class NpzReader:
    """`mnist.npz` in the format of keras.datasets.mnist: x_train, y_train, x_test, y_test."""

    path: Path

    def images(self, part: str, count: int) -> Images:
        """See `Reader`."""
        return _checked_images(self._images(part, count))

    def labels(self, part: str, count: int) -> Labels:
        """See `Reader`."""
        with self._opened() as archive, archive.open(member_of(archive, f"y_{part}.npy")) as member:
            header = read_header(member)
            if header.shape != (count,) or not LABEL_KIND.fullmatch(header.kind):
                raise ValueError(
                    f"its labels are {header.in_words}, expected integers of ({count},)"
                )
            size = count * np.dtype(header.kind).itemsize
            content = _read_array(member, (size,), member.name)
            return _checked_labels(content.view(header.kind))

    def fingerprint(self) -> str:
        """See `Reader`: from the sizes and checksums stored in the archive."""
        names = ("x_train", "y_train", "x_test", "y_test")
        with self._opened() as archive:
            members = [member_of(archive, f"{name}.npy") for name in names]
        return _digest([(member.file_size, member.CRC) for member in members])

    def _images(self, part: str, count: int) -> NDArray[np.uint8]:
        with self._opened() as archive, archive.open(member_of(archive, f"x_{part}.npy")) as member:
            shape = (count, IMAGE_SIDE, IMAGE_SIDE)
            header = read_header(member)
            if (header.kind, header.shape) != (IMAGES_KIND, shape):
                raise ValueError(f"its images are {header.in_words}, expected uint8 of {shape}")
            if header.fortran_order:
                raise ValueError(
                    "its images are stored column by column; save them with numpy.ascontiguousarray"
                )
            return _read_array(member, shape, member.name)

    @contextmanager
    def _opened(self) -> Iterator[zipfile.ZipFile]:
        with (
            _open_bounded(self.path) as file,
            zip_directory.opened(file, MAX_DIRECTORY_BYTES) as archive,
        ):
            yield archive


@dataclass(frozen=True)
class ImageSetReader(NpzReader):
    """A file of `core.data.image_sets`: any greys, and optional labels."""

    def images(self, part: str, count: int) -> Images:
        """See `Reader`."""
        return _flat(self._images(part, count))

    def labels(self, part: str, count: int) -> Labels:
        """See `Reader`; zeros if there are none."""
        name = f"y_{part}.npy"
        with self._opened() as archive:
            if name not in archive.namelist():
                return np.zeros(count, np.int64)
            with archive.open(member_of(archive, name)) as member:
                header = read_header(member)
                if (header.kind, header.shape) != (IMAGES_KIND, (count,)):
                    raise ValueError(f"its labels are {header.in_words}, expected ({count},)")
                labels = _read_array(member, (count,), name).astype(np.int64)
        if labels.max() >= CLASSES:
            raise ValueError("its labels are not the numbers 0 to 9")
        labels.setflags(write=False)
        return labels

    def fingerprint(self) -> str:
        """See `Reader`: from the sizes and checksums stored in the archive."""
        with self._opened() as archive:
            members = sorted(archive.infolist(), key=lambda member: member.filename)
            arrays = [m for m in members if m.filename.endswith(".npy")]
        return _digest([(member.file_size, member.CRC) for member in arrays])


@dataclass(frozen=True)
class IdxReader:
    """Four gzipped IDX files in the format of keras.datasets.fashion_mnist.

    Source: the format's description at http://yann.lecun.com/exdb/mnist/.
    """

    folder: Path

    def images(self, part: str, count: int) -> Images:
        """See `Reader`."""
        shape = (count, IMAGE_SIDE, IMAGE_SIDE)
        return _checked_images(_read_idx(self._path(part, "images"), IDX_IMAGES, shape))

    def labels(self, part: str, count: int) -> Labels:
        """See `Reader`."""
        return _checked_labels(_read_idx(self._path(part, "labels"), IDX_LABELS, (count,)))

    def fingerprint(self) -> str:
        """See `Reader`: from the checksums and sizes at the end of each gzip file (RFC 1952)."""
        ends = []
        for part in ("train", "test"):
            for kind in ("images", "labels"):
                with _open_bounded(self._path(part, kind)) as file:
                    file.seek(max(file.seek(0, 2) - 8, 0))
                    end = file.read(8)
                ends.append((int.from_bytes(end[4:], "little"), int.from_bytes(end[:4], "little")))
        return _digest(ends)

    def _path(self, part: str, kind: str) -> Path:
        prefix = "t10k" if part == "test" else part
        dimensions = 3 if kind == "images" else 1
        return self.folder / f"{prefix}-{kind}-idx{dimensions}-ubyte.gz"


@contextmanager
def reading_errors(path: Path) -> Iterator[None]:
    """Convert errors from reading a data set into errors that name its path.

    Raises:
        DamagedData: its files are truncated, changed, or those of something else.
        DataUnavailable: the system cannot read them.
    """
    try:
        yield
    except ValueError as error:
        raise DamagedData(
            f"{shown_path(path)} is damaged or is another data set: {error}. Delete it, or"
            " replace it with an intact copy."
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> DataUnavailable:
    """The error to raise for a path that the system cannot read."""
    if error.errno in DENIED:
        advice = "Give the user who runs the lab permission to read it"
    else:
        advice = "Replace it with an intact copy"
    reason = (error.strerror or type(error).__name__).lower()
    return DataUnavailable(f"{shown_path(path)} cannot be read: {reason}. {advice}.")


@contextmanager
def _open_bounded(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file, unless it is larger than any data set."""
    with atomic_files.open_file(path) as file:
        size = file.seek(0, 2)
        if size > MAX_FILE_BYTES:
            raise ValueError(f"{path.name} has {size:,} bytes, expected at most {MAX_FILE_BYTES:,}")
        file.seek(0)
        yield file


def _read_idx(path: Path, magic: int, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    header = np.array([magic, *shape], ">u4").tobytes()
    try:
        with _open_bounded(path) as content, gzip.open(content) as file:
            if file.read(len(header)) != header:
                raise ValueError(
                    f"{path.name} does not have the header of an IDX file of shape {shape}"
                )
            return _read_array(file, shape, path.name)
    except GZIP_ERRORS as error:
        raise ValueError(f"{path.name} is not a gzip file, is truncated or was modified") from error


def _read_array(
    stream: IO[bytes] | gzip.GzipFile, shape: tuple[int, ...], name: str
) -> NDArray[np.uint8]:
    """Read the rest of a stream into an array that training can use, without copying it all."""
    array = npz.aligned(shape)
    values = array.reshape(-1)
    at = 0
    # Reads one byte more than expected, to detect a longer file without unpacking all of it.
    while chunk := stream.read(min(CHUNK_BYTES, len(values) + 1 - at)):
        if at + len(chunk) > len(values):
            break
        values[at : at + len(chunk)] = np.frombuffer(chunk, np.uint8)
        at += len(chunk)
    if at != len(values) or chunk:
        raise ValueError(f"{name} does not have the {len(values):,} values that its header states")
    return array


def _checked_images(images: NDArray[np.uint8]) -> Images:
    lowest, highest = images.min(), images.max()
    if highest <= 1:
        raise ValueError("its pixel values end at 1, expected 0 to 255")
    if lowest == highest:
        raise ValueError(f"all pixels of its images are {lowest}")
    return _flat(images)


def _flat(images: NDArray[np.uint8]) -> Images:
    images = images.reshape(len(images), PIXELS)
    images.setflags(write=False)
    return images


def _checked_labels(values: NDArray[Any]) -> Labels:
    if np.unique(values).tolist() != list(range(CLASSES)):
        raise ValueError("its labels are not the numbers 0 to 9")
    labels = values.astype(np.int64)
    labels.setflags(write=False)
    return labels


def _digest(sizes_and_sums: list[tuple[int, int]]) -> str:
    return hashlib.sha256(repr(sizes_and_sums).encode()).hexdigest()[:16]
