"""A latent map as plain data for a browser, which decodes the points."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.charts.palette import Palette
from core.data.datasets import IMAGE_SIDE
from core.views.browser_network import layers_data, to_base64
from core.views.inside.latent_map import CELLS, LatentMap

# The largest number of sliders.
SLIDERS = 8
SHEET_COLUMNS = 25


def map_data(found: LatentMap, class_names: Sequence[str]) -> dict[str, Any]:
    """The data of a map for its component; arrays are base64-encoded little-endian values.

    Args:
        found: the map.
        class_names: names of the classes; empty if the data set has no labels.
    """
    return {
        "layers": layers_data(found.decoder),
        "shift": found.shift,
        "factor": found.factor,
        "factors": to_base64(found.factors, "<f4"),
        "images": _sheet(found.images),
        "columns": SHEET_COLUMNS,
        "labels": found.labels.tolist() if class_names else None,
        "names": list(class_names),
        "codes": to_base64(found.codes, "<f4"),
        "points": to_base64(found.points, "<f4"),
        "origin": found.origin.tolist(),
        "across": found.across.tolist(),
        "up": found.up.tolist(),
        "low": found.low.tolist(),
        "high": found.high.tolist(),
        "cells": CELLS,
        "far": "".join("1" if far else "0" for far in found.is_far.ravel()),
        "spacing": found.spacing,
        "sliders": [_slider(found, unit) for unit in found.strongest[:SLIDERS]],
        "mean": found.codes.mean(axis=0).tolist(),
    }


def colours(palette: Palette) -> dict[str, Any]:
    """The colours of a map in the visitor's theme."""
    return {
        "classes": list(palette.classes),
        "series": list(palette.series),
        "text": palette.text,
        "muted": palette.muted,
        "border": palette.border,
        "background": palette.background,
        "surface": palette.surface,
    }


def _slider(found: LatentMap, unit: int) -> dict[str, Any]:
    values = found.codes[:, unit]
    return {"unit": unit, "low": float(values.min()), "high": float(values.max())}


def _sheet(images: NDArray[np.uint8]) -> str:
    """All images as one PNG with `SHEET_COLUMNS` images per row, as a data URI."""
    rows = math.ceil(len(images) / SHEET_COLUMNS)
    sheet = np.zeros((rows * SHEET_COLUMNS, IMAGE_SIDE, IMAGE_SIDE), np.uint8)
    sheet[: len(images)] = images.reshape(-1, IMAGE_SIDE, IMAGE_SIDE)
    joined = sheet.reshape(rows, SHEET_COLUMNS, IMAGE_SIDE, IMAGE_SIDE).swapaxes(1, 2)
    buffer = io.BytesIO()
    Image.fromarray(joined.reshape(rows * IMAGE_SIDE, -1)).save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
