"""Unexpected errors anywhere on a page: one sentence with a reference."""

from __future__ import annotations

import traceback

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core import error_reporting, limits, log
from core.errors import LabError
from pages.components.common.markdown import escaped

ADVICE = (
    "Stored runs are safe. Reload the page; if this happens again, give the reference to whoever"
    " runs this lab."
)
# Session state: the sentence of each error, by its location, so that a fragment that runs six times
# a second does not create six references a second.
SENTENCES = "faults-said"


def watch() -> None:
    """Let `show` handle errors in this session: of pages, fragments and callbacks.

    `st.App(on_script_error=...)` does the same, but not where a host runs app.py as a script.
    """
    context = get_script_run_ctx()
    if context is None:
        return
    context.on_script_error = show
    # The session outlives the script run. AppTest has a runtime without sessions.
    sessions = getattr(Runtime.instance(), "_session_mgr", None) if Runtime.exists() else None
    if sessions is not None and (sentence := sessions.get_session_info(context.session_id)):
        sentence.session._on_script_error = show


def show(problem: Exception) -> bool:
    """Show an error on the page, with details unless the lab is public.

    Args:
        problem: any error except those with which Streamlit ends a script.

    Returns:
        True, so that Streamlit does not show it.
    """
    log.to_stderr()
    details = _may_show_details()
    location = f"{type(problem)} {traceback.extract_tb(problem.__traceback__)[-1]}"
    sentences = st.session_state.setdefault(SENTENCES, {})
    if location not in sentences:
        page = (st.context.url or "").rpartition("/")[2]
        what = "Something went wrong here"
        sentences[location] = error_reporting.sentence(what, problem, details=details, page=page)
    st.error(escaped(sentences[location]), icon=":material/error:")
    if isinstance(problem, LabError):  # its text is complete
        return True
    st.caption(ADVICE)
    if details:
        st.exception(problem)
    return True


def _may_show_details() -> bool:
    try:
        return limits.current().error_details
    except LabError:  # the environment is invalid, and that is the error shown
        return False
