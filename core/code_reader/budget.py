"""The budget of a reading: size, steps, depth and time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from core.limits import MEGABYTE

MAX_BYTES = 200_000
# A file may be larger: a notebook for its outputs, a saved model for its weights.
MAX_FILE_BYTES = 20 * MEGABYTE
MAX_SECONDS = 1.5
MAX_STEPS = 80_000
MAX_DEPTH = 100
# The largest size of strings, lists and numbers made by arithmetic on literals.
MAX_ITEMS = 10_000
MAX_NUMBER = 10**30


class BudgetExceeded(Exception):
    """A limit was reached; the text says which, and at which line."""


@dataclass
class _Deadline:
    at: float


class Budget:
    """The remaining steps, depth and time of a reading.

    Args:
        seconds: CPU time of this thread, so that the result does not depend on the machine's load.
        steps: number of expressions and statements.
    """

    def __init__(self, seconds: float = MAX_SECONDS, steps: int = MAX_STEPS) -> None:
        self._deadline = _Deadline(time.thread_time() + seconds)
        self._steps = steps
        self._depth = 0

    def renewed(self) -> Budget:
        """A budget with the same deadline and all steps."""
        budget = Budget()
        budget._deadline = self._deadline
        return budget

    @contextmanager
    def untimed(self) -> Iterator[None]:
        """Do not count the time spent in the `with` block."""
        begun = time.thread_time()
        try:
            yield
        finally:
            self._deadline.at += time.thread_time() - begun

    @property
    def is_exhausted(self) -> bool:
        """Whether no time is left."""
        return self._steps <= 0 or time.thread_time() > self._deadline.at

    @contextmanager
    def level(self, line: int) -> Iterator[None]:
        """Count one step, and one level of depth within the `with` block.

        Raises:
            BudgetExceeded: a limit is reached.
        """
        self._steps -= 1
        if self._steps < 0 or (self._steps % 64 == 0 and time.thread_time() > self._deadline.at):
            raise BudgetExceeded(
                f"The code was followed as far as line {line}; the rest is too long to follow."
            )
        if self._depth >= MAX_DEPTH:
            raise BudgetExceeded(f"Line {line} is nested too deeply to follow.")
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
