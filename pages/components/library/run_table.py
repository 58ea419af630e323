"""The table of runs with digit and verdict; rows can be selected."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.charts import digit_images
from core.store.run_summary import RunSummary
from core.store.shipped import THUMBNAIL_DIGIT
from core.text import formats
from core.text.labels import ALWAYS_NAMED, SETTING_TITLES, run_name
from core.variant import FIELDS
from core.views.library import library_query
from core.views.library.library_order import REVERSED, is_descending
from core.views.library.library_query import ORIGIN, text_of
from pages.components.common import services
from pages.components.common.theme import palette
from pages.components.common.url_state import hold
from pages.components.library import list_controls

PICTURES_KEPT = 2_000
HEADER_HEIGHT = 40
# Text wraps in rows that are higher than four times the page's font size of 15 pixels.
ROW_HEIGHT = 62
# So wide that the longest verdict takes the three lines that a row has room for.
VERDICT_WIDTH = 380
MAX_HEIGHT = HEADER_HEIGHT + 9 * ROW_HEIGHT
PAGE = "library-page"
# Settings that are not always part of a run's name.
SETTINGS = tuple(field for field in FIELDS if field not in ALWAYS_NAMED)
# The order for a click on a heading.
SORT_OF = {
    "Run": "name",
    "Verdict": "verdict",
    "MSE": "mse",
    "SSIM": "ssim",
    "Loss": "trained_loss",
    "Origin": "origin",
    "Trained": "created",
    "Seconds": "seconds",
    "kB": "bytes",
    **{SETTING_TITLES[field]: field for field in SETTINGS},
}


def table(found: Sequence[RunSummary]) -> list[RunSummary]:
    """Draw one page of the list.

    Args:
        found: all matching runs, in order.

    Returns:
        The selected runs.
    """
    if not found:
        return []
    count = library_query.pages(len(found))
    page = min(list_controls.query().page, count)
    shown = library_query.page_of(found, page)
    key = _key(shown)
    selection = st.dataframe(
        pd.DataFrame([_row(one) for one in shown]),
        key=key,
        on_select=partial(_sort_by_selected_column, key),
        # Selecting a column means a click on its heading; Streamlit's own sorting would only sort
        # this page of the list.
        selection_mode=["multi-row", "single-column"],
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=min(HEADER_HEIGHT + len(shown) * ROW_HEIGHT, MAX_HEIGHT),
        column_config=_columns(),
        placeholder="–",
        alt=f"{len(shown)} runs with their verdicts, scores and settings.",
    )
    if count > 1:
        follow = list_controls.follow(PAGE, "page")
        st.pagination(count, default=page, key=hold(PAGE, page), on_change=follow)
    return [shown[row] for row in selection["selection"]["rows"] if row < len(shown)]


def _key(shown: Sequence[RunSummary]) -> str:
    """A different key for each list and order, since the selection consists of row numbers."""
    listed = [list_controls.query().sort, *(one.key for one in shown)]
    return f"library-table-{hashlib.sha256(''.join(listed).encode()).hexdigest()[:12]}"


def _sort_by_selected_column(key: str) -> None:
    for column in st.session_state[key]["selection"]["columns"]:
        if column in SORT_OF:
            list_controls.sort_by(SORT_OF[column])


def _row(one: RunSummary) -> dict[str, Any]:
    return {
        "Image": _picture(one.key, services.store().stamp(one.key), palette().border),
        "Run": run_name(one.variant),
        "Verdict": f"{one.verdict.word} {one.verdict.sentence}" if one.verdict else None,
        "MSE": _finite(one.scores.mse),
        "SSIM": _finite(one.scores.ssim),
        "Loss": formats.loss(one.trained_loss.held_out),
        "Origin": text_of(one, ORIGIN),
        "Trained": one.created[:16].replace("T", " "),
        "Seconds": one.seconds,
        "kB": one.bytes / 1000,
        **{SETTING_TITLES[field]: text_of(one, field) for field in SETTINGS},
    }


def _columns() -> dict[str, Any]:
    column = st.column_config
    columns: dict[str, Any] = {name: column.TextColumn() for name in SORT_OF} | {
        "Image": column.ImageColumn(
            width=64,
            pinned=True,
            help=f"The eighth of the ten images, of digits the {THUMBNAIL_DIGIT}, reconstructed"
            " after the last epoch",
        ),
        "Run": column.TextColumn(
            width=190, help="Output activation, loss, and what differs from the defaults"
        ),
        "Verdict": column.TextColumn(width=VERDICT_WIDTH),
        "MSE": column.NumberColumn(width=80, format="%.4f", help="Pixel error on held-out images"),
        "SSIM": column.NumberColumn(
            width=76, format="%.2f", help="Structural similarity on held-out images; 1 is perfect"
        ),
        "Loss": column.TextColumn(
            width=84,
            alignment="right",
            help="As trained on, for held-out images. Each kind of loss has its own unit, so"
            " sorting keeps the kinds apart.",
        ),
        "Trained": column.TextColumn(help="UTC"),
        "Seconds": column.NumberColumn(format="%.1f", help="Training time"),
        "kB": column.NumberColumn(format="%.0f", help="On disk; more while weights are kept"),
    }
    sort = list_controls.query().sort
    for name, order in SORT_OF.items():
        if order == sort.removeprefix(REVERSED):
            columns[name]["label"] = f"{name} {'↓' if is_descending(sort) else '↑'}"
    return columns


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


@st.cache_data(show_spinner=False, max_entries=PICTURES_KEPT)
def _picture(key: str, stamp: str | None, frame: str) -> str | None:
    image = services.library().thumbnail(key)
    return None if image is None else digit_images.digit_row(image[None] / 255, frame=frame)
