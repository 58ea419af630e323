"""GivenFile: a file that was uploaded, or named on the command line, and is not read yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

Open = Callable[[], IO[bytes]]


@dataclass(frozen=True, kw_only=True)
class GivenFile:
    """A given file.

    Attributes:
        name: its name, used to recognize IDX files of test images, and never as a path.
        size: its size in bytes.
        open: opens it for reading.
    """

    name: str
    size: int
    open: Open
