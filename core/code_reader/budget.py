"""The limits of a reading: size, steps, depth and time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from core.limits import MEGABYTE

MAX_BYTES = 200_000
# Files may be larger: notebooks contain outputs, saved models weights.
MAX_FILE_BYTES = 20 * MEGABYTE
MAX_SECONDS = 1.5
MAX_STEPS = 80_000
MAX_DEPTH = 100
# The largest strings, lists and numbers that arithmetic on literals may produce.
MAX_ITEMS = 10_000
MAX_NUMBER = 10**30


class BudgetExceeded(Exception):
    """A limit was exceeded; the message names the line."""


@dataclass
class _Deadline:
    at: float


class Budget:
    """The remaining steps, depth and time of a reading.

    Args:
        seconds: CPU time of this thread, so that the result does not depend on other load.
        steps: number of expressions and statements.
    """

    def __init__(self, seconds: float = MAX_SECONDS, steps: int = MAX_STEPS) -> None:
        self._deadline = _Deadline(time.thread_time() + seconds)
        self._steps = steps
        self._depth = 0

    def renewed(self) -> Budget:
        """A new budget with the same deadline."""
        budget = Budget()
        budget._deadline = self._deadline
        return budget

    @contextmanager
    def untimed(self) -> Iterator[None]:
        """Exclude the time spent in the `with` block."""
        begun = time.thread_time()
        try:
            yield
        finally:
            self._deadline.at += time.thread_time() - begun

    @property
    def is_exhausted(self) -> bool:
        """Whether no steps or no time are left."""
        return self._steps <= 0 or time.thread_time() > self._deadline.at

    @contextmanager
    def level(self, line: int) -> Iterator[None]:
        """Count one step, and one more level of nesting in the `with` block.

        Raises:
            BudgetExceeded: a limit is exceeded.
        """
        self._steps -= 1
        if self._steps < 0 or (self._steps % 64 == 0 and time.thread_time() > self._deadline.at):
            raise BudgetExceeded(f"The code is too long: reading it stopped at line {line}.")
        if self._depth >= MAX_DEPTH:
            raise BudgetExceeded(f"Line {line} is nested too deeply to be read.")
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
