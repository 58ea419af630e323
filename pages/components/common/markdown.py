"""Escaping of untrusted text for Markdown."""

from __future__ import annotations

import re

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#$~:|])")


def escaped(text: str) -> str:
    """Text with every special character of Streamlit's Markdown escaped."""
    return SPECIAL.sub(r"\\\1", text)
