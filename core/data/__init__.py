"""Data: the sets on this machine, or brought to it, and the ten images that every run of one shows.

`core.datasets` is the table of what sets there are.
"""

from core.data.loading import (
    SAMPLE,
    SAMPLE_FILE,
    Dataset,
    HeldOut,
    load,
    load_held_out,
    pinned,
    problem,
    read,
)

__all__ = [
    "SAMPLE",
    "SAMPLE_FILE",
    "Dataset",
    "HeldOut",
    "load",
    "load_held_out",
    "pinned",
    "problem",
    "read",
]
