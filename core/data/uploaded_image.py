"""A visitor's image, converted to 28 x 28 greys in the way that the data set was made.

Images are untrusted: the cost of decoding is known before anything is decoded, only four formats
are opened, and only one image at a time. Each conversion is reported in a sentence.
"""

from __future__ import annotations

import io
import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, PngImagePlugin, UnidentifiedImageError
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from core.data.datasets import DATASETS, DIGITS, IMAGE_SIDE
from core.data.normalization import Images
from core.errors import InvalidImage
from core.limits import MEGABYTE

LABELS = {"PNG": "PNG", "JPEG": "JPEG", "WEBP": "WebP", "GIF": "GIF"}
FORMATS = tuple(LABELS)
SMALLER = "Make it smaller."
MAX_BYTES = 20 * MEGABYTE
# Memory for decoding one image. A host of 1 GB has about this much to spare while training.
MAX_DECODED_BYTES = 64 * MEGABYTE
# Measured memory per pixel during decoding. Pillow stores colours in four bytes; for WebP libwebp
# has two canvases, which Pillow copies to bytes and then to an image.
PIXEL_BYTES = {"PNG": 4, "GIF": 4, "JPEG": 4, "WEBP": 16}
# A decoder keeps whole rows in memory, and Pillow a pointer to each row.
MAX_EDGE = 30_000
# libjpeg keeps two bytes for every coefficient of a JPEG with several scans.
COEFFICIENT_BYTES = 2
START_OF_SCAN, END_OF_IMAGE = b"\xff\xda", b"\xff\xd9"
# A progressive JPEG has about ten scans. Each takes the time of a whole image, however short it is.
MAX_SCANS = 100
# Text in a PNG is held as strings, of which one character may take four bytes.
PngImagePlugin.MAX_TEXT_MEMORY = 4 * MEGABYTE
# Images are first reduced to this longer edge, in tiles of about the size below.
WORKING_EDGE = 1000
TILE_EDGE = 500
# As a share of the range from background to brightest ink; anything fainter is grain or shadow.
FAINTEST_INK = 0.25
MIN_CONTRAST = 0.1
# LeCun's digits fill a box of 20 x 20 and have their centre of mass here, in pixels from 0; Xiao's
# garments fill the whole image.
DIGIT_BOX = 20
CENTRE = 14

BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)

# Held while any visitor's image is in memory at more than its final size.
_reading = threading.Lock()

Greys = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class UploadedImage:
    """An uploaded image as the network's input.

    Attributes:
        image: greys 0-255, shape (1, 784).
        notes: a sentence for each conversion.
    """

    image: Images
    notes: tuple[str, ...]


def read(content: bytes, dataset: str) -> UploadedImage:
    """Convert a PNG, JPEG, WebP or GIF file to an image like those of a data set.

    The first frame of an animation is used, transparent parts get the opposite brightness of the
    ink, and a bright background is inverted. Digits are scaled to fit a box of 20 x 20 pixels,
    keeping their aspect ratio, with their centre of mass at the centre; anything else fills all
    of 28 x 28. An image of 28 x 28 pixels is neither scaled nor moved.

    Sources: Y. LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten digits"; Xiao,
    Rasul and Vollgraf 2017, "Fashion-MNIST".

    Args:
        content: the file.
        dataset: a name in `DATASETS`.

    One image is read at a time; further calls wait.

    Raises:
        InvalidImage: the image is too large, of another format, damaged or blank.
    """
    if len(content) > MAX_BYTES:
        raise InvalidImage(
            f"The file has {len(content) / MEGABYTE:.0f} MB; up to {MAX_BYTES // MEGABYTE} are"
            " allowed. Make the image smaller."
        )
    with _reading:
        return _read(content, dataset)


def decoded(content: bytes, formats: Sequence[str]) -> Image.Image:
    """Decode an image: upright, in mode L or LA, with no side longer than WORKING_EDGE.

    Args:
        content: the file.
        formats: the allowed ones of `FORMATS`.

    Raises:
        InvalidImage: the image is too large, of another format, or damaged.
    """
    with _reading:
        return _decoded(content, formats)[0]


def _read(content: bytes, dataset: str) -> UploadedImage:
    info = DATASETS[dataset]
    picture, notes = _decoded(content, FORMATS)
    greys, more = _on_black(picture)
    notes += more
    if greys.shape == (IMAGE_SIDE, IMAGE_SIDE):
        notes.append("It is 28 × 28 pixels already, so it is neither scaled nor centred.")
    elif info.class_names == DIGITS:
        greys = _centred_by_mass(_fitted(_ink(greys), DIGIT_BOX))
        notes.append(
            "It is scaled to fit 20 × 20 pixels and centred on its centre of mass, like MNIST's"
            " digits."
        )
    else:
        greys = _centred(_fitted(_ink(greys), IMAGE_SIDE))
        notes.append(f"It is scaled to fit 28 × 28 pixels, like {info.label}'s {info.noun}.")
    image = np.rint(greys * 255).astype(np.uint8).reshape(1, -1)
    return UploadedImage(image=image, notes=tuple(notes))


def _decoded(content: bytes, formats: Sequence[str]) -> tuple[Image.Image, list[str]]:
    """The first image of a file, upright, in mode L or LA, no longer than WORKING_EDGE."""
    notes = []
    try:
        picture = Image.open(io.BytesIO(content), formats=tuple(formats))
        _check_cost(picture, content)
        if getattr(picture, "is_animated", False):
            notes.append("It is an animation; its first frame is used.")
        small = ImageOps.exif_transpose(_reduced(picture))
    except UnidentifiedImageError as error:
        *others, last = (LABELS[name] for name in formats)
        raise InvalidImage(f"This is not a {', '.join(others)} or {last} image.") from error
    except BOMBS as error:
        raise InvalidImage(f"The image has too many pixels. {SMALLER}") from error
    except InvalidImage:
        raise
    except MemoryError as error:
        raise InvalidImage(f"There is not enough memory for this image now. {SMALLER}") from error
    except Exception as error:  # a decoder may raise anything for a damaged file
        raise InvalidImage("The image is damaged or truncated. Save it again.") from error
    return small, notes


def _check_cost(picture: ImageFile, content: bytes) -> None:
    """Refuse images that cost too much memory or time; let the decoder shrink them if it can."""
    size, kind = picture.size, str(picture.format)
    pixels, sides = size[0] * size[1], f"{size[0]:,} × {size[1]:,}"
    if max(size) > MAX_EDGE:
        raise InvalidImage(
            f"The image has {sides} pixels; a side may have up to {MAX_EDGE:,}. {SMALLER}"
        )
    if isinstance(picture, JpegImageFile):
        picture.draft("L", (WORKING_EDGE, WORKING_EDGE))
        scans = _scans(picture, content)
        if scans > MAX_SCANS:
            raise InvalidImage(
                f"The image is a JPEG of {scans:,} scans; up to {MAX_SCANS} are allowed."
                " Save it again."
            )
    needed = picture.width * picture.height * PIXEL_BYTES[kind] + pixels * _kept_bytes(picture)
    if needed > MAX_DECODED_BYTES:
        allowed = pixels * MAX_DECODED_BYTES / needed
        raise InvalidImage(
            f"The image has {sides} pixels; a {LABELS[kind]} like this may have up to"
            f" {allowed / 1_000_000:.0f} million. {SMALLER}"
        )


def _scans(picture: JpegImageFile, content: bytes) -> int:
    # Both markers cannot occur within a scan; a thumbnail, which has its own, comes before them.
    start = picture.fp.tell() if picture.fp else 0
    end = content.find(END_OF_IMAGE, start)
    return 1 + content.count(START_OF_SCAN, start, end if end >= 0 else len(content))


def _kept_bytes(picture: ImageFile) -> float:
    """Bytes that a JPEG decoder keeps per pixel of the file, whatever size it decodes to."""
    if not isinstance(picture, JpegImageFile):
        return 0
    samplings = [(rows, columns) for _, rows, columns, _ in picture.layer]
    highest = max(rows for rows, _ in samplings) * max(columns for _, columns in samplings)
    return COEFFICIENT_BYTES * sum(rows * columns for rows, columns in samplings) / highest


def _reduced(picture: ImageFile) -> Image.Image:
    """Convert to mode L or LA and reduce by an integer factor; in tiles, since each is copied."""
    mode = "LA" if picture.has_transparency_data else "L"
    width, height = picture.size
    factor = math.ceil(max(width, height) / WORKING_EDGE)
    edge = factor * math.ceil(TILE_EDGE / factor)
    small = Image.new(mode, (math.ceil(width / factor), math.ceil(height / factor)))
    for top, left in product(range(0, height, edge), range(0, width, edge)):
        tile = picture.crop((left, top, min(left + edge, width), min(top + edge, height)))
        small.paste(_grey(tile, mode).reduce(factor), (left // factor, top // factor))
    small.info = picture.info  # contains the orientation
    return small


def _grey(picture: Image.Image, mode: str) -> Image.Image:
    if picture.mode.startswith("I"):  # 16 bits, which convert would clip
        return Image.fromarray((np.asarray(picture) // 257).astype(np.uint8))
    return picture.convert(mode)


def _on_black(picture: Image.Image) -> tuple[Greys, list[str]]:
    """Greys from 0 to 1 on a dark background, and notes on the conversions."""
    notes = []
    values: Greys = np.asarray(picture, np.float32) / np.float32(255)
    if values.ndim == 3:
        values, opacity = values[..., 0], values[..., 1]
        if not opacity.any():
            raise InvalidImage("The image is fully transparent.")
        if opacity.min() < 1:
            is_bright = float((values * opacity).sum() / opacity.sum()) > 0.5
            notes.append(f"Transparent parts count as {'black' if is_bright else 'white'}.")
            values = values * opacity + np.float32(not is_bright) * (1 - opacity)
    if _background(values) > 0.5:
        values = 1 - values
        notes.append("Its background is bright and the data set's is black, so it is inverted.")
    return values, notes


def _background(values: Greys) -> float:
    edges = (values[0], values[-1], values[:, 0], values[:, -1])
    return float(np.median(np.concatenate(edges)))


def _ink(values: Greys) -> Greys:
    """Stretch from the background, 0, to the brightest ink, 1; anything fainter becomes 0."""
    low, high = _background(values), float(values.max())
    if high - low < MIN_CONTRAST:
        raise InvalidImage("All pixels of the image have the same value.")
    stretched = (values - low) / (high - low)
    return np.where(stretched < FAINTEST_INK, 0, stretched).astype(np.float32)


def _fitted(ink: Greys, side: int) -> Greys:
    """Crop to what is not black and scale its longer edge to the box."""
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = (max(round(edge * side / max(cut.shape)), 1) for edge in cut.shape)
    small = Image.fromarray(cut).resize((width, height), Image.Resampling.BILINEAR)
    values: Greys = np.asarray(small, np.float32)
    return values / values.max()


def _centred_by_mass(small: Greys) -> Greys:
    offsets = []
    for axis, edge in enumerate(small.shape):
        mass = small.sum(axis=1 - axis, dtype=np.float64)
        centre = float((mass * np.arange(edge)).sum() / mass.sum())
        # Noise of the last digits must not decide where a half is rounded to.
        start = round(round(CENTRE - centre, 6))
        offsets.append(int(np.clip(start, 0, IMAGE_SIDE - edge)))
    return _placed(small, *offsets)


def _centred(small: Greys) -> Greys:
    return _placed(small, *((IMAGE_SIDE - edge) // 2 for edge in small.shape))


def _placed(small: Greys, top: int, left: int) -> Greys:
    canvas = np.zeros((IMAGE_SIDE, IMAGE_SIDE), np.float32)
    canvas[top : top + small.shape[0], left : left + small.shape[1]] = small
    return canvas
