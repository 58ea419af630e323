"""The digit grid: rows of images aligned at one left edge, with numbers below each image."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.text import formats

Pixels = NDArray[np.floating[Any]]

# An error below this is due to rounding in float32.
ROUNDING = float(np.finfo(np.float32).eps) ** 2


@dataclass(frozen=True, kw_only=True)
class NumberRow:
    """One number per image.

    Attributes:
        name: its name, such as "largest".
        texts: one formatted number per image.
        strong: whether it is bold, for the most important numbers.
    """

    name: str
    texts: Sequence[str]
    strong: bool = False


@dataclass(frozen=True, kw_only=True)
class DigitRow:
    """One row of images.

    Attributes:
        label: its label, such as "Reconstruction".
        picture: a data URI of `core.charts.digit_images`; "" shows `alt` as text instead.
        alt: alternative text, with the numbers.
        note: smaller lines below the label.
        hollow: whether a hollow dot precedes the label, the mark of "best possible".
        colour: the colour of the label, "#RRGGBB"; None for the text colour.
        numbers: below the images.
    """

    label: str
    picture: str
    alt: str
    note: str = ""
    hollow: bool = False
    colour: str | None = None
    numbers: Sequence[NumberRow] = ()


def digit_grid(rows: Sequence[DigitRow]) -> None:
    """Draw rows of images; all rows have the same number of images."""
    st.html(grid_html(rows))


def grid_html(rows: Sequence[DigitRow]) -> str:
    """The grid as HTML, with classes of `lab.css`."""
    return f'<div class="lab-grid">{"".join(_row_html(row) for row in rows)}</div>'


def numbers_html(rows: Sequence[DigitRow]) -> str:
    """The numbers of a grid without its images, as HTML."""
    blocks = (_numbers_of(row, f"{row.label}: ") for row in rows if row.numbers)
    return f'<div class="lab-grid lab-grid-numbers">{"".join(blocks)}</div>'


def pixel_numbers(pixels: Pixels, errors: Pixels | None = None) -> list[NumberRow]:
    """Rows with minimum, maximum and sum of each image's displayed values, and its pixel MSE.

    Args:
        pixels: displayed values in [0, 1], shape (images, 784).
        errors: pixel MSE of each image, shape (images,); None for no such row.
    """
    measures: list[tuple[str, Pixels, Callable[[float], str], bool]] = [
        ("smallest", pixels.min(axis=1), formats.pixel, False),
        ("largest", pixels.max(axis=1), formats.pixel, True),
        ("sum", pixels.sum(axis=1), formats.total, True),
    ]
    if errors is not None:
        measures.append(("MSE", np.where(errors < ROUNDING, 0, errors), formats.short, False))
    return [
        NumberRow(name=name, texts=[form(float(value)) for value in values], strong=strong)
        for name, values, form, strong in measures
    ]


def _row_html(row: DigitRow) -> str:
    style = f' style="color:{row.colour};font-weight:600"' if row.colour else ""
    hollow = '<span class="hollow"></span>' if row.hollow else ""
    note = "".join(f"<small>{escape(line)}</small>" for line in row.note.splitlines())
    label = f'<div class="label"><span{style}>{hollow}{escape(row.label)}</span>{note}</div>'
    words = escape(row.alt)
    picture = (
        f'<img alt="{words}" src="{row.picture}">'
        if row.picture
        else f'<div class="absent">{words}</div>'
    )
    return label + picture + _numbers_of(row)


def _numbers_of(row: DigitRow, before: str = "") -> str:
    names = before + " · ".join(line.name for line in row.numbers)
    order = ", top to bottom" if len(row.numbers) > 1 else ""
    legend = f'<div class="names">{escape(names)}{order}</div>' if row.numbers else ""
    return legend + "".join(_numbers_html(line) for line in row.numbers)


def _numbers_html(line: NumberRow) -> str:
    cells = "".join(f"<span>{escape(text)}</span>" for text in line.texts)
    strong = " strong" if line.strong else ""
    return (
        f'<div class="name">{escape(line.name)}</div>'
        f'<div class="numbers{strong}"'
        f' style="--images:{len(line.texts)};'
        f'grid-template-columns:repeat({len(line.texts)},1fr)">{cells}</div>'
    )
