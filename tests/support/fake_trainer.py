"""A trainer without workers: real jobs that a test starts, reports on and ends itself."""

from __future__ import annotations

from core.errors import QueueFull
from core.jobs import Job, Store, TrainerStatus
from core.limits import UNLIMITED
from core.progress import History, LossPoints, Stage
from core.run import Run
from core.variant import Variant
from support.runs import make_run


class FakeTrainer:
    """The part of `core.jobs.Trainer` that pages use.

    Attributes:
        status: the status set by the test.
        requested: every requested variant, in order.
        seconds: the duration of every training; None for unknown.
        is_full: whether the queue refuses every request.
        limits: limits on what visitors may request.
    """

    def __init__(self, store: Store) -> None:
        self.status = TrainerStatus(state="ready")
        self.requested: list[Variant] = []
        self.is_full = False
        self.seconds: float | None = None
        self.limits = UNLIMITED
        self._store = store
        self._jobs: dict[str, Job] = {}

    def open(self, variant: Variant, visitor: str, *, address: str = "") -> Run | Job:
        return (
            self._store.get(variant.key)
            or self._jobs.get(variant.key)
            or self.train(variant, visitor, address=address)
        )

    def train(
        self, variant: Variant, visitor: str, *, in_background: bool = False, address: str = ""
    ) -> Job:
        if self.is_full:
            raise QueueFull("You have 2 runs waiting; that is as many as one may have.")
        self.limits.check(variant)
        self.requested.append(variant)
        job = Job(variant, visitor, in_background=in_background, address=address)
        job.position = 2
        self._jobs[variant.key] = job
        return job

    def find(self, key: str, visitor: str | None = None) -> Job | None:
        job = self._jobs.get(key)
        if job is not None and visitor is not None:
            job.watch(visitor)
        return job

    def stop(self, key: str, visitor: str) -> bool:
        job = self._jobs.get(key)
        if job is None:
            return False
        job.leave(visitor)
        if not job.watchers:
            job.change("stopping")
        return job.state == "stopping"

    def heartbeat(self, visitor: str) -> None:
        for job in self.jobs():
            if visitor in job.owners:
                job.watch(visitor)

    def seconds_for(self, variant: Variant) -> float | None:
        return self.seconds

    def seconds_left(self, job: Job) -> float | None:
        return None if job.ended else 3.2

    def jobs(self) -> list[Job]:
        return list(self._jobs.values())

    def report(self, job: Job, history: History) -> None:
        """Start a job and report a complete history."""
        job.begin("attempt")
        steps = history.steps_per_epoch
        job.report(Stage(name="training", steps_per_epoch=steps, total_steps=history.total_steps))
        job.report(LossPoints(steps=tuple(history.steps), losses=tuple(history.losses)))
        for event in (*history.frames, *history.epochs):
            job.report(event)

    def finish(self, job: Job, run: Run | None = None) -> None:
        """End a job with a run that is in the store."""
        self._store.put(run or make_run(job.variant))
        del self._jobs[job.key]
        job.change("finished")

    def drop(self, job: Job) -> None:
        """End a job that was stopped before its first step."""
        del self._jobs[job.key]
        job.change("stopped")

    def fail(self, job: Job, error: str) -> None:
        """Let a job fail."""
        job.error = error
        job.change("failed")
