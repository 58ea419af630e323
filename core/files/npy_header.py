"""The header of an .npy file, read in bounded memory and checked before anything is allocated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import IO

import numpy as np

MAGIC = b"\x93NUMPY"
# Bytes of the header's length, by format version: numpy.lib.format.
LENGTH_BYTES = {b"\1": 2, b"\2": 4, b"\3": 4}
# NumPy writes 118 bytes for any array of the lab.
MAX_HEADER_BYTES = 1024
# The format that NumPy writes, with Python 2's long integers. The text is never evaluated.
HEADER = re.compile(
    r"\{'descr': '(?P<kind>[<>|=][a-zA-Z]\d{0,4})', 'fortran_order': (?P<fortran_order>True|False),"
    r" 'shape': \((?P<shape>(\d{1,18}L?, ?)*(\d{1,18}L?)?)\),? *\} *\n?"
)


@dataclass(frozen=True, kw_only=True)
class NpyHeader:
    """The header of an .npy file.

    Attributes:
        kind: NumPy's type code, such as "<f4".
        shape: the stated shape; the file may have fewer values.
        fortran_order: whether the values are in Fortran order.
    """

    kind: str
    shape: tuple[int, ...]
    fortran_order: bool

    @property
    def in_words(self) -> str:
        """Type and shape as text, such as "uint8 of shape (10, 784)"."""
        try:
            name = str(np.dtype(self.kind))
        except TypeError:
            name = self.kind
        return f"{name} of shape {self.shape}"


def read_header(stream: IO[bytes]) -> NpyHeader:
    """Read the header of an .npy file; afterwards the stream is at the first value.

    Raises:
        ValueError: it is not a header that NumPy writes; the text is the end of a sentence.
    """
    magic, version = stream.read(len(MAGIC)), stream.read(2)[:1]
    length = int.from_bytes(stream.read(LENGTH_BYTES.get(version, 0)), "little")
    text = stream.read(length) if length <= MAX_HEADER_BYTES else b""
    match = HEADER.fullmatch(text.decode("latin-1"))
    if magic != MAGIC or match is None:
        raise ValueError("its content does not have a NumPy array header")
    sizes = re.findall(r"\d+", match["shape"])
    return NpyHeader(
        kind=match["kind"],
        shape=tuple(int(size) for size in sizes),
        fortran_order=match["fortran_order"] == "True",
    )
