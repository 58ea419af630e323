"""How much reading is allowed: size, steps, depth and time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

MAX_BYTES = 200_000
MAX_SECONDS = 1.5
MAX_STEPS = 80_000
MAX_DEPTH = 100
# Of strings, lists and numbers that arithmetic on literals may make.
MAX_ITEMS = 10_000
MAX_NUMBER = 10**30


class TooMuch(Exception):
    """The code asks for more than the reader does; the text says of what, and from which line."""


@dataclass
class _Deadline:
    at: float


class Budget:
    """What is left of the steps, the depth and the time of one reading.

    Args:
        seconds: processor time of this thread, so that a busy machine reads as well as an idle one.
    """

    def __init__(self, seconds: float = MAX_SECONDS, steps: int = MAX_STEPS) -> None:
        self._deadline = _Deadline(time.thread_time() + seconds)
        self._steps = steps
        self._depth = 0

    def again(self) -> Budget:
        """The same deadline, and all steps once more."""
        budget = Budget()
        budget._deadline = self._deadline
        return budget

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Leave out the time of what is not reading."""
        begun = time.thread_time()
        try:
            yield
        finally:
            self._deadline.at += time.thread_time() - begun

    @property
    def is_spent(self) -> bool:
        """Whether nothing more should be begun."""
        return self._steps <= 0 or time.thread_time() > self._deadline.at

    @contextmanager
    def level(self, line: int) -> Iterator[None]:
        """One step, one level deeper.

        Raises:
            TooMuch: a limit is reached.
        """
        self._steps -= 1
        if self._steps < 0 or (self._steps % 64 == 0 and time.thread_time() > self._deadline.at):
            raise TooMuch(
                f"The code was followed as far as line {line}; the rest is too long to follow."
            )
        if self._depth >= MAX_DEPTH:
            raise TooMuch(f"Line {line} is nested too deeply to follow.")
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
