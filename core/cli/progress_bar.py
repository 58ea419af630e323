"""A progress bar: one line that is rewritten on a terminal, occasional lines elsewhere."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from types import TracebackType
from typing import TextIO

WIDTH = 24
SECONDS_BETWEEN_LINES = 0.1


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Progress of an operation.

    Attributes:
        text: what is being done.
        share: the part that is done, 0 to 1; None if unknown.
    """

    text: str
    share: float | None = None


class ProgressBar:
    """Shows progress while a `with` block lasts.

    Args:
        stream: to write to; on a terminal the same line is rewritten.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._on_terminal = stream.isatty()
        self._last: tuple[str, int] | None = None
        self._next_line_at = 0.0

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._on_terminal and self._last is not None:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def show(self, progress: Progress) -> None:
        """Write the progress, unless the last time was too recent."""
        if self._on_terminal:
            self._rewrite(progress)
        else:
            self._append(progress)

    def _rewrite(self, progress: Progress) -> None:
        now = time.monotonic()
        if now < self._next_line_at:
            return
        self._next_line_at = now + SECONDS_BETWEEN_LINES
        self._last = progress.text, 0
        done = 0 if progress.share is None else round(WIDTH * progress.share)
        bar = "" if progress.share is None else f"[{'#' * done}{'.' * (WIDTH - done)}] "
        columns = shutil.get_terminal_size().columns
        self._stream.write(f"\r{(bar + progress.text)[: columns - 1]}\x1b[K")
        self._stream.flush()

    def _append(self, progress: Progress) -> None:
        """Write one line per stage, and one for each tenth of it."""
        what = progress.text.partition(" ")[0].strip(",;")
        tenth = int(10 * (progress.share or 0))
        if (what, tenth) != self._last:
            self._last = what, tenth
            print(progress.text, file=self._stream, flush=True)
