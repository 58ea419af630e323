"""Trainer: the interface of pages and command line to training."""

from __future__ import annotations

import atexit
import threading
from typing import TYPE_CHECKING

from core import environment
from core.error_reporting import sentence
from core.jobs.job import Job
from core.jobs.job_manager import JobManager, Store
from core.limits import UNLIMITED, Limits
from core.log import log_event
from core.run import Run
from core.variant import Variant

if TYPE_CHECKING:
    from core.jobs.worker_pool import WorkerPool

CLOSE_SECONDS = 15.0
# The trainer starts after this time even if the first page is not drawn yet.
MAX_START_DELAY = 3.0
TRAIN = "core.training.training:train"


class Trainer(JobManager):
    """Trains variants, each once for all visitors. All methods are thread-safe.

    Args:
        store: where runs are looked up and stored.
        workers: number of processes that train in parallel on this machine.
        threads: threads per process; None for an equal share of the cores.
        task: "module:function" that trains; called in a worker with the variant, a `Report` and
            `should_stop`, it returns the run, or None if it was stopped before the first step. A
            function `warm_up` in the same module is called when a worker starts.
        scheduler: address of an external Dask scheduler, whose workers train instead; by default
            the value of DASK_SCHEDULER_ADDRESS.
        limits: limits on what visitors may request; `worker_bytes` applies only to local workers.
    """

    def __init__(
        self,
        store: Store,
        *,
        workers: int = 1,
        threads: int | None = None,
        task: str = TRAIN,
        scheduler: str | None = None,
        limits: Limits = UNLIMITED,
    ) -> None:
        super().__init__(store, limits)
        self._worker_count = workers
        self._threads = threads
        self._task = task
        self._scheduler = scheduler or environment.scheduler_address()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def start(self, *, after: threading.Thread | None = None) -> None:
        """Start the workers in the background; returns at once. Further calls do nothing.

        Args:
            after: a thread to wait for, such as the one that draws the first page: importing Dask
                would hold the GIL, and TensorFlow the cores.
        """
        with self._lock:
            if self._thread is None and not self._is_closed:
                self.set_status("warming")
                self._thread = threading.Thread(
                    target=self._work, args=(after,), name="trainer", daemon=True
                )
                self._thread.start()
                atexit.register(self.close)

    def open(
        self, variant: Variant, visitor: str, *, in_background: bool = False, address: str = ""
    ) -> Run | Job:
        """The run of a variant, or the job that trains it.

        Args:
            variant: what to train.
            visitor: who requests it; the job is theirs until they stop it.
            in_background: give other visitors' jobs priority, and retry once if a worker is lost.
            address: network address of the visitor, for the limits; empty for none.

        Returns:
            The stored run; otherwise the queued or running job; otherwise a new job.

        Raises:
            LimitExceeded: this host does not allow it, or the queue is full.
        """
        job = self._join(variant.key, visitor, in_background=in_background)
        if job is not None:
            return job
        kept = self.find(variant.key)
        run = self._store.get(variant.key) or (kept.run if kept is not None else None)
        return run or self.train(variant, visitor, in_background=in_background, address=address)

    def train(
        self, variant: Variant, visitor: str, *, in_background: bool = False, address: str = ""
    ) -> Job:
        """As `open`, but trains again even if the run is stored."""
        with self._lock:
            job = self._join(variant.key, visitor, in_background=in_background)
            if job is not None:
                return job
            self.limits.check(variant)
            return self._admit(Job(variant, visitor, in_background=in_background, address=address))

    def find(self, key: str, visitor: str | None = None) -> Job | None:
        """The job with this key, if there is one to show.

        Args:
            key: the key of the variant.
            visitor: a visitor, who counts as watching it for a while.

        Returns:
            A job that is queued or training; or, until it is requested again, one that failed or
            whose run could not be stored. None otherwise: finished runs are in the store.
        """
        with self._lock:
            job = self._index.get(key)
        if job is not None and visitor is not None:
            job.watch(visitor)
        return job

    def heartbeat(self, visitor: str) -> None:
        """Count all jobs of a visitor as watched, as long as any page of theirs calls this."""
        for job in self.jobs():
            if visitor in job.owners:
                job.watch(visitor)

    def stop(self, key: str, visitor: str) -> bool:
        """Stop a job for one visitor.

        Idempotent, since Streamlit may call a callback twice for one click.

        Returns:
            Whether it stops; it continues while others own or watch it.
        """
        with self._lock:
            job = self._index.get(key)
            if job is None or job.state not in ("queued", "training"):
                return job is not None and job.state == "stopping"
            job.leave(visitor)
            if job.watchers:
                job.change()
                return False
            self._stop(job)
            return True

    def seconds_for(self, variant: Variant) -> float | None:
        """Estimated duration of a training of this variant; None before any was timed."""
        with self._lock:
            return self._estimates.seconds(variant)

    def close(self) -> None:
        """End all workers and wait for their end; unfinished jobs fail."""
        with self._lock:
            self._is_closed = True
            self.set_status("off")
            for job in self.jobs():
                self._fail(job, "The lab was closed before the end.")
            if self.pool is not None:
                self.pool.close()
        atexit.unregister(self.close)
        if self._thread is not None:
            self._thread.join(CLOSE_SECONDS)

    def _join(self, key: str, visitor: str, *, in_background: bool) -> Job | None:
        """The unfinished job with this key, with the visitor added to its owners; or None."""
        with self._lock:
            job = self._index.get(key)
            if job is None or job.state not in ("queued", "training"):
                return None
            job.add_owner(visitor, sweeps=in_background)
            if job.in_background and not in_background:
                job.in_background = False
                if job in self._queue:
                    self._queue.remove(job)
                    self._queue.add(job)
            return job

    def _admit(self, job: Job) -> Job:
        """Add a new job to the queue, if the limits allow it."""
        # Visitors' runs come first, so a sweep never fills the queue for them.
        ahead = [other for other in self._queue if job.in_background or not other.in_background]
        same_kind = [other for other in self._queue if other.in_background == job.in_background]
        self.limits.check_queue(
            waiting=len(ahead),
            own=sum(other.visitor == job.visitor for other in same_kind),
            nearby=sum(other.address == job.address != "" for other in same_kind),
            sweeps=job.in_background,
        )
        self.start()
        self._index.add(job)
        self._queue.add(job)
        log_event("queued", key=job.key, position=job.position)
        if self._state == "unavailable":
            self._fail(job, self._message)
        elif self.pool is not None:
            self.pool.wake()
        return job

    def _work(self, after: threading.Thread | None) -> None:
        try:
            if after is not None:
                after.join(MAX_START_DELAY)
            self._serve()
        except Exception as problem:  # noqa: BLE001  # jobs must fail rather than wait forever
            details = self.limits.error_details
            message = sentence("The trainer failed to start", problem, details=details)
            self.set_status("unavailable", message)

    def _serve(self) -> None:
        # Slow imports belong here, in the background, so that they do not delay the first page.
        from core import system_info

        problem = system_info.too_small() if self._scheduler is None else None
        if problem is not None:
            self.set_status("unavailable", problem)
            return
        pool = self._new_pool()
        with self._lock:
            if self._is_closed:
                return
            self.pool = pool
        pool.run()

    def _new_pool(self) -> WorkerPool:
        from core.jobs.cluster_pool import ClusterPool
        from core.jobs.local_pool import LocalPool

        if self._scheduler is not None:
            return ClusterPool(self, self._task, self._scheduler)
        return LocalPool(self, self._task, workers=self._worker_count, threads=self._threads)
