"""The input of code: a text area, a file uploader and examples.

The code exists only in the session's memory: it is neither stored nor logged, and is not in links.
"""

from __future__ import annotations

import threading
from pathlib import Path

import streamlit as st

from core.code_reader import Reading, read
from core.code_reader.budget import MAX_BYTES, MAX_FILE_BYTES
from core.code_reader.read import text_of
from core.errors import LimitExceeded, UnreadableCode
from core.limits import MEGABYTE
from core.views.your_code.examples import EXAMPLES
from pages.components.common import services
from pages.components.common.singleton import singleton
from pages.components.common.widgets import dropdown

# Session state: the widget, and its text, which is kept while another page is open.
FIELD, TEXT = "code-field", "code-text"
CHOSEN = "code-chosen"
UPLOAD = "code-upload"
REFUSED = "code-refused"
# Session state: text, chosen autoencoder, and the reading.
READ = "code-read"
TYPES = ("py", "ipynb", "json", "keras")
HEIGHT = 420
# Reading takes up to two seconds, and other visitors may be ahead.
WAIT_SECONDS = 10.0
BUSY = "The lab is reading other visitors' code. Click Read again in a moment."
PRIVACY = (
    "Your code is read as text and never run. It is neither stored nor logged, and no link"
    " contains it."
)

_read_on_paste = st.components.v2.component(
    "lab_read_on_paste",
    js=(Path(__file__).parent / "read_on_paste.js").read_text(encoding="utf-8"),
)


@singleton
def _one_at_a_time() -> threading.Lock:
    return threading.Lock()


def examples() -> None:
    """Draw a button for each example."""
    with st.container(
        horizontal=True, vertical_alignment="center", gap="xsmall", key="code-examples"
    ):
        st.caption("Examples", width="content")
        for example in EXAMPLES:
            st.button(
                example.title,
                key=f"code-example-{example.name}",
                on_click=_load,
                args=(example.code,),
            )


def code_field() -> None:
    """Draw the text area, its button and the file uploader."""
    if FIELD not in st.session_state:
        st.session_state[FIELD] = st.session_state.get(TEXT, "")
    st.text_area(
        "Your code",
        key=FIELD,
        height=HEIGHT,
        max_chars=MAX_BYTES,
        placeholder="Keras, PyTorch or TensorFlow code",
        on_change=_typed,
    )
    with st.container(key="code-read-on-paste"):
        _read_on_paste(key="code-paste")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Read", icon=":material/search:", key="code-read-button", on_click=_typed)
        st.caption(PRIVACY, width="stretch")
    most = min(services.trainer().limits.upload_bytes or MAX_FILE_BYTES, MAX_FILE_BYTES)
    st.file_uploader(
        "Or upload a file",
        type=TYPES,
        key=UPLOAD,
        max_upload_size=most // MEGABYTE,
        on_change=_uploaded,
        help="A script, a notebook, or a saved Keras model, of which only the configuration is"
        " read.",
    )


def reading() -> Reading | str | None:
    """The reading of the code; a sentence if it is not readable; None if there is no code."""
    if refused := st.session_state.get(REFUSED):
        return str(refused)
    text = st.session_state.get(TEXT, "")
    if not text.strip():
        return None
    chosen = st.session_state.get(CHOSEN, 0)
    known = st.session_state.get(READ)
    if known is None or known[:2] != (text, chosen):
        lock = _one_at_a_time()
        if not lock.acquire(timeout=WAIT_SECONDS):
            return BUSY
        try:
            known = text, chosen, _read(text, chosen)
        finally:
            lock.release()
        st.session_state[READ] = known
    found: Reading | str = known[2]
    return found


def candidates(found: Reading) -> None:
    """Draw the choice of an autoencoder, if the code has several."""
    with st.container(key="code-candidates"):
        if found.candidates > 1:
            st.session_state.setdefault(CHOSEN, 0)
            lines = dict(enumerate(found.candidate_lines))
            labels = {
                index: f"{index + 1}, trained on line {line}" for index, line in lines.items()
            }
            dropdown(f"{found.candidates} autoencoders were found", labels, CHOSEN)


def _read(text: str, chosen: int) -> Reading | str:
    try:
        return read(text, chosen)
    except UnreadableCode as problem:
        return str(problem)


def _typed() -> None:
    _keep(st.session_state[FIELD])


def _load(text: str) -> None:
    _keep(text)
    st.session_state[FIELD] = text


def _keep(text: str) -> None:
    if text != st.session_state.get(TEXT):
        st.session_state[CHOSEN] = 0
    st.session_state[TEXT] = text
    st.session_state[REFUSED] = None


def _uploaded() -> None:
    file = st.session_state[UPLOAD]
    if file is None:
        return
    try:
        services.trainer().limits.check_upload(file.size)
        _load(text_of(file.getvalue()))
    except (LimitExceeded, UnreadableCode) as refusal:
        st.session_state[REFUSED] = str(refusal)
    # Frees the bytes, which the session would otherwise keep until it ends.
    file.truncate(0)
