"""Detects the kind of an image file from its first bytes, never from its name."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import IO, Any

from core.data.image_files import arrays, idx, pictures, tables
from core.data.image_files.given_file import GivenFile, Open
from core.data.image_files.parts import ArrayPart, Labels, Part, ReadLimits
from core.errors import InvalidImages
from core.files import zip_directory
from core.files.npy_header import MAGIC
from core.limits import MEGABYTE

GZIP = b"\x1f\x8b"
ZIP = b"PK"
START_BYTES = 64
GZIP_ERRORS = (EOFError, gzip.BadGzipFile, zlib.error)
TEST_NAME = re.compile(r"t10k|test", re.IGNORECASE)
LEGACY_PICKLES = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
SEVERAL = (
    "Several files can be read together only if they are all PNG, JPEG or WebP images, or the IDX"
    " files of one data set; otherwise give one file."
)


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The content of files: images to train on, and possibly images to hold out."""

    training: Part
    test: Part | None = None

    @property
    def all(self) -> list[Part]:
        """The parts that there are, one or two."""
        return [part for part in (self.training, self.test) if part is not None]


def parts_of(files: Sequence[GivenFile], limits: ReadLimits) -> Parts:
    """Detect what files contain.

    Args:
        files: files that were given together.
        limits: checked before anything is decompressed.

    Raises:
        InvalidImages: they are too large, of an unknown kind, damaged, or do not belong together.
    """
    size = sum(file.size for file in files)
    if size > limits.file_bytes:
        raise InvalidImages(
            f"The file has {size / MEGABYTE:,.1f} MB; up to {limits.file_bytes / MEGABYTE:g} MB are"
            " allowed. Leave some images out, or make them smaller."
        )
    starts = [_start(file.open) for file in files]
    if files and all(map(pictures.is_picture, starts)):
        return Parts(training=pictures.picture_part([file.open for file in files], limits))
    if len(files) == 1:
        return _of_one(files[0], starts[0], limits)
    return _of_idx_files(files, limits)


def _of_one(file: GivenFile, start: bytes, limits: ReadLimits) -> Parts:
    if start.startswith(ZIP):
        return _of_zip(file, limits)
    if start.startswith(GZIP):
        return _of_gzip(file, limits)
    if start.startswith(MAGIC):
        return Parts(training=arrays.npy_part(file.open, limits))
    if idx.is_idx(start):
        return Parts(training=_images(idx.idx_part(_plain(file.open), "The IDX file", limits)))
    if start.startswith(LEGACY_PICKLES):
        raise InvalidImages(
            "This is a Python pickle, which is not read since it can run code. Save the images with"
            " numpy.save or numpy.savez."
        )
    if not start:
        raise InvalidImages("The file is empty.")
    with file.open() as stream:
        return Parts(training=tables.table_part(stream, limits))


def _of_zip(file: GivenFile, limits: ReadLimits) -> Parts:
    if _holds_arrays(file, limits):
        training, test = arrays.npz_parts(file.open, limits)
        return Parts(training=training, test=test)
    return Parts(training=pictures.zip_part(file.open, limits))


def _holds_arrays(file: GivenFile, limits: ReadLimits) -> bool:
    max_directory_bytes = limits.images * pictures.DIRECTORY_BYTES_PER_FILE
    try:
        with file.open() as stream, zip_directory.opened(stream, max_directory_bytes) as archive:
            return any(name.endswith(".npy") for name in archive.namelist())
    except zip_directory.TooManyMembers as error:
        raise InvalidImages("The zip file contains too many files. Leave some out.") from error
    except ValueError as error:
        raise InvalidImages(f"The zip file cannot be read: {error}.") from error


def _of_gzip(file: GivenFile, limits: ReadLimits) -> Parts:
    opened = _decompressed(file.open, limits)
    with opened() as stream:
        start = stream.read(START_BYTES)
    if idx.is_idx(start):
        return Parts(training=_images(idx.idx_part(opened, "The IDX file", limits)))
    with opened() as stream:
        return Parts(training=tables.table_part(stream, limits))


def _of_idx_files(files: Sequence[GivenFile], limits: ReadLimits) -> Parts:
    """MNIST's four files, or some of them: images and labels, for training and test."""
    images: dict[bool, ArrayPart] = {}
    labels: dict[bool, Labels] = {}
    for file in files:
        is_test = TEST_NAME.search(file.name) is not None
        is_compressed = _start(file.open).startswith(GZIP)
        opened = _decompressed(file.open, limits) if is_compressed else _plain(file.open)
        with opened() as stream:
            if not idx.is_idx(stream.read(START_BYTES)):
                raise InvalidImages(SEVERAL)
        part = idx.idx_part(opened, "An IDX file", limits)
        target: dict[bool, Any] = images if isinstance(part, ArrayPart) else labels
        if is_test in target:
            raise InvalidImages(SEVERAL)
        target[is_test] = part
    if False not in images:
        raise InvalidImages("These are IDX files without images to train on.")
    limits.check_count(sum(part.count for part in images.values()))
    parts = {is_test: _labelled(part, labels.get(is_test)) for is_test, part in images.items()}
    return Parts(training=parts[False], test=parts.get(True))


def _labelled(part: ArrayPart, labels: Labels | None) -> ArrayPart:
    if labels is not None and len(labels) != part.count:
        raise InvalidImages(
            f"There are {part.count:,} images and {len(labels):,} labels; expected one for each."
        )
    return replace(part, labels=labels)


def _images(part: ArrayPart | Labels) -> ArrayPart:
    if not isinstance(part, ArrayPart):
        raise InvalidImages("The IDX file holds labels; give the file of images with it.")
    return part


def _start(open_file: Open) -> bytes:
    with open_file() as file:
        return file.read(START_BYTES)


def _plain(open_file: Open) -> Callable[[], Any]:
    @contextmanager
    def opened() -> Iterator[IO[bytes]]:
        with open_file() as stream:
            yield stream

    return opened


def _decompressed(open_file: Open, limits: ReadLimits) -> Callable[[], Any]:
    """Open the content of a gzip file, whose size is not reliably known in advance."""

    @contextmanager
    def opened() -> Iterator[IO[bytes]]:
        try:
            with open_file() as file, gzip.open(file) as stream:
                yield _Bounded(stream, limits)  # type: ignore[misc]
        except GZIP_ERRORS as error:
            raise InvalidImages(
                "The gzip file is damaged or truncated. Download it again."
            ) from error

    return opened


class _Bounded:
    """A stream that refuses to return more bytes than the limit."""

    def __init__(self, stream: gzip.GzipFile, limits: ReadLimits) -> None:
        self._stream = stream
        self._limits = limits
        self._given = 0

    def read(self, size: int) -> bytes:
        """Read up to `size` bytes."""
        return self._counted(self._stream.read(size))

    def readline(self, size: int) -> bytes:
        """Read a line, or up to `size` bytes of it."""
        return self._counted(self._stream.readline(size))

    def _counted(self, content: bytes) -> bytes:
        self._given += len(content)
        self._limits.check_inflated(self._given)
        return content
