"""Results of the checks before training, cached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st

from core import diagnostics
from core.data import loading
from core.data.datasets import DATASETS
from core.data.loading import HeldOut
from core.data.normalization import Floats
from core.diagnostics import Finding
from core.errors import DataUnavailable, MissingData
from core.metrics.baselines import baselines
from core.metrics.dataset_stats import DatasetStats, statistics
from core.metrics.landmarks import landmarks
from core.run import LossPair, Pinned, Scores
from core.text.labels import best_label
from core.variant import Variant


@dataclass(frozen=True, kw_only=True)
class Checks:
    """What holds for some settings whatever the training does.

    Attributes:
        held_out: the images of the data set that nothing is trained on.
        statistics: of the data set.
        findings: of the pre-flight check, what matters most first.
        floor: the lowest possible loss on training and on held-out images.
        pinned: the images that every run of the data set shows.
        best: the best that the settings could ever show of them, not clipped.
        best_name: what that is called.
        best_error: pixel MSE of the best possible over all held-out images.
        landmarks: what they come to in the loss trained on, by name.
        rivals: scores of predictions that need no training.
    """

    held_out: HeldOut
    statistics: DatasetStats
    findings: tuple[Finding, ...]
    floor: LossPair
    pinned: Pinned
    best: Floats
    best_name: str
    best_error: float
    landmarks: dict[str, float]
    rivals: dict[str, Scores]

    @property
    def mean_sum(self) -> float:
        """Sum of pixel values, 0 to 1 each, of a training image on average."""
        return float(self.statistics.image_sums.mean()) / 255


def of(variant: Variant) -> Checks | None:
    """All checks of a variant; None where its data set cannot be read now (`read_error` says why).

    What is shown of the data in the same run of a page is taken from here: the files may be gone
    a moment later.
    """
    try:
        held_out = loading.load_held_out(variant.dataset)
        known = statistics(variant.dataset)
    except DataUnavailable:
        return None
    return _checks(variant.key, known.fingerprint, variant, held_out, known)


def read_error(dataset: str) -> str | None:
    """Why a data set cannot be read although it is here; None where it can, or is not here."""
    problem = _problem(dataset)
    return None if problem is None or isinstance(problem, MissingData) else str(problem)


def read_errors(variants: Iterable[Variant]) -> list[str]:
    """The read error of each data set that has one."""
    datasets = dict.fromkeys(variant.dataset for variant in variants)
    return [found for dataset in datasets if (found := read_error(dataset))]


def why_unread(dataset: str) -> str:
    """Why there are no checks, as a sentence in a headline; `read_error` has the details."""
    if read_error(dataset):
        return "Its data set cannot be read."
    return f"{DATASETS[dataset].label} is not on this machine; Train downloads it."


def is_missing(dataset: str) -> bool:
    """Whether a data set is not on this machine yet."""
    return isinstance(_problem(dataset), MissingData)


def findings(variant: Variant) -> tuple[Finding, ...]:
    """Those of `of` alone, which is quicker; nothing where the data set cannot be read now."""
    try:
        known = statistics(variant.dataset)
    except DataUnavailable:
        return ()
    return _findings(variant.key, known.fingerprint, variant, known)


def _problem(dataset: str) -> DataUnavailable | None:
    try:
        statistics(dataset)
    except DataUnavailable as problem:
        return problem
    return None


@st.cache_resource(show_spinner=False, max_entries=512)
def _checks(
    key: str, fingerprint: str, _variant: Variant, _held_out: HeldOut, _known: DatasetStats
) -> Checks:
    pinned = loading.pinned(_held_out)
    return Checks(
        held_out=_held_out,
        statistics=_known,
        findings=_findings(key, fingerprint, _variant, _known),
        floor=diagnostics.floor(_variant, _known),
        pinned=pinned,
        best=diagnostics.best_possible(_variant, pinned.images, _known.moments),
        best_name=best_label(_variant.normalization),
        best_error=diagnostics.best_mse(_variant, _known),
        landmarks=landmarks(_variant, _known, _held_out.held_out),
        rivals=baselines(_variant, _known, _held_out.held_out),
    )


@st.cache_resource(show_spinner=False, max_entries=1024)
def _findings(
    key: str, fingerprint: str, _variant: Variant, _known: DatasetStats
) -> tuple[Finding, ...]:
    return tuple(diagnostics.preflight(_variant, _known))
