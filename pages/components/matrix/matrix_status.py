"""MatrixStatus: the current cells of the matrix, their runs, and the progress of the sweep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.data.normalization import Images
from core.jobs import sweep
from core.jobs.sweep import SweepStatus
from core.metrics.image_metrics import MEAN_IMAGE
from core.run import Run
from core.store.run_summary import RunSummary
from core.store.shipped import THUMBNAIL_DIGIT
from core.views import matrix
from core.views.matrix import Cell
from core.views.matrix.matrix_view import MatrixView
from pages.components.common import preflight_results, services


@dataclass(frozen=True, kw_only=True)
class MatrixStatus:
    """The current status of the matrix.

    Attributes:
        cells: the cells, row by row.
        summaries: the summaries of all runs, by key.
        mean_image: pixel MSE of the mean image by data set, as far as known.
        sweep_status: progress of the training of the cells.
        original: the digit that all cells reconstruct, greys 0-255, shape (784,); None if their
            data sets differ, or there is no run.
    """

    cells: list[Cell]
    summaries: Mapping[str, RunSummary]
    mean_image: Mapping[str, float]
    sweep_status: SweepStatus
    original: Images | None


def current_status(view: MatrixView) -> MatrixStatus:
    """The current status of the matrix."""
    summaries = services.library().summaries()
    services.trainer().heartbeat(services.visitor())
    sweep_status = sweep.status(services.trainer(), view.runs, sweep.done(summaries.values()))
    datasets = {variant.dataset for variant in view.variants}
    runs = {dataset: run for dataset in datasets if (run := _any_run(dataset, summaries))}
    mean_image = {dataset: run.baselines[MEAN_IMAGE].mse for dataset, run in runs.items()}
    untrained = [variant for variant in view.runs if variant.key not in summaries]
    cells = matrix.cells(
        view,
        summaries,
        findings={variant.key: preflight_results.findings(variant) for variant in untrained},
        mean_image=mean_image,
        sweep_status=sweep_status,
    )
    return MatrixStatus(
        cells=cells,
        summaries=summaries,
        mean_image=mean_image,
        sweep_status=sweep_status,
        original=_original(list(runs.values())) if len(datasets) == 1 else None,
    )


def _any_run(dataset: str, summaries: Mapping[str, RunSummary]) -> Run | None:
    """A run of a data set: it has the pinned images and baselines, even if the data are missing."""
    keys = [key for key, summary in summaries.items() if summary.variant.dataset == dataset]
    runs = (services.run_of(key) for key in keys)
    return next((run for run in runs if run is not None), None)


def _original(runs: Sequence[Run]) -> Images | None:
    # Pinned images are in the order of their classes.
    return runs[0].pinned.images[THUMBNAIL_DIGIT] if runs else None
