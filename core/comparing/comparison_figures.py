"""Figures of a comparison: losses on the axes that they share, and one digit enlarged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core import formats
from core.datasets import IMAGE_SIDE
from core.drawing import plots
from core.drawing.palette import Palette
from core.drawing.plots import Axis, Options
from core.drawing.yardstick import LETTERS, round_step
from core.objectives import LOSSES
from core.progress import History
from core.runs import LossPair
from core.variant import Variant

# Only runs that share these have losses in the same unit.
UNIT = ("dataset", "normalization", "loss")
# Points of one line, more than a small figure can show.
MOST_POINTS = 240
# Shares of the axis below and above the losses, where it is linear.
MARGIN = 0.06
# From here on labels show a number and a power of ten, for which there is room.
LARGEST_LABEL = 1e4
# Where two runs have the same losses, the one below shows through the gaps of the one above.
DASHES: tuple[str | list[int], ...] = (
    "solid",
    [9, 6],
    [3, 5],
    [12, 4, 3, 4],
    [5, 9],
    [15, 8],
)
LEAST_ROOM = 40
LETTER_WIDTH = 6
GREYS = [[0.0, "#000000"], [1.0, "#FFFFFF"]]


@dataclass(frozen=True, kw_only=True)
class LossLine:
    """The training loss of one run.

    Attributes:
        place: 0 for run A.
        variant: its settings.
        history: complete, growing or empty.
        floor: the least value of the loss on these data; None where it is not known.
    """

    place: int
    variant: Variant
    history: History
    floor: LossPair | None

    @property
    def points(self) -> list[tuple[float, float]]:
        """(epoch, loss) of single steps, finite ones, thinned out; the last is kept."""
        per_epoch = max(self.history.steps_per_epoch, 1)
        pairs = zip(self.history.steps, self.history.losses, strict=True)
        found = [(step / per_epoch, loss) for step, loss in pairs if math.isfinite(loss)]
        stride = max(1, math.ceil(len(found) / MOST_POINTS))
        return found[::-1][::stride][::-1]


def by_unit(lines: Sequence[LossLine]) -> list[list[LossLine]]:
    """Lines that may stand on one axis, since their losses have the same unit."""
    groups: dict[tuple[str, ...], list[LossLine]] = {}
    for line in lines:
        unit = tuple(getattr(line.variant, field) for field in UNIT)
        groups.setdefault(unit, []).append(line)
    return list(groups.values())


def loss_figure(group: Sequence[LossLine], palette: Palette, *, epoch: float | None) -> Options:
    """Draw the losses of runs that share their unit, with the floor that they share.

    Args:
        group: of `by_unit`.
        palette: of the theme.
        epoch: where a vertical line stands; None for none.
    """
    floor = _floor(group)
    losses = [value for line in group for _, value in line.points]
    log = bool(losses) and min(losses) > 0
    shown = losses if floor is None or (log and floor <= 0) else [*losses, floor]
    largest = max(map(abs, shown), default=1.0)
    exponent = 0 if largest < LARGEST_LABEL else 3 * math.floor(math.log10(largest) / 3)
    unit = 10.0**exponent
    low, high = (end / unit for end in _extent(shown, log=log))
    epochs = max(line.variant.epochs for line in group)
    drawn = plots.axes(
        "",
        "",
        palette,
        colour=palette.text,
        x=Axis(low=0, high=epochs, step=round_step(epochs, whole=True), title="epoch"),
        y=Axis(low=low, high=high),
    )
    drawn["grid"]["top"] = 8
    if log:
        drawn["yAxis"] |= {"type": "log", "logBase": 2}
        drawn["grid"]["left"] = _label_room(low, high)
    if exponent:
        drawn["yAxis"]["axisLabel"]["formatter"] = f"{{value}}e{exponent}"
    for line, dash in zip(group, DASHES, strict=False):
        x, y = np.array(line.points, float).reshape(-1, 2).T
        colour = palette.series[line.place]
        plots.line(drawn, x, y / unit, colour, LETTERS[line.place], dash=dash)
    if floor is not None and floor in shown:
        plots.level(drawn, floor / unit, palette)
    if epoch is not None:
        plots.place(drawn, epoch, palette.text)
    return drawn


def title(group: Sequence[LossLine]) -> str:
    """The loss with its unit: "BCE per pixel"."""
    loss = LOSSES[group[0].variant.loss]
    return f"{loss.label} {loss.unit}"


def last_losses(group: Sequence[LossLine]) -> list[tuple[str, str]]:
    """What is written over the axes: each run's letter and last loss, then the floor."""
    found = [
        (LETTERS[line.place], formats.loss(line.points[-1][1])) for line in group if line.points
    ]
    floor = _floor(group)
    return found if floor is None else [*found, ("floor", formats.loss(floor))]


def losses_in_words(group: Sequence[LossLine]) -> str:
    """The figure in one sentence, for its alternative text."""
    parts = ", ".join(f"{name} {value}" for name, value in last_losses(group))
    return f"{title(group)} over the epochs, last values: {parts or 'none yet'}."


def enlarged(pixels: NDArray[np.floating], *, height: int) -> go.Figure:
    """One digit on the fixed scale, 0 black and 1 white; hovering tells each value.

    Args:
        pixels: shape (784,), not clipped.
        height: in CSS pixels, and the width too.
    """
    image = np.round(np.asarray(pixels, float).reshape(IMAGE_SIDE, IMAGE_SIDE), 4)
    drawn = go.Figure(
        go.Heatmap(
            z=image,
            zmin=0,
            zmax=1,
            colorscale=GREYS,
            showscale=False,
            hovertemplate="row %{y}, column %{x}: %{z:.3f}<extra></extra>",
        )
    )
    hidden = {"visible": False, "fixedrange": True}
    drawn.update_layout(
        width=height,
        height=height,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hoverlabel={"font": {"family": "Source Sans"}},
        xaxis=hidden,
        yaxis={**hidden, "autorange": "reversed"},
    )
    return drawn


def enlarged_in_words(name: str, pixels: NDArray[np.floating], error: float | None) -> str:
    """An enlarged digit as a sentence, for its alternative text."""
    tail = "" if error is None else f", pixel MSE {formats.loss(error)}"
    return (
        f"{name}: smallest value {formats.pixel(float(pixels.min()))}, largest"
        f" {formats.pixel(float(pixels.max()))}, sum {formats.total(float(pixels.sum()))}{tail}."
    )


def _floor(group: Sequence[LossLine]) -> float | None:
    found = [line.floor.training for line in group if line.floor is not None]
    return min((floor for floor in found if floor is not None), default=None)


def _label_room(low: float, high: float) -> int:
    """Room for the labels of an axis between two powers of 2, in CSS pixels."""
    powers = range(round(math.log2(low)) + 1, round(math.log2(high)))
    return max([LEAST_ROOM, *(LETTER_WIDTH * len(f"{2.0**power:.10g}") + 10 for power in powers)])


def _extent(values: Sequence[float], *, log: bool) -> tuple[float, float]:
    low, high = min(values, default=0.0), max(values, default=1.0)
    if log:
        return 2.0 ** math.floor(math.log2(low * 0.98)), 2.0 ** math.ceil(math.log2(high))
    margin = MARGIN * ((high - low) or abs(high) or 1)
    return low - margin, high + margin
