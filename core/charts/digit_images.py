"""Digits as images: each row is one small paletted PNG in a data URI.

A browser draws a data URI without the blank frame of an image that it has to fetch, and a row takes
about 7 KB. Pixels are enlarged before they are sent, so that they all keep the same size when the
browser scales the row down.
"""

from __future__ import annotations

import base64
import io
import itertools
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.charts.palette import to_rgb
from core.data.datasets import IMAGE_SIDE

ENLARGEMENT = 6
FRAME = 2
GAP = 6
CELL = IMAGE_SIDE * ENLARGEMENT + 2 * FRAME

# Of the 256 palette entries the last two are for the frame and the gap; the others are levels.
LEVELS = 254
FRAME_INDEX = 254
GAP_INDEX = 255

Pixels = NDArray[np.floating[Any]]
Codes = NDArray[np.uint8]


def digit_row(pixels: Pixels, *, frame: str) -> str:
    """Images side by side in greys on the fixed scale: 0 is black, 1 is white, clipped beyond.

    Args:
        pixels: shape (images, 784); a value that is not finite is drawn black.
        frame: "#RRGGBB" of the line around each image.

    Returns:
        A data URI of a PNG, `CELL` pixels high.
    """
    greys = [(level, level, level) for level in _spread(0, 255)]
    return _row(np.clip(np.nan_to_num(pixels), 0, 1), greys, frame)


def square_row(images: Codes, *, frame: str) -> str:
    """Square images of any one size side by side in greys, as tall as a row of digits.

    Args:
        images: greys 0-255, uint8, shape (images, side, side); 168 is a multiple of the side.
        frame: "#RRGGBB" of the line around each image.

    Returns:
        A data URI of a PNG, `CELL` pixels high.
    """
    greys = [(level, level, level) for level in _spread(0, 255)]
    shares = images.reshape(len(images), -1) / 255
    return _row(shares, greys, frame, images.shape[-1])


def difference_row(difference: Pixels, *, frame: str, colours: tuple[str, str, str]) -> str:
    """Signed differences side by side on the fixed linear scale from -1 to 1.

    Args:
        difference: reconstruction minus original, shape (images, 784).
        frame: "#RRGGBB" of the line around each image.
        colours: "#RRGGBB" at -1, 0 and 1.

    Returns:
        A data URI of a PNG, `CELL` pixels high.
    """
    ends = [to_rgb(colour) for colour in colours]
    positions = np.linspace(-1, 1, LEVELS)
    channels = [np.interp(positions, (-1, 0, 1), channel) for channel in zip(*ends, strict=True)]
    table = [tuple(round(value) for value in entry) for entry in zip(*channels, strict=True)]
    return _row((np.clip(np.nan_to_num(difference), -1, 1) + 1) / 2, table, frame)


def stretched(pixels: Pixels) -> Pixels:
    """Rescale each image so that its smallest value is 0 and its largest is 1.

    This hides how dark or pale an image is; callers have to say so on the screen.

    Args:
        pixels: shape (images, 784).

    Returns:
        Same shape; a constant image becomes 0.
    """
    low = pixels.min(axis=1, keepdims=True)
    extent = pixels.max(axis=1, keepdims=True) - low
    return np.asarray((pixels - low) / np.where(extent > 0, extent, 1))


def _spread(low: int, high: int) -> list[int]:
    return [round(value) for value in np.linspace(low, high, LEVELS)]


def _row(
    shares: Pixels, table: Sequence[tuple[int, ...]], frame: str, side: int = IMAGE_SIDE
) -> str:
    levels = np.rint(shares * (LEVELS - 1)).astype(np.uint8)
    palette = bytes(itertools.chain(*table, to_rgb(frame), (0, 0, 0)))
    return _data_uri(levels.tobytes(), palette, side)


# Cached, since all viewers of a training see the same digits.
@lru_cache(maxsize=64)
def _data_uri(levels: bytes, palette: bytes, side: int) -> str:
    images = np.frombuffer(levels, np.uint8).reshape(-1, side, side)
    canvas = np.full((CELL, len(images) * (CELL + GAP) - GAP), GAP_INDEX, np.uint8)
    for index, image in enumerate(images):
        left = index * (CELL + GAP)
        canvas[:, left : left + CELL] = FRAME_INDEX
        inside = slice(left + FRAME, left + CELL - FRAME)
        canvas[FRAME : CELL - FRAME, inside] = _enlarged(image)
    png = Image.fromarray(canvas)
    png.putpalette(palette)
    target = io.BytesIO()
    png.save(target, "PNG", transparency=GAP_INDEX, compress_level=4)
    return "data:image/png;base64," + base64.b64encode(target.getvalue()).decode("ascii")


def _enlarged(image: Codes) -> Codes:
    times = IMAGE_SIDE * ENLARGEMENT // len(image)
    return image.repeat(times, axis=0).repeat(times, axis=1)
