"""Number formats, the same on screen, in reports and in sentences.

In every format a missing value is "–" and an infinite one "∞".
"""

from __future__ import annotations

import math

from core.run import Scores

MISSING = "–"
INFINITE = "∞"
# Keeps a number and its unit on one line.
NO_BREAK = "\N{NO-BREAK SPACE}"
# From this value on, and below TINY, numbers are written with a power of ten.
HUGE = 1e5
TINY = 1e-3
# From this value on, numbers are rounded to hundreds.
LARGE = 1e4


def loss(value: float | None) -> str:
    """A loss, or a score on its scale (MSE, MAE): "0.0937", "12.35", "-4,407", "-1.2e19"."""
    return _scored(value, 4, 4)


def short(value: float | None) -> str:
    """A loss or score where space is short: "0.094", "12.3", "-4,407", "-1.2e19"."""
    return _scored(value, 3, 3)


def pixel(value: float | None) -> str:
    """A pixel value, where 0 is black and 1 white: "0.87", "0.014" below 0.1, "0.00" at 0."""
    if value is None or not math.isfinite(value):
        return _not_finite(value)
    if abs(value) >= HUGE:
        return _power_of_ten(value, 0)
    if 0.0005 <= abs(value) < 0.1:
        return _fixed(value, 3)
    return _significant(value, 2, 3)


def total(value: float | None) -> str:
    """A sum over pixels: "104", "1.0" below 10, "0.004"; three digits: "26,300", "3e19"."""
    if value is None or not math.isfinite(value):
        return _not_finite(value)
    if abs(value) >= HUGE:
        return _power_of_ten(value, 0)
    if 0.0005 <= abs(value) < 0.05:
        return _fixed(value, 3)
    return _significant(value, 1, 2)


def decibels(value: float | None) -> str:
    """A peak signal-to-noise ratio in decibels: "18.9 dB"."""
    if value is None or not math.isfinite(value):
        return _not_finite(value)
    return f"{_fixed(value, 1)} dB"


def ssim(value: float | None) -> str:
    """A structural similarity: "0.85"."""
    if value is None or not math.isfinite(value):
        return _not_finite(value)
    return _fixed(value, 2)


def scores(values: Scores) -> tuple[str, str, str, str]:
    """MSE, MAE, PSNR and SSIM, in this order."""
    return loss(values.mse), loss(values.mae), decibels(values.psnr), ssim(values.ssim)


def share(value: float | None) -> str:
    """A fraction in per cent: "19%"; "0.3%" and "99.8%" where rounding would give 0% or 100%."""
    if value is None or not math.isfinite(value):
        return _not_finite(value)
    if 0 < value < 0.0005 or 0.9995 <= value < 1:
        return "<0.1%" if value < 0.5 else ">99.9%"
    near_an_end = 0 < value < 0.01 or 0.99 < value < 1
    return f"{_fixed(100 * value, 1 if near_an_end else 0)}%"


def error_share(value: float | None) -> str:
    """A pixel error as a share of the mean image's: "error 22% of the mean image's"."""
    return f"error {share(value)} of the mean image's"


def epochs(value: float) -> str:
    """A number of epochs: "1 epoch", "0.5 epochs", "67 epochs"."""
    text = f"{value:.3g}"
    return f"{text} epoch" + ("" if text == "1" else "s")


def factor(value: float | None) -> str:
    """A factor: "5.3", and from 10 on "24"."""
    if value is None or not math.isfinite(value):
        return _not_finite(value)
    if abs(value) >= HUGE:
        return _power_of_ten(value, 1)
    return _fixed(value, 1 if abs(value) < 9.95 else 0)


def duration(seconds: float | None) -> str:
    """A remaining time, rounded up: "40 s", "12 min", "2.5 h"."""
    if seconds is None or not math.isfinite(seconds):
        return _not_finite(seconds)
    if seconds < 100:
        return f"{math.ceil(seconds)} s"
    if seconds < 6000:
        return f"{math.ceil(seconds / 60)} min"
    return f"{math.ceil(seconds / 360) / 10:.1f} h"


def _not_finite(value: float | None) -> str:
    if value is None or math.isnan(value):
        return MISSING
    return INFINITE if value > 0 else f"-{INFINITE}"


def _scored(value: float | None, decimals: int, digits: int) -> str:
    if value is None or not math.isfinite(value):
        return _not_finite(value)
    if value and not TINY <= abs(value) < HUGE:
        return _power_of_ten(value, 1)
    return _significant(value, decimals, digits)


def _significant(value: float, decimals: int, digits: int) -> str:
    """A fixed number of decimals below 10; above, significant digits, with all before the point."""
    before = int(f"{value:.{digits - 1}e}".partition("e")[2]) + 1
    if abs(value) >= LARGE:
        value = round(value, -2)
    return _fixed(value, decimals if before < 2 else max(digits - before, 0))


def _fixed(value: float, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    is_zero = not text.strip("-0.")
    return text.lstrip("-") if is_zero else text


def _power_of_ten(value: float, decimals: int) -> str:
    digits, exponent = f"{value:.{decimals}e}".split("e")
    return f"{digits}e{int(exponent)}"
