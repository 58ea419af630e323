"""The library: all runs that can be opened; a stored run takes precedence over a shipped one."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.errors import StoreUnavailable
from core.metrics.baselines import completed
from core.metrics.image_metrics import displayed
from core.run import Run
from core.store import RunStore
from core.store.run_summary import RunSummary
from core.store.shipped import THUMBNAIL_DIGIT, Gallery

Greys = NDArray[np.uint8]
T = TypeVar("T")


class Library:
    """The stored runs, and the shipped runs of settings that are not in the store.

    Args:
        store: the runs on disk.
        gallery: the shipped runs.
    """

    def __init__(self, store: RunStore, gallery: Gallery) -> None:
        self.store = store
        self.gallery = gallery

    def get(self, key: str, *, record_use: bool = True, stamp: str | None = None) -> Run | None:
        """The run with this key, or None.

        Args:
            key: as for `RunStore.get`.
            record_use: as for `RunStore.get`.
            stamp: the stamp of the stored run, if only this will do.

        Raises:
            StoreUnavailable: there is a stamp, but the stored run cannot be read.
        """
        run = _expected(self.store.get(key, record_use=record_use), stamp) or self.gallery.get(key)
        return run and completed(run)

    def summaries(self) -> dict[str, RunSummary]:
        """The summaries of all runs by key, most recently used first."""
        stored = {summary.key: summary for summary in self.store.summaries()}
        return stored | {
            key: summary for key, summary in self.gallery.summaries.items() if key not in stored
        }

    def thumbnail(self, key: str, *, stamp: str | None = None) -> Greys | None:
        """The last reconstruction of the thumbnail digit, greys 0-255, uint8, shape (784,).

        None if there is no such run, or it has no reconstruction. Stamp and errors as for `get`.
        """
        last = _expected(self.store.last_digits(key), stamp)
        if last is None:
            return self.gallery.thumbnails.get(key)
        # Pinned digits are in the order of their classes.
        return last[1][THUMBNAIL_DIGIT] if len(last[1]) else None

    def last_digits(self, key: str, *, stamp: str | None = None) -> Greys | None:
        """The last reconstructions of the pinned digits, greys 0-255, uint8, shape (10, 784).

        None if there is no such run, or it has no reconstruction. Stamp and errors as for `get`.
        """
        kept = _expected(self.store.last_digits(key), stamp)
        if kept is not None:
            return kept[1] if len(kept[1]) else None
        shipped = self.gallery.get(key, with_weights=False)
        if shipped is None or not shipped.history.frames:
            return None
        return np.round(displayed(shipped.history.frames[-1].pixels) * 255).astype(np.uint8)


def _expected(found: T | None, stamp: str | None) -> T | None:
    if found is None and stamp is not None:
        raise StoreUnavailable("The stored run cannot be read.")
    return found
