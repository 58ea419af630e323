"""Own images: a visitor's picture, made a 28 x 28 grey image as those of the data set were made.

A picture may come from a stranger: its size is read before anything is decoded, and only four
kinds are opened. What was done to it is said, sentence by sentence.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from core.datasets import DATASETS, DIGITS, IMAGE_SIDE
from core.errors import InvalidImage
from core.normalization import Images

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MEGABYTE = 1_000_000
MOST_BYTES = 20 * MEGABYTE
# A photo of most telephones; four bytes for each pixel while it is decoded.
MOST_PIXELS = 16_000_000
# Longer edges are shortened to about this before anything is computed.
WORKING_EDGE = 1000
# Of the range from background to the brightest ink: what is fainter is grain or shadow of paper.
FAINTEST_INK = 0.25
LEAST_CONTRAST = 0.1
# LeCun's digits fill a box of 20 x 20 and have their centre of mass here, in pixels from 0; Xiao's
# garments fill the whole image.
DIGIT_BOX = 20
CENTRE = 14

BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)

Greys = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class OwnImage:
    """A picture as the network gets it.

    Attributes:
        image: greys 0-255, shape (1, 784).
        notes: a sentence for each thing that was done to it.
    """

    image: Images
    notes: tuple[str, ...]


def read(content: bytes, dataset: str) -> OwnImage:
    """Make an image like those of a data set from a PNG, JPEG, WebP or GIF file.

    The first picture of an animation is taken, transparent parts become the contrary of the ink,
    and a bright background is inverted. Digits are fitted into a box of 20 x 20 pixels, their
    aspect kept, and placed with their centre of mass at the centre; garments fill all of 28 x 28.
    A picture of 28 x 28 pixels is neither fitted nor moved.

    Sources: Y. LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten digits"; Xiao,
    Rasul and Vollgraf 2017, "Fashion-MNIST".

    Args:
        content: the file.
        dataset: a name in `DATASETS`.

    Raises:
        InvalidImage: too large, not such a file, damaged, or nothing to see on it.
    """
    if len(content) > MOST_BYTES:
        raise InvalidImage(
            f"The file has {len(content) / MEGABYTE:.0f} MB; up to {MOST_BYTES // MEGABYTE} are"
            " allowed. Make the picture smaller."
        )
    picture, notes = _decoded(content)
    greys, more = _on_black(picture)
    notes += more
    if greys.shape == (IMAGE_SIDE, IMAGE_SIDE):
        notes.append("It has 28 × 28 pixels already, so it is not moved.")
    elif DATASETS[dataset].class_names == DIGITS:
        greys = _centred_by_mass(_fitted(_ink(greys), DIGIT_BOX))
        notes.append(
            "It is fitted into 20 × 20 pixels and centred by its mass, as MNIST's digits are."
        )
    else:
        greys = _centred(_fitted(_ink(greys), IMAGE_SIDE))
        notes.append("It is fitted into 28 × 28 pixels, as Fashion-MNIST's garments are.")
    image = np.rint(greys * 255).astype(np.uint8).reshape(1, -1)
    return OwnImage(image=image, notes=tuple(notes))


def _decoded(content: bytes) -> tuple[Image.Image, list[str]]:
    """The first picture of a file, upright, in mode L or LA, not much longer than WORKING_EDGE."""
    notes = []
    try:
        picture: Image.Image = Image.open(io.BytesIO(content), formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise InvalidImage(
                f"The picture has {picture.width:,} × {picture.height:,} pixels; up to"
                f" {MOST_PIXELS // 1_000_000} million are allowed. Make it smaller."
            )
        if getattr(picture, "is_animated", False):
            notes.append("It is an animation; the first picture of it is taken.")
        picture.draft("L", (WORKING_EDGE, WORKING_EDGE))
        picture = ImageOps.exif_transpose(picture)
        picture = picture.convert("LA") if picture.has_transparency_data else _grey(picture)
    except UnidentifiedImageError as error:
        raise InvalidImage("This is no PNG, JPEG, WebP or GIF picture.") from error
    except BOMBS as error:
        raise InvalidImage(
            f"The picture has more than the {MOST_PIXELS // 1_000_000} million pixels that are"
            " allowed. Make it smaller."
        ) from error
    except InvalidImage:
        raise
    except Exception as error:  # a decoder raises anything where a file is harmed
        raise InvalidImage("The picture is damaged or cut off. Save it anew.") from error
    return picture.reduce(max(max(picture.size) // WORKING_EDGE, 1)), notes


def _grey(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # 16 bits, which convert would cut off
        return Image.fromarray((np.asarray(picture) // 257).astype(np.uint8))
    return picture.convert("L")


def _on_black(picture: Image.Image) -> tuple[Greys, list[str]]:
    """Greys from 0 to 1 on a dark background, and what was done for it."""
    notes = []
    values: Greys = np.asarray(picture, np.float32) / np.float32(255)
    if values.ndim == 3:
        values, opacity = values[..., 0], values[..., 1]
        if not opacity.any():
            raise InvalidImage("The picture is wholly transparent: there is nothing to see on it.")
        if opacity.min() < 1:
            is_bright = float((values * opacity).sum() / opacity.sum()) > 0.5
            notes.append(f"Transparent parts count as {'black' if is_bright else 'white'}.")
            values = values * opacity + np.float32(not is_bright) * (1 - opacity)
    if _background(values) > 0.5:
        values = 1 - values
        notes.append("Its background is bright, and that of the data is black: it is inverted.")
    return values, notes


def _background(values: Greys) -> float:
    edges = (values[0], values[-1], values[:, 0], values[:, -1])
    return float(np.median(np.concatenate(edges)))


def _ink(values: Greys) -> Greys:
    """Stretched from the background, 0, to the brightest ink, 1; what is fainter than ink is 0."""
    low, high = _background(values), float(values.max())
    if high - low < LEAST_CONTRAST:
        raise InvalidImage("The picture is of one grey all over: there is nothing to see on it.")
    stretched = (values - low) / (high - low)
    return np.where(stretched < FAINTEST_INK, 0, stretched).astype(np.float32)


def _fitted(ink: Greys, side: int) -> Greys:
    """What is not black, with its longer edge as long as the box."""
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = (max(round(edge * side / max(cut.shape)), 1) for edge in cut.shape)
    small = Image.fromarray(cut).resize((width, height), Image.Resampling.BILINEAR)
    values: Greys = np.asarray(small, np.float32)
    return values / values.max()


def _centred_by_mass(small: Greys) -> Greys:
    places = []
    for axis, edge in enumerate(small.shape):
        mass = small.sum(axis=1 - axis)
        centre = float((mass * np.arange(edge)).sum() / mass.sum())
        places.append(int(np.clip(round(CENTRE - centre), 0, IMAGE_SIDE - edge)))
    return _placed(small, *places)


def _centred(small: Greys) -> Greys:
    return _placed(small, *((IMAGE_SIDE - edge) // 2 for edge in small.shape))


def _placed(small: Greys, top: int, left: int) -> Greys:
    canvas = np.zeros((IMAGE_SIDE, IMAGE_SIDE), np.float32)
    canvas[top : top + small.shape[0], left : left + small.shape[1]] = small
    return canvas
