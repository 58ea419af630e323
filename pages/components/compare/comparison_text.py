"""The headline of the Compare page, its details, and the buttons that train missing runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.errors import LimitExceeded
from core.store.run_summary import RunSummary
from core.variant import Variant
from core.views.compare import difference
from core.views.compare.comparison import Comparison
from core.views.compare.difference import Difference
from pages.components.common import services
from pages.components.common.comparison_link import COMPARISON
from pages.components.common.export_menu import export_button
from pages.components.common.headline import headline
from pages.components.compare.compared_runs import Entry

REFUSAL = "compare-refusal"


def headline_row(entries: Sequence[Entry], summaries: Mapping[str, RunSummary]) -> None:
    """Draw the headline with the export menu, the details, and buttons for missing runs.

    Args:
        entries: at least one.
        summaries: the summaries of all runs by key, to find other seeds.
    """
    runs = [entry.run for entry in entries if entry.run]
    missing = [entry for entry in entries if entry.is_missing]
    seeds = _seeds(entries, summaries)
    found = _difference(entries, seeds)
    with st.container(horizontal=True, vertical_alignment="center", key="lab-headline-compare"):
        headline(*_headline(entries, missing, found))
        if COMPARISON.now.present:
            return
        keys = [run.variant.key for run in runs]
        if stored := [summaries[key] for key in keys if key in summaries]:
            export_button(stored, key="compare-export", type="tertiary")
    if missing:
        _train_button(
            "Train it" if len(missing) == 1 else f"Train all {len(missing)}",
            [entry.variant for entry in missing],
            key="compare-train-missing",
            primary=True,
        )
    elif found:
        _details(found, [entry.variant for entry in entries], seeds)
    if refusal := st.session_state.pop(REFUSAL, None):
        st.caption(refusal)


def headline_of(entries: Sequence[Entry], summaries: Mapping[str, RunSummary]) -> tuple[str, str]:
    """The headline's first words and the rest; arguments as for `headline_row`."""
    missing = [entry for entry in entries if entry.is_missing]
    return _headline(entries, missing, _difference(entries, _seeds(entries, summaries)))


def _seeds(entries: Sequence[Entry], summaries: Mapping[str, RunSummary]) -> dict[str, list[float]]:
    runs = [entry.run for entry in entries if entry.run]
    return {
        run.variant.key: difference.other_seeds(run.variant, summaries.values()) for run in runs
    }


def _difference(
    entries: Sequence[Entry], seeds: Mapping[str, Sequence[float]]
) -> Difference | None:
    runs = [entry.run for entry in entries if entry.run]
    return difference.difference(runs, seeds) if len(runs) == len(entries) > 1 else None


def train(variants: Sequence[Variant]) -> None:
    """Callback: request the missing runs; a full queue is noted on the page."""
    try:
        services.train_missing(variants)
    except LimitExceeded as refusal:
        st.session_state[REFUSAL] = str(refusal)


def awaited(view: Comparison) -> list[Variant]:
    """Second seeds of the compared runs that are queued or training."""
    seconds = map(difference.second_seed, view.variants)
    return [variant for variant in seconds if services.is_pending(variant)]


def _headline(
    entries: Sequence[Entry], missing: Sequence[Entry], found: Difference | None
) -> tuple[str, str]:
    """The headline: its first words, and the rest."""
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        return (
            f"{_letters(missing)} {verb} not trained yet.",
            "No run with these settings is stored here.",
        )
    if live := [entry for entry in entries if entry.status.is_live]:
        verb = "is" if len(live) == 1 else "are"
        return f"{_letters(live)} {verb} training.", "The rows show the current reconstructions."
    if found is None:
        return "Only one run.", "Add another to compare it with."
    return found.first, found.rest


def _details(
    found: Difference, variants: Sequence[Variant], seeds: Mapping[str, Sequence[float]]
) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="compare-details"
    ):
        if found.details:
            st.caption(" ".join(found.details), width="stretch")
        if found.pair is None or found.is_spread_known:
            return
        pair = [variants[index] for index in found.pair]
        seconds = [difference.second_seed(one) for one in pair if not seeds[one.key]]
        waiting = sum(map(services.is_pending, seconds))
        if waiting:
            st.badge("Training second seeds", icon=":material/hourglass_top:", color="grey")
        else:
            _train_button("Train a second seed of each", seconds, key="compare-train-seeds")


def _train_button(
    label: str, variants: Sequence[Variant], *, key: str, primary: bool = False
) -> None:
    trainer = services.trainer().status
    st.button(
        label,
        icon=":material/play_arrow:",
        key=key,
        type="primary" if primary else "secondary",
        on_click=train,
        args=(variants,),
        disabled=trainer.state in ("off", "unavailable"),
        help=trainer.message or None,
    )


def _letters(entries: Sequence[Entry]) -> str:
    letters = [entry.letter for entry in entries]
    return " and ".join([", ".join(letters[:-1]), letters[-1]] if letters[1:] else letters)
