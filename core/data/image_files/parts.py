"""Sources of images: their number, shape and type, and their values in chunks."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import IO, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidImages
from core.files import zip_directory
from core.limits import MEGABYTE

Values = NDArray[Any]
Labels = NDArray[np.int64]
Stream = AbstractContextManager[IO[bytes]]

# The part of an array that is in memory at a time; at least one image.
CHUNK_BYTES = 2 * MEGABYTE
# The longest side of images in an array, which are converted whole; pictures are decoded in tiles.
MAX_SIDE = 1_024
COLOURS = 3
KINDS = "biuf"


@dataclass(frozen=True, kw_only=True)
class ReadLimits:
    """Limits on files of images.

    Attributes:
        file_bytes: total size of the given files.
        images: number of images, to train on and held out.
        inflated_bytes: total size after decompression; it limits time, not memory.
    """

    file_bytes: int = 200 * MEGABYTE
    images: int = 100_000
    inflated_bytes: int = 2_000 * MEGABYTE

    def check_count(self, count: int) -> None:
        """Refuse too many images.

        Raises:
            InvalidImages: the text names the limit.
        """
        if count > self.images:
            raise InvalidImages(
                f"There are {count:,} images; up to {self.images:,} are allowed. Leave some out."
            )

    def check_inflated(self, size: int) -> None:
        """Refuse to unpack too many bytes.

        Raises:
            InvalidImages: the text names the limit.
        """
        if size > self.inflated_bytes:
            raise InvalidImages(
                f"Its images take {size / MEGABYTE:,.0f} MB once they are unpacked; up to"
                f" {self.inflated_bytes / MEGABYTE:,.0f} MB are allowed. Leave some out, make them"
                " smaller, or save them as uint8."
            )


class Part(Protocol):
    """The images to train on, or those to hold out."""

    @property
    def count(self) -> int:
        """The number of images."""

    @property
    def shape_in_words(self) -> str:
        """The original size of one image, such as "28 × 28"."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the values; uint8 for pictures."""

    @property
    def is_picture(self) -> bool:
        """Whether the values come from pictures, where 0 is always black and 255 white."""

    @property
    def labels(self) -> Labels | None:
        """A label for each image, not yet checked; None if there are none."""

    def chunks(self) -> Iterator[Values]:
        """All images in order: arrays of shape (n, height, width) or (n, height, width, 3)."""


@dataclass(frozen=True, kw_only=True)
class ArrayPart:
    """An array in a file, read again each time.

    Attributes:
        open: opens the stream at the first value.
        name: the name of the array or its file, for error messages.
        shape: the shape of the array; its first dimension is the number of images.
        dtype: the stored type, in either byte order.
        labels: see `Part`.
    """

    open: Callable[[], Stream]
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    labels: Labels | None = None
    is_picture: bool = False

    @property
    def count(self) -> int:
        """See `Part`."""
        return self.shape[0]

    @property
    def shape_in_words(self) -> str:
        """See `Part`."""
        return sides_in_words(*image_shape(self.shape)[:2])

    def chunks(self) -> Iterator[Values]:
        """See `Part`.

        Raises:
            InvalidImages: the file has fewer values than its header states, or more.
        """
        image = image_shape(self.shape)
        image_bytes = int(np.prod(image)) * self.dtype.itemsize
        images_per_chunk = max(CHUNK_BYTES // image_bytes, 1)
        with self.open() as stream:
            for at in range(0, self.count, images_per_chunk):
                n = min(images_per_chunk, self.count - at)
                content = _read_exactly(stream, n * image_bytes)
                if len(content) != n * image_bytes:
                    raise InvalidImages(
                        f"{self.name} ends before the {self.count:,} images that its header states."
                        " Save it again."
                    )
                yield np.frombuffer(content, self.dtype).reshape(n, *image)
            if stream.read(1):
                raise InvalidImages(
                    f"{self.name} has more than the {self.count:,} images that its header states."
                    " Save it again."
                )


@dataclass(frozen=True, kw_only=True)
class TablePart:
    """Rows in memory, in the smallest type that represents them.

    Attributes:
        rows: arrays of shape (n, side * side), at least one.
        labels: see `Part`.
    """

    rows: Sequence[Values]
    labels: Labels | None
    is_picture: bool = False

    @property
    def count(self) -> int:
        """See `Part`."""
        return sum(map(len, self.rows))

    @property
    def dtype(self) -> np.dtype[Any]:
        """See `Part`."""
        return np.result_type(*{chunk.dtype for chunk in self.rows})

    @property
    def shape_in_words(self) -> str:
        """See `Part`."""
        return sides_in_words(*image_shape((1, self.rows[0].shape[1])))

    def chunks(self) -> Iterator[Values]:
        """See `Part`."""
        side, _ = image_shape((1, self.rows[0].shape[1]))
        for chunk in self.rows:
            yield chunk.reshape(-1, side, side)


def image_shape(shape: Sequence[int]) -> tuple[int, ...]:
    """The shape of one image: (height, width), or (height, width, 3).

    Args:
        shape: an array's: (N, H, W), (N, H, W, 1), (N, H, W, 3), or (N, H*W) of square images.

    Raises:
        InvalidImages: the shape is another, or too large; the text says what is expected.
    """
    image = tuple(shape[1:])
    if len(image) == 1:
        side = round(image[0] ** 0.5)
        if side * side != image[0] or not image[0]:
            raise InvalidImages(
                f"An image has {image[0]:,} values, which is not the square of a whole number, as"
                " 784 = 28 × 28 is."
            )
        image = (side, side)
    if len(image) == 3 and image[2] == 1:
        image = image[:2]
    if len(image) not in (2, 3) or (len(image) == 3 and image[2] != COLOURS) or not all(image):
        raise InvalidImages(
            f"The array has the shape {in_words(shape)}; expected (images, height, width),"
            " (images, height, width, 1 or 3), or (images, height × width) of square images."
        )
    check_sides(*image[:2])
    return image


def check_sides(height: int, width: int) -> None:
    """Refuse an image whose longer side is too long.

    Raises:
        InvalidImages: the text names the limit.
    """
    if max(height, width) > MAX_SIDE:
        raise InvalidImages(
            f"An image has {sides_in_words(height, width)} pixels; a side may have up to"
            f" {MAX_SIDE:,}. Make them smaller."
        )


def check_kind(dtype: np.dtype[Any], what: str) -> None:
    """Refuse values other than plain numbers.

    Raises:
        InvalidImages: the text names their type.
    """
    if dtype.kind == "O":
        raise InvalidImages(
            f"{what} holds Python objects, which are not read since they can run code. Save it as"
            " an array of numbers, all images of one size."
        )
    if dtype.kind not in KINDS:
        raise InvalidImages(f"{what} holds {dtype.name}; expected whole or real numbers.")


def sides_in_words(height: int, width: int) -> str:
    """Height and width, such as "28 × 28"."""
    return f"{height:,} × {width:,}"


def in_words(shape: Sequence[int]) -> str:
    """A shape as NumPy writes it, truncated if it is long."""
    return f"({', '.join(map(str, shape))})"[:60]


@contextmanager
def opened_zip(
    open_file: Callable[[], IO[bytes]], max_directory_bytes: int, *, kind: str, too_many: str
) -> Iterator[zipfile.ZipFile]:
    """Open a zip file after checking the size of its directory.

    Args:
        open_file: opens the file for reading.
        max_directory_bytes: the maximum size of its list of members.
        kind: its name in error messages, such as "zip file".
        too_many: the error message for a longer list.

    Raises:
        InvalidImages: it is not a zip file, is damaged, or has too many members.
    """
    try:
        with open_file() as file, zip_directory.opened(file, max_directory_bytes) as archive:
            yield archive
    except InvalidImages:
        raise
    except zip_directory.TooManyMembers as error:
        raise InvalidImages(too_many) from error
    except ValueError as error:
        raise InvalidImages(f"The {kind} cannot be read: {error}.") from error


def _read_exactly(stream: IO[bytes], size: int) -> bytes:
    chunks = []
    while size > 0 and (chunk := stream.read(size)):
        chunks.append(chunk)
        size -= len(chunk)
    return b"".join(chunks)
