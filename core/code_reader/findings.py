"""What will go wrong with the settings that were read."""

from __future__ import annotations

from core.code_reader.reading import Setting
from core.data.image_sets import info_of
from core.data.loading import SAMPLE
from core.diagnostics import Finding, preflight
from core.diagnostics.remedies import OF_TRAINING
from core.errors import DataUnavailable, MissingData
from core.metrics.dataset_stats import DatasetStats, statistics
from core.variant import Variant


def findings_of(variant: Variant) -> tuple[tuple[Finding, ...], Setting | None]:
    """The lab's own checks of a variant.

    Returns:
        What they find, and as a setting that was assumed the data set whose statistics stand in for
        those of the variant's own, where that is not here.
    """
    known, assumed = _known(variant.dataset)
    return tuple(preflight(variant, known)), assumed


def _known(dataset: str) -> tuple[DatasetStats, Setting | None]:
    """The statistics of a data set; of MNIST's 60,000 digits those of its sample.

    The checks need no more than ranges and means. Those of the sample are the same to within two
    percent and are there at once, on every machine.
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
    """Whether output, loss and pixels fit together; how it is trained is left to its author."""
    return not any(
        finding.severity in ("fault", "warning") and finding.code not in OF_TRAINING
        for finding in found
    )
