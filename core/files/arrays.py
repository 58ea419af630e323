"""NumPy's .npz files as bytes, read without pickle and without trust in their own headers.

A file may come from a stranger's archive: nothing is decompressed or allocated beyond a limit, and
every array must have the type that is expected of it.
"""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

Array = NDArray[Any]

# The widest network has 40 MB of weights; frames of 1,000 epochs are 16 MB.
MOST_BYTES = 64 * 2**20
NPY_VERSION = (1, 0)
# What XLA may assume of an argument's address.
ALIGNMENT = 64

# What zipfile raises for members that are cut off, changed, encrypted or of an unknown kind.
ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


def aligned(shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """An array for images, not filled, whose memory the training can use as it is."""
    size = math.prod(shape)
    memory = np.empty(size + ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    return memory[start : start + size].reshape(shape)


def to_npz(arrays: Mapping[str, Array], *, compressed: bool) -> bytes:
    """The bytes of an .npz file; equal arrays give equal bytes."""
    kind = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            npy.write_array(content, np.ascontiguousarray(array), NPY_VERSION, allow_pickle=False)
            # A ZipInfo of its own leaves the date out, which would differ each time.
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), content.getvalue(), kind)
    return buffer.getvalue()


def from_npz(content: bytes, types: Mapping[str, str]) -> dict[str, Array]:
    """Read an .npz file that must hold exactly these arrays.

    Args:
        content: the file.
        types: name of each array to its type, such as "<f4".

    Returns:
        The arrays, read-only.

    Raises:
        ValueError: other arrays, other types, too large, or not such a file; the text says which.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {info.filename: info for info in archive.infolist()}
            if sorted(members) != sorted(f"{name}.npy" for name in types):
                raise ValueError(f"holds {', '.join(sorted(members))[:200] or 'nothing'}")
            return {
                name: _array(read_member(archive, members[f"{name}.npy"], MOST_BYTES), kind)
                for name, kind in types.items()
            }
    except ZIP_ERRORS as error:
        raise ValueError(f"is not a whole .npz file ({error})") from error


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    """One file out of a zip archive, at most `limit` bytes, checked by its CRC.

    Raises:
        ValueError: it is larger, or compressed in a way that cannot be read in bounds.
        zipfile.BadZipFile, zlib.error, EOFError, RuntimeError: it is damaged or encrypted.
    """
    if member.file_size > limit:
        raise ValueError(f"{member.filename} has {member.file_size:,} bytes; {limit:,} are allowed")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"{member.filename} is compressed in another way than deflate")
    with archive.open(member) as stream:
        # The size is named: without it all that the compressed bytes hold would be unpacked.
        content = stream.read(member.file_size)
    if len(content) != member.file_size:
        raise EOFError(f"{member.filename} is cut off")
    return content


def _array(content: bytes, kind: str) -> Array:
    stream = io.BytesIO(content)
    if npy.read_magic(stream) != NPY_VERSION:
        raise ValueError("holds an array of another .npy version")
    shape, in_columns, found = npy.read_array_header_1_0(stream)
    if found.str != kind or in_columns:
        raise ValueError(f"holds an array of type {found.str} where {kind} is expected")
    # The size is compared by reshape, before anything is allocated.
    return np.frombuffer(content, found, offset=stream.tell()).reshape(shape)
