"""The matrix's yardsticks: the number and the colour of a cell.

Losses of different kinds are never compared with each other: pixel error and SSIM are the same
yardstick for every cell, a gap is coloured by its size beside the cell's own loss, and an excess
relative to the smallest excess of the same loss.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from core.charts.palette import Palette, to_rgb
from core.store.run_summary import RunSummary
from core.text import formats
from core.variant import Variant

# Two ways to compute one loss agree to this share of it.
SAME = 1e-3
# No number, and no loss beside which it stands, is less than this: nothing is divided by 0.
TINY = 1e-9


@dataclass(frozen=True, kw_only=True)
class CellMetric:
    """What the cells' numbers and colours show.

    Attributes:
        title: the number in a sentence.
        ends: what the two ends of the colour scale stand for.
        measure: (a run's summary, pixel MSE of the mean image) -> the number; None where there is
            none.
        text: the number as it is written.
        place: (number, summary, least number of the same loss) -> place on the colour scale: 0 is
            its good end, 1 its bad end; beyond them counts as the end.
    """

    title: str
    ends: tuple[str, str]
    measure: Callable[[RunSummary, float | None], float | None]
    text: Callable[[float | None], str]
    place: Callable[[float, RunSummary, float], float]


def colour(place: float | None, palette: Palette) -> str | None:
    """A place on the colour scale as "#RRGGBB"."""
    if place is None:
        return None
    stops = np.linspace(0, 1, len(palette.share))
    channels = zip(*map(to_rgb, palette.share), strict=True)
    mixed = (round(float(np.interp(place, stops, channel))) for channel in channels)
    return "#" + "".join(f"{channel:02X}" for channel in mixed)


def _error(summary: RunSummary, mean_image: float | None) -> float | None:
    return summary.scores.mse / mean_image if mean_image else None


def _ssim(summary: RunSummary, mean_image: float | None) -> float | None:
    return summary.scores.ssim


def gap(summary: RunSummary, mean_image: float | None = None) -> float | None:
    """The loss from the pixels that are shown, minus the loss trained on; held-out images."""
    trained, shown = summary.trained_loss.held_out, summary.displayed_loss.held_out
    if trained is None or shown is None:
        return None
    return 0.0 if math.isclose(trained, shown, rel_tol=SAME) else shown - trained


def excess(summary: RunSummary, mean_image: float | None = None) -> float | None:
    """The loss trained on, minus its minimum; held-out images."""
    trained, floor = summary.trained_loss.held_out, summary.floor.held_out
    return None if trained is None or floor is None else max(trained - floor, 0.0)


def _beside_its_loss(value: float, summary: RunSummary, least: float) -> float:
    trained = abs(summary.trained_loss.held_out or 0.0)
    return abs(value) / max(trained, TINY) / 2


def _beside_the_least(value: float, summary: RunSummary, least: float) -> float:
    return math.log2(max(value, TINY) / max(least, TINY)) / 4


CELL_METRICS: dict[str, CellMetric] = {
    "error": CellMetric(
        title="pixel error, mean image = 100%",
        ends=("0% perfect", "200%"),
        measure=_error,
        text=formats.share,
        place=lambda value, summary, least: value / 2,
    ),
    "ssim": CellMetric(
        title="structural similarity (SSIM)",
        ends=("1 perfect", "0"),
        measure=_ssim,
        text=formats.ssim,
        place=lambda value, summary, least: 1 - value,
    ),
    "gap": CellMetric(
        title="loss of the shown pixels minus loss as trained",
        ends=("0 the same", "twice the loss"),
        measure=gap,
        text=formats.loss,
        place=_beside_its_loss,
    ),
    "excess": CellMetric(
        title="loss above its floor",
        ends=("lowest with this loss", "16 times that"),
        measure=excess,
        text=formats.loss,
        place=_beside_the_least,
    ),
}


def measure(
    metric: CellMetric,
    variants: Iterable[Variant],
    summaries: Mapping[str, RunSummary],
    mean_image: Mapping[str, float],
) -> dict[str, tuple[str, float | None]]:
    """The number as text and the place on the colour scale of every variant that has a run.

    Args:
        yardstick: what is measured.
        variants: those that stand beside each other.
        summaries: of all runs, by key.
        mean_image: pixel MSE of the mean image by data set, as far as it is known.

    Returns:
        By key; the place is None where there is no number.
    """
    trained = [summaries[variant.key] for variant in variants if variant.key in summaries]
    values = {run.key: metric.measure(run, mean_image.get(run.variant.dataset)) for run in trained}
    least: dict[tuple[str, ...], float] = {}
    for run in trained:
        value = values[run.key]
        if value is not None and math.isfinite(value):
            least[_kind(run)] = min(value, least.get(_kind(run), math.inf))
    return {
        run.key: (metric.text(value), _place(metric, value, run, least.get(_kind(run), 0.0)))
        for run, value in zip(trained, values.values(), strict=True)
    }


def _kind(run: RunSummary) -> tuple[str, ...]:
    """Settings that give a loss its units: only runs that share them can be compared by it."""
    return run.variant.dataset, run.variant.normalization, run.variant.loss


def _place(metric: CellMetric, value: float | None, run: RunSummary, least: float) -> float | None:
    if value is None or math.isnan(value):
        return None
    if math.isinf(value):
        return 1.0
    return min(max(metric.place(value, run, least), 0.0), 1.0)
