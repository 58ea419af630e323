"""Files and folders on disk: written to stay, moved whole."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import time
import uuid
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from core.environment import shown_path

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)
OCCUPIED = (errno.ENOTEMPTY, errno.EEXIST)


class NotRegular(OSError):
    """A folder, a device or a pipe where a file is expected."""


def open_file(path: Path) -> BinaryIO:
    """Open a regular file for reading; a pipe would keep us waiting, a device never ends.

    Raises:
        NotRegular: it is none.
        OSError: it is not there, or cannot be opened.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotRegular(errno.EINVAL, "Not a regular file", str(path))
    return os.fdopen(descriptor, "rb")


def tag() -> str:
    """A part of a name that nobody else has."""
    return uuid.uuid4().hex[:12]


def read(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Those of the named files that a folder has."""
    files = {}
    for name in names:
        with suppress(FileNotFoundError), open_file(folder / name) as file:
            files[name] = file.read()
    return files


def write(path: Path, content: bytes) -> None:
    """Write a new file; when this returns it outlasts a power cut."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def flush(folder: Path) -> None:
    """Let a folder's list of names outlast a power cut."""
    if os.name == "posix":  # elsewhere a folder cannot be opened
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def moved(folder: Path, place: Path) -> bool:
    """Move a folder in one step; False if the place is occupied."""
    try:
        folder.rename(place)
    except OSError as error:
        if error.errno not in OCCUPIED:
            raise
        return False
    return True


def remove(folder: Path) -> None:
    """Remove a folder and what is in it, as far as that goes."""
    shutil.rmtree(folder, ignore_errors=True)


def stamp(status: os.stat_result) -> str:
    """A text that changes with a file or folder."""
    return f"{status.st_ino}.{status.st_mtime_ns}"


def age(folder: Path) -> float:
    """Seconds since a folder was changed, either way: the clock may have been set back since."""
    try:
        return abs(time.time() - folder.stat().st_mtime)
    except FileNotFoundError:
        return 0.0


def date_now(folder: Path) -> None:
    """Let a folder count as changed now."""
    with suppress(FileNotFoundError):
        os.utime(folder)


def refusal(error: OSError, root: Path) -> str:
    """What an error means for a folder that keeps runs, in a sentence for the screen."""
    shown = shown_path(root)
    if error.errno in FULL:
        return f"The disk is full: nothing more can be kept in {shown}. Make room, or delete runs."
    if error.errno in READ_ONLY:
        return f"The folder {shown} cannot be written: stored runs open, new ones are not kept."
    return f"Runs cannot be kept in {shown}: {error.strerror or type(error).__name__}."
