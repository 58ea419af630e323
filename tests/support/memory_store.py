"""A store of runs in memory, with the faults that a disk can have."""

from __future__ import annotations

from core.errors import StoreUnavailable
from core.run import Run

FULL = "The disk is full."


class MemoryStore:
    """What `core.jobs.Store` asks for.

    Attributes:
        runs: by key.
        puts: the key of every `put` that went well.
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
