"""Archives: stored runs in one zip file, to export and to import into another lab.

An archive may come from a stranger. It is checked from end to end, in bounded memory, before
anything is written, and nothing of it is written as it came: every run is read, then packed again.
"""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import BinaryIO

from core.errors import DamagedRun, InvalidArchive
from core.files import checksums, zip_directory
from core.files.npz import MOST_BYTES
from core.run import Run
from core.store import RunStore
from core.store.run_files import ALL, EPOCHS, HISTORY, RUN, pack, unpack
from core.store.run_folders import KEY

MEGABYTE = 1_000_000
MOST_RUNS = 1_000
MOST_ARCHIVE_BYTES = 500 * MEGABYTE
MOST_UNPACKED_BYTES = 2_000 * MEGABYTE
LIMITS = {RUN: MEGABYTE, HISTORY: 8 * MEGABYTE, EPOCHS: MEGABYTE, checksums.NAME: MEGABYTE}

MEMBER = re.compile(rf"({KEY.pattern})/({'|'.join(map(re.escape, ALL))})?")

# A directory entry has 46 bytes, a name of at most 40, and perhaps dates of some tool.
MOST_DIRECTORY_BYTES = MOST_RUNS * (len(ALL) + 1) * 200

Members = dict[str, dict[str, zipfile.ZipInfo]]


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What an import did.

    Attributes:
        added: keys of runs that are new here.
        kept: keys of runs that were here already; they stay as they are.
    """

    added: tuple[str, ...]
    kept: tuple[str, ...]


def export_archive(store: RunStore, keys: Iterable[str], target: BinaryIO) -> tuple[str, ...]:
    """Write runs into a zip file: a folder each, of open files.

    Args:
        store: where they are.
        keys: which ones; those that are not there, or damaged, are left out.
        target: open for writing.

    Returns:
        The keys of the runs that were written.
    """
    written = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for key in dict.fromkeys(keys):
            run = store.get(key)
            if run is None:
                continue
            for name, content in pack(run).items():
                # A ZipInfo of its own leaves the date out: equal runs give equal archives.
                archive.writestr(zipfile.ZipInfo(f"{key}/{name}"), content, zipfile.ZIP_DEFLATED)
            written.append(key)
    return tuple(written)


def import_archive(store: RunStore, source: BinaryIO) -> Imported:
    """Take the runs of an archive into a store.

    Args:
        store: keeps them; a run that it has already stays as it is.
        source: open for reading, and able to seek.

    Raises:
        InvalidArchive: the file is not an archive of runs, too large, or one of its runs is
            damaged; nothing of it was imported.
        StoreUnavailable: the store cannot keep more; runs before that one are imported.
    """
    with _refusing():
        _check_size(source)
        with zip_directory.opened(source, MOST_DIRECTORY_BYTES) as archive:
            members = _members(archive)
            for key in members:
                _read(archive, key, members[key])
            added = [key for key in members if key not in store]
            for key in added:
                store.put(_read(archive, key, members[key]))
    return Imported(added=tuple(added), kept=tuple(key for key in members if key not in added))


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except InvalidArchive:
        raise
    except zip_directory.NoZipFile as error:
        raise InvalidArchive("This is not an archive of runs, but another kind of file.") from error
    except zip_directory.TooManyMembers as error:
        refusal = f"The archive has too many files; {MOST_RUNS:,} runs are allowed."
        raise InvalidArchive(refusal) from error
    except ValueError as error:
        raise InvalidArchive(f"This is not a sound archive of runs: {error}.") from error


def _check_size(source: BinaryIO) -> None:
    size = source.seek(0, 2)
    if size > MOST_ARCHIVE_BYTES:
        limit = MOST_ARCHIVE_BYTES // MEGABYTE
        raise InvalidArchive(f"The archive has {size // MEGABYTE:,} MB; {limit} are allowed.")


def _members(archive: zipfile.ZipFile) -> Members:
    """The files of each run, by key and name; refuses whatever is not such a file."""
    members: Members = {}
    for info in archive.infolist():
        match = MEMBER.fullmatch(info.filename)
        mode = info.external_attr >> 16
        if match is None or stat.S_ISLNK(mode) or info.filename != info.orig_filename:
            raise InvalidArchive(f"An archive of runs has no {info.filename[:60]!r}.")
        key, name = match.groups()
        files = members.setdefault(key, {})
        if name in files:
            raise InvalidArchive(f"The archive has {info.filename} twice.")
        if name is not None:
            files[name] = info
    if not members:
        raise InvalidArchive("The archive is empty.")
    if len(members) > MOST_RUNS:
        raise InvalidArchive(f"The archive has {len(members):,} runs; {MOST_RUNS:,} are allowed.")
    if sum(info.file_size for info in archive.infolist()) > MOST_UNPACKED_BYTES:
        raise InvalidArchive(
            f"The archive unpacks to more than {MOST_UNPACKED_BYTES // MEGABYTE:,} MB."
        )
    return members


def _read(archive: zipfile.ZipFile, key: str, members: Mapping[str, zipfile.ZipInfo]) -> Run:
    files = {
        name: zip_directory.read_member(archive, info.filename, LIMITS.get(name, MOST_BYTES))
        for name, info in members.items()
    }
    try:
        run = unpack(files, key)
    except DamagedRun as damage:
        raise InvalidArchive(f"The run {key} of the archive is damaged. {damage}") from damage
    # Only the repository's own results may be marked as shipped.
    return replace(run, provenance=replace(run.provenance, shipped=False))
