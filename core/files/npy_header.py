"""The header of an .npy file, read in bounded memory and checked before anything is allocated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import IO

import numpy as np

MAGIC = b"\x93NUMPY"
# Format version to the bytes of the header's length: numpy.lib.format.
LENGTH_BYTES = {b"\1": 2, b"\2": 4, b"\3": 4}
# NumPy writes 118 bytes for any array that the lab knows.
MOST_HEADER_BYTES = 1024
# What NumPy writes, and Python 2's long integers. Not evaluated: whatever else it says is refused.
HEADER = re.compile(
    r"\{'descr': '(?P<kind>[<>|=][a-zA-Z]\d{0,4})', 'fortran_order': (?P<in_columns>True|False),"
    r" 'shape': \((?P<shape>(\d{1,18}L?, ?)*(\d{1,18}L?)?)\),? *\} *\n?"
)


@dataclass(frozen=True, kw_only=True)
class NpyHeader:
    """What an .npy file says that it holds.

    Attributes:
        kind: NumPy's code of the type, such as "<f4".
        shape: as announced; nothing says that the values are there.
        in_columns: whether the first index changes fastest ("Fortran order").
    """

    kind: str
    shape: tuple[int, ...]
    in_columns: bool

    @property
    def in_words(self) -> str:
        """Type and shape, such as "uint8 of shape (10, 784)"."""
        try:
            name = str(np.dtype(self.kind))
        except TypeError:
            name = self.kind
        return f"{name} of shape {self.shape}"


def read_header(stream: IO[bytes]) -> NpyHeader:
    """Read the header of an .npy file; the stream stands at the first value afterwards.

    Raises:
        ValueError: it is none that NumPy writes; the text is the end of a sentence.
    """
    magic, version = stream.read(len(MAGIC)), stream.read(2)[:1]
    length = int.from_bytes(stream.read(LENGTH_BYTES.get(version, 0)), "little")
    text = stream.read(length) if length <= MOST_HEADER_BYTES else b""
    found = HEADER.fullmatch(text.decode("latin-1"))
    if magic != MAGIC or found is None:
        raise ValueError("its content does not have a NumPy array header")
    sizes = re.findall(r"\d+", found["shape"])
    return NpyHeader(
        kind=found["kind"],
        shape=tuple(int(size) for size in sizes),
        in_columns=found["in_columns"] == "True",
    )
