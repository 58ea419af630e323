"""JobManager: a thread-safe registry of queued, running and ended training jobs."""

from __future__ import annotations

import itertools
import logging
import threading
import time
import uuid
from dataclasses import replace
from typing import Protocol

from core.error_reporting import sentence
from core.errors import LabError
from core.jobs.eta import TimeEstimates
from core.jobs.job import Job, JobState, TrainerState, TrainerStatus
from core.jobs.job_queue import JobIndex, JobQueue
from core.limits import UNLIMITED, Limits
from core.log import log_event
from core.progress import Event
from core.run import Run

ABANDONED = "Its page was closed, so it was removed from the queue. Train it again."
TOO_LONG = "Runs on this public lab are limited to {:.0f} s, and this one was stopped at the limit."


class Store(Protocol):
    """The part of `core.store.RunStore` that is used here."""

    def get(self, key: str) -> Run | None:
        """The stored run with this key, or None."""

    def put(self, run: Run) -> None:
        """Store a run; it is on disk when this returns."""


class Pool(Protocol):
    """The part of `WorkerPool` that is used here; callable from any thread."""

    def wake(self) -> None:
        """Let an idle worker take the next job."""

    def stop(self, attempt: str) -> None:
        """Ask a training to end soon, unless it has ended."""

    def close(self) -> None:
        """End all workers."""


class JobManager:
    """All jobs of one trainer: queued, running and ended.

    Args:
        store: receives each run before its job counts as finished.
        limits: limits on what visitors may request.

    Attributes:
        limits: the limits given.
        pool: runs the jobs; None before it is started.
    """

    def __init__(self, store: Store, limits: Limits = UNLIMITED) -> None:
        self.limits = limits
        self.pool: Pool | None = None
        self._lock = threading.RLock()
        self._store = store
        self._state: TrainerState = "off"
        self._message = ""
        self._side_by_side = 1
        self._ready_at: float | None = None
        self._starting_since: float | None = None
        self._queue = JobQueue()
        self._training: dict[str, Job] = {}
        self._index = JobIndex()
        self._estimates = TimeEstimates()
        self._name = uuid.uuid4().hex[:8]
        self._count = itertools.count(1)

    @property
    def status(self) -> TrainerStatus:
        """The state of the trainer."""
        with self._lock:
            now = time.monotonic()
            left = None if self._ready_at is None else self._ready_at - now
            since = self._starting_since
            return TrainerStatus(
                state=self._state,
                seconds_left=left if left is not None and left > 0 else None,
                seconds_starting=None if since is None else now - since,
                message=self._message,
            )

    def jobs(self) -> list[Job]:
        """The jobs that train, then the queued ones in order."""
        with self._lock:
            return [job for job in self._training.values() if not job.ended] + [*self._queue]

    def seconds_left(self, job: Job) -> float | None:
        """Seconds until a queued job starts, or a training one ends; None if unknown."""
        with self._lock:
            if job.ended:
                return None
            if job.position == 0:
                return self._estimates.remaining(job)
            ahead = list(self._queue)[: job.position - 1]
            training = list(self._training.values())
            wait = self._estimates.wait(training, ahead, self._side_by_side)
            warm_up = 0.0 if self._state == "ready" else self.status.seconds_left
            return None if wait is None or warm_up is None else wait + warm_up

    def take(self) -> Job | None:
        """Take the next job from the queue; it counts as training from now on."""
        with self._lock:
            job = self._queue.pop()
            if job is None:
                return None
            job.begin(f"{job.key}-{self._name}-{next(self._count)}")
            self._training[job.attempt] = job
            log_event("run", key=job.key, attempt=job.attempt)
            return job

    def put_back(self, attempt: str) -> None:
        """Return a taken job to the front of the queue."""
        with self._lock:
            job = self._training.pop(attempt)
            if not job.ended:
                job.state = "queued"
                self._queue.add(job, first=True)
                if self.pool is not None:
                    self.pool.wake()

    def report(self, attempt: str, event: Event) -> None:
        """Record a progress event of a training."""
        with self._lock:
            job = self._training.get(attempt)
        if job is not None:
            job.report(event)

    def deliver(self, attempt: str, result: Run | None) -> None:
        """Record the end of a job.

        Args:
            attempt: the job's attempt.
            result: the run, without its history, which was reported; None if it was stopped before
                there was a result.
        """
        job = self._training[attempt]
        run = None if result is None else replace(result, history=job.history)
        error = None if run is None or job.ended else self._keep(run)
        with self._lock:
            self._training.pop(attempt)
            if job.ended:  # stopped while it compiled
                return
            job.run, job.error = run, error or job.error
            if run is not None and run.status == "finished":
                self._estimates.learn(job.variant, time.monotonic() - job.begun_at)
            self._end(job, "stopped" if result is None else "finished")

    def lose(self, attempt: str, reason: str, *, tries: int = 1) -> None:
        """Record that the worker of a job has died; the job is retried or fails.

        Args:
            attempt: the job's attempt.
            reason: the reason for the log.
            tries: how often a job is started before it fails.
        """
        with self._lock:
            job = self._training[attempt]
            log_event("fault", level=logging.WARNING, key=job.key, attempt=attempt, reason=reason)
            # If nothing was reported, the worker may have died before the job reached it.
            can_retry = job.in_background or not job.has_reported
            if job.state == "training" and job.tries < max(tries, 2 if can_retry else 1):
                self.put_back(attempt)
                return
            self._training.pop(attempt)
            if not job.ended:
                self._fail(job, job.failure_message(reason))

    def crash(self, attempt: str, problem: BaseException) -> None:
        """Record that a job ended with an exception."""
        with self._lock:
            job = self._training.pop(attempt)
            details = self.limits.error_details
            text = sentence("The training failed", problem, details=details, key=job.key)
            if not job.ended:
                job.cause = problem if isinstance(problem, LabError) else None
                self._fail(job, text)

    def overdue(self) -> list[Job]:
        """Stop the jobs that have exceeded a time limit, and return them."""
        limits = self.limits
        with self._lock:
            for job in self._queue:
                is_abandoned = _exceeds(job.seconds_unwatched, limits.queued_left_seconds)
                if is_abandoned and not job.in_background:  # a sweep's page need not be open
                    self._fail(job, ABANDONED)
            overdue_jobs = []
            for job in self.jobs():
                is_overdue = _exceeds(job.seconds_training, limits.run_seconds)
                if is_overdue:
                    job.error = TOO_LONG.format(limits.run_seconds)
                if is_overdue or _exceeds(job.seconds_unwatched, limits.unwatched_seconds):
                    overdue_jobs.append(job)
            overdue_jobs = [job for job in overdue_jobs if job.state != "stopping"]
            for job in overdue_jobs:
                self._stop(job)
            return overdue_jobs

    def set_status(
        self,
        state: TrainerState,
        message: str = "",
        *,
        ready_at: float | None = None,
        workers: int = 1,
    ) -> None:
        """Set the state of the trainer; when it becomes unavailable, all queued jobs fail.

        Args:
            state: the state of the trainer.
            message: text for the screen, in addition to the state.
            ready_at: when it will be ready, as `time.monotonic`; None if unknown.
            workers: the number of parallel workers, now or once it is ready.
        """
        with self._lock:
            if state != self._state:
                log_event("trainer", state=state, message=message or None)
            self._state, self._message = state, message
            self._ready_at, self._side_by_side = ready_at, workers
            if state not in ("warming", "restarting"):
                self._starting_since = None
            elif self._starting_since is None:
                self._starting_since = time.monotonic()
            if state == "unavailable":
                for job in self._queue:
                    self._fail(job, message)

    # The following are called with the lock held.

    def _stop(self, job: Job) -> None:
        log_event("stop", key=job.key, state=job.state)
        if self.pool is not None:
            self.pool.stop(job.attempt)
        if job.state == "training" and job.history.last_step > 0:
            job.change("stopping")
        else:  # queued or compiling: nothing has been learned
            self._end(job, "stopped")

    def _fail(self, job: Job, error: str) -> None:
        job.error = error
        self._end(job, "failed")

    def _end(self, job: Job, state: JobState) -> None:
        """End a job; `find` returns it afterwards only if its result is not in the store."""
        if job in self._queue:
            self._queue.remove(job)
        self._index.end(job)
        log_event("ended", key=job.key, state=state, error=job.error)
        job.change(state)

    def _keep(self, run: Run) -> str | None:
        """Store a run, unless it was stopped and the store has a complete one.

        Returns:
            Why it could not be stored, in a sentence for the screen; None if nothing went wrong.
        """
        try:
            stored = self._store.get(run.variant.key) if run.status == "stopped" else None
            if stored is None or stored.status == "stopped":
                self._store.put(run)
        except Exception as problem:  # noqa: BLE001  # the run exists in memory whatever this is
            log_event("fault", level=logging.ERROR, key=run.variant.key, reason=repr(problem))
            return f"The run could not be stored and is lost when the lab stops. {problem}"
        return None


def _exceeds(seconds: float, limit: float | None) -> bool:
    return limit is not None and seconds > limit
