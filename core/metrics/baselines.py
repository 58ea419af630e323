"""Baselines: scores of predictions that need no training, which a run has to beat.

Three of them predict the same image every time. The fourth is PCA with as many components as the
bottleneck has units: if PCA is better, the cause is a setting, not the width of the bottleneck.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from weakref import WeakKeyDictionary

from core.data import loading
from core.data.datasets import PIXELS
from core.data.image_sets import plain_name
from core.data.loading import HeldOut
from core.data.normalization import Images
from core.errors import DataUnavailable
from core.metrics import image_metrics, pca
from core.metrics.dataset_stats import DatasetStats, statistics
from core.run import Run, Scores
from core.variant import Variant

# Scores are forgotten with the statistics of their data set, of which there may be any number.
_constant_predictions: WeakKeyDictionary[DatasetStats, dict[str, Scores]] = WeakKeyDictionary()
_pca: WeakKeyDictionary[DatasetStats, dict[int, Scores]] = WeakKeyDictionary()


def pca_name(width: int) -> str:
    """The name of PCA with `width` components among the baselines."""
    return f"PCA, {width} component{'s' * (width != 1)}"


def has_pca(variant: Variant) -> bool:
    """Whether the bottleneck is narrower than an image; otherwise PCA has no error."""
    return min(variant.layers) < PIXELS


def score_baselines(variant: Variant, stats: DatasetStats, images: Images) -> dict[str, Scores]:
    """Score the baselines on given images.

    Args:
        variant: PCA gets as many components as its bottleneck has units.
        stats: statistics of its data set.
        images: greys 0-255, uint8, shape (images, 784).

    Returns:
        Scores by name: "all black", "mean image", "median image" and, if `has_pca`, `pca_name`.
    """
    scores_by_name = image_metrics.constant_baselines(stats.mean_image, stats.median_image, images)
    if has_pca(variant):
        width = min(variant.layers)
        scores_by_name[pca_name(width)] = _score_pca(width, stats, images)
    return scores_by_name


def baselines(variant: Variant, stats: DatasetStats, held_out: Images) -> dict[str, Scores]:
    """`score_baselines` on the held-out images of a data set, cached."""
    if stats not in _constant_predictions:
        _constant_predictions[stats] = image_metrics.constant_baselines(
            stats.mean_image, stats.median_image, held_out
        )
    scores_by_name = dict(_constant_predictions[stats])
    if has_pca(variant):
        width = min(variant.layers)
        known = _pca.setdefault(stats, {})
        if width not in known:
            known[width] = _score_pca(width, stats, held_out)
        scores_by_name[pca_name(width)] = known[width]
    return scores_by_name


def of_run(run: Run) -> Scores | None:
    """The scores of PCA with the width of a run's bottleneck; None if the run has no PCA scores."""
    return run.baselines.get(pca_name(min(run.variant.layers)))


def of_runs(runs: Sequence[Run]) -> dict[str, Scores]:
    """The distinct baselines of several runs, best first; names tell data sets apart."""
    data_sets = len({run.variant.dataset for run in runs}) > 1
    scores_by_name = {
        f"{name}, {plain_name(run.variant.dataset)}" if data_sets else name: scores
        for run in runs
        for name, scores in run.baselines.items()
    }
    return dict(sorted(scores_by_name.items(), key=lambda baseline: baseline[1].mse))


def completed(run: Run) -> Run:
    """Add PCA to the baselines of a run that an earlier version stored without it.

    Runs that have it, and runs whose data set is not on this machine, are returned unchanged.
    """
    if of_run(run) is not None or not has_pca(run.variant):
        return run
    try:
        part: HeldOut = loading.load_held_out(run.variant.dataset)
        if part.fingerprint != run.provenance.data_fingerprint:
            return run
        stats = statistics(run.variant.dataset)
    except DataUnavailable:
        return run
    return replace(run, baselines={**baselines(run.variant, stats, part.held_out), **run.baselines})


def _score_pca(width: int, stats: DatasetStats, images: Images) -> Scores:
    components = stats.principal_components[:width]
    return image_metrics.score(pca.reconstructions(images, stats.mean_image, components), images)
