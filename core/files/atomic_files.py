"""Durable writes and atomic renames."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, TypeVar

from core.environment import shown_path

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)

# ERROR_ACCESS_DENIED and ERROR_SHARING_VIOLATION: on Windows a file that another program has open,
# such as a virus scanner, can be neither replaced nor opened. Other systems have no such errors.
IN_USE = (5, 32)
PAUSES = (0.01, 0.03, 0.1, 0.3, 1.0)

T = TypeVar("T")


class NotRegular(OSError):
    """A folder, device or pipe instead of a file."""


def open_file(path: Path) -> BinaryIO:
    """Open a regular file for reading; a pipe would block, and a device might never end.

    Raises:
        NotRegular: it is not a regular file.
        OSError: it does not exist or cannot be opened.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = _retried(lambda: os.open(path, flags))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotRegular(errno.EINVAL, "Not a regular file", str(path))
    return os.fdopen(descriptor, "rb")


def write(path: Path, content: bytes) -> str:
    """Write a file atomically, replacing an existing one; returns its stamp.

    Raises:
        OSError: it cannot be written; an existing file is unchanged.
    """
    partial = path.with_name(f"{path.name}.{tag()}")
    try:
        with partial.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            new_stamp = stamp(os.fstat(file.fileno()))
        move(partial, path)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    _flush(path.parent)
    return new_stamp


def move(source: Path, target: Path) -> None:
    """Move a file, replacing an existing one."""
    _retried(lambda: os.replace(source, target))


def move_unless_exists(source: Path, target: Path) -> bool:
    """Move a file unless the target exists; False if it exists."""
    try:
        os.link(source, target)
    except FileExistsError:
        return False
    except FileNotFoundError:
        raise
    except OSError:  # the file system has no hard links
        if target.exists():
            return False
        move(source, target)
    else:
        _retried(source.unlink)
    return True


def remove(path: Path) -> None:
    """Remove a file, or a folder with its content, ignoring errors."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def tag() -> str:
    """A unique part of a file name."""
    return uuid.uuid4().hex[:12]


def stamp(status: os.stat_result) -> str:
    """A text that changes whenever the file changes."""
    return f"{status.st_ino}.{status.st_mtime_ns}"


def age(path: Path) -> float:
    """Absolute seconds since a file was last changed; the clock may have been set back."""
    try:
        return abs(time.time() - path.stat().st_mtime)
    except FileNotFoundError:
        return 0.0


def refusal(error: OSError, root: Path) -> str:
    """A sentence for the screen about an error of the folder of runs."""
    shown = shown_path(root)
    if error.errno in FULL:
        return (
            f"The disk is full: nothing more can be saved in {shown}. Free some space, or"
            " delete runs."
        )
    if error.errno in READ_ONLY:
        return f"The folder {shown} is not writable: stored runs open, new ones are not saved."
    return f"Runs cannot be saved in {shown}: {error.strerror or type(error).__name__}."


def _retried(work: Callable[[], T]) -> T:
    for pause in PAUSES:
        try:
            return work()
        except PermissionError as error:
            if getattr(error, "winerror", None) not in IN_USE:
                raise
            time.sleep(pause)
    return work()


def _flush(folder: Path) -> None:
    """Flush a folder's directory entries to disk."""
    if os.name == "posix":  # on Windows a folder cannot be opened
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
