"""The selected cell: verdict, five digits, numbers, and links."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core import diagnostics
from core.data.image_sets import info_of
from core.data.normalization import Floats
from core.diagnostics import Finding, Tone
from core.run import Pinned, Run
from core.store.run_summary import RunSummary
from core.text import formats
from core.text.labels import best_in_words
from core.variant import Variant
from core.views.lab.lab_view import View
from core.views.matrix import STATE_WORDS, Cell, name_of
from core.views.matrix.matrix_scale import excess, gap
from core.views.matrix.matrix_view import MatrixView
from pages.components.common import comparison_link, prediction, preflight_results, services
from pages.components.common.headline import headline
from pages.components.common.image_grid import digit_grid
from pages.components.common.markdown import escaped
from pages.components.common.navigation import PAGES
from pages.components.common.reconstruction_rows import Shown, digit_rows
from pages.components.common.theme import palette
from pages.components.matrix import cell_prediction
from pages.components.matrix.matrix_link import MATRIX
from pages.components.matrix.matrix_status import MatrixStatus

# Indices of the pinned digits shown: 1, 3, 5, 7 and 9.
FIVE = slice(1, None, 2)
MAX_FINDINGS = 2


def selected_cell(view: MatrixView, status: MatrixStatus) -> None:
    """Draw the right side of the page."""
    cell = next((cell for cell in status.cells if cell.variant == view.variant), None)
    if cell is None:
        headline("No cell selected.", "Select one in the matrix.")
        return
    st.markdown(f"**{name_of(view, cell)}**")
    run = services.run_of(cell.run.key)
    asked = None if run is None else cell_prediction.open_question(view, cell, run)
    if asked:
        prediction.ask(asked, key=cell_prediction.key_of(cell), is_large=False)
        return
    if run is None:
        _untrained(cell, status)
    else:
        cell_prediction.outcome(cell, run)
        _trained(run, status)
    _next_steps(cell, run)
    if run is not None:
        st.caption(escaped(_origin(run)))


def _untrained(cell: Cell, status: MatrixStatus) -> None:
    variant = cell.run
    tone: Tone = "bad" if cell.state == "failed" else "neutral"
    # A listed run may turn out to be damaged when it is opened.
    first = f"{STATE_WORDS.get(cell.state, 'Cannot be opened')}."
    checks = preflight_results.of(variant)
    if error := status.sweep_status.failed.get(variant):
        headline(first, error, tone)
    elif checks is None:
        headline(first, preflight_results.why_unreadable(variant.dataset), tone)
    else:
        headline(first, f"Below: {best_in_words(variant.normalization)}.", tone)
    if checks is not None:
        _five_digits(checks.pinned, checks.best, checks.best_name, hollow=True)
        for finding in checks.findings[:MAX_FINDINGS]:
            st.markdown(f"**{finding.title}.** {finding.sentence}")


def _trained(run: Run, status: MatrixStatus) -> None:
    verdict = diagnostics.verdict(run)
    headline(verdict.word, verdict.sentence, verdict.tone)
    if run.history.frames:
        _five_digits(run.pinned, run.history.frames[-1].pixels, "Shown")
    summary = status.summaries.get(run.variant.key)
    if summary is not None:
        share = status.mean_image.get(run.variant.dataset)
        st.table(_numbers(summary, share), border="horizontal", hide_header=True)


def _five_digits(pinned: Pinned, pixels: Floats, label: str, *, hollow: bool = False) -> None:
    shown = Shown(
        originals=pinned.images[FIVE], pixels=pixels[FIVE], label=label, note="", hollow=hollow
    )
    digit_grid(digit_rows(shown, View(), palette()))


def _numbers(summary: RunSummary, mean_image: float | None) -> pd.DataFrame:
    error = summary.scores.mse
    rows = {
        "Pixel error (MSE)": formats.loss(error),
        "Error, mean image = 100%": formats.share(error / mean_image if mean_image else None),
        "SSIM": formats.ssim(summary.scores.ssim),
        "Loss as trained": formats.loss(summary.trained_loss.held_out),
        "Loss of the shown pixels": _with(summary.displayed_loss.held_out, gap(summary), "gap"),
        "Loss floor": _with(summary.floor.held_out, excess(summary), "excess"),
    }
    return pd.DataFrame({"": rows})


def _with(value: float | None, other: float | None, name: str) -> str:
    return formats.loss(value) + (f" ({name} {formats.loss(other)})" if other else "")


def _next_steps(cell: Cell, run: Run | None) -> None:
    with st.container(horizontal=True):
        # Links, since `st.switch_page` may be lost while a fragment of this page reruns.
        with st.container(key="matrix-open", width="content"):
            st.page_link(
                PAGES["Lab"],
                label="Open in the lab",
                icon=":material/science:",
                query_params=cell.run.to_query(),
            )
        if run is not None:
            with st.container(key="matrix-compare", width="content"):
                st.page_link(
                    PAGES["Compare"],
                    label="Compare",
                    icon=":material/add:",
                    query_params=comparison_link.query_with(cell.run),
                )
        remedy = _remedy(cell.run, run)
        if remedy is not None and remedy.remedy is not None:
            better = Variant.from_dict({**cell.variant.to_dict(), **remedy.remedy})
            if st.button(
                remedy.remedy_label or "Change it",
                icon=":material/build:",
                help=remedy.sentence,
                on_click=_select,
                args=(better,),
            ):
                st.rerun()


def _remedy(variant: Variant, run: Run | None) -> Finding | None:
    """The finding that is the cause, or without a run the first one with a remedy."""
    if run is not None:
        found = diagnostics.cause(run)
        return found if found and found.remedy else None
    findings = preflight_results.findings(variant)
    return next((finding for finding in findings if finding.remedy), None)


def _select(variant: Variant) -> None:
    MATRIX.change(variant=variant)


def _origin(run: Run) -> str:
    made = run.provenance
    origin = "Shipped result" if made.shipped else "Trained here"
    data_set = info_of(run.variant.dataset).label
    return (
        f"{origin} · {data_set}, {run.variant.epochs} epochs · {made.created[:10]}"
        f" · Keras {made.versions.get('keras', 'unknown')}"
    )
