"""The empty Compare page: four example comparisons of shipped runs."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.charts import digit_images
from core.metrics import image_metrics
from core.run import Run
from core.text.labels import run_names
from core.views.compare.ready_comparisons import EXAMPLES, Example, in_numbers
from pages.components.common import comparison_link, services
from pages.components.common.headline import headline
from pages.components.common.image_grid import DigitRow, digit_grid
from pages.components.common.theme import palette

COLUMNS = 2


def examples() -> None:
    """Draw the headline and the example comparisons whose runs exist."""
    headline("Nothing to compare yet.", "Open one of these comparisons, or add a run.")
    with st.container(key="compare-examples", gap="medium"):
        for row in range(0, len(EXAMPLES), COLUMNS):
            columns = st.columns(COLUMNS, gap="medium")
            for index in range(row, min(row + COLUMNS, len(EXAMPLES))):
                with columns[index - row]:
                    _card(EXAMPLES[index], key=f"compare-example-{index}")


def _card(example: Example, *, key: str) -> None:
    runs = [run for variant in example.variants if (run := services.run_of(variant.key))]
    if len(runs) < len(example.variants):
        return
    # A button covers the whole card. It is not a link, since Streamlit does not show the query of a
    # link to the current page in the address bar.
    with st.container(border=True, gap="xsmall", height="stretch", key=key):
        st.button(
            f"**{example.title}**",
            icon=":material/compare_arrows:",
            key=f"{key}-open",
            type="tertiary",
            on_click=comparison_link.add,
            args=example.variants,
        )
        st.caption(example.sentence)
        digit_grid(_rows(runs))


def _rows(runs: Sequence[Run]) -> list[DigitRow]:
    names = run_names([run.variant for run in runs])
    return [
        DigitRow(
            label=name,
            note=in_numbers(run),
            picture=digit_images.digit_row(
                image_metrics.displayed(run.history.frames[-1].pixels), frame=palette().border
            ),
            alt=f"Ten reconstructed digits of {name}.",
        )
        for name, run in zip(names, runs, strict=True)
    ]
