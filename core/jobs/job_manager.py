"""JobManager: a thread-safe registry of all training jobs, waiting, running and ended.

Visitors' threads call from one side, the thread of the workers from the other.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
import uuid
from collections.abc import Sequence

from core.error_reporting import sentence
from core.errors import LabError
from core.jobs import time_limits
from core.jobs.ended_jobs import EndedJobs
from core.jobs.eta import TimeEstimates
from core.jobs.job import Job, JobState, TrainerState, TrainerStatus
from core.jobs.job_queue import JobQueue
from core.jobs.model_export import ModelExport
from core.jobs.run_storage import Store, keep
from core.limits import UNLIMITED, Limits
from core.log import log_event
from core.progress import Event
from core.run import Run
from core.variant import Variant


class JobManager:
    """All jobs of one trainer.

    Args:
        store: gets every run before its job is announced finished.
        limits: what visitors may ask for.

    Attributes:
        changed: notified at every change; its lock guards everything here.
    """

    def __init__(self, store: Store, limits: Limits = UNLIMITED) -> None:
        self.changed = threading.Condition()
        self._trainer: TrainerState = "off"
        self._message = ""
        self._ready_at: float | None = None
        self._starting_since: float | None = None
        self._store = store
        self._workers = 1
        self.limits = limits
        self._queue = JobQueue()
        self._training: dict[str, Job] = {}
        self._ended_jobs = EndedJobs()
        self._estimates = TimeEstimates()
        self._name = uuid.uuid4().hex[:8]
        self._count = itertools.count(1)

    # What visitors ask for.

    @property
    def status(self) -> TrainerStatus:
        """What the trainer can do now."""
        with self.changed:
            now = time.monotonic()
            left = None if self._ready_at is None else self._ready_at - now
            since = self._starting_since
            return TrainerStatus(
                state=self._trainer,
                seconds_left=left if left is not None and left > 0 else None,
                seconds_starting=None if since is None else now - since,
                message=self._message,
            )

    def find(self, key: str) -> Job | None:
        """The job of a key: waiting, training, failed, or finished without being on disk."""
        with self.changed:
            return self._ended_jobs.get(key)

    def seconds_for(self, variant: Variant) -> float | None:
        """How long a training of this variant takes here; None before any was timed."""
        with self.changed:
            return self._estimates.seconds(variant)

    def join(self, key: str, visitor: str, *, in_background: bool) -> Job | None:
        """The job that will give the run of this key, now watched by the visitor as well."""
        with self.changed:
            job = self._ended_jobs.get(key)
            if job is None or job.state not in ("queued", "training"):
                return None
            job.own(visitor, sweeps=in_background)
            if job.in_background and not in_background:
                job.in_background = False
                if job in self._queue:
                    self._queue.remove(job)
                    self._queue.add(job)
            return job

    def add(self, variant: Variant, visitor: str, *, in_background: bool, address: str = "") -> Job:
        """A new job at the end of the queue, or the one to join.

        Raises:
            LimitExceeded: this host does not allow it, or the queue is full.
        """
        with self.changed:
            job = self.join(variant.key, visitor, in_background=in_background)
            if job is not None:
                return job
            self.limits.check(variant)
            job = Job(
                variant,
                visitor,
                self.changed,
                self._seconds_left,
                in_background=in_background,
                address=address,
            )
            self._admit(job)
            return job

    def save(self, runs: Sequence[Run], visitor: str, *, address: str = "") -> Job:
        """The job that makes the Keras models of some runs: a new one, or the one to join.

        Raises:
            QueueFull: this host does not allow it.
        """
        with self.changed:
            saving = ModelExport(runs, visitor, self.changed, self._seconds_left, address=address)
            job = self.join(saving.key, visitor, in_background=False)
            if job is None:
                self._admit(saving)
            return job or saving

    def stop(self, job: Job, visitor: str) -> bool:
        """A visitor wants no more of a job: whether it stops, or goes on for others.

        To ask twice changes nothing: Streamlit may call back twice for one click.
        """
        with self.changed:
            if job.state not in ("queued", "training"):
                return job.state == "stopping"
            job.leave(visitor)
            if job.watchers:
                job.change()
                return False
            self._stop(job)
            return True

    def heartbeat(self, visitor: str) -> None:
        """A visitor is on some page: what they asked for counts as watched."""
        with self.changed:
            for job in self.jobs():
                if visitor in job.owners:
                    job.watch(visitor)

    def overdue(self) -> list[Job]:
        """The jobs that must end now, by the limits on time; they have been told to stop."""
        with self.changed:
            for job in self._queue:
                if time_limits.is_left_in_queue(job, self.limits):
                    self._fail(job, time_limits.PLACE_GIVEN_UP)
            live = [job for job in self.jobs() if job.state != "stopping"]
            too_long = [job for job in live if time_limits.is_too_long(job, self.limits)]
            for job in too_long:
                job.error = time_limits.too_long(self.limits)
            left = [job for job in live if time_limits.is_left(job, self.limits)]
            found = list(dict.fromkeys([*too_long, *left]))
            for job in found:
                self._stop(job)
            return found

    def jobs(self) -> list[Job]:
        """The jobs that train, then those that wait, in their order."""
        with self.changed:
            return [job for job in self._training.values() if not job.ended] + [*self._queue]

    # What workers report.

    def take(self) -> Job | None:
        """The next job, from now on in training."""
        with self.changed:
            job = self._queue.pop()
            if job is None:
                return None
            job.begin(f"{job.key}-{self._name}-{next(self._count)}")
            self._training[job.attempt] = job
            log_event("run", key=job.key, attempt=job.attempt)
            return job

    def put_back(self, attempt: str) -> None:
        """A taken job that has to wait after all: it is the next one."""
        with self.changed:
            job = self._training.pop(attempt)
            if not job.ended:
                job.state = "queued"
                self._queue.add(job, first=True)

    def hear(self, attempt: str, event: Event) -> None:
        """A training reports its progress."""
        with self.changed:
            job = self._training.get(attempt)
            if job is not None:
                job.hear(event)

    def deliver(self, attempt: str, result: Run | bytes | None) -> None:
        """A job has ended; a run is stored before its end is announced."""
        job = self._training[attempt]
        run = result if isinstance(result, Run) else None
        error = None if run is None or job.ended else keep(self._store, run)
        with self.changed:
            self._training.pop(attempt)
            if job.ended:  # stopped while it compiled: nobody waits for it
                return
            job.run, job.error = run, error or job.error
            if isinstance(job, ModelExport) and isinstance(result, bytes):
                job.file = result
            if run is not None and run.status == "finished":
                self._estimates.learn(job.variant, time.monotonic() - job.begun_at)
            self._end(job, "stopped" if result is None else "finished")

    def lose(self, attempt: str, reason: str, *, tries: int = 1) -> None:
        """The worker of a training is gone.

        Args:
            attempt: the training.
            reason: for the log.
            tries: how often a job is begun before it is given up.
        """
        with self.changed:
            job = self._training[attempt]
            log_event("fault", level=logging.WARNING, key=job.key, attempt=attempt, reason=reason)
            # A worker that was dead before the job reached it is not the job's fault.
            may_try_again = job.in_background or not job.has_told
            if job.state == "training" and job.tries < max(tries, 2 if may_try_again else 1):
                self.put_back(attempt)
                return
            self._training.pop(attempt)
            if not job.ended:
                self._fail(job, job.last_words(reason))

    def crash(self, attempt: str, problem: BaseException) -> None:
        """A training has ended with an exception."""
        with self.changed:
            job = self._training.pop(attempt)
            details = self.limits.error_details
            text = sentence(f"The {job.noun} failed", problem, details=details, key=job.key)
            if not job.ended:
                job.cause = problem if isinstance(problem, LabError) else None
                self._fail(job, text)

    def report(
        self,
        state: TrainerState,
        message: str = "",
        *,
        ready_at: float | None = None,
        workers: int = 1,
    ) -> None:
        """What the trainer can do has changed; a queue that nobody will serve is dissolved.

        Args:
            state: of the trainer.
            message: for the screen, where there is more to say than the state.
            ready_at: when it will be ready, on the clock of `time.monotonic`.
            workers: that train side by side, or will.
        """
        with self.changed:
            if state != self._trainer:
                log_event("trainer", state=state, message=message or None)
            self._trainer, self._message = state, message
            self._ready_at, self._workers = ready_at, workers
            if state not in ("warming", "restarting"):
                self._starting_since = None
            elif self._starting_since is None:
                self._starting_since = time.monotonic()
            if state == "unavailable":
                for job in self._queue:
                    self._fail(job, message)
            self.changed.notify_all()

    def close(self) -> None:
        """Nothing will be trained any more."""
        with self.changed:
            self.report("off")
            for job in self.jobs():
                self._fail(job, "The lab was closed before the end.")

    # Within the lock.

    def _admit(self, job: Job) -> None:
        """Put a new job at the end of the queue, if there is room for it."""
        # Visitors' runs go first, so no sweep keeps them out.
        ahead = [other for other in self._queue if job.in_background or not other.in_background]
        alike = [other for other in self._queue if other.in_background == job.in_background]
        self.limits.check_queue(
            waiting=len(ahead),
            own=sum(other.visitor == job.visitor for other in alike),
            near=sum(other.address == job.address != "" for other in alike),
            sweeps=job.in_background,
        )
        job.own(job.visitor, sweeps=job.in_background)
        self._ended_jobs.add(job)
        self._queue.add(job)
        log_event("queued", key=job.key, position=job.position)
        if self._trainer == "unavailable":
            self._fail(job, self._message)

    def _stop(self, job: Job) -> None:
        log_event("stop", key=job.key, state=job.state)
        if job.state == "training" and job.history.last_step > 0:
            job.change("stopping")
        else:  # it waits or compiles: there is nothing to wait for
            self._end(job, "stopped")

    def _fail(self, job: Job, error: str) -> None:
        job.error = error
        self._end(job, "failed")

    def _end(self, job: Job, state: JobState) -> None:
        """Let a job end; `find` finds only those that left something which is not stored."""
        if job in self._queue:
            self._queue.remove(job)
        self._ended_jobs.end(job)
        log_event("ended", key=job.key, state=state, error=job.error)
        job.change(state)

    def _seconds_left(self, job: Job) -> float | None:
        """Until a waiting job begins, or a training one ends."""
        if job.position == 0:
            return self._estimates.remaining(job)
        ahead = list(self._queue)[: job.position - 1]
        wait = self._estimates.wait(list(self._training.values()), ahead, self._workers)
        warm_up = 0.0 if self._trainer == "ready" else self.status.seconds_left
        return None if wait is None or warm_up is None else wait + warm_up
