"""Value ranges: which values stand for black and for white."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.image_files.parts import Part, Values
from core.errors import InvalidImages

# Beyond it no camera counts, and differences may not be finite.
LARGEST = 1e15
# Luma of ITU-R BT.601, which Pillow takes as well.
RED_GREEN_BLUE = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True, kw_only=True)
class ValueRange:
    """What stands for black and for white.

    Attributes:
        name: in settings and on the command line.
        label: the short name on a button.
        black, white: the values.
    """

    name: str
    label: str
    black: float
    white: float

    def greys(self, values: Values) -> NDArray[np.uint8]:
        """Values as greys 0-255: shape (n, height, width[, 3]) -> (n, height, width).

        What lies outside the range is clipped.
        """
        if values.dtype == np.uint8 and values.ndim == 3 and (self.black, self.white) == (0, 255):
            return values
        spread = (self.white - self.black) or 1.0
        # In float64: float32 cannot tell large whole numbers apart.
        scaled = (np.asarray(values, np.float64) - self.black) * (255 / spread)
        if scaled.ndim == 4:
            scaled = scaled @ RED_GREEN_BLUE.astype(np.float64)
        return np.rint(scaled.clip(0, 255)).astype(np.uint8)


RANGES = {
    each.name: each
    for each in (
        ValueRange(name="0-255", label="0 to 255", black=0, white=255),
        ValueRange(name="0-1", label="0 to 1", black=0, white=1),
        ValueRange(name="-1-1", label="−1 to 1", black=-1, white=1),
        ValueRange(name="0-65535", label="0 to 65,535", black=0, white=65_535),
    )
}
# From the smallest value that occurs to the largest.
OWN = "own"
AUTOMATIC = "auto"
CHOICES = (AUTOMATIC, *RANGES, OWN)


@dataclass(frozen=True, kw_only=True)
class Extent:
    """The smallest and the largest value of some images."""

    lowest: float
    highest: float


def extent_of(parts: Iterable[Part]) -> Extent:
    """What the values of images span; of pictures 0 to 255, whatever occurs.

    Raises:
        InvalidImages: a value is not a finite number.
    """
    lowest, highest = np.inf, -np.inf
    for part in parts:
        if part.is_picture:
            return Extent(lowest=0, highest=255)
        for piece in part.pieces():
            low, high = float(piece.min()), float(piece.max())
            if not (np.isfinite(low) and np.isfinite(high)):
                raise InvalidImages(
                    "Some pixel values are not finite (NaN or infinite); replace them, with"
                    " numpy.nan_to_num for example."
                )
            lowest, highest = min(lowest, low), max(highest, high)
    if max(-lowest, highest) > LARGEST:
        raise InvalidImages(
            f"Pixel values reach {max(-lowest, highest):.0e}; expected 0 to 255, 0 to 1 or the"
            " like."
        )
    return Extent(lowest=lowest, highest=highest)


def chosen(name: str, extent: Extent) -> ValueRange:
    """The range of a name of `CHOICES`, or the one that an extent suggests."""
    if name == OWN:
        return own(extent)
    return recognised(extent) if name == AUTOMATIC else RANGES[name]


def recognised(extent: Extent) -> ValueRange:
    """The narrowest usual range in which all values are; their own span where none is.

    Bytes of which none is above 1 are 0 to 1: as 0 to 255 they would all be black.
    """
    if extent.lowest < 0:
        is_symmetric = extent.lowest >= -1 and extent.highest <= 1
        return RANGES["-1-1"] if is_symmetric else own(extent)
    for name in ("0-1", "0-255", "0-65535"):
        if extent.highest <= RANGES[name].white:
            return RANGES[name]
    return own(extent)


def own(extent: Extent) -> ValueRange:
    """From the smallest to the largest value that occurs."""
    label = f"{extent.lowest:g} to {extent.highest:g}".replace("-", "−")
    return ValueRange(name=OWN, label=label, black=extent.lowest, white=extent.highest)
