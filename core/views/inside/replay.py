"""The replay of a latent map: the codes, digits and losses of the stored epochs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.charts.chart import Chart
from core.charts.loss_chart import curve_in_words, loss_chart, loss_curve
from core.data.normalization import Floats, Images
from core.metrics.image_metrics import displayed
from core.objectives.losses import LOSSES
from core.run import Run
from core.views.browser_network import to_base64
from core.views.inside.latent_map import MARGIN, Labels, LatentMap

# The largest number of intervals between ticks of the loss.
MAX_INTERVALS = 3
# The drawn area extends beyond the map by at most this multiple of its extent, on each side.
MAX_BEYOND = 1.0


@dataclass(frozen=True, kw_only=True)
class Replay:
    """A latent map and the pinned digits at the stored epochs.

    Attributes:
        epochs: fractional epochs, increasing, shape (frames,), 2 or more.
        labels: classes of the images, shape (images,).
        points: points in the plane of the map, shape (frames, images, 2).
        low, high: opposite corners of the drawn area: that of the map, extended to the points of
            earlier epochs; shape (2,).
        originals: the pinned images, grey values 0-255, shape (10, 784).
        digits: their displayed reconstructions, grey values 0-255, shape (frames, 10, 784).
    """

    epochs: tuple[float, ...]
    labels: Labels
    points: Floats
    low: Floats
    high: Floats
    originals: Images
    digits: Images


def replay(run: Run, found: LatentMap, labels: Labels) -> Replay | None:
    """The replay of a run's map.

    Args:
        run: with weights.
        found: its map, which gives the axes for all epochs.
        labels: labels of all held-out images.

    Returns:
        None if the run has no codes for at least two of its frames.
    """
    kept = run.code_frames
    if kept is None:
        return None
    frames = {frame.step: frame for frame in run.history.frames}
    kept = kept.at(frames)
    if len(kept.steps) < 2:
        return None
    steps, classes = kept.steps.tolist(), labels[kept.indices]
    digits = np.stack([displayed(frames[step].pixels) for step in steps])
    points = np.stack([found.project(codes, classes) for codes in kept.codes])
    low, high = _corners(found, points)
    return Replay(
        epochs=tuple(run.history.epoch_at(step) for step in steps),
        labels=classes,
        points=points,
        low=low,
        high=high,
        originals=run.pinned.images,
        digits=np.round(digits * 255).astype(np.uint8),
    )


def replay_data(shown: Replay, run: Run) -> dict[str, Any]:
    """The data of a replay for its component; arrays are base64-encoded little-endian values."""
    curve = loss_curve(run.history, LOSSES[run.variant.loss], None, run.variant.epochs)
    return {
        "epochs": shown.epochs,
        "kept": [round(epoch, 2) for epoch in shown.epochs],
        "names": [f"{epoch:.2f}".rstrip("0").rstrip(".") for epoch in shown.epochs],
        "labels": shown.labels.tolist(),
        "low": shown.low.tolist(),
        "high": shown.high.tolist(),
        "points": to_base64(shown.points, "<f4"),
        "originals": to_base64(shown.originals, "|u1"),
        "digits": to_base64(shown.digits, "|u1"),
        "curve": _curve_data(loss_chart(curve, max_intervals=MAX_INTERVALS)),
        "curveInWords": curve_in_words(curve),
    }


def _corners(found: LatentMap, points: Floats) -> tuple[Floats, Floats]:
    extent = found.high - found.low
    margin, most = extent * np.float32(MARGIN), extent * np.float32(MAX_BEYOND)
    low = np.clip(points.min(axis=(0, 1)) - margin, found.low - most, found.low)
    high = np.clip(points.max(axis=(0, 1)) + margin, found.high, found.high + most)
    return low, high


def _curve_data(chart: Chart) -> dict[str, Any]:
    """Lines and ticks of a chart, with positions as shares of its axes."""
    return {
        "title": chart.title,
        "end": chart.x.high,
        "lines": [
            {
                "name": line.name,
                "colour": line.colour,
                "dash": line.dash,
                "points": _shares(chart, line.points),
            }
            for line in chart.lines
            if line.points
        ],
        "across": [[chart.x.share(tick.value), tick.label] for tick in chart.x.ticks],
        "up": [[chart.y.share(tick.value), tick.label] for tick in chart.y.ticks],
        "factor": chart.y.factor,
    }


def _shares(chart: Chart, points: Sequence[tuple[float, float]]) -> list[list[float]]:
    return [[chart.x.share(x), chart.y.share(y)] for x, y in points]
