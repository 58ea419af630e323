"""Escaping of untrusted text for Markdown."""

from __future__ import annotations

import re

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#$~:|])")


def escaped(text: str) -> str:
    """Text with all characters escaped that have a meaning in Streamlit's Markdown."""
    return SPECIAL.sub(r"\\\1", text)
