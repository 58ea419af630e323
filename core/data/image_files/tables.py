"""Comma-separated values: one row per image, with or without a header and a label.

Numbers are parsed by NumPy, some rows at a time, and kept in the smallest type that holds them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import IO

import numpy as np
from numpy.typing import NDArray

from core.data.image_files.parts import MAX_SIDE, Labels, ReadLimits, TablePart, Values
from core.errors import InvalidImages
from core.limits import MEGABYTE

MAX_LINE_BYTES = MEGABYTE
ROWS_AT_A_TIME = 500
DELIMITERS = (",", ";", "\t")
LABEL_NAMES = ("label", "labels", "class", "y", "target", "digit")
# NumPy's error messages.
COLUMNS_CHANGED = re.compile(r"columns changed from (\d+) to (\d+) at row (\d+)")
NOT_A_NUMBER = re.compile(r"could not convert string '(.*)' to float32 at row (\d+), column (\d+)")


def table_part(stream: IO[bytes], limits: ReadLimits) -> TablePart:
    """The images of a table, and labels if it has one column more than a square number.

    Args:
        stream: the decompressed table.
        limits: limits on the number of images.

    Raises:
        InvalidImages: it is not a table of numbers with a square number of columns.
    """
    first = _line(stream)
    delimiter = max(DELIMITERS, key=first.count)
    names = first.strip().split(delimiter)
    has_header = not all(map(_is_number, names))
    columns = len(names)
    is_labelled = _is_labelled(names, has_header=has_header)
    pixels: list[Values] = []
    labels: list[NDArray[np.float32]] = []
    lines = _lines(stream) if has_header else _prepend(first, _lines(stream))
    count = 0
    while batch := list(itertools.islice(lines, ROWS_AT_A_TIME)):
        rows = _parsed(batch, delimiter, columns, 1 + has_header + count)
        count += len(rows)
        limits.check_count(count)
        if is_labelled:
            labels.append(rows[:, 0])
        pixels.append(_compact(rows[:, 1:] if is_labelled else rows))
    if not pixels:
        raise InvalidImages("The table has no rows of numbers.")
    return TablePart(rows=pixels, labels=_integer_labels(labels) if is_labelled else None)


def _line(stream: IO[bytes]) -> str:
    content = stream.readline(MAX_LINE_BYTES + 1)
    if len(content) > MAX_LINE_BYTES:
        raise InvalidImages(
            f"A row of the table has more than {MAX_LINE_BYTES // MEGABYTE} MB; expected one image"
            " in each row."
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidImages(
            "This is not an .npy, .npz, .csv, IDX or .zip file, nor a PNG, JPEG or WebP image."
        ) from None


def _lines(stream: IO[bytes]) -> Iterator[str]:
    while line := _line(stream):
        if line.strip():
            yield line


def _prepend(first: str, others: Iterator[str]) -> Iterator[str]:
    yield first
    yield from others


def _is_number(text: str) -> bool:
    try:
        float(text.strip().strip('"'))
    except ValueError:
        return False
    return True


def _is_labelled(names: Sequence[str], *, has_header: bool) -> bool:
    """Whether the first column holds labels: the number of the others is a square."""
    count = len(names)
    is_named = has_header and names[0].strip().strip('"').lower() in LABEL_NAMES
    if count > 2 and _is_square(count - 1) and (is_named or not _is_square(count)):
        return True
    if not _is_square(count):
        raise InvalidImages(
            f"The table has {count:,} column{'s' * (count != 1)}; expected a square number of"
            " pixels, as 784 = 28 × 28 is, perhaps with a label before them."
        )
    return False


def _is_square(count: int) -> bool:
    side = round(count**0.5)
    return 0 < side <= MAX_SIDE and side * side == count


def _parsed(
    lines: Sequence[str], delimiter: str, columns: int, first_row: int
) -> NDArray[np.float32]:
    try:
        rows = np.loadtxt(
            lines, np.float32, delimiter=delimiter, ndmin=2, comments=None, quotechar='"'
        )
    except ValueError as error:
        raise InvalidImages(_in_words(str(error), first_row)) from error
    if rows.shape[1] != columns:
        raise InvalidImages(
            f"Row {first_row} of the table has {rows.shape[1]:,} columns and the first has"
            f" {columns:,}; expected one image in each row."
        )
    return rows


def _in_words(message: str, first_row: int) -> str:
    if match := COLUMNS_CHANGED.search(message):
        before, here, row = (int(number) for number in match.groups())
        return (
            f"Row {first_row + row - 1:,} of the table has {here:,} columns and those before it"
            f" have {before:,}; expected one image in each row."
        )
    if match := NOT_A_NUMBER.search(message):
        text, at, column = match[1][:20], int(match[2]), int(match[3])
        what = f"the text {text!r}" if text.strip() else "nothing"
        return (
            f"Row {first_row + at:,} of the table has {what} in column {column:,}; expected"
            " numbers."
        )
    return "The table has something other than numbers in it."


def _compact(rows: NDArray[np.float32]) -> Values:
    """Convert to uint8 if all values are integers from 0 to 255."""
    if not np.isfinite(rows).all() or rows.min() < 0 or rows.max() > 255:
        return rows
    greys = rows.astype(np.uint8)
    return greys if np.array_equal(greys, rows) else rows


def _integer_labels(chunks: Sequence[NDArray[np.float32]]) -> Labels:
    labels = np.concatenate(chunks)
    if not np.isfinite(labels).all() or not np.array_equal(labels, np.rint(labels)):
        raise InvalidImages(
            "The first column of the table is not whole numbers, as labels are; expected a square"
            " number of pixels, perhaps with a label before them."
        )
    return labels.astype(np.int64)
