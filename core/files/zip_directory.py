"""Untrusted zip files: opened and unpacked in bounded memory, or rejected.

All archives of runs, .npz files and data sets are read with this module.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

# The exceptions of zipfile for truncated, changed, encrypted or unknown members.
ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
KINDS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

# The end of central directory record (APPNOTE 4.3.16): signature, disks and counts, then size and
# offset of the directory, then the length of a comment. Zip64 has a locator of 20 bytes before it.
END = struct.Struct("<4s4HLLH")
END_SIGNATURE = b"PK\x05\x06"
ZIP64_LOCATOR = b"PK\x06\x07"
ZIP64_LOCATOR_SIZE = 20


class NotAZipFile(ValueError):
    """Not a zip file, or only a part of one."""


class TooManyMembers(ValueError):
    """The directory has more entries than expected."""


@contextmanager
def opened(source: IO[bytes], max_directory_bytes: int) -> Iterator[zipfile.ZipFile]:
    """Open a zip file for reading.

    Args:
        source: a seekable file, open for reading.
        max_directory_bytes: the largest allowed directory, which zipfile reads at once.

    Raises:
        NotAZipFile: it does not end like a zip file.
        TooManyMembers: its directory is too large.
        ValueError: it is damaged, in its directory or in a member that is read.
    """
    count = _checked_count(source, max_directory_bytes)
    try:
        with zipfile.ZipFile(source) as archive:
            # zipfile reads the entries that it finds, and a changed length hides the next one.
            if len(archive.infolist()) != count:
                raise zipfile.BadZipFile("entries are missing")
            yield archive
    except ZIP_ERRORS as error:
        raise ValueError(in_words(error)) from error


def member_of(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    """The directory entry of a member that can be unpacked in chunks.

    Raises:
        ValueError: there is no such member, or it is neither stored nor deflated.
    """
    try:
        member = archive.getinfo(name)
    except KeyError:
        raise ValueError(f"it contains no {name}") from None
    if member.compress_type not in KINDS:
        raise ValueError(f"{name} is not compressed with deflate")
    return member


def read_member(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """Read a file from a zip archive, at most `limit` bytes, checked by its CRC.

    Raises:
        ValueError: it is missing, larger, or compressed with another method.
        zipfile.BadZipFile, zlib.error, EOFError, RuntimeError: it is damaged or encrypted.
    """
    member = member_of(archive, name)
    if member.file_size > limit:
        raise ValueError(f"{name} has {member.file_size:,} bytes; {limit:,} are allowed")
    with archive.open(member) as stream:
        # Without a size, all of the compressed data would be unpacked.
        content = stream.read(member.file_size)
    if len(content) != member.file_size:
        raise EOFError(f"{name} is truncated")
    return content


def in_words(error: BaseException) -> str:
    """The meaning of one of `ZIP_ERRORS`, as the end of a sentence."""
    if isinstance(error, EOFError):
        return "it is truncated"
    if isinstance(error, zlib.error):
        return "its compressed bytes are corrupt"
    if isinstance(error, (NotImplementedError, RuntimeError)):
        return "it is encrypted, or its compression is unknown"
    if "CRC" in str(error):
        return "its content does not match its checksum"
    return "it is not a complete zip file, or was modified"


def _checked_count(source: IO[bytes], max_bytes: int) -> int:
    """The number of members according to the end of the file, which must be that of a zip file."""
    size = source.seek(0, 2)
    source.seek(max(0, size - END.size - ZIP64_LOCATOR_SIZE))
    tail = source.read(END.size + ZIP64_LOCATOR_SIZE)
    end = tail[-END.size :]
    if len(end) < END.size or not end.startswith(END_SIGNATURE) or END.unpack(end)[-1]:
        raise NotAZipFile("it is not a zip file, or is truncated")
    _, _, _, _, count, directory_bytes, _, _ = END.unpack(end)
    if directory_bytes > max_bytes or tail.startswith(ZIP64_LOCATOR):
        raise TooManyMembers("it contains too many files")
    return int(count)
