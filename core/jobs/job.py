"""Job: one training that was asked for, from the queue to its end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from core.errors import LabError
from core.jobs.watchers import Watchers
from core.progress import Event, History
from core.run import Run
from core.variant import Variant

JobState = Literal["queued", "training", "stopping", "finished", "stopped", "failed"]
TrainerState = Literal["off", "warming", "ready", "restarting", "unavailable"]
# Until then nothing is known of a first start, and nobody wonders.
LATE_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class TrainerStatus:
    """What the trainer can do now.

    Attributes:
        state: "off" (not started), "warming", "ready", "restarting" (it was ready before), or
            "unavailable" (it did not start; it is tried again now and then).
        seconds_left: until it is ready, from how long it took before; None where unknown, and where
            it takes longer than that.
        seconds_starting: how long it has been starting; None where it does not start.
        message: one sentence for the screen.
    """

    state: TrainerState
    seconds_left: float | None = None
    seconds_starting: float | None = None
    message: str = ""

    @property
    def is_late(self) -> bool:
        """Whether it should have started by now; nobody knows then how long it will take."""
        starting = self.seconds_starting
        return self.seconds_left is None and starting is not None and starting > LATE_SECONDS


class Job:
    """One training that was asked for, or what else waits in the same queue.

    All methods may be called from any thread.

    Args:
        variant: what to train.
        visitor: who asked for it.
        changed: the condition of the job manager, whose lock guards every field.
        estimate: seconds until a waiting job begins, or a training one ends.
        in_background: whether it lets visitors' jobs go first, as a sweep's do.
        address: from which they asked; empty where that is nobody's concern.

    Attributes:
        key: the variant's.
        state: "queued", "training", "stopping" (asked to stop, not yet ended), and then
            "finished" (there is a run: complete, stopped or diverged), "stopped" (before it had
            learned anything, so there is no run) or "failed".
        position: 1 for the next in the queue; 0 for a job that does not wait.
        version: rises with every change.
        run: when finished.
        error: one or two sentences for the screen, when failed, when a limit on time ended it, or
            when the run could not be written to disk.
        cause: what the lab raised on purpose when it failed; None where something else ended it.
        attempt: name of the present try, while it trains.
        tries: how often it was begun.
        has_told: whether the present try has sent any event.
        noun: what it is, in a sentence.
    """

    noun = "training"

    def __init__(
        self,
        variant: Variant,
        visitor: str,
        changed: threading.Condition,
        estimate: Callable[[Job], float | None],
        *,
        in_background: bool,
        address: str = "",
    ) -> None:
        self.key = variant.key
        self.variant = variant
        self.visitor = visitor
        self.address = address
        self.in_background = in_background
        self.state: JobState = "queued"
        self.position = 0
        self.version = 0
        self.run: Run | None = None
        self.error: str | None = None
        self.cause: LabError | None = None
        self.attempt = ""
        self.tries = 0
        self.has_told = False
        self.begun_at = 0.0
        self._changed = changed
        self._estimate = estimate
        self._visitors = Watchers()
        self._history = History()
        self._snapshot: tuple[int, History] | None = None
        self._first_step: tuple[float, int] | None = None
        self._last_step: tuple[float, int] | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.state in ("finished", "stopped", "failed")

    @property
    def history(self) -> History:
        """All that was told so far; a copy that stays as it is."""
        with self._changed:
            if self._snapshot is None or self._snapshot[0] != self.version:
                told = self._history
                copy = replace(
                    told,
                    steps=list(told.steps),
                    losses=list(told.losses),
                    epochs=list(told.epochs),
                    frames=list(told.frames),
                )
                self._snapshot = self.version, copy
            return self._snapshot[1]

    @property
    def seconds_left(self) -> float | None:
        """Until a waiting job begins, or a training one ends; None where nothing is known yet."""
        with self._changed:
            return None if self.ended else self._estimate(self)

    @property
    def steps_per_second(self) -> float | None:
        """Mean rate of this training so far; None before its second progress message."""
        with self._changed:
            if self._first_step is None or self._last_step is None:
                return None
            seconds = self._last_step[0] - self._first_step[0]
            return (self._last_step[1] - self._first_step[1]) / seconds if seconds > 0 else None

    @property
    def epoch(self) -> int:
        """The epoch that it is in, 1 for the first."""
        with self._changed:
            per_epoch = self._history.steps_per_epoch
            return self._history.last_step // per_epoch + 1 if per_epoch else 1

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it has ended.

        Args:
            timeout: seconds; None for no limit.

        Returns:
            Whether it has ended.
        """
        with self._changed:
            return self._changed.wait_for(lambda: self.ended, timeout)

    def wait_for_change(self, version: int, timeout: float | None = None) -> int:
        """Wait until `version` is another than the given one, and return it."""
        with self._changed:
            self._changed.wait_for(lambda: self.version != version, timeout)
            return self.version

    def change(self, state: JobState | None = None) -> None:
        """Count a change, perhaps of the state, and wake all who wait. For the job manager."""
        with self._changed:
            self.state = state or self.state
            self.version += 1
            self._changed.notify_all()

    def hear(self, event: Event) -> None:
        """Take in a progress event. For the job manager."""
        with self._changed:
            self.has_told = True
            self._history.add(event)
            step = self._history.last_step
            if step > (self._last_step[1] if self._last_step else 0):
                self._last_step = time.monotonic(), step
                self._first_step = self._first_step or self._last_step
            self.change()

    def begin(self, attempt: str) -> None:
        """Start from nothing, under the name of a new attempt. For the job manager."""
        with self._changed:
            self.attempt = attempt
            self.tries += 1
            self.has_told = False
            self.begun_at = time.monotonic()
            self._history = History()
            self._first_step = self._last_step = None
            self.change("training")

    def own(self, visitor: str, *, sweeps: bool = False) -> None:
        """A visitor asks for it: it is theirs until they leave.

        Args:
            visitor: who asks.
            sweeps: as part of a sweep.
        """
        with self._changed:
            self._visitors.own(visitor, sweeps=sweeps)

    def watch(self, visitor: str) -> None:
        """A visitor looks at it now, and counts as a watcher for a while, unless they left it."""
        with self._changed:
            self._visitors.look(visitor)

    def leave(self, visitor: str) -> None:
        """A visitor wants no more of it."""
        with self._changed:
            self._visitors.leave(visitor)

    @property
    def kept_bytes(self) -> int:
        """What it holds in memory after its end that is nowhere else."""
        return 0

    def last_words(self, reason: str) -> str:
        """What is said when its worker dies; the reason is that of the log."""
        if self.has_told and self.history.stage.name == "data":
            return "The trainer died while it read the data. Its memory may have run out."
        learned = " What it learned until then is kept." if self.history.frames else ""
        advice = " Its memory may have run out: a smaller network needs less."
        return f"The trainer died in epoch {self.epoch}.{learned}" + (
            advice if "memory" in reason.lower() else ""
        )

    @property
    def viewers(self) -> set[str]:
        """Who looks at it now."""
        with self._changed:
            return self._visitors.looking

    @property
    def owners(self) -> set[str]:
        """Who asked for it and has not left: it goes on for them, whatever page they are on."""
        with self._changed:
            return self._visitors.owners

    @property
    def sweepers(self) -> set[str]:
        """Who wants it as part of a sweep, and has not left."""
        with self._changed:
            return self._visitors.sweepers

    @property
    def watchers(self) -> set[str]:
        """For whom it goes on: its owners, and who looks at it now."""
        with self._changed:
            return self._visitors.owners | self._visitors.looking

    def goes_on_without(self, visitor: str) -> bool:
        """Whether it goes on for others after this visitor wanted to stop it."""
        with self._changed:
            is_live = self.state in ("queued", "training")
            return is_live and visitor in self._visitors.left and bool(self.watchers)

    @property
    def seconds_training(self) -> float:
        """How long the present try has been going on; 0 for a job that waits."""
        return time.monotonic() - self.begun_at if self.state == "training" else 0.0

    @property
    def seconds_unwatched(self) -> float:
        """How long nobody has looked at it; below 0 while someone does."""
        with self._changed:
            return self._visitors.seconds_unwatched
