"""Pixels: the preprocessing of images, from the stored grey values to a tensor."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from core.code_reader.model_values import Tensor

Base = Literal["grey", "binary", "minmax", "standard", "standard_all", "sum_to_one", "unknown"]
WHITE = 255
MIDDLE = 127
# Operations that do not change values.
SAME_VALUES = {"rows", "cast", "reshape", "identity", "clip", "transpose"}
SOURCES = {"pixels", "undefined", "labels", "input", "variable", "random"}
# Mean and standard deviation of the training pixels / 255, rounded as in PyTorch's tutorials.
MOMENTS = {"mnist": (0.1307, 0.3081), "fashion-mnist": (0.2860, 0.3530)}
CLOSE = 2e-3


@dataclass(frozen=True)
class Noise:
    """Noise added to the images."""

    kind: str
    level: float | None
    tensor: Tensor


@dataclass
class Pixels:
    """The preprocessing of images.

    The values are `base * scale + shift`. The base has the range 0 to 255 for "grey"; 0 to 1 for
    "binary", "minmax" and "row"; otherwise it has mean 0 and standard deviation 1.

    Attributes:
        source: the loaded images; None if they cannot be found.
        threshold: the grey value above which a binary pixel is white.
        centered: whether the mean was subtracted, but not yet divided by the standard deviation.
        steps: the operations that changed values, first to last.
        noise: added noise.
        is_untraced: whether the data cannot be traced to their source.
        problem: why the preprocessing is unknown, as a sentence; "" if it is known.
    """

    source: Tensor | None = None
    base: Base = "grey"
    scale: float = 1.0
    shift: float = 0.0
    threshold: float | None = None
    centered: bool = False
    steps: list[Tensor] = field(default_factory=list)
    noise: list[Noise] = field(default_factory=list)
    problem: str = ""
    problem_line: int = 0
    is_untraced: bool = False

    @property
    def low(self) -> float:
        """The smallest value; minus infinity for standardized images."""
        return min(self.at(0.0), self.at(self._top))

    @property
    def high(self) -> float:
        """The largest value."""
        return max(self.at(0.0), self.at(self._top))

    @property
    def _top(self) -> float:
        return WHITE if self.base == "grey" else 1.0

    def at(self, base: float) -> float:
        """The value of a pixel with this base."""
        return base * self.scale + self.shift

    @property
    def scaling_key(self) -> tuple[object, ...]:
        """A key that is equal for the same values, apart from noise."""
        return (self.base, round(self.scale, 6), round(self.shift, 6), self.threshold)

    def fail(self, sentence: str, line: int) -> None:
        """Record why the preprocessing is unknown."""
        if not self.problem:
            self.base, self.problem, self.problem_line = "unknown", sentence, line


def lineage(tensor: Tensor) -> list[Tensor]:
    """The first-parent ancestors of a tensor, oldest first, ending with the tensor itself."""
    steps = [tensor]
    while steps[-1].op not in SOURCES and steps[-1].parents:
        steps.append(steps[-1].parents[0])
    return steps[::-1]


def ancestors(tensor: Tensor) -> Iterator[Tensor]:
    """A tensor and all its ancestors."""
    pending, seen = [tensor], set()
    while pending:
        current = pending.pop()
        if id(current) not in seen:
            seen.add(id(current))
            yield current
            pending.extend(current.parents)


def pixels_of(tensor: Tensor) -> Pixels:
    """The preprocessing of a tensor of images."""
    path = lineage(tensor)
    source = path[0]
    pixels = Pixels(source=source)
    if source.op not in ("pixels", "undefined"):
        pixels.source, pixels.is_untraced = None, source.op != "input"
        pixels.fail("The data cannot be traced to images.", source.line)
        pixels.noise = [_noise(step) for step in path[1:] if step.op == "noise"]
        return pixels
    pixels.scale = float(source.detail.get("scale", 1.0))
    if source.detail.get("scale"):
        pixels.steps.append(source)
    for step in path[1:]:
        _apply(pixels, step)
        if step.detail.get("masks"):
            _masks(pixels, step)
        if step.detail.get("modified"):
            line = step.detail["modified"]
            pixels.fail(f"Line {line} modifies the array in place.", line)
    if pixels.centered:
        pixels.fail(
            "The mean is subtracted, but there is no division by the standard deviation.",
            tensor.line,
        )
    return pixels


def _noise(step: Tensor) -> Noise:
    return Noise(step.detail["kind"], step.detail["level"], step)


def _masks(pixels: Pixels, step: Tensor) -> None:
    """`x[x >= 0.5] = 1; x[x < 0.5] = 0`: binarization in two steps."""
    masks = step.detail["masks"]
    line = masks[-1][-1]
    values = {is_above: value for _, is_above, value, _ in masks}
    limits = {limit for limit, *_ in masks}
    spread = max(limits) - min(limits)
    limit, is_above, _, _ = masks[0]
    if is_above and limit >= 1:  # the second step sets the ones of the first step to 0
        pixels.fail(f"Line {line} makes every pixel black.", line)
        return
    if len(masks) != 2 or values != {True: 1, False: 0} or spread > 1 or pixels.base != "grey":
        pixels.fail(f"Line {line} modifies the array in place.", line)
        return
    pixels.threshold = (max(limits) - pixels.shift) / pixels.scale
    pixels.base, pixels.scale, pixels.shift = "binary", 1.0, 0.0
    pixels.steps.append(step)


def _apply(pixels: Pixels, step: Tensor) -> None:
    op, detail = step.op, step.detail
    if op in SAME_VALUES:
        return
    if op == "noise":
        pixels.noise.append(_noise(step))
        return
    pixels.steps.append(step)
    if op == "affine":
        pixels.scale *= detail["scale"]
        pixels.shift = pixels.shift * detail["scale"] + detail["shift"]
    elif op == "threshold":
        _threshold(pixels, step)
    elif op in ("minmax", "standard", "sum_to_one"):
        if pixels.base != "grey" or (op == "sum_to_one" and pixels.shift):
            pixels.fail(f"Line {step.line} scales the pixels a second time.", step.line)
        pixels.base, pixels.scale, pixels.shift = detail.get("base", op), 1.0, 0.0
    elif op == "subtract_mean":
        pixels.centered = True
    elif op == "divide_std":
        _divide_std(pixels, step)
    else:
        reason = detail.get("reason") or f"{op} is not a known scaling"
        pixels.fail(f"Line {step.line}: {reason}.", step.line)


def _threshold(pixels: Pixels, step: Tensor) -> None:
    if pixels.base not in ("grey", "minmax") or pixels.scale <= 0:
        pixels.fail(f"Line {step.line} compares values that cannot be traced.", step.line)
        return
    limit = (step.detail["limit"] - pixels.shift) / pixels.scale
    if pixels.base == "minmax":
        limit *= WHITE
    pixels.base, pixels.threshold = "binary", limit
    pixels.scale = step.detail["high"] - step.detail["low"]
    pixels.shift = step.detail["low"]


def _divide_std(pixels: Pixels, step: Tensor) -> None:
    if not pixels.centered or pixels.base != "grey":
        pixels.fail(f"Line {step.line} divides by a number that depends on the data.", step.line)
    pixels.centered = False
    pixels.base = "standard" if step.detail.get("per_pixel") else "standard_all"
    pixels.scale, pixels.shift = 1.0, 0.0


def is_close(one: float, other: float) -> bool:
    """Whether two numbers are equal up to rounding."""
    return math.isclose(one, other, rel_tol=CLOSE, abs_tol=1e-6)
