"""WorkerOptions: how a trainer is to train."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class WorkerOptions:
    """How a trainer is to train.

    Attributes:
        workers: processes side by side.
        threads: that each may use; None for its share of the cores.
        task: "module:function" to run.
        memory_limit: bytes above which a worker is replaced between two jobs; None for none.
        scheduler: address of an outside scheduler; None for processes of our own.
    """

    workers: int
    threads: int | None
    task: str
    memory_limit: int | None
    scheduler: str | None
