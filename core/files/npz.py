"""NumPy's .npz files as bytes, read without pickle and without trusting their headers.

Files are untrusted: nothing is decompressed or allocated beyond a limit, and every array must have
the expected type.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from core.files import zip_directory
from core.files.npy_header import read_header

Array = NDArray[Any]

# The widest network has 40 MB of weights; frames of 1,000 epochs are 16 MB.
MAX_BYTES = 64 * 2**20
MAX_DIRECTORY_BYTES = 10_000
NPY_VERSION = (1, 0)
# The alignment that XLA assumes of arguments.
ALIGNMENT = 64


def aligned(shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """An uninitialized uint8 array whose memory is aligned for XLA, so that it is not copied."""
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
            # A new ZipInfo has no modification time, which would differ each time.
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), content.getvalue(), kind)
    return buffer.getvalue()


def unpacked_bytes(content: bytes) -> int:
    """The bytes of an .npz file's arrays, as stated in its headers; nothing is unpacked.

    Raises:
        ValueError: it is not an .npz file; the text says why.
    """
    with zip_directory.opened(io.BytesIO(content), MAX_DIRECTORY_BYTES) as archive:
        return sum(info.file_size for info in archive.infolist())


def from_npz(content: bytes, types: Mapping[str, str]) -> dict[str, Array]:
    """Read an .npz file that must have exactly these arrays.

    Args:
        content: the file.
        types: type codes by name of the array, such as "<f4".

    Returns:
        The arrays by name, read-only.

    Raises:
        ValueError: other arrays or types, too large, or not an .npz file; the text says which.
    """
    with zip_directory.opened(io.BytesIO(content), MAX_DIRECTORY_BYTES) as archive:
        names = sorted(info.filename for info in archive.infolist())
        if names != sorted(f"{name}.npy" for name in types):
            raise ValueError(f"it holds {', '.join(names)[:200] or 'nothing'}")
        return {
            name: _array(zip_directory.read_member(archive, f"{name}.npy", MAX_BYTES), kind)
            for name, kind in types.items()
        }


def _array(content: bytes, kind: str) -> Array:
    stream = io.BytesIO(content)
    header = read_header(stream)
    if header.kind != kind or header.fortran_order:
        raise ValueError(f"it holds an array of type {header.kind} where {kind} is expected")
    size = math.prod(header.shape) * np.dtype(kind).itemsize
    if len(content) - stream.tell() != size:
        raise ValueError(f"it holds {len(content):,} bytes, not the {header.shape} of its header")
    return np.frombuffer(content, kind, offset=stream.tell()).reshape(header.shape)
