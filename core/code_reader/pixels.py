"""Pixels: how the stored greys of images were changed on the way to a tensor."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from core.code_reader.values import Tensor

Base = Literal["grey", "binary", "minmax", "standard", "standard_all", "row", "unknown"]
WHITE = 255
MIDDLE = 127
# Operations that do not change values.
SAME_VALUES = {"rows", "cast", "reshape", "identity", "clip", "transpose"}
SOURCES = {"pixels", "unseen", "labels", "input", "variable", "random"}
# Mean and deviation of the training pixels / 255, as PyTorch's tutorials round them.
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
        source: the tensor that was loaded; None if it cannot be found.
        threshold: the grey above which a binary pixel is white.
        steps: the operations that changed values, first to last.
        noise: added noise.
        lost: whether an unknown operation is between the source and the tensor.
        problem: why the preprocessing cannot be followed, as a sentence; "" if it can.
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
    lost: bool = False

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
        """The value for a base."""
        return base * self.scale + self.shift

    @property
    def same_as(self) -> tuple[object, ...]:
        """A key that is equal for the same values, apart from noise."""
        return (self.base, round(self.scale, 6), round(self.shift, 6), self.threshold)

    def fail(self, sentence: str, line: int) -> None:
        """Record that the preprocessing cannot be followed."""
        if not self.problem:
            self.base, self.problem, self.problem_line = "unknown", sentence, line


def lineage(tensor: Tensor) -> list[Tensor]:
    """The first-parent ancestors of a tensor, oldest first, ending with the tensor itself."""
    found = [tensor]
    while found[-1].op not in SOURCES and found[-1].parents:
        found.append(found[-1].parents[0])
    return found[::-1]


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
    way = lineage(tensor)
    source = way[0]
    found = Pixels(source=source)
    if source.op not in ("pixels", "unseen"):
        found.source, found.lost = None, source.op != "input"
        found.fail("The data do not come from images.", source.line)
        found.noise = [_noise(step) for step in way[1:] if step.op == "noise"]
        return found
    found.scale = float(source.detail.get("scale", 1.0))
    if source.detail.get("scale"):
        found.steps.append(source)
    for step in way[1:]:
        _apply(found, step)
        if step.detail.get("masks"):
            _masks(found, step)
        if step.detail.get("written"):
            line = step.detail["written"]
            found.fail(f"Line {line} writes into the array.", line)
    if found.centered:
        found.fail("The mean is subtracted, but nothing is divided by the deviation.", tensor.line)
    return found


def _noise(step: Tensor) -> Noise:
    return Noise(step.detail["kind"], step.detail["level"], step)


def _masks(found: Pixels, step: Tensor) -> None:
    """`x[x >= 0.5] = 1; x[x < 0.5] = 0`: black and white, in two steps."""
    masks = step.detail["masks"]
    line = masks[-1][-1]
    values = {is_above: value for _, is_above, value, _ in masks}
    limits = {limit for limit, *_ in masks}
    spread = max(limits) - min(limits)
    limit, is_above, _, _ = masks[0]
    if is_above and limit >= 1:  # the ones of the first step are below the second limit
        found.fail(f"Line {line} makes every pixel black.", line)
        return
    if len(masks) != 2 or values != {True: 1, False: 0} or spread > 1 or found.base != "grey":
        found.fail(f"Line {line} writes into the array.", line)
        return
    found.threshold = (max(limits) - found.shift) / found.scale
    found.base, found.scale, found.shift = "binary", 1.0, 0.0
    found.steps.append(step)


def _apply(found: Pixels, step: Tensor) -> None:
    op, detail = step.op, step.detail
    if op in SAME_VALUES:
        return
    if op == "noise":
        found.noise.append(_noise(step))
        return
    found.steps.append(step)
    if op == "affine":
        found.scale *= detail["scale"]
        found.shift = found.shift * detail["scale"] + detail["shift"]
    elif op == "threshold":
        _threshold(found, step)
    elif op in ("minmax", "standard", "row"):
        if found.base != "grey" or (op == "row" and found.shift):
            found.fail(f"Line {step.line} scales the pixels a second time.", step.line)
        found.base, found.scale, found.shift = detail.get("base", op), 1.0, 0.0
    elif op == "center":
        found.centered = True
    elif op == "spread":
        _spread(found, step)
    else:
        reason = detail.get("reason") or f"{op} is not a known scaling"
        found.fail(f"Line {step.line}: {reason}.", step.line)


def _threshold(found: Pixels, step: Tensor) -> None:
    if found.base not in ("grey", "minmax") or found.scale <= 0:
        found.fail(f"Line {step.line} compares values that cannot be followed.", step.line)
        return
    limit = (step.detail["limit"] - found.shift) / found.scale
    if found.base == "minmax":
        limit *= WHITE
    found.base, found.threshold = "binary", limit
    found.scale = step.detail["high"] - step.detail["low"]
    found.shift = step.detail["low"]


def _spread(found: Pixels, step: Tensor) -> None:
    if not found.centered or found.base != "grey":
        found.fail(f"Line {step.line} divides by a number that depends on the data.", step.line)
    found.centered = False
    found.base = "standard" if step.detail.get("per_pixel") else "standard_all"
    found.scale, found.shift = 1.0, 0.0


def is_close(one: float, other: float) -> bool:
    """Whether two factors are equal up to rounding."""
    return math.isclose(one, other, rel_tol=CLOSE, abs_tol=1e-6)
