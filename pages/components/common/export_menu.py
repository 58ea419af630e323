"""The Export button: files of runs, each built only when it is clicked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from core.errors import LimitExceeded
from core.export.export_files import MAX_COMPARED, archive_bytes, exports
from core.run import Run
from core.store.run_summary import RunSummary
from core.variant import Variant
from pages.components.common import services
from pages.components.common.file_button import file_button, lab_address

# Width of the menu in CSS pixels, so that its sentences do not widen it.
WIDTH = 300


def export_button(
    runs: Sequence[Run | RunSummary],
    *,
    key: str,
    type: Literal["secondary", "tertiary"] = "secondary",
) -> None:
    """Draw the button.

    Args:
        runs: stored or shipped runs, at least one.
        key: the key of the widget, different on each page.
        type: the type of the button, see `st.button`.
    """
    variants = [run.variant for run in runs]
    with_weights = [run.variant for run in runs if run.has_weights]
    with (
        st.popover("Export", icon=":material/download:", key=key, type=type),
        st.container(width=WIDTH, gap="xsmall"),
    ):
        with st.container(key=f"{key}-files", gap="xsmall"):
            refusal = _archive_refusal(variants)
            has_models = not refusal and len(variants) <= MAX_COMPARED
            for file in exports(
                services.library(),
                variants,
                lab_address(),
                models=with_weights if has_models else (),
                has_archive=not refusal,
            ):
                file_button(file, key=key)
            if refusal:
                st.caption(f"No archive and no Keras models: {refusal}")
        st.caption("A chart as PNG: from the toolbar over the chart.")
        with st.container(key=f"{key}-models", gap="xsmall"):
            if len(variants) > MAX_COMPARED:
                st.caption(f"Reports, images and models take up to {MAX_COMPARED} runs.")
            elif bare := len(variants) - len(with_weights):
                st.caption(_without_weights(bare, len(variants)))


def _archive_refusal(variants: Sequence[Variant]) -> str:
    try:
        services.trainer().limits.check_archive(archive_bytes(services.library(), variants))
    except LimitExceeded as refusal:
        return str(refusal)
    return ""


def _without_weights(bare: int, runs: int) -> str:
    if runs == 1:
        return "This run's weights are not stored, so it has no Keras model. Train it again."
    return f"The weights of {bare} of {runs} runs are not stored, so they have no Keras model."
