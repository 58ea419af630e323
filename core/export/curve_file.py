"""Curves as one SVG file: the losses of a single run, or the pixel error of several runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.charts.chart import Chart
from core.charts.loss_chart import LossCurve, loss_chart, loss_curve
from core.charts.metric_chart import metric_chart
from core.charts.svg import chart_sheet
from core.metrics import landmarks
from core.metrics.image_metrics import MEAN_IMAGE
from core.objectives.losses import LOSSES
from core.run import Run
from core.text.labels import run_names

PIXEL_ERROR = "Pixel error (MSE), held-out images"


def curves_svg(runs: Sequence[Run]) -> str:
    """The SVG file.

    Args:
        runs: one or more; several are named by letters in this order.
    """
    titles = run_names([run.variant for run in runs])
    if runs[1:]:
        return chart_sheet(pixel_error_chart(runs), PIXEL_ERROR, titles)
    [run] = runs
    curve = curve_of(run)
    return chart_sheet(loss_chart(curve), f"{titles[0]}: {curve.unit}")


def curve_of(run: Run) -> LossCurve:
    """The loss curve of a run with all landmarks."""
    loss = LOSSES[run.variant.loss]
    levels = landmarks.of_run(run)
    return loss_curve(run.history, loss, run.floor, run.variant.epochs, levels)


def pixel_error_chart(runs: Sequence[Run]) -> Chart:
    """The held-out pixel error of runs, with the mean image's if they share a data set."""
    baselines = [run.baselines.get(MEAN_IMAGE) for run in runs]
    shared = baselines[0] if len({run.variant.dataset for run in runs}) == 1 else None
    epochs = max(run.variant.epochs for run in runs)
    chart = metric_chart([run.history for run in runs], epochs=epochs, mean_image=shared)
    if runs[1:]:
        return chart
    return replace(chart, lines=(replace(chart.lines[0], name="this run"),), ends=())
