"""Import an archive that was exported by this or another lab."""

from __future__ import annotations

import streamlit as st

from core.errors import InvalidArchive, LimitExceeded, StoreUnavailable
from core.limits import MEGABYTE
from core.store.archive import MAX_ARCHIVE_BYTES
from core.store.import_export import import_archive
from pages.components.common import services
from pages.components.common.notices import notices
from pages.components.library.delete_runs import counted

# Session state: number of imported files, and badge and sentence about the last one.
TAKEN = "library-taken"
OUTCOME = "library-import-outcome"
IMPORTED = "Imported"


def button() -> None:
    """Draw the button that opens the file uploader."""
    limits = services.trainer().limits
    with st.popover("Import", icon=":material/upload:", key="library-import"):
        most = limits.upload_bytes or MAX_ARCHIVE_BYTES
        st.file_uploader(
            "Archive exported by another lab",
            type="zip",
            # A new uploader after each file, so that none is imported twice.
            key=_key(),
            max_upload_size=most // MEGABYTE,
            on_change=_import,
            disabled=not (limits.changes_library and services.store().writable),
        )
        st.caption("The whole archive is checked before any run is added. Existing runs are kept.")
        if not limits.changes_library:
            st.caption("Imports are disabled on this public lab.")


def outcome() -> None:
    """Show the result of the last import, until another file is chosen."""
    if said := st.session_state.get(OUTCOME):
        word, sentence = said
        notices([sentence], word, is_good=word == IMPORTED)


def _import() -> None:
    file = st.session_state[_key()]
    if file is None:
        return
    st.session_state[TAKEN] = st.session_state.get(TAKEN, 0) + 1
    limits = services.trainer().limits
    try:
        limits.check_change()
        limits.check_upload(file.size)
        imported = import_archive(services.store(), file)
    except (InvalidArchive, LimitExceeded, StoreUnavailable) as refusal:
        st.session_state[OUTCOME] = "Not imported", str(refusal)
        return
    sentences = [f"{counted(len(imported.added)).capitalize()} added."]
    if imported.kept:
        sentences.append(f"{counted(len(imported.kept)).capitalize()} already existed.")
    st.session_state[OUTCOME] = IMPORTED, " ".join(sentences)


def _key() -> str:
    return f"library-upload-{st.session_state.get(TAKEN, 0)}"
