"""The store of the lab on this machine."""

from __future__ import annotations

from core import settings
from core.advice import verdict
from core.store.run_store import RunStore


def lab_store() -> RunStore:
    """The store in the lab's home folder, with the limit of its settings and with verdicts.

    Raises:
        LabError: the settings cannot be understood.
    """
    return RunStore(settings.home(), judge=verdict, megabytes=settings.cache_megabytes())
