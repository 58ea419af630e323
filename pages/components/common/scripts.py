"""The scripts and styles of components, of which several share a file."""

from __future__ import annotations

from pathlib import Path

COMMON = Path(__file__).parent


def joined(*paths: Path) -> str:
    """The content of some files as one, in their order; scripts so become one module."""
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)
