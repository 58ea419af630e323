"""An example of one's own images: black shapes on white, drawn by a seed, the same everywhere.

They are white for the most part, so that they show what inversion does. Nothing is shipped.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

COUNT = 300
SIDE = 40
# Drawn so much larger, and averaged: edges are grey, as those of a scan are.
OVERSAMPLING = 4
NAME = "shapes"
WHITE, BLACK = 255, 0
# Corners of the polygons; the others are rings and crosses.
KINDS = (3, 4, 5, 6, 64, "ring", "cross")


def example_shapes(count: int = COUNT, seed: int = 0) -> NDArray[np.uint8]:
    """Draw polygons, discs, rings and crosses, each with a size, a place and an angle of its own.

    Args:
        count: how many.
        seed: of everything that differs.

    Returns:
        Greys, uint8, shape (count, 40, 40): black on white.
    """
    draw = np.random.default_rng(seed)
    return np.stack([_shape(draw, KINDS[place % len(KINDS)]) for place in range(count)])


def _shape(draw: np.random.Generator, kind: int | str) -> NDArray[np.uint8]:
    edge = SIDE * OVERSAMPLING
    picture = Image.new("L", (edge, edge), WHITE)
    pen = ImageDraw.Draw(picture)
    radius = edge * draw.uniform(0.2, 0.36)
    x, y = draw.uniform(0.42, 0.58, 2) * edge
    angle = draw.uniform(0, 2 * math.pi)
    if kind == "cross":
        for turn in (angle, angle + math.pi / 2):
            reach = (radius * math.cos(turn), radius * math.sin(turn))
            line = (x - reach[0], y - reach[1], x + reach[0], y + reach[1])
            pen.line(line, fill=BLACK, width=round(radius / 2))
    elif kind == "ring":
        box = (x - radius, y - radius, x + radius, y + radius)
        pen.ellipse(box, outline=BLACK, width=round(radius / 3))
    else:
        pen.polygon(_corners(int(kind), x, y, radius, angle), fill=BLACK)
    small = picture.resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(small)


def _corners(
    count: int, x: float, y: float, radius: float, angle: float
) -> list[tuple[float, float]]:
    turns = (angle + 2 * math.pi * corner / count for corner in range(count))
    return [(x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in turns]
