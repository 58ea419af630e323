"""What is known of a choice of settings before it is trained, read once and kept."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core import advice, data, scores
from core.advice import Finding
from core.errors import DataUnavailable
from core.normalization import Floats
from core.runs import LossPair, Pinned, Scores
from core.statistics import statistics
from core.variant import Variant


@dataclass(frozen=True, kw_only=True)
class Checks:
    """What holds for some settings whatever the training does.

    Attributes:
        findings: of the pre-flight check, what matters most first.
        floor: the least that the loss can be on training and on held-out images.
        pinned: the images that every run of the data set shows.
        best: the best that the settings could ever show of them, not clipped.
        best_error: pixel MSE of the best possible over all held-out images.
        rivals: scores of predictions that need no training.
        mean_sum: sum of pixel values, 0 to 1 each, of a training image on average.
        held_out: number of held-out images.
    """

    findings: tuple[Finding, ...]
    floor: LossPair
    pinned: Pinned
    best: Floats
    best_error: float
    rivals: dict[str, Scores]
    mean_sum: float
    held_out: int


def of(variant: Variant) -> Checks | None:
    """All checks of a variant; None where its data set is not on this machine, or unreadable."""
    found = _attempt(variant)
    return found if isinstance(found, Checks) else None


def trouble(variant: Variant) -> str | None:
    """Why the data set cannot be read although it is here; None where it can, or is not."""
    found = _attempt(variant) if data.is_here(variant.dataset) else None
    return found if isinstance(found, str) else None


def _attempt(variant: Variant) -> Checks | str:
    try:
        return _checks(variant.key, variant)
    except DataUnavailable as reason:
        return str(reason)


@st.cache_resource(show_spinner=False, max_entries=512)
def _checks(key: str, _variant: Variant) -> Checks:
    held_out = data.load_held_out(_variant.dataset)
    known = statistics(_variant.dataset)
    pinned = data.pinned(held_out)
    return Checks(
        findings=tuple(advice.preflight(_variant, known)),
        floor=advice.floor(_variant, known),
        pinned=pinned,
        best=advice.best_possible(_variant, pinned.images, known.moments),
        best_error=advice.best_mse(_variant, known),
        rivals=_rivals(_variant.dataset),
        mean_sum=float(known.image_sums.mean()) / 255,
        held_out=len(held_out.held_out),
    )


@st.cache_resource(show_spinner=False)
def _rivals(dataset: str) -> dict[str, Scores]:
    known = statistics(dataset)
    held_out = data.load_held_out(dataset).held_out
    return scores.rivals(known.mean_image, known.median_image, held_out)
