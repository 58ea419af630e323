"""IDX files, plain or gzipped, MNIST's original format.

Source: the format's description at http://yann.lecun.com/exdb/mnist/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import numpy as np

from core.data.image_files.parts import ArrayPart, Labels, ReadLimits, image_shape, in_words
from core.errors import InvalidImages

TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
Opened = Callable[[], Any]


def is_idx(beginning: bytes) -> bool:
    """Whether a file starts like an IDX file: two zeros, a type, a number of dimensions."""
    return len(beginning) >= 4 and beginning[:2] == b"\0\0" and beginning[2] in TYPES


def idx_header(stream: IO[bytes]) -> tuple[np.dtype[Any], tuple[int, ...]]:
    """Read type and shape, and leave the stream at the first value.

    Raises:
        InvalidImages: it is truncated, or has more than four dimensions.
    """
    magic = stream.read(4)
    dimensions = magic[3] if len(magic) == 4 else 0
    sizes = stream.read(4 * dimensions) if 1 <= dimensions <= 4 else b""
    if not sizes or len(sizes) != 4 * dimensions:
        raise InvalidImages("The header of the IDX file is incomplete. Download it again.")
    shape = tuple(int(size) for size in np.frombuffer(sizes, ">u4"))
    return np.dtype(TYPES[magic[2]]), shape


def idx_part(opened: Opened, name: str, limits: ReadLimits) -> ArrayPart | Labels:
    """The images of an IDX file, or its labels if it has one dimension.

    Args:
        opened: a context manager of the decompressed stream.
        name: its name in error messages.
        limits: limits on images and bytes.

    Raises:
        InvalidImages: it is damaged, too large, or contains neither images nor labels.
    """
    with opened() as stream:
        dtype, shape = idx_header(stream)
        limits.check_count(shape[0])
        limits.check_inflated(int(np.prod(shape, dtype=object)) * dtype.itemsize)
        if len(shape) == 1:
            return _labels(stream, dtype, shape, name)
    image_shape(shape)

    @contextmanager
    def values() -> Iterator[IO[bytes]]:
        with opened() as stream:
            idx_header(stream)
            yield stream

    return ArrayPart(open=values, name=name, shape=shape, dtype=dtype)


def _labels(stream: IO[bytes], dtype: np.dtype[Any], shape: tuple[int, ...], name: str) -> Labels:
    content = stream.read(shape[0] * dtype.itemsize)
    if len(content) != shape[0] * dtype.itemsize or dtype.kind == "f":
        raise InvalidImages(f"{name} does not have the labels {in_words(shape)} of its header.")
    return np.frombuffer(content, dtype).astype(np.int64)
