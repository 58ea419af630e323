"""The file format of runs: a zip with one folder per run, of JSON, CSV and npz files.

The store has one run per file; exports, imports and the shipped runs have many. All files are
untrusted: sizes and counts are limited before anything is unpacked, and the CRC of each member
shows whether it is damaged.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO

from core.errors import DamagedRun, InvalidArchive
from core.files import zip_directory
from core.files.npz import MAX_BYTES
from core.limits import MEGABYTE
from core.store.run_directory import KEY
from core.store.run_format import ALL, EPOCHS, HISTORY, MANIFEST, RUN

MAX_RUNS = 1_000
MAX_ARCHIVE_BYTES = 500 * MEGABYTE
MAX_UNPACKED_BYTES = 2_000 * MEGABYTE
# The equal frames of a network that learned nothing compress by a factor of 300.
MAX_RATIO = 400
ALWAYS_UNPACKED_BYTES = 100 * MEGABYTE
LIMITS = {RUN: MEGABYTE, HISTORY: 8 * MEGABYTE, EPOCHS: MEGABYTE, MANIFEST: MEGABYTE}

MEMBER = re.compile(rf"({KEY.pattern})/({'|'.join(map(re.escape, ALL))})?")

# A directory entry has 46 bytes, a name of at most 40, and possibly extra fields.
MAX_DIRECTORY_BYTES = MAX_RUNS * (len(ALL) + 1) * 200
# Bytes of a member's two headers (APPNOTE 4.3.7 and 4.3.12), without its name, which is in both.
HEADER_BYTES = 30 + 46

Files = Mapping[str, bytes]
Members = dict[str, dict[str, zipfile.ZipInfo]]


class Archive:
    """An archive that is open for reading.

    Args:
        content: the zip file; all its members are files of runs.
        size: the size of the zip file, in bytes.

    Attributes:
        size: the size given.
        keys: the keys of its runs.

    Raises:
        InvalidArchive: it has other members, too many, or too large ones.
    """

    def __init__(self, content: zipfile.ZipFile, size: int) -> None:
        self.size = size
        self._content = content
        self._members = _members(content.infolist())
        check_unpacked(sum(info.file_size for info in content.infolist()), size)
        self.keys = tuple(self._members)

    def files(self, key: str, names: Iterable[str] = ALL) -> dict[str, bytes]:
        """The contents of a run's existing files by name.

        Raises:
            DamagedRun: a file is too large or damaged.
        """
        members = self._members[key]
        return {name: self._read(members[name], name) for name in names if name in members}

    def bytes_of(self, key: str, name: str) -> int:
        """The bytes that a file takes in the archive; 0 if it is missing."""
        member = self._members[key].get(name)
        return 0 if member is None else with_headers(key, name, member.compress_size)

    def _read(self, member: zipfile.ZipInfo, name: str) -> bytes:
        limit = LIMITS.get(name, MAX_BYTES)
        try:
            return zip_directory.read_member(self._content, member.filename, limit)
        except zip_directory.ZIP_ERRORS as error:
            reason = zip_directory.in_words(error)
        except ValueError as error:
            reason = str(error)
        raise DamagedRun(f"The file {name} cannot be read: {reason}.")


@contextmanager
def opened(source: BinaryIO) -> Iterator[Archive]:
    """Open an archive.

    Args:
        source: a seekable file, open for reading.

    Raises:
        InvalidArchive: it is not an archive, or exceeds a limit; the text is a sentence.
    """
    size = source.seek(0, 2)
    if size > MAX_ARCHIVE_BYTES:
        limit = MAX_ARCHIVE_BYTES // MEGABYTE
        raise InvalidArchive(f"The archive has {size // MEGABYTE:,} MB; {limit} are allowed.")
    try:
        with zip_directory.opened(source, MAX_DIRECTORY_BYTES) as content:
            yield Archive(content, size)
    except zip_directory.NotAZipFile as error:
        raise InvalidArchive("This file is not an archive of runs.") from error
    except zip_directory.TooManyMembers as error:
        refusal = f"The archive has too many files; {MAX_RUNS:,} runs are allowed."
        raise InvalidArchive(refusal) from error
    except ValueError as error:
        raise InvalidArchive(f"This is not a valid archive of runs: {error}.") from error


def write(target: BinaryIO, runs: Iterable[tuple[str, Files]]) -> None:
    """Write an archive of runs, given as (key, files); equal runs give equal bytes."""
    with zipfile.ZipFile(target, "w") as content:
        for key, files in runs:
            for name, packed in files.items():
                kind = zipfile.ZIP_STORED if name.endswith(".npz") else zipfile.ZIP_DEFLATED
                # A new ZipInfo has no modification time.
                content.writestr(zipfile.ZipInfo(f"{key}/{name}"), packed, kind)


def with_headers(key: str, name: str, size: int) -> int:
    """The bytes that a file of `size` compressed bytes takes in an archive, with its headers."""
    return size + HEADER_BYTES + 2 * len(f"{key}/{name}")


def to_bytes(key: str, files: Files) -> bytes:
    """An archive of one run, as in the store."""
    target = io.BytesIO()
    write(target, [(key, files)])
    return target.getvalue()


def check_unpacked(unpacked: int, size: int) -> None:
    """Refuse to unpack too much.

    Args:
        unpacked: the unpacked size of the members in bytes, according to the archive.
        size: the size of the archive in bytes.

    Raises:
        InvalidArchive: the limit is exceeded.
    """
    limit = min(MAX_UNPACKED_BYTES, ALWAYS_UNPACKED_BYTES + MAX_RATIO * size)
    if unpacked > limit:
        raise InvalidArchive(f"The archive unpacks to more than {limit // MEGABYTE:,} MB.")


def _members(infos: list[zipfile.ZipInfo]) -> Members:
    """The files of each run, by key and name; any other member is refused."""
    members: Members = {}
    for info in infos:
        match = MEMBER.fullmatch(info.filename)
        mode = info.external_attr >> 16
        if match is None or stat.S_ISLNK(mode) or info.filename != info.orig_filename:
            raise InvalidArchive(f"An archive of runs cannot contain {info.filename[:60]!r}.")
        key, name = match.groups()
        files = members.setdefault(key, {})
        if name in files:
            raise InvalidArchive(f"The archive contains {info.filename} twice.")
        if name is not None:
            files[name] = info
    if not members:
        raise InvalidArchive("The archive is empty.")
    if len(members) > MAX_RUNS:
        raise InvalidArchive(
            f"The archive has {len(members):,} runs; at most {MAX_RUNS:,} are allowed."
        )
    return members
