"""The tables of one run: losses, epochs and evidence of layers, as CSV and back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from core.files.json_codec import from_plain

Record = TypeVar("Record")


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A table with its column names; missing values are empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def read_rows(content: bytes, columns: Sequence[str]) -> list[list[int | float | None]]:
    """The rows of a table, whose columns must have these names.

    Raises:
        ValueError: they do not, or a cell is no number.
        csv.Error: the content is not CSV.
    """
    header, *rows = csv.reader(io.StringIO(content.decode()))
    if header != columns or any(len(row) != len(columns) for row in rows):
        raise ValueError(f"its columns are not {', '.join(columns)}")
    return [[_cell(text) for text in row] for row in rows]


def read_records(kind: type[Record], content: bytes, columns: Sequence[str]) -> list[Record]:
    """The rows of a table as objects of a dataclass, whose fields the columns are.

    Raises:
        ValueError, csv.Error: as `read_rows`, or a number is invalid for its field.
    """
    rows = read_rows(content, columns)
    return [from_plain(kind, dict(zip(columns, row, strict=True))) for row in rows]


def _cell(text: str) -> int | float | None:
    if text.isdecimal():
        return int(text)
    return float(text) if text else None
