"""A progress bar: one line that is rewritten on a terminal, occasional lines elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn
from rich.progress import Progress as Bars
from rich.table import Column

WIDTH = 24


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Progress of an operation.

    Attributes:
        text: what is being done.
        share: the completed part, 0 to 1; None if unknown.
    """

    text: str
    share: float | None = None


class ProgressBar:
    """Shows progress while a `with` block lasts.

    Args:
        stream: the output; on a terminal the same line is rewritten, and removed at the end.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        console = Console(file=stream)
        bar = BarColumn(WIDTH, table_column=Column(min_width=WIDTH))
        column = Column(no_wrap=True, overflow="ellipsis", ratio=1)
        text = TextColumn("{task.description}", markup=False, table_column=column)
        self._bars = Bars(
            bar,
            text,
            console=console,
            transient=True,
            expand=True,
            disable=not console.is_interactive,
        )
        self._task: TaskID | None = None
        self._last: tuple[str, int] | None = None

    def __enter__(self) -> ProgressBar:
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def show(self, progress: Progress) -> None:
        """Show the progress."""
        if self._bars.disable:
            self._append(progress)
        elif self._task is None:
            self._task = self._bars.add_task(progress.text, total=None)
            self.show(progress)
        else:
            total = None if progress.share is None else 1.0
            self._bars.update(
                self._task, description=progress.text, total=total, completed=progress.share or 0.0
            )

    def _append(self, progress: Progress) -> None:
        """Print a line for each stage, and for each tenth of it."""
        what = progress.text.partition(" ")[0].strip(",;")
        tenth = int(10 * (progress.share or 0))
        if (what, tenth) != self._last:
            self._last = what, tenth
            print(progress.text, file=self._stream, flush=True)
