"""What will go wrong with the settings that were read."""

from __future__ import annotations

from core.code_reader.reading import Reading
from core.data.loading import SAMPLE
from core.diagnostics import Finding, preflight
from core.errors import DataUnavailable
from core.metrics.dataset_stats import DatasetStats, statistics
from core.variant import Variant


def findings_of(reading: Reading) -> tuple[Finding, ...]:
    """The lab's own checks of the variant; none where the lab cannot train it."""
    if reading.variant is None:
        return ()
    return tuple(preflight(reading.variant, _known(reading.variant)))


def _known(variant: Variant) -> DatasetStats:
    """The statistics of the data set; of MNIST's 60,000 digits those of its sample.

    The checks need no more than ranges and means. Those of the sample are the same to within two
    percent and are there at once, on every machine; so they stand in for a set that is not here.
    """
    try:
        return statistics(SAMPLE if variant.dataset == "mnist" else variant.dataset)
    except DataUnavailable:
        return statistics(SAMPLE)


def without_faults(found: tuple[Finding, ...]) -> bool:
    """Whether nothing is wrong with the settings."""
    return not any(finding.severity in ("fault", "warning") for finding in found)
