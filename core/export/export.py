"""Export: one file to download, built on demand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

# Held while a file is being built.
_building = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Export:
    """One file to download.

    Attributes:
        name: a short, stable identifier.
        label: the label of its button.
        file_name, mime: the file's name and MIME type.
        build: returns its content.
        help: the tooltip of its button.
    """

    name: str
    label: str
    file_name: str
    mime: str
    build: Callable[[], bytes]
    help: str | None = None


def one_at_a_time(build: Callable[[], str | bytes]) -> Callable[[], bytes]:
    """Build a file only while no other one is being built, by any visitor."""

    def built() -> bytes:
        with _building:
            content = build()
            return content.encode() if isinstance(content, str) else content

    return built


def export_of(
    stem: str, name: str, label: str, ending: str, mime: str, build: Callable[[], str | bytes]
) -> Export:
    """An export whose file is named `stem` + `ending`, built as by `one_at_a_time`."""
    return Export(
        name=name,
        label=label,
        file_name=f"{stem}{ending}",
        mime=mime,
        build=one_at_a_time(build),
    )
