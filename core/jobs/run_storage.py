"""What jobs need of a store of runs."""

from __future__ import annotations

import logging
from typing import Protocol

from core.log import log_event
from core.run import Run


class Store(Protocol):
    """What is used of `core.store.RunStore`."""

    def get(self, key: str) -> Run | None:
        """The stored run of a variant's key, or None."""

    def put(self, run: Run) -> None:
        """Store a run; it is on disk when this returns."""


def keep(store: Store, run: Run) -> str | None:
    """Store a run, unless it was stopped and one that was not is there already.

    Returns:
        What came in the way, in a sentence for the screen; None where nothing did.
    """
    try:
        stored = store.get(run.variant.key) if run.status == "stopped" else None
        if stored is None or stored.status == "stopped":
            store.put(run)
    except Exception as problem:  # noqa: BLE001  # whatever it is, the run is there: say so
        log_event("fault", level=logging.ERROR, key=run.variant.key, reason=repr(problem))
        return f"The run could not be stored, so it lasts until the lab ends. {problem}"
    return None
