"""A trainer whose workers never start: a test takes jobs and reports on them instead."""

from __future__ import annotations

import threading

from core.jobs import Trainer
from core.limits import UNLIMITED, Limits
from support.memory_store import MemoryStore


class IdleTrainer(Trainer):
    """A `Trainer` with an empty store and no worker."""

    def __init__(self, limits: Limits = UNLIMITED) -> None:
        super().__init__(MemoryStore(), limits=limits)

    def start(self, *, after: threading.Thread | None = None) -> None:
        """Start nothing."""


def ready_trainer(*, workers: int = 1, limits: Limits = UNLIMITED) -> IdleTrainer:
    """A trainer that reports being ready, with this many parallel workers."""
    trainer = IdleTrainer(limits)
    trainer.set_status("ready", workers=workers)
    return trainer
