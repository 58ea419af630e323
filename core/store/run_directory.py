"""The files of a store: one per run, replaced atomically.

runs/<key>.zip           the runs; <key>.zip.<tag> is being written
trash/<key>.zip          deleted runs, which can be restored for a while
damaged/<key>.<tag>.zip  damaged runs
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

# Writing a run takes a second; an unfinished file this old is from a process that died.
ABANDONED_SECONDS = 600
TRASH_SECONDS = 3600
MAX_DAMAGED = 20
# Errors for a folder that is missing or unreadable: it counts as empty.
ABSENT = (
    errno.ENOENT,
    errno.ENOTDIR,
    errno.EACCES,
    errno.EPERM,
    errno.ELOOP,
    errno.ENAMETOOLONG,
)


class RunDirectory:
    """The files of the store in one folder.

    Keys are 16 hexadecimal digits; anything else is a ValueError before a path is made from it.
    Errors of the file system are raised as OSError.

    Args:
        root: the store's folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def prepare(self) -> None:
        """Create the folders; remove leftovers of killed processes, old trash and old damaged runs.

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
            *sorted(self.root.glob("damaged/*.*"), key=atomic_files.age)[MAX_DAMAGED:],
        ]
        for path in old:
            if KEY.fullmatch(path.name.partition(".")[0]):
                atomic_files.remove(path)

    def path(self, kind: str, key: str) -> Path:
        """The path of a run's file, which may not exist; `kind` is one of KINDS."""
        if not KEY.fullmatch(key):
            raise ValueError(f"{key[:40]!r} is not the key of a run")
        return self.root / kind / f"{key}.zip"

    def stamps(self) -> dict[str, str]:
        """The stamp of every run, by key: a text that changes with its file."""
        with _if_there(), os.scandir(self.root / "runs") as entries:
            return {
                match[1]: atomic_files.stamp(entry.stat(follow_symlinks=False))
                for entry in entries
                if (match := FILE.fullmatch(entry.name)) and entry.is_file(follow_symlinks=False)
            }
        return {}

    def stamp(self, key: str) -> str | None:
        """The stamp of one run; None if there is no such run."""
        with _if_there():
            status = self.path("runs", key).lstat()
            return atomic_files.stamp(status) if stat.S_ISREG(status.st_mode) else None
        return None

    def modified(self, key: str) -> float:
        """The time when a run was written, in seconds since 1970; 0 if there is no such run."""
        with _if_there():
            return self.path("runs", key).stat().st_mtime
        return 0.0

    def open(self, key: str) -> BinaryIO:
        """Open a run's file for reading; a replacement in the meantime does not affect it."""
        return atomic_files.open_file(self.path("runs", key))

    def write(self, key: str, content: bytes) -> str:
        """Write a run's file atomically; returns its stamp."""
        self._make()  # the folder may have been removed since the store was opened
        return atomic_files.write(self.path("runs", key), content)

    def move_to_damaged(self, key: str) -> Path:
        """Move a run to the damaged ones; returns its new path.

        Raises:
            FileNotFoundError: there is no such run.
        """
        aside = self.path("damaged", key).with_name(f"{key}.{atomic_files.tag()}.zip")
        atomic_files.move(self.path("runs", key), aside)
        os.utime(aside)  # the newest ones are kept
        return aside

    def move_to_trash(self, key: str) -> bool:
        """Move a run to the trash; False if there is no such run."""
        trash = self.path("trash", key)
        with suppress(FileNotFoundError):
            atomic_files.move(self.path("runs", key), trash)
            os.utime(trash)  # its time in the trash starts now
            return True
        return False

    def restore(self, key: str) -> bool:
        """Restore a run from the trash; False if it is not there, or was trained again."""
        with suppress(FileNotFoundError):
            return atomic_files.move_unless_exists(self.path("trash", key), self.path("runs", key))
        return False

    def purge(self, key: str) -> None:
        """Remove a run from the trash permanently."""
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
