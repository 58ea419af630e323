"""The metrics of the matrix: the number and the colour of a cell.

Losses of different kinds are never compared: pixel error and SSIM are comparable across cells, a
gap is coloured by its size relative to the cell's own loss, and an excess relative to the smallest
excess of the same loss.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from core.charts.palette import Palette, to_rgb
from core.metrics.image_metrics import share_of_error
from core.store.run_summary import RunSummary
from core.text import formats
from core.variant import Variant

# Two ways to compute the same loss agree within this share of it.
SAME = 1e-3
# A lower bound on divisors.
TINY = 1e-9


@dataclass(frozen=True, kw_only=True)
class CellMetric:
    """What the numbers and colours of cells show.

    Attributes:
        title: the title of the number, within a sentence.
        ends: labels of the two ends of the colour scale.
        measure: (summary of a run, pixel MSE of the mean image) -> the number, or None.
        text: formats the number.
        position: (number, summary, smallest number of the same loss) -> position on the colour
            scale: 0 is the good end, 1 the bad end; clipped beyond.
    """

    title: str
    ends: tuple[str, str]
    measure: Callable[[RunSummary, float | None], float | None]
    text: Callable[[float | None], str]
    position: Callable[[float, RunSummary, float], float]


def colour(position: float | None, palette: Palette) -> str | None:
    """The colour "#RRGGBB" at a position on the colour scale."""
    if position is None:
        return None
    stops = np.linspace(0, 1, len(palette.share))
    channels = zip(*map(to_rgb, palette.share), strict=True)
    mixed = (round(float(np.interp(position, stops, channel))) for channel in channels)
    return "#" + "".join(f"{channel:02X}" for channel in mixed)


def _error(summary: RunSummary, mean_image: float | None) -> float | None:
    return share_of_error(summary.scores.mse, mean_image)


def _ssim(summary: RunSummary, mean_image: float | None) -> float | None:
    return summary.scores.ssim


def gap(summary: RunSummary, mean_image: float | None = None) -> float | None:
    """Displayed loss minus loss trained on, of the held-out images."""
    trained, shown = summary.trained_loss.held_out, summary.displayed_loss.held_out
    if trained is None or shown is None:
        return None
    return 0.0 if math.isclose(trained, shown, rel_tol=SAME) else shown - trained


def excess(summary: RunSummary, mean_image: float | None = None) -> float | None:
    """Loss trained on minus its floor, of the held-out images."""
    trained, floor = summary.trained_loss.held_out, summary.floor.held_out
    return None if trained is None or floor is None else max(trained - floor, 0.0)


def _relative_to_loss(value: float, summary: RunSummary, smallest: float) -> float:
    trained = abs(summary.trained_loss.held_out or 0.0)
    return abs(value) / max(trained, TINY) / 2


def _relative_to_smallest(value: float, summary: RunSummary, smallest: float) -> float:
    return math.log2(max(value, TINY) / max(smallest, TINY)) / 4


CELL_METRICS: dict[str, CellMetric] = {
    "error": CellMetric(
        title="pixel error, mean image = 100%",
        ends=("0% perfect", "200%"),
        measure=_error,
        text=formats.share,
        position=lambda value, summary, smallest: value / 2,
    ),
    "ssim": CellMetric(
        title="structural similarity (SSIM)",
        ends=("1 perfect", "0"),
        measure=_ssim,
        text=formats.ssim,
        position=lambda value, summary, smallest: 1 - value,
    ),
    "gap": CellMetric(
        title="loss of the shown pixels minus loss as trained",
        ends=("0 the same", "twice the loss"),
        measure=gap,
        text=formats.loss,
        position=_relative_to_loss,
    ),
    "excess": CellMetric(
        title="loss above its floor",
        ends=("lowest with this loss", "16 times that"),
        measure=excess,
        text=formats.loss,
        position=_relative_to_smallest,
    ),
}


def measure(
    metric: CellMetric,
    variants: Iterable[Variant],
    summaries: Mapping[str, RunSummary],
    mean_image: Mapping[str, float],
) -> dict[str, tuple[str, float | None]]:
    """The metric of every variant that has a run, as text and as position on the colour scale.

    Args:
        metric: what is measured.
        variants: the variants of all cells.
        summaries: the summaries of all runs, by key.
        mean_image: pixel MSE of the mean image by data set, as far as known.

    Returns:
        (text, position) by key; the position is None if there is no number.
    """
    trained = [summaries[variant.key] for variant in variants if variant.key in summaries]
    values = {run.key: metric.measure(run, mean_image.get(run.variant.dataset)) for run in trained}
    smallest: dict[tuple[str, ...], float] = {}
    for run in trained:
        value = values[run.key]
        if value is not None and math.isfinite(value):
            smallest[_kind(run)] = min(value, smallest.get(_kind(run), math.inf))
    return {
        run.key: (metric.text(value), _position(metric, value, run, smallest.get(_kind(run), 0.0)))
        for run, value in zip(trained, values.values(), strict=True)
    }


def _kind(run: RunSummary) -> tuple[str, ...]:
    """The settings that determine the unit of a loss: only runs with the same can be compared."""
    return run.variant.dataset, run.variant.normalization, run.variant.loss


def _position(
    metric: CellMetric, value: float | None, run: RunSummary, smallest: float
) -> float | None:
    if value is None or math.isnan(value):
        return None
    if math.isinf(value):
        return 1.0
    return min(max(metric.position(value, run, smallest), 0.0), 1.0)
