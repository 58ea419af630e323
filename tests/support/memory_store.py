"""A run store in memory that can simulate disk faults."""

from __future__ import annotations

from core.errors import StoreUnavailable
from core.run import Run

FULL = "The disk is full."


class MemoryStore:
    """An implementation of `core.jobs.Store`.

    Attributes:
        runs: the runs by key.
        puts: the key of every successful `put`.
        is_full: whether `put` fails.
    """

    def __init__(self) -> None:
        self.runs: dict[str, Run] = {}
        self.puts: list[str] = []
        self.is_full = False

    def get(self, key: str) -> Run | None:
        return self.runs.get(key)

    def put(self, run: Run) -> None:
        if self.is_full:
            raise StoreUnavailable(FULL)
        self.runs[run.variant.key] = run
        self.puts.append(run.variant.key)
