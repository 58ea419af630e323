"""The curve or the digits of a comparison alone, for a frame in a page of another site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from core.views.compare.comparison import MEASURES
from pages.components.common import embedding, services
from pages.components.common.comparison_link import COMPARISON
from pages.components.common.headline import headline
from pages.components.common.image_grid import digit_grid
from pages.components.common.image_zoom import HINT
from pages.components.common.page_rerun import rerun_page
from pages.components.compare import comparison_text, digit_rows, replay_slider
from pages.components.compare.compared_runs import Entry, refreshed, states
from pages.components.compare.comparison_body import draw_metric

# With the headline and the link it fits a frame of 640 x 480.
CURVE_HEIGHT = 300


def part(before: Sequence[Entry]) -> None:
    """Draw the part that the link names; runs as a fragment.

    Args:
        before: the runs when the whole page was last drawn.
    """
    entries = refreshed(before)
    if states(entries) != states(before):
        rerun_page()
    with st.container(key="embedded-part", gap="small"):
        with st.container(key="embedded-notes"):
            COMPARISON.say_notes()
        headline(*comparison_text.headline_of(entries, services.library().summaries()))
        if not entries:
            st.caption("This link names no runs.")
        elif COMPARISON.part == "curve":
            _curve(entries)
        else:
            rows = digit_rows.rows_of(entries, replay_slider.position(entries))
            # Six runs fit without numbers, and nothing can be enlarged here.
            notes = [row.note.replace(HINT, "") for row in rows]
            plain = zip(rows, notes, strict=True)
            digit_grid([replace(row, numbers=(), note=note) for row, note in plain])
        embedding.link_to_page("Compare", COMPARISON.now.to_query())
    COMPARISON.write()


def _curve(entries: Sequence[Entry]) -> None:
    view = COMPARISON.now
    draw_metric(entries, view.epoch, MEASURES[view.measure], height=CURVE_HEIGHT)
    st.caption(" · ".join(f"**{entry.letter}** {entry.name}" for entry in entries))
