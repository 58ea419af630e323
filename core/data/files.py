"""The files that data sets are kept in, as keras.datasets keeps them, read with suspicion.

Whatever is not a whole data set of the expected size is a ValueError that says what was found.
"""

from __future__ import annotations

import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from core.datasets import IMAGE_SIDE, PIXELS
from core.errors import DataUnavailable
from core.files import arrays
from core.normalization import Images

Labels = NDArray[np.int64]

CLASSES = 10
# What zipfile, gzip and NumPy raise for files that are cut off, changed or of another kind.
DAMAGE = (
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
IDX_IMAGES = 0x0803
IDX_LABELS = 0x0801
PIECE_BYTES = 2**20


class Reader(Protocol):
    """Reads the two parts of a data set, each on its own: "train" or "test"."""

    def images(self, part: str, count: int) -> Images:
        """Greys of a part: uint8, shape (count, 784)."""

    def labels(self, part: str, count: int) -> Labels:
        """Labels of a part: 0-9, shape (count,)."""

    def fingerprint(self) -> str:
        """Digest of the content of both parts, without reading them whole."""


@dataclass(frozen=True)
class NpzReader:
    """`mnist.npz`, as keras.datasets.mnist has it: x_train, y_train, x_test, y_test."""

    path: Path

    def images(self, part: str, count: int) -> Images:
        """See `Reader`."""
        with zipfile.ZipFile(self.path) as archive, archive.open(f"x_{part}.npy") as member:
            is_first = npy.read_magic(member) == (1, 0)
            read = npy.read_array_header_1_0 if is_first else npy.read_array_header_2_0
            shape, in_columns, kind = read(member)
            if shape != (count, IMAGE_SIDE, IMAGE_SIDE) or kind != np.uint8 or in_columns:
                raise ValueError(
                    f"its images are {kind} of shape {shape},"
                    f" expected uint8 of {(count, IMAGE_SIDE, IMAGE_SIDE)}"
                )
            return _checked_images(_filled(member, shape, member.name))

    def labels(self, part: str, count: int) -> Labels:
        """See `Reader`."""
        with zipfile.ZipFile(self.path) as archive, archive.open(f"y_{part}.npy") as member:
            return _checked_labels(npy.read_array(member, allow_pickle=False), count)

    def fingerprint(self) -> str:
        """See `Reader`: the sizes and check sums that the archive itself keeps."""
        with zipfile.ZipFile(self.path) as archive:
            names = ("x_train", "y_train", "x_test", "y_test")
            members = [archive.getinfo(f"{name}.npy") for name in names]
        return _digest([(member.file_size, member.CRC) for member in members])


@dataclass(frozen=True)
class IdxReader:
    """Four gzipped IDX files, as keras.datasets.fashion_mnist has them.

    Source: the format's description at http://yann.lecun.com/exdb/mnist/.
    """

    folder: Path

    def images(self, part: str, count: int) -> Images:
        """See `Reader`."""
        shape = (count, IMAGE_SIDE, IMAGE_SIDE)
        return _checked_images(_read_idx(self._path(part, "images"), IDX_IMAGES, shape))

    def labels(self, part: str, count: int) -> Labels:
        """See `Reader`."""
        return _checked_labels(_read_idx(self._path(part, "labels"), IDX_LABELS, (count,)), count)

    def fingerprint(self) -> str:
        """See `Reader`: the check sums and sizes at the end of each gzip file (RFC 1952)."""
        ends = []
        for part in ("train", "test"):
            for kind in ("images", "labels"):
                with self._path(part, kind).open("rb") as file:
                    file.seek(-8, 2)
                    end = file.read()
                ends.append((int.from_bytes(end[4:], "little"), int.from_bytes(end[:4], "little")))
        return _digest(ends)

    def _path(self, part: str, kind: str) -> Path:
        prefix = "t10k" if part == "test" else part
        dimensions = 3 if kind == "images" else 1
        return self.folder / f"{prefix}-{kind}-idx{dimensions}-ubyte.gz"


@contextmanager
def damage_named(place: Path) -> Iterator[None]:
    """Turn what is raised for a damaged file into a DataUnavailable that names the place."""
    try:
        yield
    except DAMAGE as error:
        raise DataUnavailable(
            f"{place} is damaged or another data set: {_first_line(error)}. "
            "Delete it, or put a whole copy in its place."
        ) from error


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__).rstrip(".")[:200]


def _read_idx(path: Path, magic: int, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    header = np.array([magic, *shape], ">u4").tobytes()
    with gzip.open(path) as file:
        if file.read(len(header)) != header:
            raise ValueError(f"{path.name} does not begin as an IDX file of shape {shape}")
        return _filled(file, shape, path.name)


def _filled(
    stream: IO[bytes] | gzip.GzipFile, shape: tuple[int, ...], name: str
) -> NDArray[np.uint8]:
    """What remains of a stream, where the training can use it; never all of it twice."""
    array = arrays.aligned(shape)
    values = array.reshape(-1)
    at = 0
    # One byte more than expected, so that a longer file is found out and never unpacked whole.
    while piece := stream.read(min(PIECE_BYTES, len(values) + 1 - at)):
        if at + len(piece) > len(values):
            break
        values[at : at + len(piece)] = np.frombuffer(piece, np.uint8)
        at += len(piece)
    if at != len(values) or piece:
        raise ValueError(f"{name} has not the {len(values):,} values that its header announces")
    return array


def _checked_images(images: NDArray[np.uint8]) -> Images:
    if images.max() <= 1:
        raise ValueError("its greys end at 1, expected 0 to 255")
    images = images.reshape(len(images), PIXELS)
    images.setflags(write=False)
    return images


def _checked_labels(labels: NDArray[Any], count: int) -> Labels:
    if labels.shape != (count,) or labels.dtype.kind not in "iu":
        raise ValueError(
            f"its labels are {labels.dtype} of shape {labels.shape}, "
            f"expected integers of ({count},)"
        )
    if np.unique(labels).tolist() != list(range(CLASSES)):
        raise ValueError("its labels are not the numbers 0 to 9")
    labels = labels.astype(np.int64)
    labels.setflags(write=False)
    return labels


def _digest(sizes_and_sums: list[tuple[int, int]]) -> str:
    return hashlib.sha256(repr(sizes_and_sums).encode()).hexdigest()[:16]
