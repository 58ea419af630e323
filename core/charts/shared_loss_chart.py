"""The losses of several runs; those with the same unit share an axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.charts import ticks
from core.charts.chart import Chart, Level, Line, Points, drawable
from core.charts.loss_chart import fits_log, is_near, loss_axis
from core.charts.palette import LETTERS
from core.objectives.losses import LOSSES
from core.progress import History
from core.run import LossPair
from core.text import formats
from core.variant import Variant

# Losses have the same unit if the runs agree in these settings.
UNIT = ("dataset", "normalization", "loss")
# Points of one line, more than a small chart can show.
MAX_POINTS = 240
# Where two lines coincide, the lower one shows through the gaps of the upper one.
DASHES: tuple[tuple[int, ...], ...] = ((), (9, 6), (3, 5), (12, 4, 3, 4), (5, 9), (15, 8))
# This chart is the smallest of all.
MAX_STEPS = 4


@dataclass(frozen=True, kw_only=True)
class LossLine:
    """The training loss of one run.

    Attributes:
        index: the index of the run, 0 for A.
        variant: its settings.
        history: may be incomplete or empty.
        floor: the minimum of the loss on these data; None if it is not known.
    """

    index: int
    variant: Variant
    history: History
    floor: LossPair | None

    @property
    def points(self) -> Points:
        """(epoch, loss) of finite steps, thinned out but with the last one."""
        pairs = zip(self.history.steps, self.history.losses, strict=True)
        points = drawable((self.history.epoch_at(step), loss) for step, loss in pairs)
        stride = max(1, math.ceil(len(points) / MAX_POINTS))
        return points[::-1][::stride][::-1]


def by_unit(lines: Sequence[LossLine]) -> list[list[LossLine]]:
    """Group lines whose losses have the same unit, and may share an axis."""
    groups: dict[tuple[str, ...], list[LossLine]] = {}
    for line in lines:
        unit = tuple(getattr(line.variant, field) for field in UNIT)
        groups.setdefault(unit, []).append(line)
    return list(groups.values())


def shared_loss_chart(group: Sequence[LossLine], *, epoch: float | None) -> Chart:
    """The losses of runs with the same unit, and their common floor.

    Args:
        group: one group of `by_unit`.
        epoch: position of a vertical line; None for none.
    """
    lines = tuple(
        Line(name=LETTERS[line.index], points=line.points, colour=line.index, dash=dash)
        for line, dash in zip(group, DASHES, strict=False)
    )
    losses = [value for line in lines for _, value in line.points]
    floor = _floor(group)
    log = fits_log(losses, floor)
    if floor is not None and log and not is_near(floor, losses):
        floor = None
    return Chart(
        title=title(group),
        x=ticks.count_axis(max(line.variant.epochs for line in group), title="epoch"),
        y=loss_axis(losses, floor, log=log, max_intervals=MAX_STEPS),
        lines=lines,
        levels=() if floor is None else (Level(name="floor", value=floor),),
        epoch=epoch,
    )


def title(group: Sequence[LossLine]) -> str:
    """The loss with its unit: "BCE per pixel"."""
    loss = LOSSES[group[0].variant.loss]
    return f"{loss.label} {loss.unit}"


def last_losses(group: Sequence[LossLine]) -> list[tuple[str, str]]:
    """The readout above the plot: each run's letter and last loss, then the floor."""
    values = [
        (LETTERS[line.index], formats.loss(line.points[-1][1])) for line in group if line.points
    ]
    floor = _floor(group)
    return values if floor is None else [*values, ("floor", formats.loss(floor))]


def losses_in_words(group: Sequence[LossLine]) -> str:
    """The alternative text of the chart, in one sentence."""
    parts = ", ".join(f"{name} {value}" for name, value in last_losses(group))
    return f"{title(group)} over the epochs, last values: {parts or 'none yet'}."


def _floor(group: Sequence[LossLine]) -> float | None:
    floors = [line.floor.held_out for line in group if line.floor is not None]
    return min((floor for floor in floors if floor is not None), default=None)
