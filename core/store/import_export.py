"""Export of runs from a store to an archive, and import from an archive into a store.

Archives are untrusted. All of an archive is checked, in bounded memory, before anything is written,
and none of its bytes are copied: each run is read and packed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import BinaryIO

from core.errors import DamagedRun, InvalidArchive
from core.store import archive
from core.store.archive import Files
from core.store.run_format import pack, unpack, unpacked_bytes
from core.store.run_store import RunStore


@dataclass(frozen=True, kw_only=True)
class Imported:
    """The result of an import.

    Attributes:
        added: keys of the imported runs.
        kept: keys of runs that the store already had, which are unchanged.
    """

    added: tuple[str, ...]
    kept: tuple[str, ...]


def export_archive(store: RunStore, keys: Iterable[str], target: BinaryIO) -> tuple[str, ...]:
    """Write runs to an archive.

    Args:
        store: the store with the runs.
        keys: the keys of the runs; missing and damaged ones are omitted.
        target: a file, open for writing.

    Returns:
        The keys of the runs that were written.
    """
    written = []

    def packed() -> Iterator[tuple[str, Files]]:
        for key in dict.fromkeys(keys):
            if (run := store.get(key)) is not None:
                yield key, pack(run)
                written.append(key)

    archive.write(target, packed())
    return tuple(written)


def import_archive(store: RunStore, source: BinaryIO) -> Imported:
    """Import the runs of an archive into a store.

    Args:
        store: receives the runs; runs that it already has are not replaced.
        source: a seekable file, open for reading.

    Raises:
        InvalidArchive: the file is not an archive of runs, is too large, or has a damaged run;
            nothing was imported.
        StoreUnavailable: the store cannot take another run; the previous ones have been imported.
    """
    with archive.opened(source) as content:
        unpacked = 0
        for key in content.keys:
            with _naming(key):
                files = content.files(key)
                unpacked += unpacked_bytes(files)
                archive.check_unpacked(unpacked, content.size)
                unpack(files, key)
        added = [key for key in content.keys if key not in store]
        for key in added:
            with _naming(key):
                run = unpack(content.files(key), key)
            # Only the runs in the repository may be marked as shipped.
            store.put(replace(run, provenance=replace(run.provenance, shipped=False)))
    return Imported(added=tuple(added), kept=tuple(key for key in content.keys if key not in added))


@contextmanager
def _naming(key: str) -> Iterator[None]:
    try:
        yield
    except DamagedRun as damage:
        raise InvalidArchive(f"The run {key} of the archive is damaged. {damage}") from damage
