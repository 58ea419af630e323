"""Files of runs, changed on disk as no lab does it."""

from __future__ import annotations

import zipfile
from pathlib import Path


def bytes_of(path: Path, name: str) -> tuple[int, int]:
    """Where in a zip file the bytes of a member begin and end; APPNOTE 4.3.7 has the header."""
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
    """Write a run's file again with other members, "_" for "." in their names; None is left out."""
    with zipfile.ZipFile(path) as content:
        found = {name: content.read(name) for name in content.namelist()}
    folder = next(iter(found)).partition("/")[0]
    changed = {f"{folder}/{name.replace('_', '.')}": member for name, member in members.items()}
    with zipfile.ZipFile(path, "w") as content:
        for name, member in (found | changed).items():
            if member is not None:
                content.writestr(name, member)


def remove(path: Path, name: str) -> None:
    """Write a run's file again without a member."""
    change(path, **{name.partition("/")[2].replace(".", "_"): None})
