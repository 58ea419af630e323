"""Disk usage of image sets: their images and statistics."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from core.data import image_sets
from core.metrics.dataset_stats import stored_files


def size_of(name: str) -> int:
    """Bytes of an image set and its statistics; 0 if it is not stored."""
    return _bytes([image_sets.path(name)]) + statistics_of(name)


def statistics_of(name: str) -> int:
    """Bytes of the statistics of an image set."""
    return _bytes(stored_files(name))


def total() -> int:
    """Bytes of all image sets and their statistics."""
    return sum(size_of(info.name) for info in image_sets.list_all())


def _bytes(files: list[Path]) -> int:
    size = 0
    for file in files:
        with suppress(OSError):  # another session has just removed it
            size += file.stat().st_size
    return size
