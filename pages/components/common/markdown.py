"""Escaping of untrusted text for Markdown."""

from __future__ import annotations

import re

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#$~:|])")


def escaped(text: str) -> str:
    """The text with every character escaped that Markdown would read as more than itself."""
    return SPECIAL.sub(r"\\\1", text)
