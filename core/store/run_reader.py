"""Reading of stored runs: each is checked when opened, and set aside if it is damaged."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import BinaryIO, TypeVar

from core.environment import shown_path
from core.errors import DamagedRun, InvalidArchive
from core.files import atomic_files
from core.store import archive
from core.store.archive import Archive
from core.store.run_directory import KEY, RunDirectory
from core.store.run_format import RUN, WEIGHTS, WITH_WEIGHTS, unpack_facts
from core.store.run_index import Entry
from core.store.run_summary import summary_json

T = TypeVar("T")


class RunReader:
    """Reads the runs of a directory.

    Args:
        directory: the files.
        lock: held while a damaged run is set aside.
        warn: receives a key and a sentence about a run that cannot be read.
    """

    def __init__(
        self,
        directory: RunDirectory,
        lock: AbstractContextManager[object],
        warn: Callable[[str, str], None],
    ) -> None:
        self._directory = directory
        self._lock = lock
        self._warn = warn

    def stamp(self, key: str) -> str | None:
        """A text that changes whenever the run is written; None if there is no such run."""
        return self._directory.stamp(key) if KEY.fullmatch(key) else None

    def open(self, key: str, use: Callable[[Archive], T]) -> T | None:
        """What `use` makes of a run's archive; None if there is no such run, or it is damaged.

        A damaged run is moved to `damaged`; that is reported, and so is a run that cannot be read
        now.
        """
        if self.stamp(key) is None:
            return None
        try:
            with self._directory.open(key) as file:
                return in_archive(file, key, use)
        except DamagedRun as damage:
            return self._move_to_damaged(key, use, damage)
        except FileNotFoundError:
            return None
        except OSError as error:
            self._warn(key, f"The stored run cannot be read now: {error.strerror}.")
            return None

    def entry(self, key: str) -> Entry | None:
        """The index entry of a run; None as for `open`."""
        # Read before the run is opened: if it is replaced in between, the next list reads it again.
        stamp = self.stamp(key) or ""
        written = self._directory.modified(key)

        def read(archive: Archive) -> Entry:
            return Entry(
                key=key,
                stamp=stamp,
                facts=summary_json(*unpack_facts(file_in(archive, key, RUN))),
                bytes=archive.size,
                weight_bytes=_weight_bytes(archive, key),
                used=written,
            )

        return self.open(key, read)

    def _move_to_damaged(
        self, key: str, use: Callable[[Archive], T], damage: DamagedRun
    ) -> T | None:
        try:
            with self._lock:
                aside = self._directory.move_to_damaged(key)
                with suppress(DamagedRun), atomic_files.open_file(aside) as file:
                    whole = in_archive(file, key, use)  # another process replaced it meanwhile
                    atomic_files.move_unless_exists(aside, self._directory.path("runs", key))
                    return whole
            where = f"It was moved to {shown_path(aside)}."
        except FileNotFoundError:
            return None
        except OSError as error:
            where = f"It could not be moved: {error.strerror}."
        self._warn(key, f"The stored run is damaged. {damage} {where} Train it again.")
        return None


def in_archive(file: BinaryIO, key: str, use: Callable[[Archive], T]) -> T:
    """What `use` makes of an open file, an archive of the run with this key alone.

    Raises:
        DamagedRun: it is not, or not valid.
    """
    try:
        with archive.opened(file) as content:
            if content.keys != (key,):
                raise DamagedRun("Its settings do not match its key.")
            return use(content)
    except InvalidArchive as error:
        raise DamagedRun(str(error)) from error


def _weight_bytes(archive: Archive, key: str) -> int:
    """The bytes of the weights and what goes with them; 0 without weights."""
    has_weights = archive.bytes_of(key, WEIGHTS) > 0
    return sum(archive.bytes_of(key, name) for name in WITH_WEIGHTS) if has_weights else 0


def file_in(archive: Archive, key: str, name: str) -> bytes:
    """One file of a run.

    Raises:
        DamagedRun: it is missing.
    """
    files = archive.files(key, [name])
    if name not in files:
        raise DamagedRun(f"The file {name} is missing.")
    return files[name]
