"""The store of the lab on this machine."""

from __future__ import annotations

from core import environment
from core.diagnostics import verdict
from core.store.run_store import RunStore


def lab_store() -> RunStore:
    """The store in the lab's home folder, with the limit of its settings and with verdicts.

    Raises:
        LabError: the settings cannot be understood.
    """
    return RunStore(environment.home(), judge=verdict, megabytes=environment.cache_megabytes())
