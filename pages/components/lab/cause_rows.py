"""The digits of a run and its neighbours, one row each, with their errors on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st

from core.charts import digit_images
from core.data.image_sets import info_of
from core.diagnostics.experiment import ChangeOutcome, Experiment, change_in_words, effect
from core.run import Run
from core.text import formats
from pages.components.common import services
from pages.components.common.theme import palette

# The number of changes shown at once; the others are in an expander.
MAX_OPEN = 5


def rows(run: Run, found: Experiment) -> None:
    """Draw the originals, the run, and each change that was tried, best first.

    Args:
        run: the run whose cause is sought.
        found: an experiment with at least one outcome.
    """
    best = found.best
    tried = sorted(
        (*found.singles, *found.combined), key=lambda one: (one is not best, one.trial.mse)
    )
    end = max(run.scores.mse, *(outcome.trial.mse for outcome in tried))
    drawn = [_outcome(found, outcome, end, is_best=outcome is best) for outcome in tried]
    _draw([*_first_rows(run, end), *drawn[:MAX_OPEN]])
    with st.container(key="lab-cause-more"):
        if drawn[MAX_OPEN:]:
            with st.expander(f"{len(drawn) - MAX_OPEN} more"):
                _draw(drawn[MAX_OPEN:])


def _draw(drawn: Sequence[str]) -> None:
    st.html(f'<div class="lab-cause-rows">{"".join(drawn)}</div>')


def _first_rows(run: Run, end: float) -> tuple[str, str]:
    greys = run.pinned.images / np.float32(255)
    original = digit_images.digit_row(greys, frame=palette().border)
    error = formats.loss(run.scores.mse)
    noun = info_of(run.variant.dataset).noun
    return (
        _row("Original", picture=original, alt=f"Ten held-out {noun} as they are."),
        _row(
            "This run",
            number=error,
            picture=_digits(run.variant.key),
            alt=f"This run. Pixel error {error}.",
            share=run.scores.mse / end,
        ),
    )


def _outcome(found: Experiment, outcome: ChangeOutcome, end: float, *, is_best: bool) -> str:
    change = change_in_words(found.run.variant, outcome.changes)
    error, what = formats.loss(outcome.trial.mse), effect(outcome)
    return _row(
        f"Best. {change}" if is_best else change,
        number=f"{error}, {what}",
        picture=_digits(outcome.trial.variant.key),
        alt=f"{change}. Pixel error {error}, {what}.",
        share=outcome.trial.mse / end,
        kind="row best" if is_best and outcome.repairs else "row",
    )


def _row(
    label: str,
    *,
    picture: str,
    alt: str,
    number: str = "",
    share: float | None = None,
    kind: str = "row",
) -> str:
    image = f'<img alt="{escape(alt)}" src="{picture}">' if picture else ""
    width = "" if share is None else f"width:{100 * share:.1f}%"
    bar = f'<div class="scale"><i style="{width}"></i></div>' if width else ""
    return (
        f'<div class="{kind}"><div class="change"><span>{escape(label)}</span>'
        f"<b>{escape(number)}</b></div>{image}{bar}</div>"
    )


def _digits(key: str) -> str:
    """The last reconstructions of a run as a data URI; "" if it has none."""
    greys = services.last_digits(key)
    if greys is None:
        return ""
    return digit_images.digit_row(greys / np.float32(255), frame=palette().border)
