"""A compact encoding of frames, with which the 176 shipped runs fit in a few megabytes.

Each image is quantized between its own smallest and largest value, so that the faint images of a
softmax are as precise as the bright ones of a sigmoid. Images with too large a range (of a diverged
run) are stored as numbers with a mantissa of eight bits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.datasets import PIXELS
from core.progress import PINNED_COUNT, Frame

Array = NDArray[Any]

# 64 levels are enough for images of the replay; the last frame gets more.
LEVELS_IN_MOTION = 64
LEVELS_OF_THE_LAST = 256
# Images with a large range keep the eight highest bits of float32's mantissa.
KEPT_BITS = np.uint32(0xFFFF8000)
# Above this range 255 levels are coarser than 1/64 of the range from black to white.
MAX_RANGE = 4.0


def encode(frames: Sequence[Frame]) -> dict[str, Array]:
    """Frames as arrays of small integers.

    Args:
        frames: at least one, ordered by step.

    Returns:
        `steps` int64 (frames,); `codes` uint8 (frames, 10, 784), `lows` and `sizes` float32
        (frames, 10), with value = low + code * size; `wide` float32 (n, 784), the images with a
        larger range, in order; `is_wide` uint8 (frames, 10), 1 for these.
    """
    pixels = np.array([frame.pixels for frame in frames], np.float32)
    lows, highs = pixels.min(axis=2), pixels.max(axis=2)
    with np.errstate(invalid="ignore", over="ignore"):
        spread = highs - lows
        is_wide = ~(spread <= MAX_RANGE)
    levels = np.full(spread.shape, LEVELS_IN_MOTION)
    levels[-1] = LEVELS_OF_THE_LAST
    levels[spread > 1] = LEVELS_OF_THE_LAST
    sizes = np.where(is_wide, 0, spread / (levels - 1)).astype(np.float32)
    bounded = np.where(is_wide[..., None], 0, pixels - np.where(is_wide, 0, lows)[..., None])
    codes = np.round(bounded / np.where(sizes > 0, sizes, np.inf)[..., None])
    return {
        "steps": np.array([frame.step for frame in frames], np.int64),
        "codes": codes.astype(np.uint8),
        "lows": np.where(is_wide, 0, lows),
        "sizes": sizes,
        "is_wide": is_wide.astype(np.uint8),
        "wide": (pixels[is_wide].view(np.uint32) & KEPT_BITS).view(np.float32).reshape(-1, PIXELS),
    }


TYPES: Mapping[str, str] = {
    "steps": "<i8",
    "codes": "|u1",
    "lows": "<f4",
    "sizes": "<f4",
    "is_wide": "|u1",
    "wide": "<f4",
}


def decode(arrays: Mapping[str, Array]) -> list[Frame]:
    """The inverse of `encode`, within half a level, or within 1/256 of each value of `wide`."""
    pixels = arrays["lows"][..., None] + arrays["codes"] * arrays["sizes"][..., None]
    pixels[arrays["is_wide"].astype(bool)] = arrays["wide"]
    pixels = pixels.reshape(-1, PINNED_COUNT, PIXELS)
    return [
        Frame(step=int(step), pixels=shown)
        for step, shown in zip(arrays["steps"], pixels, strict=True)
    ]
