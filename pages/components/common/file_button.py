"""A button that builds a file when it is clicked, and the lab's address for links in files."""

from __future__ import annotations

from functools import partial
from typing import Literal

import streamlit as st

from core.export.export import Export
from pages.components.server import downloads


def file_button(
    file: Export,
    *,
    key: str,
    icon: str | None = None,
    width: Literal["stretch", "content"] = "stretch",
) -> None:
    """Draw the button that builds and downloads a file.

    Args:
        file: the file to build when it is clicked.
        key: the beginning of the widget's key.
        icon, width: see `st.download_button`.
    """
    st.download_button(
        file.label,
        partial(downloads.kept.make, file.build),
        file_name=file.file_name,
        mime=file.mime,
        icon=icon,
        key=f"{key}-{file.name}",
        help=file.help,
        on_click="ignore",
        width=width,
    )


def lab_address() -> str:
    """The address of this lab, as in the visitor's browser."""
    return (st.context.url or "").rpartition("/")[0]
