"""The table of runs with digit and verdict; rows can be selected."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.column_config import ImageColumn, NumberColumn, TextColumn

from core.store.run_summary import RunSummary
from core.store.shipped import THUMBNAIL_DIGIT
from core.text import formats
from core.text.labels import ALWAYS_NAMED, SETTING_TITLES, run_name
from core.variant import FIELDS
from core.views.library import library_query
from core.views.library.library_order import REVERSED, is_descending
from core.views.library.library_query import ORIGIN, filter_text
from pages.components.common import thumbnails
from pages.components.common.theme import palette
from pages.components.common.url_state import hold
from pages.components.library import list_controls

HEADER_HEIGHT = 40
# Text wraps in rows that are higher than four times the page's font size of 15 pixels.
ROW_HEIGHT = 62
# Wide enough for the longest verdict to fit into the three lines of a row.
VERDICT_WIDTH = 380
MAX_HEIGHT = HEADER_HEIGHT + 9 * ROW_HEIGHT
PAGE = "library-page"
# Settings that are not always part of a run's name.
SETTINGS = tuple(field for field in FIELDS if field not in ALWAYS_NAMED)


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the table.

    Attributes:
        title: its heading.
        value: what a run has in it; None for an empty cell.
        order: the key of `core.views.library.library_order.SORTS` for a click on its heading; None
            if the list has no such order.
        config: how it is drawn.
    """

    title: str
    value: Callable[[RunSummary], Any]
    order: str | None
    config: Mapping[str, Any] = field(default_factory=TextColumn)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _of_setting(name: str) -> Column:
    return Column(title=SETTING_TITLES[name], order=name, value=lambda one: filter_text(one, name))


def _verdict(one: RunSummary) -> str | None:
    return f"{one.verdict.word} {one.verdict.sentence}" if one.verdict else None


COLUMNS = (
    Column(
        title="Image",
        order=None,
        value=lambda one: thumbnails.picture(one.key, palette().border),
        config=ImageColumn(
            width=64,
            pinned=True,
            help=f"The eighth of the ten images, of digits the {THUMBNAIL_DIGIT}, reconstructed"
            " after the last epoch",
        ),
    ),
    Column(
        title="Run",
        order="name",
        value=lambda one: run_name(one.variant),
        config=TextColumn(
            width=190, help="Output activation, loss, and what differs from the defaults"
        ),
    ),
    Column(
        title="Verdict", order="verdict", value=_verdict, config=TextColumn(width=VERDICT_WIDTH)
    ),
    Column(
        title="MSE",
        order="mse",
        value=lambda one: _finite(one.scores.mse),
        config=NumberColumn(width=80, format="%.4f", help="Pixel error on held-out images"),
    ),
    Column(
        title="SSIM",
        order="ssim",
        value=lambda one: _finite(one.scores.ssim),
        config=NumberColumn(
            width=76, format="%.2f", help="Structural similarity on held-out images; 1 is perfect"
        ),
    ),
    Column(
        title="Loss",
        order="trained_loss",
        value=lambda one: formats.loss(one.trained_loss.held_out),
        config=TextColumn(
            width=84,
            alignment="right",
            help="As trained on, for held-out images. Each kind of loss has its own unit, so"
            " sorting keeps the kinds apart.",
        ),
    ),
    Column(title="Origin", order="origin", value=lambda one: filter_text(one, ORIGIN)),
    Column(
        title="Trained",
        order="created",
        value=lambda one: one.created[:16].replace("T", " "),
        config=TextColumn(help="UTC"),
    ),
    Column(
        title="Seconds",
        order="seconds",
        value=lambda one: one.seconds,
        config=NumberColumn(format="%.1f", help="Training time"),
    ),
    Column(
        title="kB",
        order="bytes",
        value=lambda one: one.bytes / 1000,
        config=NumberColumn(format="%.0f", help="On disk; more while weights are kept"),
    ),
    *map(_of_setting, SETTINGS),
)


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
        pd.DataFrame([{column.title: column.value(one) for column in COLUMNS} for one in shown]),
        key=key,
        on_select=partial(_sort_by_selected_column, key),
        # Selecting a column means a click on its heading; Streamlit's own sorting would only sort
        # this page of the list.
        selection_mode=["multi-row", "single-column"],
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=min(HEADER_HEIGHT + len(shown) * ROW_HEIGHT, MAX_HEIGHT),
        column_config=_configs(),
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
    selected = st.session_state[key]["selection"]["columns"]
    for column in COLUMNS:
        if column.title in selected and column.order:
            list_controls.sort_by(column.order)


def _configs() -> dict[str, Any]:
    """How each column is drawn; an arrow shows the one that the list is sorted by."""
    sort = list_controls.query().sort
    configs = {column.title: dict(column.config) for column in COLUMNS}
    for column in COLUMNS:
        if column.order == sort.removeprefix(REVERSED):
            configs[column.title]["label"] = f"{column.title} {'↓' if is_descending(sort) else '↑'}"
    return configs
