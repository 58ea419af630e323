"""Numbers as text, each kind with one form wherever it is shown."""

from __future__ import annotations

import math

MISSING = "–"
INFINITE = "∞"
# From here on a loss is told by its power of ten, as in -1.2e19.
LARGEST_PLAIN = 1e4


def loss(value: float | None) -> str:
    """A loss or a score: four decimals, such as 0.0581; -1.2e19 beyond 10,000."""
    special = _special(value)
    if special is not None or value is None:
        return special or MISSING
    if abs(value) >= LARGEST_PLAIN:
        return f"{value:.1e}".replace("e+", "e")
    return f"{value:.4f}"


def pixel(value: float) -> str:
    """A pixel value: two decimals, three below 0.1, such as 0.92 and 0.016."""
    rounded = f"{value:.3f}"
    return f"{value:.2f}" if abs(value) >= 0.1 or float(rounded) == 0 else rounded


def total(value: float) -> str:
    """A sum of pixels: whole, with one decimal below 10, such as 104 and 1.0."""
    return f"{value:.0f}" if abs(value) >= 10 else f"{value:.1f}"


def decibels(value: float) -> str:
    """A PSNR, such as 18.9 dB."""
    return _special(value) or f"{value:.1f} dB"


def ssim(value: float | None) -> str:
    """A structural similarity: two decimals."""
    special = _special(value)
    return special if special is not None or value is None else f"{value:.2f}"


def share(value: float) -> str:
    """A share of 1 in whole percent, such as 19%."""
    return _special(value) or f"{value:.0%}"


def _special(value: float | None) -> str | None:
    if value is None:
        return MISSING
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return INFINITE if value > 0 else f"-{INFINITE}"
    return None
