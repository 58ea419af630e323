"""The files of a store: one per run, replaced atomically.

runs/<key>.zip           the runs; <key>.zip.<tag> is one that is being written
trash/<key>.zip          deleted, and kept for a while to be restored
damaged/<key>.<tag>.zip  set aside
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from core.files import atomic_files

KEY = re.compile(r"[0-9a-f]{16}")
FILE = re.compile(rf"({KEY.pattern})\.zip")
KINDS = ("runs", "trash", "damaged")

# Writing a run takes a second; a file this old was left by a process that is no more.
ABANDONED_SECONDS = 600
TRASH_SECONDS = 3600
MOST_DAMAGED = 20
# A folder that may not be looked into, or that cannot be, has no runs for this process.
ABSENT = (
    errno.ENOENT,
    errno.ENOTDIR,
    errno.EACCES,
    errno.EPERM,
    errno.ELOOP,
    errno.ENAMETOOLONG,
)


class RunDirectory:
    """The files under one root.

    Keys are 16 hexadecimal digits; any other is a ValueError before a path is made of it. What the
    file system refuses is an OSError.

    Args:
        root: the store's folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def prepare(self) -> None:
        """Make the folders; clear away what a killed process left, and what has had its time.

        Raises:
            OSError: they cannot be written.
        """
        self._make()
        probe = self.root / "runs" / atomic_files.tag()
        probe.touch()
        probe.unlink()
        old = [
            *_older(self.root.glob("runs/*.zip.*"), ABANDONED_SECONDS),
            *_older(self.root.glob("trash/*.zip*"), TRASH_SECONDS),
            *sorted(self.root.glob("damaged/*.*"), key=atomic_files.age)[MOST_DAMAGED:],
        ]
        for path in old:
            if KEY.fullmatch(path.name.partition(".")[0]):
                atomic_files.remove(path)

    def path(self, kind: str, key: str) -> Path:
        """Where a run is kept, or would be; the kind is one of KINDS."""
        if not KEY.fullmatch(key):
            raise ValueError(f"{key[:40]!r} is not the key of a run")
        return self.root / kind / f"{key}.zip"

    def stamps(self) -> dict[str, str]:
        """A text for every run that changes with its file, by key."""
        with _if_there(), os.scandir(self.root / "runs") as entries:
            return {
                match[1]: atomic_files.stamp(entry.stat(follow_symlinks=False))
                for entry in entries
                if (match := FILE.fullmatch(entry.name)) and entry.is_file(follow_symlinks=False)
            }
        return {}

    def stamp(self, key: str) -> str | None:
        """The text for one run; None if there is no such run."""
        with _if_there():
            status = self.path("runs", key).lstat()
            return atomic_files.stamp(status) if stat.S_ISREG(status.st_mode) else None
        return None

    def modified(self, key: str) -> float:
        """When a run was written, in seconds since 1970; 0 if there is no such run."""
        with _if_there():
            return self.path("runs", key).stat().st_mtime
        return 0.0

    def open(self, key: str) -> BinaryIO:
        """A run's file, open for reading; what replaces it meanwhile is another file."""
        return atomic_files.open_file(self.path("runs", key))

    def write(self, key: str, content: bytes) -> str:
        """Put a run's file in place, whole or not at all; returns its stamp."""
        self._make()  # again: somebody may have removed the folder since it was opened
        return atomic_files.write(self.path("runs", key), content)

    def set_aside(self, key: str) -> Path:
        """Move a run to the damaged ones; returns where to.

        Raises:
            FileNotFoundError: there is no such run.
        """
        aside = self.path("damaged", key).with_name(f"{key}.{atomic_files.tag()}.zip")
        atomic_files.move(self.path("runs", key), aside)
        os.utime(aside)  # the latest of them are kept
        return aside

    def throw_away(self, key: str) -> bool:
        """Move a run to the trash; False if there is none."""
        trash = self.path("trash", key)
        with suppress(FileNotFoundError):
            atomic_files.move(self.path("runs", key), trash)
            os.utime(trash)  # it is kept from now on
            return True
        return False

    def restore(self, key: str) -> bool:
        """Move a run back from the trash; False if it is not there, or has been trained again."""
        with suppress(FileNotFoundError):
            return atomic_files.move_unless_there(self.path("trash", key), self.path("runs", key))
        return False

    def purge(self, key: str) -> None:
        """Remove a run from the trash for good."""
        self.path("trash", key).unlink(missing_ok=True)

    def _make(self) -> None:
        for kind in KINDS:
            (self.root / kind).mkdir(parents=True, exist_ok=True)


def _older(paths: Iterable[Path], seconds: float) -> list[Path]:
    return [path for path in paths if atomic_files.age(path) > seconds]


@contextmanager
def _if_there() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in ABSENT:
            raise
