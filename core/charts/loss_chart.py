"""The loss of one run over its epochs: as data, as a chart and as text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.charts import ticks
from core.charts.chart import Chart, Level, Line, Points, apart, drawable, smoothed
from core.charts.ticks import Axis
from core.objectives.losses import Loss
from core.progress import History
from core.run import LossPair
from core.text import formats

# Up to this many epochs each has a marker; more would hide the line.
MAX_MARKERS = 20
# The loss of the displayed pixels has its own line if it differs by more than this, relatively.
MIN_DIFFERENCE = 0.01
# A floor this many times below the losses is left out of a logarithmic axis.
MAX_FLOOR_FACTOR = 1000
# A landmark this many times beyond the losses is left out of a logarithmic axis.
MAX_LANDMARK_FACTOR = 4
# The smallest distance between the labels of two landmarks, as a share of the axis.
LABEL_GAP = 0.1
# A label above this share of the axis would leave the chart.
MAX_LABEL_SHARE = 0.97
# A label is above the right end of its level; it is over the last part of the lines.
LABEL_EPOCHS = 0.2
# A point is the loss of one batch, not of the training images.
TRAINING = "training batch"
HELD_OUT_DASH = (2, 3)
SHOWN_DASH = (8, 3, 2, 3)
LEVEL_DASH = (6, 4)
LANDMARK_DASH = (2, 4)


@dataclass(frozen=True, kw_only=True)
class LossCurve:
    """The losses of one run.

    Attributes:
        training: (epoch, loss trained on) of single steps; the first step is just above epoch 0.
        held_out: (epoch, loss trained on, over the held-out images).
        shown: (epoch, loss of the displayed pixels, over the held-out images); empty if it does not
            differ from `held_out`.
        floor: the minimum of the loss; None if it has none, or none is known.
        landmarks: the loss of predictions that need no training, by name.
        is_unbounded: whether the loss is known to have no minimum.
        epochs: the right end of the axis.
        unit: the unit of the loss, such as "BCE per pixel".
    """

    training: Points
    held_out: Points
    shown: Points
    floor: float | None
    is_unbounded: bool
    epochs: int
    unit: str
    landmarks: Mapping[str, float] = field(default_factory=dict)

    @property
    def losses(self) -> list[float]:
        """Every loss of every line that can be drawn, without the floor."""
        points = (*self.training, *self.held_out, *self.shown)
        return [value for _, value in drawable(points)]

    @property
    def fits_log(self) -> bool:
        """Whether a logarithmic axis can show every loss; the floor may be left out."""
        return fits_log(self.losses, self.floor)

    def shows_floor(self, *, log: bool) -> bool:
        """Whether the floor is on the vertical axis."""
        if self.floor is None or not (log and self.fits_log):
            return self.floor is not None
        return is_near(self.floor, self.losses)

    def shown_landmarks(self, *, log: bool) -> dict[str, float]:
        """The landmarks that fit on the vertical axis without flattening the curves."""
        low, high = min(self.losses, default=-math.inf), max(self.losses, default=math.inf)
        if log and self.fits_log:
            low, high = max(low / MAX_LANDMARK_FACTOR, ticks.SMALLEST), high * MAX_LANDMARK_FACTOR
        elif self.losses:
            low, high = low - (high - low), high + (high - low)
        return {name: value for name, value in self.landmarks.items() if low <= value <= high}


def loss_curve(
    history: History,
    loss: Loss,
    floor: LossPair | None,
    epochs: int,
    landmarks: Mapping[str, float] | None = None,
) -> LossCurve:
    """The loss curve of a history.

    Args:
        history: complete, growing or empty.
        loss: the loss trained on.
        floor: its minimum on these data, of which the held-out one is drawn; None if unknown.
        epochs: the length of the training.
        landmarks: see `core.metrics.landmarks`; None for none.
    """
    per_epoch = max(history.steps_per_epoch, 1)
    ends = history.epochs
    differs = any(
        abs(e.displayed_loss - e.validation_loss) > MIN_DIFFERENCE * abs(e.validation_loss)
        for e in ends
    )
    return LossCurve(
        training=[
            (step / per_epoch, value)
            for step, value in zip(history.steps, history.losses, strict=True)
        ],
        held_out=[(float(e.epoch), e.validation_loss) for e in ends],
        shown=[(float(e.epoch), e.displayed_loss) for e in ends] if differs else [],
        floor=floor.held_out if floor else None,
        is_unbounded=floor is not None and floor.held_out is None,
        epochs=epochs,
        unit=f"{loss.label} {loss.unit}",
        landmarks=landmarks or {},
    )


def loss_chart(
    curve: LossCurve,
    *,
    log: bool = True,
    smoothing: int = 1,
    epoch: float | None = None,
    max_intervals: int = 5,
) -> Chart:
    """The chart of a run's losses.

    Args:
        curve: what to show.
        log: whether the axis is logarithmic, provided that all losses are above 0.
        smoothing: points in the moving mean; above 1 the raw points stay visible behind it.
        epoch: the position of the replay's marker; None for no marker.
        max_intervals: the maximum number of intervals between ticks of the vertical axis.
    """
    log = log and curve.fits_log
    training = drawable(curve.training)
    lines = [
        Line(name=TRAINING, points=smoothed(training, smoothing), colour=0),
        Line(
            name="held-out",
            points=(held_out := drawable(curve.held_out)),
            colour=1,
            dash=HELD_OUT_DASH,
            marker=0 if len(held_out) <= MAX_MARKERS else None,
        ),
        Line(
            name="from the shown pixels",
            points=drawable(curve.shown),
            colour=3,
            dash=SHOWN_DASH,
        ),
    ]
    if smoothing > 1:
        lines.insert(0, Line(name=TRAINING, points=training, colour=0, is_faint=True))
    floor = curve.floor if curve.shows_floor(log=log) else None
    landmarks = curve.shown_landmarks(log=log)
    y = loss_axis([*curve.losses, *landmarks.values()], floor, log=log, max_intervals=max_intervals)
    return Chart(
        title=curve.unit,
        x=ticks.count_axis(curve.epochs),
        y=y,
        lines=tuple(lines),
        levels=(
            *(() if floor is None else (Level(name="floor", value=floor),)),
            *landmark_levels(landmarks, y, _last_parts(lines, curve.epochs)),
        ),
        epoch=epoch,
    )


def landmark_levels(
    landmarks: Mapping[str, float], axis: Axis, curve_values: Sequence[float] = ()
) -> tuple[Level, ...]:
    """Thin levels with names, which stay apart from each other and from the curves.

    Args:
        landmarks: values by name.
        axis: the vertical axis.
        curve_values: of all curves where they pass the names. A name is above its level, but below
            it if a curve would cross the name only above.
    """
    ranked = sorted(landmarks.items(), key=lambda landmark: landmark[1])
    curves = [axis.share(value) for value in curve_values if not axis.is_log or value > 0]
    shares = [_label_share(axis.share(value), curves) for _, value in ranked]
    heights = apart(shares, LABEL_GAP, MAX_LABEL_SHARE)
    return tuple(
        Level(
            name=name,
            value=value,
            label=f"{name} {formats.short(value)}",
            height=axis.value_at(height),
            is_thin=True,
        )
        for (name, value), height in zip(ranked, heights, strict=True)
    )


def _last_parts(lines: Sequence[Line], epochs: int) -> list[float]:
    """The values of lines where they pass the names of levels."""
    begin = (1 - LABEL_EPOCHS) * epochs
    return [y for line in lines for x, y in line.points if x >= begin]


def _label_share(level: float, curves: Sequence[float]) -> float:
    """The height of a level's name, as a share of the axis."""
    below = level - LABEL_GAP
    is_above_free = not any(level < curve < level + LABEL_GAP for curve in curves)
    is_below_free = below >= 0 and not any(below < curve < level for curve in curves)
    return below if is_below_free and not is_above_free else level


def loss_axis(
    losses: Sequence[float], floor: float | None, *, log: bool, max_intervals: int = 5
) -> Axis:
    """The vertical axis of losses and their floor.

    Args:
        losses: finite, above 0 for a logarithmic axis; may be empty.
        floor: None for none.
        log: whether it is logarithmic.
        max_intervals: the maximum number of intervals between ticks.
    """
    values = [*losses] if floor is None else [*losses, floor]
    if log:
        return ticks.log_axis(min(values), max(values), max_intervals=max_intervals)
    if not losses:  # only a floor: leave some room above it
        values = [floor or 0.0, (floor or 0.0) + 1]
    return ticks.linear_axis(min(values), max(values), max_intervals=max_intervals)


def is_near(floor: float, losses: Sequence[float]) -> bool:
    """Whether a logarithmic axis can show the floor without flattening the curves."""
    return floor > 0 and floor >= min(losses, default=0.0) / MAX_FLOOR_FACTOR


def fits_log(losses: Sequence[float], floor: float | None) -> bool:
    """Whether a logarithmic axis can show the losses; without losses it needs a floor above 0."""
    if not losses:
        return floor is not None and floor > 0
    return all(value >= ticks.SMALLEST for value in losses)


def curve_in_words(curve: LossCurve) -> str:
    """The alternative text of the curve, in one sentence."""
    if not curve.training:
        floor = "" if curve.floor is None else f" Its floor is {formats.loss(curve.floor)}."
        return f"Empty axes: {curve.unit} over {curve.epochs} epochs.{floor}"
    first, last = curve.training[0][1], curve.training[-1]
    words = [
        f"{curve.unit} over {curve.epochs} epochs. Training batches: from {formats.loss(first)}"
        f" to {formats.loss(last[1])} after {formats.epochs(last[0])}."
    ]
    for name, points in (("Held-out", curve.held_out), ("From the shown pixels", curve.shown)):
        if points:
            at, value = points[-1]
            words.append(f"{name}: {formats.loss(value)} after {formats.epochs(at)}.")
    if curve.floor is not None:
        words.append(f"Floor: {formats.loss(curve.floor)}.")
    words += [
        f"{name[:1].upper()}{name[1:]}: {formats.loss(value)}."
        for name, value in curve.landmarks.items()
    ]
    return " ".join(words)
