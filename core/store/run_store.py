"""The store of trained runs: one file per run, checked when opened, and an index for lists."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core import environment
from core.diagnostics import Verdict, verdict
from core.errors import DamagedRun, StoreUnavailable
from core.files import atomic_files
from core.limits import MEGABYTE
from core.run import Run
from core.store import archive, image_set_sizes
from core.store.folder_conversion import convert_folders, count_folders
from core.store.run_directory import KEY, RunDirectory
from core.store.run_format import (
    DIGITS,
    WEIGHTS,
    WITH_WEIGHTS,
    pack,
    unpack,
    unpack_digits,
)
from core.store.run_index import Entry, RunIndex
from core.store.run_reader import RunReader, file_in, in_archive
from core.store.run_summary import SHAPE, Freed, Message, RunSummary, summary, summary_json

INDEX_FILE = "index.sqlite3"
MAX_MESSAGES = 100


class RunStore:
    """All trained runs in one folder; any number of threads and processes may use it at once.

    An invalid key is treated as that of a missing run. Problems of a run or the folder are recorded
    in `messages`; a folder that cannot be written can still be read.

    Args:
        root: the folder; created if missing.
        judge: returns the verdict on a run (`core.diagnostics.verdict`), which is stored for lists.
        megabytes: the size that `put` reduces the store to; None for no limit.
        other_bytes: returns the bytes stored elsewhere that count towards that size.

    Attributes:
        writable: whether runs could be stored when the store was opened.
        protected: keys of runs that `put` must not reduce, such as those of an unfinished sweep.
    """

    def __init__(
        self,
        root: Path,
        *,
        judge: Callable[[Run], Verdict] | None = None,
        megabytes: float | None = None,
        other_bytes: Callable[[], int] = lambda: 0,
    ) -> None:
        self.root = root
        self.protected: set[str] = set()
        self._judge = judge
        self._megabytes = megabytes
        self._beside = other_bytes
        self._directory = RunDirectory(root)
        self._lock = threading.RLock()
        self._reader = RunReader(self._directory, self._lock, self._warn)
        self._messages: deque[Message] = deque(maxlen=MAX_MESSAGES)
        self.writable = True
        try:
            self._directory.prepare()
            convert_folders(self._directory, self._warn)
        except OSError as error:
            self.writable = False
            self._warn(None, atomic_files.refusal(error, root))
        if left := count_folders(root):
            text = f"{left:,} runs of an earlier version cannot be converted, and are not listed."
            self._warn(None, text)
        self._index = RunIndex(
            root / INDEX_FILE if self.writable else None,
            shape=SHAPE,
            stamps=self._directory.stamps,
            read=self._reader.entry,
            warn=lambda text: self._warn(None, text),
        )

    @property
    def messages(self) -> list[Message]:
        """Messages for visitors, oldest first."""
        with self._lock:
            return list(self._messages)

    def __contains__(self, key: str) -> bool:
        """Whether there is such a run; it may still be damaged."""
        return self.stamp(key) is not None

    def stamp(self, key: str) -> str | None:
        """A text that changes whenever the run is written; None if there is no such run."""
        return self._reader.stamp(key)

    def get(self, key: str, *, record_use: bool = True) -> Run | None:
        """Open a run and record its use.

        Args:
            key: the key of its variant.
            record_use: whether to record the use.

        Returns:
            The run, fully checked; None if there is none, or if it is damaged: then it is moved to
                `damaged`, and a message reports it.
        """
        run = self._reader.open(key, lambda archive: unpack(archive.files(key), key))
        if run is not None and record_use:
            self._index.touch(key)
        return run

    def last_digits(self, key: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]] | None:
        """A run's pinned digits and their last reconstructions as displayed, for thumbnails.

        Returns:
            Two arrays of greys 0-255, uint8, shape (10, 784); the second has shape (0, 784) if
            there are no reconstructions. None as for `get`.
        """
        return self._reader.open(key, lambda archive: unpack_digits(file_in(archive, key, DIGITS)))

    def put(self, run: Run) -> None:
        """Store a run; it replaces a run of the same settings.

        Raises:
            StoreUnavailable: the folder is full or cannot be written; no part of the run is left.
        """
        key = run.variant.key
        verdict = self._judge(run) if self._judge else None
        files = pack(run, verdict)
        content = archive.to_bytes(key, files)
        with self._exclusive_write():
            stamp = self._directory.write(key, content)
            kept = [message for message in self._messages if message.key != key]
            self._messages = deque(kept, MAX_MESSAGES)
        entry = Entry(
            key=key,
            stamp=stamp,
            facts=summary_json(vars(run), verdict),
            bytes=len(content),
            weight_bytes=sum(
                archive.with_headers(key, name, len(files[name]))
                for name in WITH_WEIGHTS
                if name in files
            ),
            used=time.time(),
        )
        self._index.add(entry)
        if self._megabytes is not None:
            try:
                self.enforce_limit(self._megabytes, {key, *self.protected})
            except StoreUnavailable as problem:  # the run itself is stored
                self._warn(None, str(problem))

    def keys(self) -> list[str]:
        """The keys of all runs."""
        return sorted(self._directory.stamps())

    def summaries(self) -> list[RunSummary]:
        """The summaries of all runs, most recently used first."""
        return [summary(entry) for entry in reversed(self._index.entries())]

    def size(self) -> int:
        """Bytes on disk of all runs, without trash and damaged ones."""
        return sum(entry.bytes for entry in self._index.entries())

    def delete(self, key: str) -> bool:
        """Move a run to the trash, where `restore` finds it until `purge`, or for an hour.

        Returns:
            False if there is no such run.

        Raises:
            StoreUnavailable: the folder cannot be written.
        """
        with self._exclusive_write():
            return KEY.fullmatch(key) is not None and self._directory.move_to_trash(key)

    def restore(self, key: str) -> bool:
        """Restore a deleted run.

        Returns:
            False if it is no longer in the trash, or the same settings were trained again.

        Raises:
            StoreUnavailable: the folder cannot be written.
        """
        with self._exclusive_write():
            return KEY.fullmatch(key) is not None and self._directory.restore(key)

    def purge(self, keys: Iterable[str]) -> None:
        """Remove deleted runs permanently; keys that are not in the trash are ignored.

        Raises:
            StoreUnavailable: the folder cannot be written.
        """
        with self._exclusive_write():
            for key in filter(KEY.fullmatch, keys):
                self._directory.purge(key)

    def enforce_limit(self, megabytes: float, protected: Collection[str] = ()) -> Freed:
        """Reduce the store to a size: delete the least recently used weights first, then runs.

        Args:
            megabytes: the limit, in 1,000,000 bytes.
            protected: keys of runs that are not reduced.

        Raises:
            StoreUnavailable: the folder cannot be written.
        """
        entries = self._index.entries()
        used_bytes = sum(entry.bytes for entry in entries) + self._beside()
        excess = used_bytes - round(megabytes * MEGABYTE)
        weights, runs = [], []
        candidates = [entry for entry in entries if entry.key not in protected]
        with self._exclusive_write():
            for entry in candidates:
                if excess > 0 and entry.weight_bytes and self._drop_weights(entry.key):
                    weights.append(entry.key)
                    excess -= entry.weight_bytes
            for entry in candidates:
                if excess > 0 and self._directory.move_to_trash(entry.key):
                    self._directory.purge(entry.key)
                    runs.append(entry.key)
                    excess -= entry.bytes - entry.weight_bytes
        return Freed(weights=tuple(weights), runs=tuple(runs))

    def _drop_weights(self, key: str) -> bool:
        """Write a run without its weights; False if it has none, or was replaced meanwhile."""
        stamp = self.stamp(key)
        try:
            with self._directory.open(key) as file:
                files = in_archive(file, key, lambda archive: archive.files(key))
        except (DamagedRun, FileNotFoundError):
            return False  # reported when it is opened
        if WEIGHTS not in files or self.stamp(key) != stamp:
            return False
        files = {name: content for name, content in files.items() if name not in WITH_WEIGHTS}
        self._directory.write(key, archive.to_bytes(key, files))
        return True

    @contextmanager
    def _exclusive_write(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except OSError as error:
                raise StoreUnavailable(atomic_files.refusal(error, self.root)) from error

    def _warn(self, key: str | None, text: str) -> None:
        with self._lock:
            if (message := Message(key=key, text=text)) not in self._messages:
                self._messages.append(message)


def lab_store() -> RunStore:
    """The store in the lab's home folder, with verdicts and the size limit of the environment.

    Raises:
        LabError: an environment variable is invalid.
    """
    return RunStore(
        environment.home(),
        judge=verdict,
        megabytes=environment.cache_megabytes(),
        other_bytes=image_set_sizes.total,
    )
