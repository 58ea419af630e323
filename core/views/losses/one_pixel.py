"""One pixel: why binary cross-entropy has its minimum at p = y, and the cost of an error."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.objectives.loss_formulas import HIGHEST, LOWEST
from core.objectives.losses import LOSSES
from core.text import formats

# Elementwise losses; categorical cross-entropy depends on shares of an image's sum.
PIXEL_LOSSES = ("binary_crossentropy", "mean_squared_error", "mean_absolute_error", "huber")
# The size of the error whose cost is shown, as a share of the range from black to white.
MISS = 0.2
BEND = r"L''(p) = \frac{y}{p^2} + \frac{1-y}{(1-p)^2}"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of a derivation.

    Attributes:
        reason: the line in words.
        formula: the formula in LaTeX.
        value: the formula with the numbers of the chosen target, as Markdown.
    """

    reason: str
    formula: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Cost:
    """The minimum of a loss of one pixel, and the cost of two errors.

    Attributes:
        loss: a name in `LOSSES`.
        minimum: its lowest value; -inf if it has none.
        minimum_at: the prediction at the minimum; None if there is none.
        lower, higher: its value for a prediction that is `miss` too dark and too bright; None if
            the loss is not defined there.
    """

    loss: str
    minimum: float
    minimum_at: float | None
    lower: float | None
    higher: float | None


def entropy(target: float) -> float:
    """H(y) = -y ln y - (1 - y) ln(1 - y) of a target in [0, 1] (Shannon 1948)."""
    return sum(-share * math.log(share) for share in (target, 1 - target) if 0 < share < 1)


def value(loss: str, target: float, prediction: float) -> float:
    """A loss of one pixel, as Keras computes it from outputs."""
    return float(LOSSES[loss].pointwise(np.asarray(target), np.asarray(prediction)))


def slope(loss: str, target: float, prediction: float) -> float:
    """The derivative of a loss of one pixel with respect to the prediction."""
    return float(LOSSES[loss].derivative(np.asarray(target), np.asarray(prediction)))


def cost(loss: str, target: float, miss: float) -> Cost:
    """The cost of an error on either side of the target.

    Args:
        loss: a name in `PIXEL_LOSSES`.
        target: 0 or more, on any scale.
        miss: distance of the two predictions from the target.
    """
    values = [
        value(loss, target, prediction) if _takes(loss, prediction) else None
        for prediction in (target - miss, target + miss)
    ]
    if loss != "binary_crossentropy":
        return Cost(loss=loss, minimum=0.0, minimum_at=target, lower=values[0], higher=values[1])
    if target > 1:
        return Cost(loss=loss, minimum=-math.inf, minimum_at=None, lower=None, higher=None)
    return Cost(
        loss=loss, minimum=entropy(target), minimum_at=target, lower=values[0], higher=values[1]
    )


def clipped_end(target: float) -> float:
    """The value at which Keras' clipping stops a binary cross-entropy without a minimum."""
    return value("binary_crossentropy", target, HIGHEST)


def summary(target: float) -> tuple[str, str]:
    """The headline: its first words, and the rest."""
    y = formats.pixel(target)
    if target > 1:
        return (
            "No minimum.",
            f"With y = {target:.0f} the loss falls without bound as p approaches 1.",
        )
    if target in (0, 1):
        return f"Minimum at p = {target:.0f}.", "Only for targets 0 and 1 is the minimum 0."
    return f"Minimum at p = {y}.", f"The loss there is {formats.loss(entropy(target))}, not 0."


def asymmetry(target: float) -> str:
    """A sentence on how much equal errors on both sides add to the binary cross-entropy."""
    paid = cost("binary_crossentropy", target, MISS)
    if paid.lower is None or paid.higher is None:
        side, there = ("bright", paid.higher) if paid.lower is None else ("dark", paid.lower)
        if there is None:
            return "Predictions lie between 0 and 1, far below the target."
        more = formats.loss(there - paid.minimum)
        return f"{MISS:g} too {side} costs {more} more; the other side is outside 0 to 1."
    dark, bright = (formats.loss(there - paid.minimum) for there in (paid.lower, paid.higher))
    equal = "equal" if dark == bright else "unequal, but the minimum is still at p = y"
    return f"{MISS:g} too dark costs {dark} more, {MISS:g} too bright {bright}: {equal}."


def derivation(target: float) -> tuple[Step, Step, Step, Step]:
    """The derivation of the minimum of binary cross-entropy, in four lines.

    Source: the derivative of the cross-entropy, Bishop 2006, 4.3.2.

    Args:
        target: 0 or more; above 1 there is no minimum, and the lines say so.
    """
    numbers = _numbers(target)
    return (
        Step(
            reason="The loss of one pixel",
            formula=r"L(p) = -y \ln p - (1-y) \ln(1-p)",
            value=numbers[0],
        ),
        Step(
            reason="Its slope",
            formula=r"L'(p) = -\frac{y}{p} + \frac{1-y}{1-p} = \frac{p-y}{p\,(1-p)}",
            value=numbers[1],
        ),
        Step(
            reason="The slope is zero",
            formula=r"L'(p) = 0 \iff p = y",
            value=numbers[2],
        ),
        Step(
            reason="The slope increases there" if target <= 1 else "So it falls without bound",
            formula=BEND if target <= 1 else r"\lim_{p \to 1} L(p) = -\infty",
            value=numbers[3],
        ),
    )


def _numbers(y: float) -> tuple[str, str, str, str]:
    if y > 1:
        return (
            f"−{y:.0f} ln p + {y - 1:.0f} ln(1 − p)",
            "below 0 for every p, since p < 1 < y",
            f"nowhere: p = {y:.0f} is above 1",
            "**no minimum** to converge to",
        )
    if y in (0, 1):
        return (
            f"−ln {'(1 − p)' if y == 0 else 'p'}",
            "1 / (1 − p), never below 1" if y == 0 else "−1 / p, never above −1",
            f"nowhere; the minimum is at the edge, **p = {y:.0f}**",
            "1 there; at the edge **L = H(y) = 0**",
        )
    bend = 1 / (y * (1 - y))
    left, right = f"−{y:.2f}/{y:.2f}", f"{1 - y:.2f}/{1 - y:.2f}"
    return (
        f"at p = {y:.2f}: **H(y) = {formats.loss(entropy(y))}**",
        f"at p = {y:.2f}: {left} + {right} = **0**",
        f"**p = {y:.2f}**",
        f"1 / (y (1 − y)) = **{formats.factor(bend)}**, above 0: a minimum",
    )


def _takes(loss: str, prediction: float) -> bool:
    return loss != "binary_crossentropy" or LOWEST <= prediction <= HIGHEST
