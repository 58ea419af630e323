"""The comparison on a projector: headline, replay, digits and the curve of the pixel error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from core.variant import Variant
from core.views.compare.comparison import MEASURES
from pages.components.common import services
from pages.components.common.comparison_link import COMPARISON
from pages.components.common.image_grid import DigitRow, digit_grid
from pages.components.common.image_zoom import HINT
from pages.components.common.page_rerun import rerun_page
from pages.components.compare import digit_rows, replay_slider
from pages.components.compare.compared_runs import Entry, refreshed, states
from pages.components.compare.comparison_body import draw_metric

# Up to this many runs use the full width, with the curve below; more are beside it.
MAX_ABOVE = 2
# With more runs there is no space for numbers.
MAX_WITH_NUMBERS = 3
HEIGHT_BELOW, HEIGHT_BESIDE = 150, 470


def presented(before: Sequence[Entry], was_playing: bool, awaited: Sequence[Variant]) -> None:
    """Draw it; runs as a fragment. For arguments see `body`."""
    entries = refreshed(before)
    is_changed = (states(entries), replay_slider.is_playing()) != (states(before), was_playing)
    if is_changed or not all(map(services.is_pending, awaited)):
        rerun_page()
    epoch = replay_slider.position(entries)
    is_above = len(entries) <= MAX_ABOVE
    with st.container(key="compare-presented", gap="small"):
        replay_slider.controls_row(entries, epoch)
        if is_above:
            digit_grid(_rows(entries, epoch))
            _curve(entries, epoch, HEIGHT_BELOW)
        else:
            left, right = st.columns([2.1, 1], gap="medium")
            with left:
                digit_grid(_rows(entries, epoch))
            with right:
                _curve(entries, epoch, HEIGHT_BESIDE)
    if not replay_slider.is_playing():
        COMPARISON.write()


def _rows(entries: Sequence[Entry], epoch: float) -> list[DigitRow]:
    rows = digit_rows.rows_of(entries, epoch)
    has_numbers = len(entries) <= MAX_WITH_NUMBERS
    return [
        replace(row, note=row.note.replace(HINT, ""), numbers=row.numbers if has_numbers else ())
        for row in rows
    ]


def _curve(entries: Sequence[Entry], epoch: float, height: int) -> None:
    draw_metric(entries, epoch, MEASURES[COMPARISON.now.measure], height=height, renderer="svg")
