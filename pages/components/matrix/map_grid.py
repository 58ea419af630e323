"""The matrix: a grid of buttons for mouse and keyboard, and the colour scale below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from core.charts.palette import Palette
from core.data.normalization import Images
from core.views.matrix import STATE_WORDS, Cell
from core.views.matrix.matrix_scale import CELL_METRICS, colour
from core.views.matrix.matrix_view import MatrixView
from pages.components.common import thumbnails
from pages.components.common.widgets import component_value
from pages.components.matrix.cell_prediction import is_hidden

HERE = Path(__file__).parent
KEY = "matrix-map"

_component = st.components.v2.component(
    "lab_matrix",
    html='<div class="map" role="group"></div>',
    css=(HERE / "map.css").read_text(encoding="utf-8"),
    js=(HERE / "map.js").read_text(encoding="utf-8"),
)


def grid(
    view: MatrixView,
    cells: Sequence[Cell],
    palette: Palette,
    *,
    original: Images | None,
    on_select: Callable[[int], None],
    fits: bool = False,
) -> None:
    """Draw the cells.

    Args:
        view: defines the labels of rows and columns, and the selected cell.
        cells: the cells, row by row.
        palette: the colours of the visitor's theme.
        original: the digit that all cells reconstruct, greys 0-255, shape (784,); None for none.
        on_select: callback with the index of a cell.
        fits: whether rows are low enough for all to fit into the window, as in a frame.
    """
    selected = [at for at, cell in enumerate(cells) if cell.variant == view.variant]
    _component(
        key=KEY,
        data={
            "original": None if original is None else thumbnails.drawn(original, palette.border),
            "fits": fits,
            "label": f"{len(cells)} combinations by {CELL_METRICS[view.colour].title}",
            "rows": view.row_labels,
            "columns": view.column_labels,
            "selected": selected[0] if selected else None,
            "cells": [
                _hidden(view, cell) if is_hidden(cell) else _shown(cell, palette) for cell in cells
            ],
        },
        on_cell_change=lambda: _select(on_select),
    )


def _select(on_select: Callable[[int], None]) -> None:
    index = component_value(KEY, "cell")
    if isinstance(index, int):
        on_select(index)


def scale(view: MatrixView, palette: Palette) -> None:
    """Draw the colour scale with labels at its ends."""
    metric = CELL_METRICS[view.colour]
    low, high = metric.ends
    stops = ", ".join(palette.share)
    st.html(
        f'<p class="lab-scale"><span>{escape(low)}</span>'
        f'<i style="background:linear-gradient(90deg, {stops})"></i>'
        f"<span>{escape(high)} · {escape(metric.title)}</span></p>"
    )


def _hidden(view: MatrixView, cell: Cell) -> dict[str, Any]:
    """A cell that awaits a prediction: its outcome is not sent to the browser."""
    place = f"{view.row_labels[cell.row]}, {view.column_labels[cell.column]}"
    return {
        "alt": f"{place}: not predicted yet",
        "number": "?",
        "word": "",
        "colour": None,
        "untrained": False,
        "picture": None,
    }


def _shown(cell: Cell, palette: Palette) -> dict[str, Any]:
    return {
        "alt": cell.alt,
        # An untrained cell has no text: its dashed border and its label are enough.
        "number": cell.number or (STATE_WORDS[cell.state] if cell.state != "untrained" else ""),
        "word": cell.word,
        "colour": colour(cell.position, palette),
        "untrained": not cell.number,
        "picture": thumbnails.picture(cell.run.key, palette.border) if cell.number else None,
    }
