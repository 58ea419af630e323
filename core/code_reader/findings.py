"""The preflight findings about the settings that were read."""

from __future__ import annotations

from core.code_reader.reading import Setting
from core.data.datasets import SAMPLE
from core.data.image_sets import info_of
from core.diagnostics import Finding, preflight
from core.diagnostics.remedies import TRAINING_REPAIRS
from core.errors import DataUnavailable, MissingData
from core.metrics.dataset_stats import DatasetStats, statistics
from core.variant import Variant


def findings_of(variant: Variant) -> tuple[tuple[Finding, ...], Setting | None]:
    """The preflight findings about a variant.

    Returns:
        The findings, and the data set whose statistics were used instead of those of the variant's
        data set, as an assumed setting; None if they were available.
    """
    known, assumed = _known(variant.dataset)
    return tuple(preflight(variant, known)), assumed


def _known(dataset: str) -> tuple[DatasetStats, Setting | None]:
    """The statistics of a data set; for full MNIST those of the sample.

    The checks only need ranges and means, which agree within 2 %, and the sample is available on
    every machine.
    """
    if dataset == "mnist":
        return statistics(SAMPLE), None
    try:
        return statistics(dataset), None
    except DataUnavailable as problem:
        why = "is not on this machine" if isinstance(problem, MissingData) else "cannot be read"
        reason = (
            f"{info_of(dataset).label} {why}; the findings were computed from the"
            f" {info_of(SAMPLE).label} instead."
        )
        assumed = Setting(name="statistics", value=SAMPLE, reason=reason)
        return statistics(SAMPLE), assumed


def without_faults(found: tuple[Finding, ...]) -> bool:
    """Whether output, loss and normalization are compatible, whatever the training settings."""
    return not any(
        finding.severity in ("fault", "warning") and finding.code not in TRAINING_REPAIRS
        for finding in found
    )
