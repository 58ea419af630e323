"""Run files, modified on disk in ways the lab never does."""

from __future__ import annotations

import zipfile
from pathlib import Path


def bytes_of(path: Path, name: str) -> tuple[int, int]:
    """The start and end of a member's bytes in a zip file; see APPNOTE 4.3.7 for the header."""
    with zipfile.ZipFile(path) as content:
        member = content.getinfo(name)
    header = path.read_bytes()[member.header_offset :][:30]
    start = member.header_offset + 30 + header[26] + header[28]
    return start, start + member.compress_size


def flip_bit(path: Path, at: int) -> None:
    """Flip one bit of a byte."""
    content = bytearray(path.read_bytes())
    content[at] ^= 4
    path.write_bytes(content)


def change(path: Path, **members: bytes | None) -> None:
    """Rewrite a run's file with changed members, named with "_" for "."; None removes a member."""
    with zipfile.ZipFile(path) as content:
        found = {name: content.read(name) for name in content.namelist()}
    folder = next(iter(found)).partition("/")[0]
    changed = {f"{folder}/{name.replace('_', '.')}": member for name, member in members.items()}
    with zipfile.ZipFile(path, "w") as content:
        for name, member in (found | changed).items():
            if member is not None:
                content.writestr(name, member)


def remove(path: Path, name: str) -> None:
    """Rewrite a run's file without a member."""
    change(path, **{name.partition("/")[2].replace(".", "_"): None})
