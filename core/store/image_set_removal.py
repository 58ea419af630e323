"""Removal of an image set: its images, their statistics, and the runs trained on them."""

from __future__ import annotations

from collections.abc import Iterable

from core.data import image_sets
from core.log import log_event
from core.metrics.dataset_stats import stored_files
from core.store.run_store import RunStore


def remove_image_set(store: RunStore, name: str) -> int:
    """Remove an image set for good, with its runs.

    Returns:
        The number of runs removed with it.

    Raises:
        StoreUnavailable: a folder cannot be written; the images may already have been removed.
    """
    statistics = stored_files(name)
    image_sets.remove(name)
    for file in statistics:
        file.unlink(missing_ok=True)
    keys = [one.key for one in store.summaries() if one.variant.dataset == name]
    for key in keys:
        store.delete(key)
    store.purge(keys)
    return len(keys)


def remove_unused(store: RunStore, seconds: float, in_use: Iterable[str]) -> list[str]:
    """Remove image sets that have not been used for this long; those in use count as just used.

    Returns:
        The names of the removed sets.
    """
    for name in in_use:
        image_sets.touch(name)
    removed = image_sets.unused_for(seconds)
    for name in removed:
        runs = remove_image_set(store, name)
        log_event("image-set-expired", runs=runs)
    return removed
