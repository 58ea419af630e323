"""What jobs need of a store of runs."""

from __future__ import annotations

from typing import Protocol

from core.runs import Run


class Store(Protocol):
    """What is used of `core.store.RunStore`."""

    def get(self, key: str) -> Run | None:
        """The stored run of a variant's key, or None."""

    def put(self, run: Run) -> None:
        """Store a run; it is on disk when this returns."""
