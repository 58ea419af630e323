"""Temporary folders, removed after use, or at the next start if the process was killed."""

from __future__ import annotations

import os
import re
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from core.files import atomic_files
from core.log import log_event

# With the host name, since containers may share a folder but have their own process ids.
PREFIX = f"autoencoder-lab-{re.sub(r'[^A-Za-z0-9]', '_', socket.gethostname())}-"
OWNED = re.compile(rf"{PREFIX}(\d+)-\w+")


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """An empty folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-") as folder:
        yield Path(folder)


def remove_abandoned() -> None:
    """Remove the temporary folders of processes that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = OWNED.fullmatch(folder.name)
        if owner and not folder.is_symlink() and not psutil.pid_exists(int(owner.group(1))):
            atomic_files.remove(folder)
            log_event("abandoned-folder-removed", path=folder)
