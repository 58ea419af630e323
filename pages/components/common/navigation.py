"""The top of every page: title, style sheet, navigation and the badge of the trainer."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Literal

import streamlit as st

from core.jobs import TrainerStatus
from core.text import formats
from core.views.compare.comparison import Comparison
from core.views.inside.inside_view import InsideState
from core.views.lab.lab_view import LabState
from core.views.library.library_query import Query
from core.views.losses.losses_view import LossesView
from core.views.matrix.matrix_view import MatrixView
from core.views.story.story_state import StoryState
from pages.components.common import error_reporting, services, url_state
from pages.components.common.my_run import keep_watching, my_run_link
from pages.components.common.page_rerun import DRAWN_PAGE, rerun_page
from pages.components.common.share import share_button
from pages.components.common.theme import apply_styles

NAME = "Autoencoder Lab"
# A file, since a browser would load a Material icon from the network.
ICON = Path(__file__).with_name("icon.svg")
ROOT = Path(__file__).parents[3]
PAGES = {
    title: path
    for title, path in {
        "Story": "app.py",
        "Lab": "pages/lab.py",
        "Inside": "pages/inside.py",
        "Your code": "pages/your_code.py",
        "Compare": "pages/compare.py",
        "Matrix": "pages/matrix.py",
        "Losses": "pages/losses.py",
        "Library": "pages/library.py",
    }.items()
    if (ROOT / path).exists()
}
STATES: dict[str, type[url_state.Linked]] = {
    "Story": StoryState,
    "Lab": LabState,
    "Inside": InsideState,
    "Compare": Comparison,
    "Matrix": MatrixView,
    "Losses": LossesView,
    "Library": Query,
}
# Seconds between two checks of a trainer that is not ready yet.
WAITING_TICK = 1.0


def open_page(title: str, *, navigation: bool = True) -> None:
    """Set up the page; must be the first call of every page.

    Args:
        title: a key of `PAGES`, or the title of a page that is not in the navigation.
        navigation: whether to show the navigation; not when presenting.
    """
    error_reporting.watch()
    st.set_page_config(page_title=f"{title} · {NAME}", page_icon=ICON, layout="wide")
    st.session_state[DRAWN_PAGE] = title
    apply_styles()
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="lab-navigation"
    ):
        if navigation:
            _navigation(title)
        else:
            keep_watching()


def _navigation(title: str) -> None:
    with st.container(key="lab-name", width="content"):
        _page_link("Story", NAME, title)
    for name in PAGES:
        _page_link(name, name, title)
    st.space("stretch")
    my_run_link(on_lab=title == "Lab")
    share_button(title)
    waits = is_waiting(services.trainer().status)
    with st.container(key="lab-trainer", width="content"):
        st.fragment(_trainer_badge, run_every=WAITING_TICK if waits else None)(waits)


def _page_link(page: str, label: str, here: str) -> None:
    """A link to a page in the state in which the visitor left it.

    So its first entry in the browser's history has the full state. A link to the current page does
    not change it.
    """
    kind = STATES.get(page) if page != here else None
    query = url_state.link_to(page, kind) if kind else None
    st.page_link(PAGES[page], label=label, query_params=query, width="content")


def is_waiting(status: TrainerStatus) -> bool:
    """Whether the trainer is starting."""
    return status.state in ("warming", "restarting")


def badge(status: TrainerStatus) -> tuple[str, Literal["green", "grey", "orange"], str]:
    """Label, colour and icon of the trainer's state."""
    match status.state:
        case "ready":
            return "Trainer ready", "green", ":material/check_circle:"
        case "warming":
            return f"Trainer is starting{_wait(status)}", "grey", ":material/hourglass_top:"
        case "restarting":
            return f"Trainer is restarting{_wait(status)}", "orange", ":material/restart_alt:"
        case _:
            return "No trainer", "orange", ":material/cloud_off:"


def _wait(status: TrainerStatus) -> str:
    if status.is_late:
        return f", {formats.duration(status.seconds_starting)} so far"
    return f", {math.ceil(status.seconds_left)} s" if status.seconds_left else ""


def _trainer_badge(was_waiting: bool) -> None:
    status = services.trainer().status
    if is_waiting(status) != was_waiting:
        rerun_page()
    label, colour, icon = badge(status)
    more = f"{status.message} [Status of the lab](status)".strip()
    st.badge(label, color=colour, icon=icon, help=more)
