"""The folders of a store: written beside and moved into place, so that none is ever half there.

runs/<key>/            the runs
incoming/<key>.<tag>/  one that is being written
replaced/<key>.<tag>/  one that is being replaced
trash/<key>/           deleted, to be had back for a while
damaged/<key>.<tag>/   set aside

Every step is a rename, and each can be taken again, so that two processes may share a store and
either may be killed anywhere.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import time
import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from core import manifest

KEY = re.compile(r"[0-9a-f]{16}")
KINDS = ("runs", "incoming", "replaced", "trash", "damaged")

# Writing a run takes a second; a folder this old was left by a process that is no more.
ABANDONED_SECONDS = 600
TRASH_SECONDS = 3600
MOST_DAMAGED = 20
SWAP_ATTEMPTS = 10
# A folder that may not be looked into has no runs for this process.
ABSENT = (FileNotFoundError, NotADirectoryError, PermissionError)
OCCUPIED = (errno.ENOTEMPTY, errno.EEXIST)


class RunFolders:
    """The folders under one root.

    Keys are 16 hexadecimal digits; any other is a ValueError before a path is made of it. What the
    file system refuses is an OSError.

    Args:
        root: the store's folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def prepare(self) -> None:
        """Make the folders; finish or clear away what a killed process left.

        Raises:
            OSError: they cannot be written.
        """
        for kind in KINDS:
            (self.root / kind).mkdir(parents=True, exist_ok=True)
        probe = self.root / "incoming" / _tag()
        probe.mkdir()
        probe.rmdir()
        for left in self._within("incoming"):
            if _age(left) > ABANDONED_SECONDS:
                _remove(left)
        for left in self._within("replaced"):
            # Killed between two renames: the run that was to be replaced is still good.
            _return(left, self._place("runs", left.name.partition(".")[0]))
        for thrown in self._within("trash"):
            if _age(thrown) > TRASH_SECONDS:
                _remove(thrown)
        for old in sorted(self._within("damaged"), key=_age)[MOST_DAMAGED:]:
            _remove(old)

    def stamps(self) -> dict[str, str]:
        """A text for every run that changes with its folder, by key."""
        try:
            with os.scandir(self.root / "runs") as entries:
                return {
                    entry.name: _stamp(entry.stat(follow_symlinks=False))
                    for entry in entries
                    if KEY.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False)
                }
        except ABSENT:
            return {}

    def stamp(self, key: str) -> str | None:
        """The text for one run; None if there is no such run."""
        try:
            return _stamp(self._place("runs", key).stat(follow_symlinks=False))
        except ABSENT:
            return None

    def modified(self, key: str) -> float:
        """When a run was written, in seconds since 1970."""
        return self._place("runs", key).stat().st_mtime

    def read(self, key: str, names: Iterable[str]) -> dict[str, bytes]:
        """Those of the named files that a run has."""
        folder = self._place("runs", key)
        files = {}
        for name in names:
            with suppress(FileNotFoundError):
                files[name] = (folder / name).read_bytes()
        return files

    def sizes(self, key: str, names: Iterable[str]) -> dict[str, int]:
        """The bytes of those of the named files that a run has."""
        folder = self._place("runs", key)
        sizes = {}
        for name in names:
            with suppress(FileNotFoundError):
                sizes[name] = (folder / name).stat().st_size
        return sizes

    def write(self, key: str, files: Mapping[str, bytes]) -> None:
        """Put a run in place, instead of the one that may be there; whole or not at all."""
        incoming = self._beside("incoming", key)
        try:
            incoming.mkdir()
            for name, content in files.items():
                _write(incoming / name, content)
            _flush_folder(incoming)
            self._swap(incoming, key)
        finally:
            _remove(incoming)

    def drop(self, key: str, name: str) -> bool:
        """Remove one file of a run, and its line in the manifest; False if there is no such run.

        Raises:
            DamagedRun: the manifest cannot be read.
        """
        place, apart = self._place("runs", key), self._beside("replaced", key)
        # Out of the way of a process that may be putting the same run in place.
        try:
            place.rename(apart)
        except FileNotFoundError:
            return False
        try:
            listing = apart / manifest.NAME
            shorter = manifest.without(name, listing.read_bytes())
            beside = apart / f"{manifest.NAME}.{_tag()}"
            _write(beside, shorter)
            beside.replace(listing)
            (apart / name).unlink(missing_ok=True)
        finally:
            _return(apart, place)
        return True

    def set_aside(self, key: str) -> Path:
        """Move a damaged run out of the way; returns where to."""
        aside = self._place("runs", key).rename(self._beside("damaged", key))
        _date_now(aside)
        return aside

    def throw_away(self, key: str) -> bool:
        """Move a run to the trash; False if there is none."""
        place, trash = self._place("runs", key), self._place("trash", key)
        with suppress(FileNotFoundError):
            for _ in range(SWAP_ATTEMPTS):
                if _moved(place, trash):
                    _date_now(trash)
                    return True
                _remove(trash)  # the same run, thrown away before
            raise _contended(place)
        return False

    def restore(self, key: str) -> bool:
        """Move a run back from the trash; False if it is not there, or has been made anew."""
        place, trash = self._place("runs", key), self._place("trash", key)
        with suppress(FileNotFoundError):
            return _moved(trash, place)
        return False

    def purge(self, key: str) -> None:
        """Remove a run from the trash for good."""
        _remove(self._place("trash", key))

    def _swap(self, incoming: Path, key: str) -> None:
        place = self._place("runs", key)
        for _ in range(SWAP_ATTEMPTS):
            outgoing = self._beside("replaced", key)
            with suppress(FileNotFoundError):
                place.rename(outgoing)
            try:
                if _moved(incoming, place):
                    _flush_folder(place.parent)
                    return
            finally:
                # Back if the place is empty; else what is there is newer, and this one goes.
                _return(outgoing, place)
        raise _contended(place)

    def _place(self, kind: str, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise ValueError(f"{key[:40]!r} is not the key of a run")
        return self.root / kind / key

    def _beside(self, kind: str, key: str) -> Path:
        place = self._place(kind, key)
        return place.with_name(f"{place.name}.{_tag()}")

    def _within(self, kind: str) -> list[Path]:
        folders = (self.root / kind).iterdir()
        return [folder for folder in folders if KEY.fullmatch(folder.name.partition(".")[0])]


def _tag() -> str:
    return uuid.uuid4().hex[:12]


def _stamp(status: os.stat_result) -> str:
    return f"{status.st_ino}.{status.st_mtime_ns}"


def _age(folder: Path) -> float:
    # Either way: a folder from the future was made before the clock was set back.
    try:
        return abs(time.time() - folder.stat().st_mtime)
    except FileNotFoundError:
        return 0.0


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    if os.name == "posix":  # elsewhere a folder cannot be opened
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _moved(folder: Path, place: Path) -> bool:
    """Move a folder; False if the place is occupied."""
    try:
        folder.rename(place)
    except OSError as error:
        if error.errno not in OCCUPIED:
            raise
        return False
    return True


def _return(folder: Path, place: Path) -> None:
    """Put a run back in its place, unless another is there, which is newer."""
    with suppress(OSError):  # what cannot be moved now stays for `prepare` at the next start
        if not _moved(folder, place):
            _remove(folder)


def _contended(place: Path) -> OSError:
    return FileExistsError(errno.EEXIST, "Other processes keep moving the same run", str(place))


def _date_now(folder: Path) -> None:
    with suppress(FileNotFoundError):
        os.utime(folder)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
