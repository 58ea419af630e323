"""Disk usage of image sets: their images and statistics."""

from __future__ import annotations

from contextlib import suppress

from core.data import image_sets
from core.metrics.dataset_stats import stored_files


def size_of(name: str) -> int:
    """Bytes of an image set and its statistics; 0 if it is not stored."""
    size = 0
    for file in [image_sets.path(name), *stored_files(name)]:
        with suppress(OSError):  # another session has just removed it
            size += file.stat().st_size
    return size


def total() -> int:
    """Bytes of all image sets and their statistics."""
    return sum(size_of(info.name) for info in image_sets.list_all())
