"""The list of runs, with a digit and the verdict of each; rows can be selected."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core import formats, shelf
from core.comparing.comparison import short_name
from core.drawing import pictures
from core.matrix.matrix_view import AXIS_NAMES
from core.shelf import ORIGIN, text_of
from core.store.run_summary import RunSummary
from core.variant import FIELDS
from pages.shared import state
from pages.shared.shelf import finding
from pages.shared.theme import palette

PICTURES_KEPT = 2_000
ROW_HEIGHT = 40
MOST_HEIGHT = 520
PAGE = "library-page"
# Already in a run's name.
NAMED = ("activation", "loss")

# The buttons of a selection take the place of one line of text; the table must not jump.
_STYLES = """<style>
.st-key-library-actions { min-height: 40px; }
[class*=st-key-library-to-] a { border: 1px solid var(--lab-border); padding: 0.4rem 0.75rem; }
@media (max-width: 640px) { .st-key-library-actions { min-height: 92px; } }
</style>"""


def apply_styles() -> None:
    """Put the style sheet of the page on the page."""
    st.html(_STYLES)


def table(found: Sequence[RunSummary]) -> list[RunSummary]:
    """Draw one page of the list.

    Args:
        found: all that match, in order.

    Returns:
        The runs whose rows are selected.
    """
    if not found:
        return []
    count = shelf.pages(len(found))
    page = min(finding.query().page, count)
    shown = shelf.page_of(found, page)
    # A selection is of places in the list, so another list has another widget.
    name = hashlib.sha256("".join(one.key for one in shown).encode()).hexdigest()[:12]
    selection = st.dataframe(
        pd.DataFrame([_row(one) for one in shown]),
        key=f"library-table-{name}",
        on_select="rerun",
        selection_mode="multi-row",
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=min((len(shown) + 1) * ROW_HEIGHT, MOST_HEIGHT),
        column_config=_columns(),
        placeholder="–",
        alt=f"{len(shown)} runs with their verdicts, scores and settings.",
    )
    if count > 1:
        key = finding.hold(PAGE, page)
        st.pagination(count, default=page, key=key, on_change=finding.follow(key, "page"))
    return [shown[row] for row in selection["selection"]["rows"] if row < len(shown)]


def _row(one: RunSummary) -> dict[str, Any]:
    settings = {AXIS_NAMES[f]: text_of(one, f) for f in FIELDS if f not in NAMED}
    return {
        "Digit": _picture(one.key, state.store().stamp(one.key), palette().border),
        "Run": short_name(one.variant),
        "Pixels": settings.pop(AXIS_NAMES["normalization"]),
        "Verdict": _verdict(one),
        "MSE": _finite(one.scores.mse),
        "SSIM": _finite(one.scores.ssim),
        "Loss": formats.loss(one.trained_loss.held_out),
        "Origin": text_of(one, ORIGIN),
        **settings,
        "Trained": one.created[:16].replace("T", " "),
        "Seconds": one.seconds,
        "kB": one.bytes / 1000,
    }


def _columns() -> dict[str, Any]:
    column = st.column_config
    return {
        "Digit": column.ImageColumn("Digit", width=50, pinned=True, help="The last drawing of a 5"),
        "Run": column.TextColumn("Run", help="Output activation and loss", width=140),
        "Pixels": column.TextColumn("Pixels", help="What they are scaled to", width=100),
        "Verdict": column.TextColumn("Verdict", width=320),
        "MSE": column.NumberColumn("MSE", format="%.4f", help="Pixel error, held-out images"),
        "SSIM": column.NumberColumn("SSIM", format="%.2f"),
        "Loss": column.TextColumn(
            "Loss", alignment="right", help="As trained on, held-out images; each kind its own unit"
        ),
        "Trained": column.TextColumn("Trained (UTC)"),
        "Seconds": column.NumberColumn("Seconds", format="%.1f"),
        "kB": column.NumberColumn("kB", format="%.0f", help="On disk; with weights it is more"),
    }


def _verdict(one: RunSummary) -> str | None:
    return f"{one.verdict.word} {one.verdict.sentence}" if one.verdict else None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


@st.cache_data(show_spinner=False, max_entries=PICTURES_KEPT)
def _picture(key: str, stamp: str | None, frame: str) -> str | None:
    image = state.library().thumbnail(key)
    return None if image is None else pictures.digit_row(image[None] / 255, frame=frame)
