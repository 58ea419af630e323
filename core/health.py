"""Health: what a host wants to know of a lab that runs: memory, disk, queue, versions."""

from __future__ import annotations

import platform
import shutil
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import psutil

PACKAGES = ("streamlit", "distributed", "tensorflow-cpu", "keras", "numpy")
WORKER = "distributed.cli.dask_worker"


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What one process holds.

    Attributes:
        role: "page process" or "worker".
        bytes: proportional set size, in which pages shared with others count in part; where the
            system does not tell it, the resident set size.
    """

    role: str
    bytes: int


def memory(pid: int | None = None) -> list[Memory]:
    """The page process first, then its workers.

    Args:
        pid: of the page process; None for this one.
    """
    here = psutil.Process(pid)
    found = [Memory(role="page process", bytes=_held(here))]
    for child in here.children():
        try:
            if WORKER in child.cmdline():
                found.append(Memory(role="worker", bytes=_held(child)))
        except psutil.NoSuchProcess:  # it was just replaced
            continue
    return found


def free_bytes(folder: Path) -> int:
    """What the disk under a folder has left, or under the nearest folder above that is there."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def versions() -> dict[str, str]:
    """Versions of Python and of what the lab is made with; nothing is imported for it."""
    found = {"Python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def _held(process: psutil.Process) -> int:
    full = process.memory_full_info()
    return int(getattr(full, "pss", full.rss))
