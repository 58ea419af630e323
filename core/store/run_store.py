"""The store of trained runs: a folder each, checked when it is opened, listed by an index."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.diagnostics import Verdict
from core.environment import shown_path
from core.errors import DamagedRun, StoreUnavailable
from core.files import atomic_files, checksums
from core.run import Run
from core.store.run_files import (
    ALL,
    DIGITS,
    RUN,
    WEIGHTS,
    pack,
    unpack,
    unpack_digits,
    unpack_facts,
)
from core.store.run_folders import KEY, RunFolders
from core.store.run_index import Entry, RunIndex
from core.store.run_summary import SHAPE, Freed, Message, RunSummary, listed, summary

INDEX_FILE = "index.sqlite3"
MEGABYTE = 1_000_000
READ_ATTEMPTS = 5
MOST_MESSAGES = 100

T = TypeVar("T")
Files = Mapping[str, bytes]


class RunStore:
    """All trained runs in one folder; any number of threads and processes may use it at once.

    A key that is not one is treated as that of a run that is not there. What a run or the folder
    suffers is said in `messages`; a folder that cannot be written can still be read.

    Args:
        root: the folder; made if it is missing.
        judge: gives the verdict on a run (`core.diagnostics.verdict`), which is kept for lists.
        megabytes: the size that `put` brings the store back to; None for no limit.

    Attributes:
        writable: whether runs could be kept when the store was opened.
        protected: keys of runs that `put` leaves whole, such as those of an unfinished sweep.
    """

    def __init__(
        self,
        root: Path,
        *,
        judge: Callable[[Run], Verdict] | None = None,
        megabytes: float | None = None,
    ) -> None:
        self.root = root
        self.protected: set[str] = set()
        self._judge = judge
        self._megabytes = megabytes
        self._folders = RunFolders(root)
        self._lock = threading.RLock()
        self._messages: deque[Message] = deque(maxlen=MOST_MESSAGES)
        self.writable = True
        try:
            self._folders.prepare()
        except OSError as error:
            self.writable = False
            self._tell(None, atomic_files.refusal(error, root))
        self._index = RunIndex(
            root / INDEX_FILE if self.writable else None,
            shape=SHAPE,
            stamps=self._folders.stamps,
            read=self._entry,
            tell=lambda text: self._tell(None, text),
        )

    @property
    def messages(self) -> list[Message]:
        """What a visitor should know, the oldest first."""
        with self._lock:
            return list(self._messages)

    def __contains__(self, key: str) -> bool:
        """Whether there is such a run; it may still turn out to be damaged."""
        return self.stamp(key) is not None

    def stamp(self, key: str) -> str | None:
        """A text that changes whenever a run is written again; None if there is no such run."""
        return self._folders.stamp(key) if KEY.fullmatch(key) else None

    def get(self, key: str, *, is_use: bool = True) -> Run | None:
        """Open a run, and note that it was used.

        Args:
            key: of its variant.
            is_use: False leaves it as little used as it was.

        Returns:
            The run, its checksums verified; None if there is none, or if it was damaged: then it
            has been set aside, and a message says so.
        """
        run = self._open(key, ALL, lambda files: unpack(files, key))
        if run is not None and is_use:
            self._index.touch(key)
        return run

    def last_digits(self, key: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]] | None:
        """A run's pinned digits and their last reconstructions as displayed, for a small picture.

        Returns:
            Two arrays of grey values 0-255, (10, 784), the second (0, 784) for a run that has
            none; None as for `get`.
        """
        return self._open(key, (checksums.NAME, DIGITS), unpack_digits)

    def put(self, run: Run) -> None:
        """Keep a run, instead of the one of the same settings that may be there.

        Raises:
            StoreUnavailable: the folder is full or cannot be written; nothing of it is left there.
        """
        key = run.variant.key
        files = pack(run, self._judge(run) if self._judge else None)
        with self._changing():
            self._folders.write(key, files)
            kept = [message for message in self._messages if message.key != key]
            self._messages = deque(kept, MOST_MESSAGES)
        self._index.add(key)
        if self._megabytes is not None:
            try:
                self.enforce_limit(self._megabytes, {key, *self.protected})
            except StoreUnavailable as problem:  # the run itself is kept
                self._tell(None, str(problem))

    def touch(self, key: str) -> None:
        """Note that a run was used, so that it is among the last to go."""
        self._index.touch(key)

    def keys(self) -> list[str]:
        """The keys of all runs."""
        return sorted(self._folders.stamps())

    def summaries(self) -> list[RunSummary]:
        """All runs, the most recently used first."""
        return [summary(entry) for entry in reversed(self._index.entries())]

    def size(self) -> int:
        """Bytes on disk of all runs, without the trash and what was set aside."""
        return sum(entry.bytes for entry in self._index.entries())

    def delete(self, key: str) -> bool:
        """Move a run to the trash, whence `restore` has it back until `purge`, or for an hour.

        Returns:
            False if there is no such run.

        Raises:
            StoreUnavailable: the folder cannot be written.
        """
        with self._changing():
            return KEY.fullmatch(key) is not None and self._folders.throw_away(key)

    def restore(self, key: str) -> bool:
        """Have a deleted run back.

        Returns:
            False if it is no longer in the trash, or the same settings were trained again.

        Raises:
            StoreUnavailable: the folder cannot be written.
        """
        with self._changing():
            return KEY.fullmatch(key) is not None and self._folders.restore(key)

    def purge(self, keys: Iterable[str]) -> None:
        """Remove deleted runs for good; keys that are not in the trash are left alone.

        Raises:
            StoreUnavailable: the folder cannot be written.
        """
        with self._changing():
            for key in filter(KEY.fullmatch, keys):
                self._folders.purge(key)

    def enforce_limit(self, megabytes: float, protected: Collection[str] = ()) -> Freed:
        """Bring the store below a size: least recently used weights go first, then whole runs.

        Args:
            megabytes: the limit, in 1,000,000 bytes.
            protected: keys of runs that stay whole.

        Raises:
            StoreUnavailable: the folder cannot be written.
        """
        entries = self._index.entries()
        excess = sum(entry.bytes for entry in entries) - round(megabytes * MEGABYTE)
        weights, runs = [], []
        candidates = [entry for entry in entries if entry.key not in protected]
        with self._changing():
            for entry in candidates:
                if excess > 0 and entry.weight_bytes and self._drop_weights(entry.key):
                    weights.append(entry.key)
                    excess -= entry.weight_bytes
            for entry in candidates:
                if excess > 0 and self._folders.throw_away(entry.key):
                    self._folders.purge(entry.key)
                    runs.append(entry.key)
                    excess -= entry.bytes - entry.weight_bytes
        return Freed(weights=tuple(weights), runs=tuple(runs))

    def _open(self, key: str, names: Collection[str], unpack: Callable[[Files], T]) -> T | None:
        if not KEY.fullmatch(key):
            return None
        for _ in range(READ_ATTEMPTS):
            if not (self._folders.stamp(key) or self._stamp_while_replaced(key)):
                return None
            try:
                return unpack(self._folders.read(key, names))
            except DamagedRun as damage:
                # It may have been moved while it was read, and be whole.
                if self._set_aside(key, names, unpack, damage):
                    return None
            except OSError as error:
                self._tell(key, f"The stored run cannot be read now: {error.strerror}.")
                return None
        return None

    def _stamp_while_replaced(self, key: str) -> str | None:
        with self._lock, suppress(OSError):
            self._folders.recover(key)
        return self._folders.stamp(key)

    def _set_aside(
        self, key: str, names: Collection[str], unpack: Callable[[Files], T], damage: DamagedRun
    ) -> bool:
        """Look again where no other process interferes; False if the run is whole or gone."""
        try:
            with self._lock, self._folders.apart(key) as folder:
                try:
                    unpack(atomic_files.read(folder, names))
                    return False
                except DamagedRun as again:
                    damage = again
                    where = f"It was set aside in {shown_path(self._folders.condemn(folder))}."
        except FileNotFoundError:
            return False
        except OSError as error:
            where = f"It could not be set aside: {error.strerror}."
        self._tell(key, f"The stored run is damaged. {damage} {where} Train it again.")
        return True

    def _drop_weights(self, key: str) -> bool:
        try:
            return self._folders.drop(key, WEIGHTS)
        except DamagedRun:
            return False  # said when it is opened

    def _entry(self, key: str) -> Entry | None:
        stamp = self._folders.stamp(key) or ""
        found = self._open(key, (checksums.NAME, RUN), lambda files: (files, unpack_facts(files)))
        if found is None:
            return None
        files, (facts, verdict) = found
        names = {checksums.NAME, *checksums.listed(files[checksums.NAME])}
        sizes = self._folders.sizes(key, names.intersection(ALL))
        return Entry(
            key=key,
            stamp=stamp,
            facts=listed(facts, verdict),
            bytes=sum(sizes.values()),
            weight_bytes=sizes.get(WEIGHTS, 0),
            used=self._folders.modified(key),
        )

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except OSError as error:
                raise StoreUnavailable(atomic_files.refusal(error, self.root)) from error

    def _tell(self, key: str | None, text: str) -> None:
        with self._lock:
            if (message := Message(key=key, text=text)) not in self._messages:
                self._messages.append(message)
