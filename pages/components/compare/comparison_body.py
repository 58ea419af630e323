"""The body of the Compare page: digits, metrics and losses at an epoch, and the tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Literal

import pandas as pd
import streamlit as st

from core.charts import shared_loss_chart
from core.charts.echarts import chart_options
from core.charts.metric_chart import Metric, metric_chart, metric_in_words
from core.charts.palette import LETTERS
from core.charts.shared_loss_chart import LossLine
from core.metrics import baselines
from core.run import Scores
from core.text import formats
from core.variant import Variant
from core.views.compare.comparison import MEASURES, settings_table
from pages.components.common import services
from pages.components.common.comparison_link import COMPARISON
from pages.components.common.image_zoom import digits_to_click, enlarged
from pages.components.common.page_rerun import rerun_page
from pages.components.common.score_table import score_table
from pages.components.common.theme import palette
from pages.components.compare import digit_rows, replay_slider
from pages.components.compare.compared_runs import (
    Entry,
    mean_image,
    refreshed,
    states,
)
from pages.components.compare.own_image_row import own_image_row

METRIC_CHART_HEIGHT = 250
LOSS_HEIGHT = 180
# Charts side by side.
MAX_COLUMNS = 3
# With more runs, labels are placed below each other, since they would be cut off.
MAX_LETTERS_IN_A_ROW = 3
SHORT_MEASURES = {"mse": "Pixel error", "ssim": "SSIM"}


def body(before: Sequence[Entry], was_playing: bool, awaited: Sequence[Variant]) -> None:
    """Draw the body; runs as a fragment.

    Args:
        before: the runs when the whole page was last drawn.
        was_playing: whether the replay was playing then.
        awaited: other variants that were training for this page then.
    """
    entries = refreshed(before)
    is_changed = (states(entries), replay_slider.is_playing()) != (states(before), was_playing)
    if is_changed or not all(map(services.is_pending, awaited)):
        rerun_page()
    epoch = replay_slider.position(entries)
    rests = not replay_slider.is_playing() and not any(entry.status.is_live for entry in entries)
    with st.container(key="compare-digits-and-errors"):
        left, right = st.columns([2.1, 1], gap="medium")
    with left, st.container(gap="xsmall"):
        replay_slider.controls_row(entries, epoch)
        digit = COMPARISON.now.digit
        rows = digit_rows.rows_of(entries, epoch)
        digits_to_click(rows, digit, lambda index: COMPARISON.change(digit=index), key="compare")
        chosen = [] if digit is None else digit_rows.panels(entries, epoch, digit)
        enlarged(chosen, key="compare", at_rest=rests)
        own_image_row(entries)
    with right, st.container(gap="xsmall"):
        _metric_chart(entries, epoch)
        with st.container(key="compare-differs"):
            _only_what_differs(entries)
    _losses(entries, epoch)
    with st.container(key="compare-scores"):
        _scores(entries)
    if not replay_slider.is_playing():  # a complete replay is one step of the browser's history
        COMPARISON.write()


def _metric_chart(entries: Sequence[Entry], epoch: float) -> None:
    st.segmented_control(
        "Metric",
        list(MEASURES),
        format_func=SHORT_MEASURES.__getitem__,
        default=COMPARISON.now.measure,
        key=COMPARISON.hold("measure"),
        on_change=COMPARISON.follow("measure"),
        label_visibility="collapsed",
        required=True,
    )
    measure = MEASURES[COMPARISON.now.measure]
    draw_metric(entries, epoch, measure, height=METRIC_CHART_HEIGHT)


def draw_metric(
    entries: Sequence[Entry],
    epoch: float | None,
    measure: Metric,
    *,
    height: int,
    renderer: Literal["canvas", "svg"] = "canvas",
) -> None:
    """Draw a metric of all runs over the epochs.

    Args:
        entries: the runs.
        epoch: position of the replay; None for no mark.
        measure: the metric to draw.
        height: height in CSS pixels.
        renderer: "svg" for an enlarged chart, which a canvas would blur.
    """
    histories = [entry.history for entry in entries]
    chart = metric_chart(
        histories,
        epochs=COMPARISON.now.last_epoch,
        mean_image=mean_image(entries),
        metric=measure,
        epoch=epoch,
    )
    words = metric_in_words(histories, measure)
    drawn = chart_options(chart, palette(), has_heading=True)
    st.echarts_chart(drawn, height=height, key="compare-metric", renderer=renderer, alt=words)


def _only_what_differs(entries: Sequence[Entry]) -> None:
    if len(entries) < 2:
        return
    rows = settings_table([entry.variant for entry in entries])
    st.markdown("**What differs** :small[all other settings are the same]")
    errors = [entry.run.scores.mse if entry.run else None for entry in entries]
    likeness = [entry.run.scores.ssim if entry.run else None for entry in entries]
    rows["MSE"] = _best_bold(errors, formats.loss, min)
    rows["SSIM"] = _best_bold(likeness, formats.ssim, max)
    letters = [entry.letter for entry in entries]
    frame = pd.DataFrame(rows, index=letters)
    st.table(frame if len(letters) > MAX_LETTERS_IN_A_ROW else frame.T, border="horizontal")


def _losses(entries: Sequence[Entry], epoch: float) -> None:
    lines = [
        LossLine(index=entry.index, variant=entry.variant, history=entry.history, floor=entry.floor)
        for entry in entries
    ]
    groups = shared_loss_chart.by_unit(lines)
    st.markdown(
        "**Training losses**"
        + (
            " :small[one chart for each loss, pixel scale and data set, as units differ]"
            * (len(groups) > 1)
        )
    )
    columns = st.columns(min(len(groups), MAX_COLUMNS), gap="medium")
    for at, group in enumerate(groups):
        with columns[at % len(columns)], st.container(gap="xxsmall"):
            st.html(_legend(group))
            st.echarts_chart(
                chart_options(shared_loss_chart.shared_loss_chart(group, epoch=epoch), palette()),
                height=LOSS_HEIGHT,
                key=f"compare-loss-{at}",
                alt=shared_loss_chart.losses_in_words(group),
            )


def _legend(group: Sequence[LossLine]) -> str:
    colours = {entry.index: palette().series[entry.index] for entry in group}
    values = shared_loss_chart.last_losses(group)
    by_letter = {LETTERS[index]: colour for index, colour in colours.items()}
    parts = (
        f'<span style="color:{by_letter.get(name, palette().muted)}">'
        f"<b>{escape(name)}</b> {escape(value)}</span>"
        for name, value in values
    )
    name = f"<span>{escape(shared_loss_chart.title(group))}</span>"
    return f'<div class="lab-readout lab-readout-flush">{name}{"".join(parts)}</div>'


def _scores(entries: Sequence[Entry]) -> None:
    done = [entry.run for entry in entries if entry.run]
    if not done:
        return
    rows: dict[str, Scores] = {
        f"{entry.letter} {entry.name}": entry.run.scores for entry in entries if entry.run
    }
    rows |= baselines.of_runs(done)
    st.markdown("**Scores** :small[on held-out images, with baselines that need no training]")
    score_table(rows)


def _best_bold(
    values: Sequence[float | None],
    form: Callable[[float | None], str],
    best_of: Callable[[list[float]], float],
) -> list[str]:
    present = [value for value in values if value is not None]
    best = form(best_of(present)) if present else ""
    texts = [form(value) for value in values]
    return [f"**{text}**" if text == best and len(present) > 1 else text for text in texts]
