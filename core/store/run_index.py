"""The index of a store: an SQLite file with one row per run, so that thousands are listed at once.

The run files are authoritative. Everything in the index except the order of use can be rebuilt from
them, so a lost or damaged index costs seconds but no run.
"""

from __future__ import annotations

import sqlite3
import threading
import time
import weakref
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

VERSION = 2
BUSY_SECONDS = 10.0
# SQLITE_ERROR: the file has a table of another shape.
CORRUPT = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)

# `turn` orders the runs by use: a counter, since a clock may be set back. `checksum` covers the
# columns before it, since SQLite does not notice a flipped bit in a number.
TABLE = """
CREATE TABLE runs (
    key TEXT PRIMARY KEY,
    stamp TEXT NOT NULL,
    facts TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    weight_bytes INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    used REAL NOT NULL,
    turn INTEGER NOT NULL
) WITHOUT ROWID
"""
COLUMNS = "key, stamp, facts, bytes, weight_bytes, checksum, used"
NEXT_TURN = "(SELECT COALESCE(MAX(turn), 0) + 1 FROM runs)"

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The index entry of a run.

    Attributes:
        key: the key of its variant.
        stamp: changes with the run's file.
        facts: the details that lists show, as JSON.
        bytes: the size of its file; `weight_bytes` of them are its weights.
        used: time of last use, in seconds since 1970.
    """

    key: str
    stamp: str
    facts: str
    bytes: int
    weight_bytes: int
    used: float


class RunIndex:
    """The entries of all runs in a store, kept in sync with the files whoever changes them.

    Args:
        path: the SQLite file, which several processes may share; None for memory only.
        shape: version number of `Entry.facts`; if that of the file differs, all runs are read
            again, and only their order of use is kept.
        stamps: returns the stamp of every run, by key.
        read: builds the entry of a key from its file; None if it is missing or damaged.
        warn: receives a sentence for the screen.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        shape: int,
        stamps: Callable[[], dict[str, str]],
        read: Callable[[str], Entry | None],
        warn: Callable[[str], None],
    ) -> None:
        self._table = RunTable(path, shape)
        self._shape = shape
        self._stamps = stamps
        self._read = read
        self._warn = warn
        self._lock = threading.RLock()

    def entries(self) -> list[Entry]:
        """All entries, least recently used first."""
        return self._work(self._in_line)

    def add(self, entry: Entry) -> None:
        """Add the entry of a run that was just written, as the most recently used."""
        self._work(lambda table: table.add([entry]))
        self.touch(entry.key)

    def touch(self, key: str) -> None:
        """Make a run the most recently used."""
        self._work(lambda table: table.touch(key))

    def _in_line(self, table: RunTable) -> list[Entry]:
        current, indexed = self._stamps(), table.stamps()
        if gone := indexed.keys() - current.keys():
            table.remove(gone)
        if changed := [key for key, stamp in current.items() if indexed.get(key) != stamp]:
            entries = [entry for key in changed if (entry := self._read(key))]
            table.add(sorted(entries, key=lambda entry: entry.used))
            table.remove(set(changed) - {entry.key for entry in entries})
        return table.entries()

    def _work(self, work: Callable[[RunTable], T]) -> T:
        # Retried with a new table if this one is damaged: its content is in the files too.
        with self._lock:
            for _ in range(2):
                try:
                    return work(self._table)
                except sqlite3.DatabaseError as error:
                    self._replace_table(error)
            return work(self._table)

    def _replace_table(self, error: sqlite3.DatabaseError) -> None:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
        if code & 0xFF in CORRUPT and self._table.discard():
            self._warn("The index of the runs was damaged and has been rebuilt.")
        else:
            self._table = RunTable(None, self._shape)
            self._warn(f"The index of the runs cannot be written ({error}) and is kept in memory.")


class RunTable:
    """The SQLite table of entries; not thread-safe.

    Every method may raise sqlite3.DatabaseError, also if an entry does not match its checksum.

    Args:
        path: the SQLite file, created if missing; None for memory only.
        shape: see `RunIndex`.
    """

    def __init__(self, path: Path | None, shape: int) -> None:
        self._path = path
        # SQLite's `user_version` is a signed number of 32 bits.
        self._version = (shape + VERSION) & 0x7FFF_FFFF
        self._in_memory = None if path else _connect(":memory:")
        if self._in_memory:
            weakref.finalize(self, self._in_memory.close)

    def stamps(self) -> dict[str, str]:
        """The stamp of every run, by key."""
        with self._connected() as connection:
            return dict(connection.execute("SELECT key, stamp FROM runs"))

    def entries(self) -> list[Entry]:
        """All entries, the least recently used first."""
        with self._connected() as connection:
            rows = connection.execute(f"SELECT {COLUMNS} FROM runs ORDER BY turn, key").fetchall()
        if any(_checksum(row[:5]) != row[5] for row in rows):
            raise sqlite3.DatabaseError("an entry does not match its checksum")
        return [
            Entry(key=key, stamp=stamp, facts=facts, bytes=size, weight_bytes=weights, used=used)
            for key, stamp, facts, size, weights, _, used in rows
        ]

    def add(self, entries: Iterable[Entry]) -> None:
        """Add entries as the most recently used; existing ones keep their order of use."""
        rows = []
        for entry in entries:
            row = (entry.key, entry.stamp, entry.facts, entry.bytes, entry.weight_bytes)
            rows.append((*row, _checksum(row), entry.used))
        replaced = ("stamp", "facts", "bytes", "weight_bytes", "checksum")
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                f"INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, {NEXT_TURN}) ON CONFLICT (key) DO"
                f" UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in replaced)}",
                rows,
            )
            connection.execute("COMMIT")

    def remove(self, keys: Iterable[str]) -> None:
        """Remove entries."""
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("DELETE FROM runs WHERE key = ?", [(key,) for key in keys])
            connection.execute("COMMIT")

    def touch(self, key: str) -> None:
        """Make a run the most recently used."""
        with self._connected() as connection:
            connection.execute(
                f"UPDATE runs SET used = ?, turn = {NEXT_TURN} WHERE key = ?", (time.time(), key)
            )

    def discard(self) -> bool:
        """Delete the file, so that the next call starts an empty one; False if that fails."""
        try:
            if self._path:
                self._path.unlink(missing_ok=True)
        except OSError:
            return False
        return True

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        # One connection per call, since another process may delete or replace the file.
        connection = self._in_memory or self._opened()
        try:
            if _version(connection) != self._version:
                _create(connection, self._version)
            yield connection
        finally:
            if connection is not self._in_memory:
                connection.close()  # rolls back what was not committed
            elif connection.in_transaction:
                connection.rollback()

    def _opened(self) -> sqlite3.Connection:
        if self._path is not None:
            with suppress(OSError):  # SQLite reports the problem
                self._path.parent.mkdir(parents=True, exist_ok=True)
        return _connect(str(self._path))


def _connect(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        # The index can be rebuilt, so writes need not wait for the disk.
        connection.execute("PRAGMA synchronous = OFF")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def _create(connection: sqlite3.Connection, version: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    if _version(connection) != version:  # another process may have done so meanwhile
        found = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'runs'").fetchone()
        if found == (TABLE.lstrip(),):
            # Only the shape of the facts differs: all runs are read again, the order of use stays.
            connection.execute("UPDATE runs SET stamp = ''")
        else:
            connection.execute("DROP TABLE IF EXISTS runs")
            connection.execute(TABLE)
        connection.execute(f"PRAGMA user_version = {version}")
    connection.execute("COMMIT")


def _checksum(row: tuple[object, ...]) -> int:
    return zlib.crc32(repr(row).encode())
