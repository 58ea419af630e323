"""Example custom images: black shapes on white, generated from a seed, identical everywhere.

They are mostly white, to show what inversion does. No image files are shipped.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

COUNT = 300
SIDE = 40
# Shapes are drawn this many times larger and averaged, so that edges are grey as in a scan.
OVERSAMPLING = 4
NAME = "shapes"
WHITE, BLACK = 255, 0
# Corners of the polygons; the others are rings and crosses.
KINDS = (3, 4, 5, 6, 64, "ring", "cross")


def example_shapes(count: int = COUNT, seed: int = 0) -> NDArray[np.uint8]:
    """Draw polygons, discs, rings and crosses of random size, position and angle.

    Args:
        count: the number of images.
        seed: the seed of the random numbers.

    Returns:
        Greys, uint8, shape (count, 40, 40): black on white.
    """
    rng = np.random.default_rng(seed)
    return np.stack([_shape(rng, KINDS[index % len(KINDS)]) for index in range(count)])


def _shape(rng: np.random.Generator, kind: int | str) -> NDArray[np.uint8]:
    edge = SIDE * OVERSAMPLING
    image = Image.new("L", (edge, edge), WHITE)
    draw = ImageDraw.Draw(image)
    radius = edge * rng.uniform(0.2, 0.36)
    x, y = rng.uniform(0.42, 0.58, 2) * edge
    angle = rng.uniform(0, 2 * math.pi)
    if kind == "cross":
        for direction in (angle, angle + math.pi / 2):
            arm = (radius * math.cos(direction), radius * math.sin(direction))
            line = (x - arm[0], y - arm[1], x + arm[0], y + arm[1])
            draw.line(line, fill=BLACK, width=round(radius / 2))
    elif kind == "ring":
        box = (x - radius, y - radius, x + radius, y + radius)
        draw.ellipse(box, outline=BLACK, width=round(radius / 3))
    else:
        draw.polygon(_corners(int(kind), x, y, radius, angle), fill=BLACK)
    small = image.resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(small)


def _corners(
    count: int, x: float, y: float, radius: float, angle: float
) -> list[tuple[float, float]]:
    angles = (angle + 2 * math.pi * corner / count for corner in range(count))
    return [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles]
