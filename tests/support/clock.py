"""The clocks of a lab and its worker, controlled by a test."""

from __future__ import annotations

import os
from pathlib import Path

from support.lab_server import REPOSITORY

BENT = REPOSITORY / "tests" / "support" / "bent"


class Clock:
    """The clocks of a lab and its worker.

    Args:
        file: the file that they read.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.set()

    def set(self, *, wall: float = 0, counted: float = 0) -> None:
        """Shift the wall clock and the monotonic clock by seconds."""
        self._wall, self._counted = wall, counted
        beside = self._file.with_suffix(".new")
        beside.write_text(f"{wall} {counted}")
        beside.replace(self._file)

    def advance(self, seconds: float) -> None:
        """Move the monotonic clock forward."""
        self.set(wall=self._wall, counted=self._counted + seconds)

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables of a process that uses these clocks."""
        path = os.pathsep.join([str(BENT), str(REPOSITORY)])
        return {"LAB_TEST_CLOCK": str(self._file), "PYTHONPATH": path}
