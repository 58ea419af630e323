"""Notices: lines with a badge."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.components.common.markdown import escaped


def notices(sentences: Sequence[str], word: str, *, is_good: bool = False) -> None:
    """Draw notices, one line each.

    Args:
        sentences: plain text.
        word: the text of the badge before each, such as "Ignored".
        is_good: whether the notices are good news.
    """
    badge = ":green-badge[:material/check:" if is_good else ":orange-badge[:material/info:"
    for sentence in sentences:
        st.markdown(f"{badge} {word}] {escaped(sentence)}")
