"""Value ranges: which values represent black and white."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.image_files.parts import Part, Values
from core.errors import InvalidImages

# Larger values are no pixel values, and their differences may overflow.
LARGEST = 1e15
# Luma of ITU-R BT.601, as in Pillow.
LUMA_WEIGHTS = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True, kw_only=True)
class ValueRange:
    """The values that represent black and white.

    Attributes:
        name: its name in settings and on the command line.
        label: the short name on a button.
        black, white: the values.
    """

    name: str
    label: str
    black: float
    white: float

    def greys(self, values: Values) -> NDArray[np.uint8]:
        """Values as greys 0-255: shape (n, height, width[, 3]) -> (n, height, width).

        Values outside the range are clipped.
        """
        if values.dtype == np.uint8 and values.ndim == 3 and (self.black, self.white) == (0, 255):
            return values
        spread = (self.white - self.black) or 1.0
        # In float64: float32 cannot tell large whole numbers apart.
        scaled = (np.asarray(values, np.float64) - self.black) * (255 / spread)
        if scaled.ndim == 4:
            scaled = scaled @ LUMA_WEIGHTS.astype(np.float64)
        return np.rint(scaled.clip(0, 255)).astype(np.uint8)


RANGES = {
    known.name: known
    for known in (
        ValueRange(name="0-255", label="0 to 255", black=0, white=255),
        ValueRange(name="0-1", label="0 to 1", black=0, white=1),
        ValueRange(name="-1-1", label="−1 to 1", black=-1, white=1),
        ValueRange(name="0-65535", label="0 to 65,535", black=0, white=65_535),
    )
}
# The range from the smallest to the largest value of the images.
OWN = "own"
AUTOMATIC = "auto"
CHOICES = (AUTOMATIC, *RANGES, OWN)


@dataclass(frozen=True, kw_only=True)
class Extent:
    """The smallest and the largest value of some images."""

    lowest: float
    highest: float


def extent_of(parts: Iterable[Part]) -> Extent:
    """The extent of the images' values; for pictures always 0 to 255.

    Raises:
        InvalidImages: a value is not a finite number.
    """
    lowest, highest = np.inf, -np.inf
    for part in parts:
        if part.is_picture:
            return Extent(lowest=0, highest=255)
        for chunk in part.chunks():
            low, high = float(chunk.min()), float(chunk.max())
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
    """The range with a name in `CHOICES`, or the one that the extent suggests."""
    if name == OWN:
        return own(extent)
    return recognised(extent) if name == AUTOMATIC else RANGES[name]


def recognised(extent: Extent) -> ValueRange:
    """The narrowest common range that contains all values; if none does, their own extent.

    Bytes up to 1 count as 0 to 1, since all of them would be black as 0 to 255.
    """
    if extent.lowest < 0:
        is_symmetric = extent.lowest >= -1 and extent.highest <= 1
        return RANGES["-1-1"] if is_symmetric else own(extent)
    for name in ("0-1", "0-255", "0-65535"):
        if extent.highest <= RANGES[name].white:
            return RANGES[name]
    return own(extent)


def own(extent: Extent) -> ValueRange:
    """The range from the smallest to the largest value."""
    label = f"{extent.lowest:g} to {extent.highest:g}".replace("-", "−")
    return ValueRange(name=OWN, label=label, black=extent.lowest, white=extent.highest)
