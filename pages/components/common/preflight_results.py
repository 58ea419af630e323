"""Cached results of the preflight check and other values known before training."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st

from core import diagnostics
from core.data import loading
from core.data.image_sets import info_of, is_image_set
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

# The number of image sets whose checks stay in memory.
OWN_SETS_KEPT = 6


@dataclass(frozen=True, kw_only=True)
class Checks:
    """The values known about settings before training.

    Attributes:
        held_out: the held-out images of the data set.
        statistics: the data set's statistics.
        findings: the findings of the preflight check, most important first.
        floor: the lower bound of the loss on training and held-out images.
        pinned: the images that every run of the data set shows.
        best: the best possible reconstructions of them, pixel values, not clipped.
        best_name: the label of `best`.
        best_error: pixel MSE of the best possible reconstructions of all held-out images.
        landmarks: the landmarks of the loss trained on, by name.
        baselines: scores of the baselines.
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
    baselines: dict[str, Scores]

    @property
    def mean_sum(self) -> float:
        """The mean sum of a training image's pixel values."""
        return float(self.statistics.image_sums.mean()) / 255


def of(variant: Variant) -> Checks | None:
    """The results for a variant; None if its data set cannot be read (`read_error` says why).

    A page takes all data of a script run from here, since the files may be deleted meanwhile.
    """
    try:
        held_out = loading.load_held_out(variant.dataset)
        stats = statistics(variant.dataset)
    except DataUnavailable:
        return None
    check = _checks_of_own if is_image_set(variant.dataset) else _checks
    return check(variant.key, stats.fingerprint, variant, held_out, stats)


def read_error(dataset: str) -> str | None:
    """Why an existing data set cannot be read; None if it can, or is not on this machine."""
    problem = _problem(dataset)
    return None if problem is None or isinstance(problem, MissingData) else str(problem)


def read_errors(variants: Iterable[Variant]) -> list[str]:
    """The distinct read errors of the variants' data sets."""
    datasets = dict.fromkeys(variant.dataset for variant in variants)
    return [found for dataset in datasets if (found := read_error(dataset))]


def why_unreadable(dataset: str) -> str:
    """Why there are no results, as a sentence of a headline; `read_error` has the details."""
    if read_error(dataset):
        return "Its data set cannot be read."
    return missing(dataset)


def missing(dataset: str) -> str:
    """The text of a headline about a data set that is not on this machine."""
    if is_image_set(dataset):
        return "Its images are not in this lab: add them under More settings, Your images…"
    return f"{info_of(dataset).label} is not on this machine; Train downloads it."


def is_missing(dataset: str) -> bool:
    """Whether a data set is not on this machine yet."""
    return isinstance(_problem(dataset), MissingData)


def findings(variant: Variant) -> tuple[Finding, ...]:
    """Only the findings, which is faster than `of`; empty if the data set cannot be read."""
    try:
        stats = statistics(variant.dataset)
    except DataUnavailable:
        return ()
    return _findings(variant.key, stats.fingerprint, variant, stats)


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
    return _all_checks(key, fingerprint, _variant, _held_out, _known)


# Each entry may hold a different set of up to 20 MB, and there can be any number of them.
@st.cache_resource(show_spinner=False, max_entries=OWN_SETS_KEPT)
def _checks_of_own(
    key: str, fingerprint: str, _variant: Variant, _held_out: HeldOut, _known: DatasetStats
) -> Checks:
    return _all_checks(key, fingerprint, _variant, _held_out, _known)


def _all_checks(
    key: str, fingerprint: str, variant: Variant, held_out: HeldOut, stats: DatasetStats
) -> Checks:
    pinned = loading.pinned(held_out)
    return Checks(
        held_out=held_out,
        statistics=stats,
        findings=_findings(key, fingerprint, variant, stats),
        floor=diagnostics.floor(variant, stats),
        pinned=pinned,
        best=diagnostics.best_possible(variant, pinned.images, stats.moments),
        best_name=best_label(variant.normalization),
        best_error=diagnostics.best_mse(variant, stats),
        landmarks=landmarks(variant, stats, held_out.held_out),
        baselines=baselines(variant, stats, held_out.held_out),
    )


@st.cache_resource(show_spinner=False, max_entries=1024)
def _findings(
    key: str, fingerprint: str, _variant: Variant, _known: DatasetStats
) -> tuple[Finding, ...]:
    return tuple(diagnostics.preflight(_variant, _known))
