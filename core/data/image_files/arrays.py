"""NumPy's .npy and .npz files, read without pickle and in chunks."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import IO, Any

import numpy as np

from core.data.image_files.parts import (
    ArrayPart,
    Labels,
    ReadLimits,
    check_kind,
    image_shape,
    in_words,
    opened_zip,
)
from core.data.image_sets import INFO
from core.errors import InvalidImages
from core.files.npy_header import NpyHeader, read_header
from core.files.zip_directory import member_of

Open = Callable[[], IO[bytes]]

MAX_DIRECTORY_BYTES = 10_000
# Keras', MedMNIST's and scikit-learn's names, in lower case.
TRAINING_NAMES = ("x_train", "train_images", "images", "x", "data")
TEST_NAMES = ("x_test", "test_images")
LABEL_NAMES = {
    "x_train": ("y_train",),
    "train_images": ("train_labels",),
    "images": ("labels", "target", "y"),
    "x": ("y",),
    "data": ("labels", "target", "y"),
    "x_test": ("y_test",),
    "test_images": ("test_labels",),
}


def npy_part(open_file: Open, limits: ReadLimits) -> ArrayPart:
    """The images of an .npy file.

    Args:
        open_file: opens the file for reading.
        limits: limits on images and bytes.

    Raises:
        InvalidImages: it is not an .npy file of images.
    """

    @contextmanager
    def opened() -> Iterator[IO[bytes]]:
        with open_file() as stream:
            yield stream

    return _part(opened, "The array", limits)


def npz_parts(open_file: Open, limits: ReadLimits) -> tuple[ArrayPart, ArrayPart | None]:
    """The training images of an .npz file, and its test images if it has any.

    Args:
        open_file: opens the file for reading.
        limits: limits on images and bytes.

    Raises:
        InvalidImages: it is not an .npz file, or it is unclear which of its arrays are the images.
    """
    headers = _headers(open_file)
    names = [_images_of(headers), *(name for name in TEST_NAMES if name in headers)]
    parts = []
    for name in list(dict.fromkeys(names))[:2]:
        part = _part(_member(open_file, headers[name][0]), name, limits)
        parts.append(replace(part, labels=_labels(open_file, headers, part)))
    return parts[0], parts[1] if len(parts) > 1 else None


def _headers(open_file: Open) -> dict[str, tuple[str, NpyHeader]]:
    """Map lower-case names without ".npy" to the member and its header."""
    headers = {}
    with _archive(open_file) as archive:
        for info in archive.infolist():
            if info.filename == INFO:  # an image set that a lab has exported
                continue
            name = info.filename.removesuffix(".npy")
            if name == info.filename or "/" in name or "\\" in name:
                raise InvalidImages(
                    f"An .npz file of arrays cannot contain {info.filename[:40]!r}; save it with"
                    " numpy.savez."
                )
            with archive.open(member_of(archive, info.filename)) as member:
                headers[name.lower()] = (info.filename, read_header(member))
    return headers


def _images_of(headers: Mapping[str, tuple[str, NpyHeader]]) -> str:
    for name in TRAINING_NAMES:
        if name in headers:
            return name
    candidates = [name for name, (_, header) in headers.items() if len(header.shape) > 1]
    if len(candidates) != 1:
        listed = ", ".join(sorted(headers))[:80] or "nothing"
        raise InvalidImages(
            f"The file contains {listed}; expected an array of images named x_train, or a single"
            " one."
        )
    return candidates[0]


def _member(open_file: Open, member: str) -> Callable[[], Any]:
    @contextmanager
    def opened() -> Iterator[IO[bytes]]:
        with _archive(open_file) as archive, archive.open(member_of(archive, member)) as stream:
            yield stream

    return opened


def _archive(open_file: Open) -> AbstractContextManager[zipfile.ZipFile]:
    return opened_zip(
        open_file,
        MAX_DIRECTORY_BYTES,
        kind=".npz file",
        too_many="The .npz file contains too many arrays.",
    )


def _part(opened: Callable[[], Any], name: str, limits: ReadLimits) -> ArrayPart:
    with opened() as stream:
        header = _header(stream, name)
    dtype = _type(header, name)
    if header.fortran_order:
        raise InvalidImages(
            f"{name} is stored column by column; save it with numpy.ascontiguousarray."
        )
    image_shape(header.shape)
    limits.check_count(header.shape[0])
    limits.check_inflated(int(np.prod(header.shape, dtype=object)) * dtype.itemsize)

    @contextmanager
    def values() -> Iterator[IO[bytes]]:
        with opened() as stream:
            _header(stream, name)
            yield stream

    return ArrayPart(open=values, name=name, shape=header.shape, dtype=dtype)


def _header(stream: IO[bytes], name: str) -> NpyHeader:
    try:
        return read_header(stream)
    except ValueError as error:
        raise InvalidImages(f"{name} is not an array of numbers: {error}.") from error


def _type(header: NpyHeader, name: str) -> np.dtype[Any]:
    try:
        dtype = np.dtype(header.kind)
    except TypeError:
        raise InvalidImages(f"{name} holds an unknown type {header.kind!r}.") from None
    check_kind(dtype, name)
    return dtype


def _labels(
    open_file: Open, headers: Mapping[str, tuple[str, NpyHeader]], images: ArrayPart
) -> Labels | None:
    """Integers, one for each image; None if there are none."""
    others = [name for name in headers if name != images.name]
    names = LABEL_NAMES.get(images.name, others if len(others) == 1 else ())
    name = next((name for name in names if name in headers), None)
    if name is None:
        return None
    member, header = headers[name]
    dtype = _type(header, f"The array {name}")
    if header.shape not in ((images.count,), (images.count, 1)) or dtype.kind not in "iu":
        raise InvalidImages(
            f"The labels {name} are {dtype.name} of shape {in_words(header.shape)}; expected whole"
            f" numbers of shape ({images.count},), one for each image."
        )
    with _member(open_file, member)() as stream:
        read_header(stream)
        content = stream.read(images.count * dtype.itemsize)
    if len(content) != images.count * dtype.itemsize:
        raise InvalidImages(f"The labels {name} end early. Save the file again.")
    return np.frombuffer(content, dtype).astype(np.int64)
