"""The corrected code as a diff, with a copy button, a link to the lab and "Train both"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

import streamlit as st

from core.code_reader import Change, Reading
from core.errors import LimitExceeded
from core.variant import Variant
from core.views.compare.comparison import link_query
from pages.components.common import services
from pages.components.common.notices import notices
from pages.components.common.share import with_clipboard

HERE = Path(__file__).parent
# Session state: the comparison whose training was requested, and why it was refused.
ASKED, REFUSED = "code-train-asked", "code-train-refused"

_copy = st.components.v2.component(
    "lab_copy_code",
    html='<button type="button">Copy the corrected code</button><span role="status"></span>',
    css=(HERE / "copy.css").read_text(encoding="utf-8"),
    js=with_clipboard(HERE / "copy.js"),
)


def open_comparison() -> None:
    """Open the Compare page after "Train both"; to be called before any fragment is drawn."""
    variants = st.session_state.pop(ASKED, None)
    if variants:
        st.switch_page("pages/compare.py", query_params=link_query(variants))


def actions(found: Reading) -> None:
    """Draw the link to the lab and the button that trains both variants."""
    with st.container(horizontal=True, vertical_alignment="center", key="code-action-row"):
        if found.variant is not None:
            st.page_link(
                "pages/lab.py",
                label="Open in the lab",
                icon=":material/science:",
                query_params=found.variant.to_query(),
                width="content",
            )
        if both := _both(found):
            trainer = services.trainer().status
            st.button(
                "Train both",
                icon=":material/play_arrow:",
                key="code-train-both",
                type="primary",
                on_click=_train,
                args=(both,),
                disabled=trainer.state in ("off", "unavailable"),
                help="Trains your settings and the corrected ones, unless their runs are stored,"
                " and opens both on the Compare page.",
            )
    with st.container(key="code-train-refusal"):
        if refusal := st.session_state.pop(REFUSED, None):
            notices([refusal], "Limit")


def corrected(found: Reading) -> None:
    """Draw the changed lines, each with its reason, and the copy button."""
    if found.corrected is None:
        return
    st.subheader("Corrected code")
    st.html(diff_html(found.changes))
    _copy(key="code-copy", data={"text": found.corrected})


def diff_html(changes: Sequence[Change]) -> str:
    """The changed lines as HTML; all text from the code is escaped."""
    return f'<div class="lab-code-diff">{"".join(map(_change, changes))}</div>'


def _change(change: Change) -> str:
    reasons = escape(" ".join(change.reasons))
    lines = "".join((*_lines("-", change.before), *_lines("+", change.after)))
    return (
        f'<div class="change"><p><b>Line {change.line}</b> {reasons}</p>'
        f'<pre tabindex="0" aria-label="Line {change.line}, before and after">{lines}</pre></div>'
    )


def _lines(sign: str, lines: Sequence[str]) -> Iterator[str]:
    name = {"-": "del", "+": "ins"}[sign]
    return (f"<{name}>{sign} {escape(line)}\n</{name}>" for line in lines)


def _both(found: Reading) -> tuple[Variant, Variant] | None:
    original, corrected = found.variant, found.corrected_variant
    if original is None or corrected is None or original == corrected:
        return None
    return original, corrected


def _train(both: Sequence[Variant]) -> None:
    try:
        services.train_missing(both)
    except LimitExceeded as refusal:
        st.session_state[REFUSED] = str(refusal)
    else:
        st.session_state[ASKED] = both
