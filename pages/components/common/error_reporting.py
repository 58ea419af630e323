"""Errors that nobody foresaw, wherever on a page they arise: one sentence, with a reference."""

from __future__ import annotations

import traceback

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core import error_reporting, limits, log
from core.errors import LabError
from pages.components.common.markdown import escaped

WAY_ON = (
    "Stored runs are safe. Reload the page; if this happens again, give the reference to whoever"
    " runs this lab."
)
# Session state: place of each error to its sentence. A part that is drawn six times a second does
# not get six references a second.
SENTENCES = "faults-said"


def watch() -> None:
    """Let `show` say what fails in this session: in a page, its fragments, and a click's callback.

    It is what `st.App(on_script_error=...)` does, which only an app that is no script can have.
    """
    context = get_script_run_ctx()
    if context is None:
        return
    context.on_script_error = show
    # Only the session outlasts a script run; Streamlit's tests of pages have a runtime without any.
    sessions = getattr(Runtime.instance(), "_session_mgr", None) if Runtime.exists() else None
    if sessions is not None and (found := sessions.get_session_info(context.session_id)):
        found.session._on_script_error = show


def show(problem: Exception) -> bool:
    """Say on the page that something failed, with all details unless strangers use the lab.

    Args:
        problem: any error but those by which Streamlit ends a script.

    Returns:
        True: Streamlit need not show it.
    """
    log.to_stderr()
    details = _may_show_details()
    place = f"{type(problem)} {traceback.extract_tb(problem.__traceback__)[-1]}"
    sentences = st.session_state.setdefault(SENTENCES, {})
    if place not in sentences:
        page = (st.context.url or "").rpartition("/")[2]
        what = "Something went wrong here"
        sentences[place] = error_reporting.sentence(what, problem, details=details, page=page)
    st.error(escaped(sentences[place]), icon=":material/error:")
    if isinstance(problem, LabError):  # which says all there is to know
        return True
    st.caption(WAY_ON)
    if details:
        st.exception(problem)
    return True


def _may_show_details() -> bool:
    try:
        return limits.current().error_details
    except LabError:  # what the environment says is the error that is shown
        return False
