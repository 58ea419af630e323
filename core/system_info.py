"""System information for the operator of a lab: memory, disk and versions."""

from __future__ import annotations

import os
import platform
import shutil
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import psutil

from core import environment

PACKAGES = ("streamlit", "distributed", "tensorflow-cpu", "keras", "numpy")
WORKER = "distributed.cli.dask_worker"
MEGABYTE = 1_000_000
# Measured with `benchmarks.memory`: page process and worker while training on the sample.
MIN_BYTES = 650 * MEGABYTE


@dataclass(frozen=True, kw_only=True)
class Memory:
    """The memory of one process.

    Attributes:
        role: "page process" or "worker".
        bytes: proportional set size, which divides shared memory among processes; or the resident
            set size if the system does not provide it.
    """

    role: str
    bytes: int


def memory(pid: int | None = None) -> list[Memory]:
    """The memory of the page process and then of its workers.

    Args:
        pid: the ID of the page process; None for this one.
    """
    page_process = psutil.Process(pid)
    processes = [Memory(role="page process", bytes=_memory_of(page_process))]
    for child in page_process.children():
        try:
            if WORKER in child.cmdline():
                processes.append(Memory(role="worker", bytes=_memory_of(child)))
        except psutil.NoSuchProcess:  # it has just been replaced
            continue
    return processes


def allowed_bytes(
    system: Path = Path("/sys/fs/cgroup"), group: Path = Path("/proc/self/cgroup")
) -> int:
    """The memory limit of this process and its workers, in bytes.

    It is AUTOENCODER_LAB_MEMORY_MB, else the limit of their control groups (Linux), else the
    machine's memory.

    Args:
        system: the mount point of control groups, version 1 or 2.
        group: the file that lists the groups of this process.
    """
    configured = environment.memory_megabytes()
    if configured is not None:
        return round(configured * MEGABYTE)
    allowed = [psutil.virtual_memory().total]
    lines = group.read_text().splitlines() if group.exists() else []
    for _, kinds, path in (line.split(":", 2) for line in lines):
        folder, file = {
            "": (system, "memory.max"),
            "memory": (system / "memory", "memory.limit_in_bytes"),
        }.get(kinds, (None, ""))
        if folder is not None:
            inner = folder / path.strip("/")
            folders = [inner, *(above for above in inner.parents if above.is_relative_to(folder))]
            allowed.extend(_limits_in(folders, file))
    return min(allowed)


def too_small() -> str | None:
    """Why nothing can be trained here, as a sentence; None if there is enough memory."""
    allowed = allowed_bytes()
    if allowed >= MIN_BYTES:
        return None
    return (
        f"This machine gives the lab {allowed / MEGABYTE:.0f} MB of memory, and training takes"
        f" {MIN_BYTES / MEGABYTE:.0f} MB, so nothing is trained here."
    )


def free_bytes(folder: Path) -> int:
    """Free bytes on the disk of a folder, or of its nearest existing parent."""
    while not os.path.exists(folder):  # Path.exists raises for an unreadable folder
        folder = folder.parent
    return shutil.disk_usage(folder).free


def versions() -> dict[str, str]:
    """Versions of Python and the main dependencies, without importing them."""
    found = {"Python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def _limits_in(folders: list[Path], file: str) -> list[int]:
    """The limits in these folders; a group without a limit has the text "max"."""
    texts = [path.read_text().strip() for folder in folders if (path := folder / file).exists()]
    return [int(text) for text in texts if text.isdecimal()]


def _memory_of(process: psutil.Process) -> int:
    full = process.memory_full_info()
    return int(getattr(full, "pss", full.rss))
