"""Job: one requested training, from the queue to its end."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import Literal

from core.errors import LabError
from core.jobs.watchers import Watched
from core.progress import Event, History
from core.run import Run
from core.variant import Variant

JobState = Literal["queued", "training", "stopping", "finished", "stopped", "failed"]
TrainerState = Literal["off", "warming", "ready", "restarting", "unavailable"]
# Without an estimate, a start that takes longer than this is late.
LATE_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class TrainerStatus:
    """The state of the trainer.

    Attributes:
        state: "off" (not started), "warming", "ready", "restarting" (it was ready before), or
            "unavailable" (it did not start; it is retried from time to time).
        seconds_left: time until it is ready, estimated from earlier starts; None if unknown, or if
            it already takes longer.
        seconds_starting: how long it has been starting; None if it is not starting.
        message: one sentence for the screen.
    """

    state: TrainerState
    seconds_left: float | None = None
    seconds_starting: float | None = None
    message: str = ""

    @property
    def is_late(self) -> bool:
        """Whether it should have started by now; then there is no estimate."""
        starting = self.seconds_starting
        return self.seconds_left is None and starting is not None and starting > LATE_SECONDS


class Job(Watched):
    """One requested training.

    Only the job manager changes it; all public members may be used from any thread.

    Args:
        variant: what to train.
        visitor: who requests it.
        in_background: whether visitors' jobs have priority over it, as for sweeps.
        address: network address of the visitor, for the limits; empty for none.

    Attributes:
        key: the variant's key.
        state: "queued", "training", "stopping" (asked to stop, not yet ended), and then
            "finished" (there is a run: complete, stopped or diverged), "stopped" (before the first
            step, so there is no run) or "failed".
        position: position in the queue, 1 for the next; 0 for a job that is not queued.
        version: increases with every change.
        run: the result, when finished.
        error: one or two sentences for the screen, if it failed, was ended by a time limit, or
            could not be written to disk.
        cause: the lab's own exception that made it fail; None for any other reason.
        attempt: the name of the current attempt, while it trains.
        tries: the number of attempts.
        has_reported: whether the current attempt has sent any event.
    """

    def __init__(
        self, variant: Variant, visitor: str, *, in_background: bool = False, address: str = ""
    ) -> None:
        super().__init__()
        self._changed = threading.Condition(self._lock)
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
        self.has_reported = False
        self.begun_at = 0.0
        self._history = History()
        self._snapshot: History | None = None
        # Time (`time.monotonic`) and number of the first and of the last reported step.
        self._first_step: tuple[float, int] = 0.0, 0
        self._last_step: tuple[float, int] = 0.0, 0
        self.add_owner(visitor, sweeps=in_background)

    @property
    def ended(self) -> bool:
        """Whether its state is final."""
        return self.state in ("finished", "stopped", "failed")

    @property
    def history(self) -> History:
        """A copy of everything reported so far."""
        with self._lock:
            if self._snapshot is None:
                growing = self._history
                self._snapshot = replace(
                    growing,
                    steps=list(growing.steps),
                    losses=list(growing.losses),
                    epochs=list(growing.epochs),
                    frames=list(growing.frames),
                )
            return self._snapshot

    @property
    def steps_per_second(self) -> float | None:
        """Mean rate of this training so far; None before a second step was reported."""
        with self._lock:
            (began, first), (now, last) = self._first_step, self._last_step
        return (last - first) / (now - began) if now > began else None

    @property
    def epoch(self) -> int:
        """The current epoch, 1 for the first."""
        with self._lock:
            per_epoch = self._history.steps_per_epoch
            return self._history.last_step // per_epoch + 1 if per_epoch else 1

    @property
    def seconds_training(self) -> float:
        """Duration of the current attempt; 0 for a queued job."""
        return time.monotonic() - self.begun_at if self.state == "training" else 0.0

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
        """Wait until the version differs from `version`; returns the current one."""
        with self._changed:
            self._changed.wait_for(lambda: self.version != version, timeout)
            return self.version

    def continues_without(self, visitor: str) -> bool:
        """Whether it continues for other visitors although this one stopped it."""
        is_live = self.state in ("queued", "training")
        return is_live and self.was_left_by(visitor) and bool(self.watchers)

    def change(self, state: JobState | None = None) -> None:
        """Increase `version`, set the state if given, and wake all waiting threads."""
        with self._changed:
            self.state = state or self.state
            self.version += 1
            self._changed.notify_all()

    def begin(self, attempt: str) -> None:
        """Start a new attempt with an empty history."""
        with self._lock:
            self.attempt = attempt
            self.tries += 1
            self.has_reported = False
            self.begun_at = time.monotonic()
            self._history, self._snapshot = History(), None
            self._first_step = self._last_step = 0.0, 0
            self.change("training")

    def report(self, event: Event) -> None:
        """Add a progress event to the history."""
        with self._lock:
            self.has_reported = True
            self._history.add(event)
            self._snapshot = None
            step = self._history.last_step
            if step > self._last_step[1]:
                self._last_step = time.monotonic(), step
                if self._first_step[1] == 0:
                    self._first_step = self._last_step
            self.change()

    def failure_message(self, reason: str) -> str:
        """The error for the screen after its worker died; `reason` is for the log."""
        if self.has_reported and self.history.stage.name == "data":
            return "The trainer died while reading the data. It may have run out of memory."
        kept = " Its curve and images up to then are kept." if self.history.frames else ""
        advice = " It may have run out of memory: a smaller network needs less."
        return f"The trainer died in epoch {self.epoch}.{kept}" + (
            advice if "memory" in reason.lower() else ""
        )
