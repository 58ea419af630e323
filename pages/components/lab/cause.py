"""Find the cause of a bad run by experiment: train its neighbours and compare."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.diagnostics.experiment import ChangeOutcome, in_words
from core.errors import LimitExceeded
from core.jobs import sweep
from core.run import Run
from core.text import formats
from core.variant import Variant
from core.views.compare.comparison import link_query
from core.views.lab.cause_search import CauseSearch, needs_cause, search
from pages.components.common import services
from pages.components.common.navigation import PAGES
from pages.components.common.notices import notices
from pages.components.common.page_rerun import rerun_page
from pages.components.lab import settings_panel
from pages.components.lab.cause_rows import rows

# Seconds between two updates of a running search.
TICK = 1.0
# Session state: the key of the run whose cause is sought; the keys of requested variants, so that
# stopped ones are not requested again; and the reason for a refusal.
OPEN = "lab-cause-of"
REQUESTED = "lab-cause-asked"
REFUSED = "lab-cause-refused"


def tick(run: Run | None) -> float | None:
    """Seconds between two runs of the fragment `cause`; None if no search is running."""
    if run is None or not _is_open(run) or not needs_cause(run):
        return None
    return TICK if _look(run).sweep_status.is_running else None


def cause(run: Run | None, *, every: float | None) -> None:
    """Draw the button that starts the search, then its progress and its results.

    Args:
        run: the displayed run; None if there is none.
        every: the value of `tick` when the whole page was last drawn.
    """
    found = _train_missing(run) if run is not None and needs_cause(run) and _is_open(run) else None
    if found is not None and found.sweep_status.is_running != (every is not None):
        rerun_page()
    with st.container(key="lab-cause-search", gap="xsmall"):
        with st.container(key="lab-cause-progress", gap="xsmall"):
            if found is not None and run is not None:
                _progress(run, found)
            elif run is not None and needs_cause(run):
                _offer(run)
        with st.container(key="lab-cause-said", gap="xsmall"):
            if found is not None:
                _conclusion(found)
        with st.container(horizontal=True, vertical_alignment="center", key="lab-cause-ways"):
            if found is not None and found.found.best is not None:
                _next_steps(found.found.run.variant, found.found.best)
        with st.container(key="lab-cause-rows"):
            if found is not None and run is not None and found.found.singles:
                rows(run, found.found)


def progress_text(found: CauseSearch) -> str:
    """Such as "3 of 8 trained · 40 s left", without unknown parts."""
    sweep_status = found.sweep_status
    parts = [f"{len(sweep_status.done)} of {sweep_status.total} trained"]
    if sweep_status.seconds_left is not None:
        parts.append(f"{formats.duration(sweep_status.seconds_left)} left")
    return " · ".join(parts)


def _is_open(run: Run) -> bool:
    return bool(st.session_state.get(OPEN) == run.variant.key)


def _train_missing(run: Run) -> CauseSearch:
    """Request the training of missing variants; returns the search with them in the queue."""
    found = _look(run)
    return _look(run) if _request(found.sweep_status.missing) else found


def _look(run: Run) -> CauseSearch:
    services.trainer().heartbeat(services.visitor())
    return search(run, services.library().summaries(), services.trainer())


def _offer(run: Run) -> None:
    _start_button(run, "Find the cause", is_primary=True)
    st.caption("Trains this run again with one setting changed at a time, and compares.")


def _start_button(run: Run, label: str, *, is_primary: bool = False) -> None:
    trainer = services.trainer().status
    if st.button(
        label,
        icon=":material/troubleshoot:",
        key="lab-cause-find",
        type="primary" if is_primary else "secondary",
        disabled=trainer.state in ("off", "unavailable"),
        help=trainer.message or None,
        width="stretch",
    ):
        st.session_state[OPEN] = run.variant.key
        st.session_state[REQUESTED] = frozenset()
        st.session_state[REFUSED] = ""
        st.rerun()


def _request(missing: Sequence[Variant]) -> bool:
    """Request each variant once; returns whether any was requested."""
    requested: frozenset[str] = st.session_state[REQUESTED]
    wanted = [variant for variant in missing if variant.key not in requested]
    st.session_state[REQUESTED] = requested | {variant.key for variant in wanted}
    try:
        services.start_sweep(wanted)
    except LimitExceeded as refusal:
        st.session_state[REFUSED] = str(refusal)
    return bool(wanted)


def _progress(run: Run, found: CauseSearch) -> None:
    sweep_status = found.sweep_status
    if sweep_status.is_running:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(len(sweep_status.done) / sweep_status.total, text=progress_text(found))
            if st.button("Stop", icon=":material/stop:", key="lab-cause-stop"):
                waiting = (*sweep_status.training, *sweep_status.waiting)
                sweep.stop(services.trainer(), waiting, services.visitor())
                st.rerun()
    elif sweep_status.missing:
        _start_button(run, f"Train the missing {len(sweep_status.missing)}")


def _conclusion(found: CauseSearch) -> None:
    if st.session_state[REFUSED]:
        notices([st.session_state[REFUSED]], "Limit")
    notices(list(dict.fromkeys(found.sweep_status.failed.values())), "Not finished")
    sentence = in_words(found.found)
    if sentence:
        st.markdown(f"So far: {sentence}" if found.sweep_status.is_running else f"**{sentence}**")


def _next_steps(variant: Variant, best: ChangeOutcome) -> None:
    if st.button(
        "Open the best",
        icon=":material/science:",
        key="lab-cause-open",
        on_click=settings_panel.apply,
        args=(best.changes,),
    ):
        st.rerun()
    st.page_link(
        PAGES["Compare"],
        label="Compare both",
        icon=":material/compare_arrows:",
        query_params=link_query([variant, best.trial.variant]),
        width="content",
    )
