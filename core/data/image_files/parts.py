"""Images that are there to be read: how many, of what shape and type, and piece by piece."""

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

# What is in memory of an array at a time, at least one image.
PIECE_BYTES = 2 * MEGABYTE
# Of an array's images, which are converted whole; pictures are decoded piece by piece.
MOST_SIDE = 1_024
COLOURS = 3
KINDS = "biuf"


@dataclass(frozen=True, kw_only=True)
class ReadLimits:
    """What a file of images may be.

    Attributes:
        file_bytes: of all files that are given together.
        images: to train on and held out, together.
        inflated_bytes: of all that is read of them once it is unpacked; it takes time, not memory.
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
    """Images of one kind, to train on or held out."""

    @property
    def count(self) -> int:
        """How many images."""

    @property
    def shape_in_words(self) -> str:
        """Of one image as it came, such as "28 × 28"."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the values; uint8 for pictures."""

    @property
    def is_picture(self) -> bool:
        """Whether values are those of pictures: 0 black, 255 white, whatever occurs."""

    @property
    def labels(self) -> Labels | None:
        """A label for each image, where there are any; not checked yet."""

    def pieces(self) -> Iterator[Values]:
        """All images in order: arrays of shape (n, height, width) or (n, height, width, 3)."""


@dataclass(frozen=True, kw_only=True)
class ArrayPart:
    """An array in a file, read again each time.

    Attributes:
        open: the stream, at the first value.
        name: of the array or its file, for refusals.
        shape: of the array; the first number counts the images.
        dtype: as stored, in either byte order.
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

    def pieces(self) -> Iterator[Values]:
        """See `Part`.

        Raises:
            InvalidImages: the file has fewer values than its header states, or more.
        """
        one = image_shape(self.shape)
        image_bytes = int(np.prod(one)) * self.dtype.itemsize
        at_a_time = max(PIECE_BYTES // image_bytes, 1)
        with self.open() as stream:
            for at in range(0, self.count, at_a_time):
                n = min(at_a_time, self.count - at)
                content = _read_exactly(stream, n * image_bytes)
                if len(content) != n * image_bytes:
                    raise InvalidImages(
                        f"{self.name} ends before the {self.count:,} images that its header states."
                        " Save it again."
                    )
                yield np.frombuffer(content, self.dtype).reshape(n, *one)
            if stream.read(1):
                raise InvalidImages(
                    f"{self.name} has more than the {self.count:,} images that its header states."
                    " Save it again."
                )


@dataclass(frozen=True, kw_only=True)
class TablePart:
    """Rows that are in memory, in the smallest type that holds them.

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
        return np.result_type(*{piece.dtype for piece in self.rows})

    @property
    def shape_in_words(self) -> str:
        """See `Part`."""
        return sides_in_words(*image_shape((1, self.rows[0].shape[1])))

    def pieces(self) -> Iterator[Values]:
        """See `Part`."""
        side, _ = image_shape((1, self.rows[0].shape[1]))
        for piece in self.rows:
            yield piece.reshape(-1, side, side)


def image_shape(shape: Sequence[int]) -> tuple[int, ...]:
    """The shape of one image: (height, width), or (height, width, 3).

    Args:
        shape: of an array: (N, H, W), (N, H, W, 1), (N, H, W, 3), or (N, H*W) of square images.

    Raises:
        InvalidImages: it is another shape, or too large; the text says which are expected.
    """
    one = tuple(shape[1:])
    if len(one) == 1:
        side = round(one[0] ** 0.5)
        if side * side != one[0] or not one[0]:
            raise InvalidImages(
                f"An image has {one[0]:,} values, which is not the square of a whole number, as"
                " 784 = 28 × 28 is."
            )
        one = (side, side)
    if len(one) == 3 and one[2] == 1:
        one = one[:2]
    if len(one) not in (2, 3) or (len(one) == 3 and one[2] != COLOURS) or not all(one):
        raise InvalidImages(
            f"The array has the shape {in_words(shape)}; expected (images, height, width),"
            " (images, height, width, 1 or 3), or (images, height × width) of square images."
        )
    check_sides(*one[:2])
    return one


def check_sides(height: int, width: int) -> None:
    """Refuse an image that is too long.

    Raises:
        InvalidImages: the text names the limit.
    """
    if max(height, width) > MOST_SIDE:
        raise InvalidImages(
            f"An image has {sides_in_words(height, width)} pixels; a side may have up to"
            f" {MOST_SIDE:,}. Make them smaller."
        )


def check_kind(dtype: np.dtype[Any], what: str) -> None:
    """Refuse what is not made of plain numbers.

    Raises:
        InvalidImages: the text says what it is made of.
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
    """A shape as NumPy writes it, cut off where it is long."""
    return f"({', '.join(map(str, shape))})"[:60]


@contextmanager
def opened_zip(
    open_file: Callable[[], IO[bytes]], max_directory_bytes: int, *, kind: str, too_many: str
) -> Iterator[zipfile.ZipFile]:
    """A zip file whose directory was judged before it is read.

    Args:
        open_file: opens it for reading, at its beginning.
        max_directory_bytes: of the list of its members.
        kind: what it is called in refusals, such as "zip file".
        too_many: the refusal of a longer list.

    Raises:
        InvalidImages: it is no zip file, is damaged, or has too many members.
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
    pieces = []
    while size > 0 and (piece := stream.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
