"""A metric of several runs per epoch on a shared axis: pixel error or structural similarity."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.charts import ticks
from core.charts.chart import MIN_GAP, Chart, EndLabel, Level, Line, Points, apart, drawable
from core.charts.palette import LETTERS
from core.charts.ticks import Axis
from core.metrics.image_metrics import NO_ERROR
from core.progress import History
from core.run import Scores
from core.text import formats

# More markers would touch each other.
MAX_MARKERS = 12
HEADROOM = 1.04
# Errors above this multiple of the mean image's are cut off: how wrong they are does not matter.
MAX_ERROR_FACTOR = 4


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric that is computed once per epoch.

    Attributes:
        title: such as "Pixel error per epoch".
        detail: what is averaged over what.
        field: its field of `EpochScores`.
    """

    title: str
    detail: str
    field: str


MSE = Metric(title="Pixel error per epoch", detail="MSE, held-out images", field="mse")
SSIM = Metric(title="Similarity per epoch", detail="SSIM, held-out, 1 is perfect", field="ssim")


def metric_chart(
    histories: Sequence[History],
    *,
    epochs: int,
    mean_image: Scores | None,
    metric: Metric = MSE,
    epoch: float | None = None,
) -> Chart:
    """The metric of each run over its epochs, with the mean image's as a dashed line.

    Args:
        histories: those of at most six runs, named A to F in this order; may be incomplete or
            empty.
        epochs: the right end of the axis.
        mean_image: scores of the mean image; None if the runs do not share that baseline.
        metric: what to draw.
        epoch: position of a vertical line; None for none.
    """
    baseline = None if mean_image is None else float(getattr(mean_image, metric.field))
    curves = [_points(history, metric.field) for history in histories]
    y = _axis(curves, baseline, metric)
    lines = (
        Line(
            name=letter,
            points=points,
            colour=index,
            marker=index,
            marker_interval=max(1, math.ceil(len(points) / MAX_MARKERS)),
        )
        for index, (letter, points) in enumerate(zip(LETTERS, curves, strict=False))
    )
    level = None if baseline is None else _level(baseline)
    return Chart(
        title=metric.title,
        detail=metric.detail,
        x=ticks.count_axis(epochs, title="epoch"),
        y=y,
        lines=tuple(lines),
        levels=() if level is None else (level,),
        ends=_ends(curves, y),
        epoch=epoch,
    )


def metric_in_words(histories: Sequence[History], metric: Metric = MSE) -> str:
    """The alternative text of the chart, one sentence per run."""
    parts = [f"{metric.title}: {metric.detail}."]
    for letter, history in zip(LETTERS, histories, strict=False):
        points = _points(history, metric.field)
        if points:
            parts.append(
                f"{letter}: from {formats.loss(points[0][1])} to {formats.loss(points[-1][1])}"
                f" after {formats.epochs(points[-1][0])}."
            )
    return " ".join(parts)


def _level(baseline: float) -> Level:
    label = f"mean image {formats.short(baseline)}"
    return Level(name="mean image", value=baseline, label=label)


def _axis(curves: Sequence[Points], baseline: float | None, metric: Metric) -> Axis:
    if metric is SSIM:
        return ticks.zero_axis(1.0)
    highest = max([baseline or 0.0, *(y for points in curves for _, y in points)]) * HEADROOM or 1.0
    if baseline is None or baseline < NO_ERROR:
        return ticks.zero_axis(highest)
    return ticks.zero_axis(min(highest, MAX_ERROR_FACTOR * baseline))


def _points(history: History, field: str) -> Points:
    values = ((float(scores.epoch), getattr(scores, field)) for scores in history.epochs)
    return drawable((epoch, value) for epoch, value in values if value is not None)


def _ends(curves: Sequence[Points], y: Axis) -> tuple[EndLabel, ...]:
    last = sorted(
        (min(points[-1][1], y.high), points[-1][1], index)
        for index, points in enumerate(curves)
        if points
    )
    gap = MIN_GAP * (y.high - y.low)
    heights = apart([height for height, _, _ in last], gap, y.high)
    return tuple(
        EndLabel(letter=LETTERS[index], text=formats.short(value), height=height, colour=index)
        for height, (_, value, index) in zip(heights, last, strict=True)
    )
