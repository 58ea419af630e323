"""Images of any size as 28 x 28 greys: padded to a square, or cropped to the ink as MNIST was."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.data.datasets import IMAGE_SIDE, PIXELS

Greys = NDArray[np.uint8]

# LeCun's digits fill a box of 20 x 20 and have their centre of mass at (14, 14), from 0.
DIGIT_BOX = 20
CENTRE = 14
# As a share of the largest difference from the background; less is the grain or shadow of paper.
FAINTEST_INK = 0.25


def resized(images: Greys, *, crop: bool) -> Greys:
    """Resize images of one size to 28 x 28.

    Args:
        images: greys, uint8, shape (n, height, width).
        crop: whether to crop to the ink (`cropped`) or to keep the whole image (`padded`).

    Returns:
        Shape (n, 784).
    """
    if not crop and images.shape[1:] == (IMAGE_SIDE, IMAGE_SIDE):
        return images.reshape(-1, PIXELS)
    resize = cropped if crop else padded
    return np.stack([resize(image, IMAGE_SIDE).reshape(PIXELS) for image in images])


def padded(image: Greys, side: int) -> Greys:
    """Centre an image on a square of its own background, scaled with the area filter.

    Args:
        image: greys, shape (height, width).
        side: the side of the result.

    Smaller images are enlarged bilinearly: the area filter would repeat their pixels.
    """
    height, width = image.shape
    edge = max(height, width)
    if height != width:
        square = np.full((edge, edge), background(image), np.uint8)
        top, left = (edge - height) // 2, (edge - width) // 2
        square[top : top + height, left : left + width] = image
        image = square
    return _scaled(image, side, side)


def cropped(image: Greys, side: int) -> Greys:
    """Crop to the ink, fit it into 20 x 20 of 28 x 28 pixels, and centre it by its mass.

    Ink may be darker or brighter than the background. An image without any is `padded`.

    Source: Y. LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten digits".

    Args:
        image: greys, shape (height, width).
        side: the side of the result, 28.
    """
    paper = background(image)
    ink = np.abs(image.astype(np.int16) - paper)
    strongest = int(ink.max())
    if strongest == 0:
        return padded(image, side)
    is_ink = ink > FAINTEST_INK * strongest
    rows, columns = (np.flatnonzero(is_ink.any(axis=axis)) for axis in (1, 0))
    cut = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = (max(round(edge * DIGIT_BOX / max(cut.shape)), 1) for edge in cut.shape)
    small = _scaled(cut, height, width)
    canvas = np.full((side, side), paper, np.uint8)
    top, left = _offsets(np.abs(small.astype(np.int64) - paper))
    canvas[top : top + height, left : left + width] = small
    return canvas


def background(image: Greys) -> int:
    """The median of the pixels along the edges."""
    edges = (image[0], image[-1], image[:, 0], image[:, -1])
    return int(np.median(np.concatenate(edges)))


def _offsets(ink: NDArray[np.int64]) -> tuple[int, int]:
    """The position of the top left corner that puts the centre of mass at the centre."""
    total = max(int(ink.sum()), 1)
    offsets = []
    for axis, edge in enumerate(ink.shape):
        centre = float((ink.sum(axis=1 - axis) * np.arange(edge)).sum() / total)
        offsets.append(int(np.clip(round(CENTRE - centre), 0, IMAGE_SIDE - edge)))
    return offsets[0], offsets[1]


def _scaled(image: Greys, height: int, width: int) -> Greys:
    if image.shape == (height, width):
        return image
    is_smaller = image.shape[0] < height or image.shape[1] < width
    method = Image.Resampling.BILINEAR if is_smaller else Image.Resampling.BOX
    return np.asarray(Image.fromarray(image).resize((width, height), method))
