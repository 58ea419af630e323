"""The result: headline, curve, replay or progress, digits, error scale and scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd
import streamlit as st

from core.charts import loss_chart as charts
from core.charts.loss_chart import LossCurve
from core.data.image_sets import info_of
from core.objectives.losses import LOSSES
from core.run import Run
from core.variant import Variant
from core.views.lab.lab_view import AXES, LEVELS, SMOOTHINGS, View
from core.views.lab.loss_notes import loss_notes
from pages.components.common.error_scale import ruler
from pages.components.common.export_menu import export_button
from pages.components.common.glossary_popover import explain
from pages.components.common.headline import headline
from pages.components.common.image_grid import DigitRow, numbers_html
from pages.components.common.image_zoom import HINT, digits_to_click, enlarged
from pages.components.common.loss_panel import loss_panel
from pages.components.common.markdown import escaped
from pages.components.common.page_rerun import rerun_page
from pages.components.common.preflight_results import Checks
from pages.components.common.reconstruction_rows import Shown, digit_rows, panels
from pages.components.common.run_status import RunStatus, headline_of, look
from pages.components.common.score_table import score_table
from pages.components.common.theme import palette
from pages.components.common.widgets import segments, switch
from pages.components.lab import epoch_slider, image_picker, own_image_result, run_prediction
from pages.components.lab.lab_link import LAB

# The terms explained above the curve.
LOSS_TERMS = ("trained-on loss", "held-out", "displayed loss", "floor", "excess", "epoch")
# A view with all levels on, for the alternative text.
VIEW = View()
COLUMNS = {
    "loss": "training loss",
    "validation_loss": "held-out loss",
    "displayed_loss": "from the shown pixels",
    "mse": "pixel MSE",
    "ssim": "SSIM",
}
GUESS_FIRST = ("Not trained yet.", "Say what will come out, or train it.")
OWN_SCALE_HIDES = (
    "Own scale: each image from its smallest value, drawn black, to its largest, drawn white. This"
    " hides how dark or pale an image is; the numbers do not."
)


def result(variant: Variant, checks: Checks | None, *, tick: float | None) -> None:
    """Draw the current result of a variant; runs as a fragment.

    Args:
        variant: the settings.
        checks: its preflight results; None if the data set cannot be read.
        tick: seconds between two runs of the fragment, None for none; if it is out of date, the
            whole page is redrawn.
    """
    status = look(variant)
    if status.tick != tick:
        rerun_page()
    with st.container(key="lab-result"):
        _draw(variant, checks, status)
    LAB.view()
    LAB.write()


def _draw(variant: Variant, checks: Checks | None, status: RunStatus) -> None:
    view = LAB.view()
    only_pinned = image_picker.why_only_pinned(status.run, checks)
    epoch = epoch_slider.position(status.run) if status.run else None
    shown = image_picker.shown(status, checks, view, epoch)
    is_open = run_prediction.is_open(variant, status)
    # While a guess is requested, show only the originals.
    rows = _rows(checks, shown, view)[: 1 if is_open else None] if shown else []
    # On a phone this strip stays visible while settings are changed; in wider windows the curve is
    # between its two parts.
    with st.container(key="lab-strip", gap="xsmall"):
        with st.container(key="lab-headline"):
            headline(*(GUESS_FIRST if is_open else headline_of(status, variant)))
        with st.container(key="lab-digits"):
            if rows:
                digits_to_click(rows, view.digit, _enlarge, key="lab")
    with st.container(horizontal=True, key="lab-curve-options"):
        _curve_options()
        explain("Terms", *LOSS_TERMS)
    curve = curve_of(variant, status, checks, view)
    with st.container(key="lab-time", gap="xsmall"):
        loss_panel(
            curve,
            palette(),
            key="run",
            log=view.axis == "log",
            smoothing=view.smoothing,
            epoch=epoch if st.session_state.epoch is not None else None,
        )
        with st.container(key="lab-edge-time"):
            if status.run:
                epoch_slider.slider(
                    status.run, disabled=view.digits != "each" and only_pinned is None
                )
            else:
                epoch_slider.progress(variant, status.job)
    with st.container(key="lab-more-digits", gap="xsmall"):
        if shown:
            _digit_details(rows, shown, view, is_live=status.is_live)
    image_picker.widgets(variant, status, only_pinned, image_picker.why_pinned(checks, view))
    with st.container(key="lab-own-result"):
        own_image_result.result(status.run, checks, variant.dataset, view)
    with st.container(key="lab-error-scale", gap="xsmall"):
        _draw_error_scale(variant, status, checks)


def _curve_options() -> None:
    with st.popover("Curve", icon=":material/show_chart:", type="tertiary"):
        if LAB.popover.is_forgetting():
            return
        segments("Axis of the loss", AXES, "axis")
        segments("Smoothing", SMOOTHINGS, "smoothing")
        st.caption("A moving average; the raw points stay visible behind it.")
        st.markdown("Levels on held-out images")
        for field, name in LEVELS.items():
            switch(name[:1].upper() + name[1:], field, term=name)


def curve_of(
    variant: Variant, status: RunStatus, checks: Checks | None, view: View = VIEW
) -> LossCurve:
    """The loss curve of a variant in its current state, with the levels that the view shows."""
    floor = checks.floor if checks else status.run.floor if status.run else None
    shown = [name for field, name in LEVELS.items() if getattr(view, field)]
    landmarks = checks.landmarks if checks else {}
    return charts.loss_curve(
        status.history,
        LOSSES[variant.loss],
        floor if "floor" in shown else None,
        variant.epochs,
        {name: value for name, value in landmarks.items() if name in shown},
    )


def _rows(checks: Checks | None, shown: Shown, view: View) -> list[DigitRow]:
    original_note = f"sum ≈ {checks.mean_sum:.0f}\n{HINT}" if checks else HINT
    return digit_rows(shown, view, palette(), original_note=original_note)


def _digit_details(rows: Sequence[DigitRow], shown: Shown, view: View, *, is_live: bool) -> None:
    """Draw the numbers, which do not fit into a phone's strip, and the enlarged digit."""
    st.html(numbers_html(rows))
    with st.container(key="lab-own-scale"):
        if view.own_scale:
            st.caption(OWN_SCALE_HIDES)
    chosen = [] if view.digit is None else panels(shown, view.digit)
    enlarged(chosen, key="lab", at_rest=not is_live)


def _enlarge(digit: int | None) -> None:
    st.session_state.digit = digit


def _draw_error_scale(variant: Variant, status: RunStatus, checks: Checks | None) -> None:
    """Draw the error scale and the table of scores."""
    run, epochs = status.run, status.history.epochs
    baselines = run.baselines if run else checks.baselines if checks else None
    if baselines is None:
        return
    info = info_of(variant.dataset)
    ruler(
        baselines,
        palette(),
        run=run.scores.mse if run else epochs[-1].mse if epochs else None,
        best=checks.best_error if checks else None,
        best_name=checks.best_name.lower() if checks else "",
        held_out=info.held_out_count,
        noun=info.noun,
    )
    with st.container(key="lab-edge-scores"):
        ranked = dict(sorted(baselines.items(), key=lambda baseline: baseline[1].mse))
        score_table({"this run": run.scores, **ranked} if run else ranked)


def details(variant: Variant, checks: Checks | None) -> None:
    """Draw the curve as a sentence and a table, and the provenance of the run, if there is one."""
    status = look(variant)
    with st.container(key="lab-edge-words"):
        if status.run:
            _in_words(curve_of(variant, status, checks), status.run)


def _in_words(curve: LossCurve, run: Run) -> None:
    made = run.provenance
    shipped = "Shipped result. " if made.shipped else ""
    words = st.expander("The curve in words and numbers", on_change="rerun", key="words")
    if words.open:
        with words:
            st.markdown(charts.curve_in_words(curve))
            epochs = pd.DataFrame([asdict(epoch) for epoch in run.history.epochs])
            st.dataframe(epochs.rename(columns=COLUMNS), hide_index=True)
            for note in loss_notes(run):
                st.caption(note)
    with st.container(horizontal=True, vertical_alignment="center", key="lab-provenance"):
        text = (
            f"{shipped}Trained {made.created[:10]} in {made.seconds:.1f} s on {made.machine};"
            f" Keras {made.versions.get('keras', 'unknown')}."
        )
        st.caption(escaped(text), width="stretch")
        export_button([run], key="lab-export", type="tertiary")
