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
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from core.files import atomic_files, checksums

KEY = re.compile(r"[0-9a-f]{16}")
KINDS = ("runs", "incoming", "replaced", "trash", "damaged")

# Writing a run takes a second; a folder this old was left by a process that is no more.
ABANDONED_SECONDS = 600
TRASH_SECONDS = 3600
MOST_DAMAGED = 20
SWAP_ATTEMPTS = 10
# A folder that may not be looked into, or that cannot be, has no runs for this process.
ABSENT = (
    errno.ENOENT,
    errno.ENOTDIR,
    errno.EACCES,
    errno.EPERM,
    errno.ELOOP,
    errno.ENAMETOOLONG,
)


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
        self._make()
        probe = self.root / "incoming" / atomic_files.tag()
        probe.mkdir()
        probe.rmdir()
        for left in self._within("incoming"):
            if atomic_files.age(left) > ABANDONED_SECONDS:
                atomic_files.remove(left)
        for left in self._within("replaced"):
            self.recover(_key_of(left))
        for thrown in self._within("trash"):
            if atomic_files.age(thrown) > TRASH_SECONDS:
                self._discard(thrown)
        for old in sorted(self._within("damaged"), key=atomic_files.age)[MOST_DAMAGED:]:
            atomic_files.remove(old)

    def recover(self, key: str) -> None:
        """Put back a run that was moved away to be replaced, while nothing is in its place.

        Its process was killed between two renames, or is there right now and will cope.
        """
        for left in self._within("replaced"):
            if _key_of(left) == key:
                self._return(left, self._place("runs", key))

    def stamps(self) -> dict[str, str]:
        """A text for every run that changes with its folder, by key."""
        with _if_there(), os.scandir(self.root / "runs") as entries:
            return {
                entry.name: atomic_files.stamp(entry.stat(follow_symlinks=False))
                for entry in entries
                if KEY.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False)
            }
        return {}

    def stamp(self, key: str) -> str | None:
        """The text for one run; None if there is no such run."""
        with _if_there():
            return atomic_files.stamp(self._place("runs", key).stat(follow_symlinks=False))
        return None

    def modified(self, key: str) -> float:
        """When a run was written, in seconds since 1970; 0 if there is no such run."""
        with _if_there():
            return self._place("runs", key).stat().st_mtime
        return 0.0

    def read(self, key: str, names: Iterable[str]) -> dict[str, bytes]:
        """Those of the named files that a run has."""
        return atomic_files.read(self._place("runs", key), names)

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
        self._make()  # again: somebody may have removed the folder since it was opened
        try:
            incoming.mkdir()
            for name, content in files.items():
                atomic_files.write(incoming / name, content)
            atomic_files.flush(incoming)
            self._swap(incoming, key)
        finally:
            atomic_files.remove(incoming)

    @contextmanager
    def apart(self, key: str) -> Iterator[Path]:
        """Move a run to a folder of its own, and back afterwards if it is still there.

        While it is there it is read or changed without another process putting the same run in its
        place meanwhile. One that looks for the run may move it back; then it never returns here.

        Raises:
            FileNotFoundError: there is no such run.
        """
        place, folder = self._place("runs", key), self._beside("replaced", key)
        place.rename(folder)
        try:
            yield folder
        finally:
            self._return(folder, place)

    def drop(self, key: str, name: str) -> bool:
        """Remove one file of a run, and its line in the manifest.

        Returns:
            False if the run or the file is not there, or another process moves it right now.

        Raises:
            DamagedRun: the manifest cannot be read.
        """
        with suppress(FileNotFoundError), self.apart(key) as folder:
            listing = folder / checksums.NAME
            shorter = checksums.without(name, listing.read_bytes())
            beside = folder / f"{checksums.NAME}.{atomic_files.tag()}"
            atomic_files.write(beside, shorter)
            beside.replace(listing)
            (folder / name).unlink()
            return True
        return False

    def condemn(self, folder: Path) -> Path:
        """Move a run that is `apart` to the damaged ones; returns where to."""
        aside = folder.rename(self._beside("damaged", _key_of(folder)))
        atomic_files.date_now(aside)
        return aside

    def throw_away(self, key: str) -> bool:
        """Move a run to the trash; False if there is none."""
        place, trash = self._place("runs", key), self._place("trash", key)
        with suppress(FileNotFoundError):
            for _ in range(SWAP_ATTEMPTS):
                if atomic_files.moved(place, trash):
                    atomic_files.date_now(trash)
                    return True
                self._discard(trash)  # the same run, thrown away before
            raise _contended(place)
        return False

    def restore(self, key: str) -> bool:
        """Move a run back from the trash; False if it is not there, or has been trained again."""
        place, trash = self._place("runs", key), self._place("trash", key)
        with suppress(FileNotFoundError):
            return atomic_files.moved(trash, place)
        return False

    def purge(self, key: str) -> None:
        """Remove a run from the trash for good."""
        self._discard(self._place("trash", key))

    def _make(self) -> None:
        for kind in KINDS:
            (self.root / kind).mkdir(parents=True, exist_ok=True)

    def _swap(self, incoming: Path, key: str) -> None:
        place = self._place("runs", key)
        for _ in range(SWAP_ATTEMPTS):
            outgoing = self._beside("replaced", key)
            with suppress(FileNotFoundError):
                place.rename(outgoing)
            try:
                if atomic_files.moved(incoming, place):
                    atomic_files.flush(place.parent)
                    return
            finally:
                # Back if the place is empty; else what is there is newer, and this one goes.
                self._return(outgoing, place)
        raise _contended(place)

    def _return(self, folder: Path, place: Path) -> None:
        """Put a run back in its place, unless another is there, which is newer."""
        with suppress(OSError):  # what cannot be moved now is recovered later
            if not atomic_files.moved(folder, place):
                self._discard(folder)

    def _discard(self, folder: Path) -> None:
        # Moved first, so that no other process ever recovers or restores half of it.
        doomed = self._beside("incoming", _key_of(folder))
        with suppress(FileNotFoundError):
            folder.rename(doomed)
            atomic_files.remove(doomed)

    def _place(self, kind: str, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise ValueError(f"{key[:40]!r} is not the key of a run")
        return self.root / kind / key

    def _beside(self, kind: str, key: str) -> Path:
        place = self._place(kind, key)
        return place.with_name(f"{place.name}.{atomic_files.tag()}")

    def _within(self, kind: str) -> list[Path]:
        folders = (self.root / kind).iterdir()
        return [folder for folder in folders if KEY.fullmatch(_key_of(folder))]


@contextmanager
def _if_there() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in ABSENT:
            raise


def _key_of(folder: Path) -> str:
    return folder.name.partition(".")[0]


def _contended(place: Path) -> OSError:
    return FileExistsError(errno.EEXIST, "Other processes keep moving the same run", str(place))
