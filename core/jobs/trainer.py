"""Trainer: what pages and the command line talk to when something is to be trained."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core import environment
from core.error_reporting import sentence
from core.jobs.job import Job, TrainerStatus
from core.jobs.job_manager import JobManager
from core.jobs.run_storage import Store
from core.jobs.worker_options import WorkerOptions
from core.limits import UNLIMITED, Limits
from core.run import Run
from core.variant import Variant

if TYPE_CHECKING:
    from core.jobs.worker_pool import WorkerPool

CLOSE_SECONDS = 15.0
# A first page that takes longer shares the machine with the trainer.
MOST_SECONDS_AFTER = 3.0
TRAIN = "core.training.task:train"


class Trainer:
    """Trains variants, each once for all who ask. Every method may be called from any thread.

    Args:
        store: where finished runs are kept and looked for.
        workers: how many processes train side by side on this machine.
        threads: that each of them may use; None for its share of the cores.
        task: "module:function" that trains; called in a worker with the variant, a `Report` and
            `should_stop`, and returns the run, or None if it was stopped before it had learned
            anything. A `warm_up` beside it is called when a worker starts.
        scheduler: address of an outside Dask scheduler, whose workers train instead; by default
            what DASK_SCHEDULER_ADDRESS says.
        limits: what visitors may ask for; `worker_bytes` is for workers of ours.
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
        self.limits = limits
        self._store = store
        self._plan = WorkerOptions(
            workers=workers,
            threads=threads,
            task=task,
            memory_limit=limits.worker_bytes,
            scheduler=scheduler or environment.scheduler_address(),
        )
        self._manager = JobManager(store, limits)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._workers: WorkerPool | None = None
        self._closed = False

    @property
    def status(self) -> TrainerStatus:
        """What the trainer can do now."""
        return self._manager.status

    def start(self, *, after: threading.Thread | None = None) -> None:
        """Bring up the workers in the background; returns at once, and does nothing again.

        Args:
            after: a thread that goes first, such as the one that draws the first page: importing
                Dask takes turns with it, and TensorFlow takes the cores.
        """
        with self._lock:
            if self._thread is None and not self._closed:
                self._manager.report("warming")
                self._thread = threading.Thread(
                    target=self._work, args=(after,), name="trainer", daemon=True
                )
                self._thread.start()
                atexit.register(self.close)

    def open(
        self, variant: Variant, visitor: str, *, in_background: bool = False, address: str = ""
    ) -> Run | Job:
        """The run of a variant, or the job that will give it.

        Args:
            variant: what to train.
            visitor: who asks; the job is theirs until they stop it.
            in_background: let visitors' jobs go first, try again once if a worker is lost.
            address: from which they ask, for the limits; empty where there is none.

        Returns:
            The stored run; else the job that waits or trains already; else a new one.

        Raises:
            LimitExceeded: this host does not allow it, or the queue is full.
        """
        job = self._manager.join(variant.key, visitor, in_background=in_background)
        if job is not None:
            return job
        kept = self._manager.find(variant.key)
        run = self._store.get(variant.key) or (kept.run if kept is not None else None)
        return run or self.train(variant, visitor, in_background=in_background, address=address)

    def train(
        self, variant: Variant, visitor: str, *, in_background: bool = False, address: str = ""
    ) -> Job:
        """As `open`, but what is stored is trained again."""
        self.start()
        job = self._manager.add(variant, visitor, in_background=in_background, address=address)
        if self._workers is not None:
            self._workers.wake()
        return job

    def save(self, runs: Sequence[Run], visitor: str, *, address: str = "") -> Job:
        """Have the Keras models of some runs made.

        Args:
            runs: at least one; of those with weights there is a model.
            visitor: who asks; the job is theirs until they stop it.
            address: as for `open`.

        Returns:
            The job, a `ModelExport`; `find` finds it by its `model_export_key`, for a while after
            its end too.

        Raises:
            QueueFull: as many jobs wait as may.
        """
        self.start()
        job = self._manager.save(runs, visitor, address=address)
        if self._workers is not None:
            self._workers.wake()
        return job

    def find(self, key: str, visitor: str | None = None) -> Job | None:
        """The job of a variant's key, if there is something to say about it.

        Args:
            key: of the variant.
            visitor: who looks; counts as watching for a while.

        Returns:
            A job that waits or trains; or one that failed, or whose run could not be stored, until
            it is asked for again. A run that is stored is in the store.
        """
        job = self._manager.find(key)
        if job is not None and visitor is not None:
            job.watch(visitor)
        return job

    def heartbeat(self, visitor: str) -> None:
        """A visitor is on some page: what they asked for counts as watched."""
        self._manager.heartbeat(visitor)

    def stop(self, key: str, visitor: str) -> bool:
        """A visitor wants no more of a job; to ask twice changes nothing.

        Returns:
            Whether it stops; it goes on while others have asked for it or watch it.
        """
        job = self._manager.find(key)
        if job is None or not self._manager.stop(job, visitor):
            return False
        if self._workers is not None:
            self._workers.stop(job.attempt)
        return True

    def seconds_for(self, variant: Variant) -> float | None:
        """How long a training of this variant takes here; None before any was timed."""
        return self._manager.seconds_for(variant)

    def jobs(self) -> list[Job]:
        """The jobs that train, then those that wait, in their order."""
        return self._manager.jobs()

    def close(self) -> None:
        """End all workers and wait until they are gone; jobs that have not ended fail."""
        with self._lock:
            self._closed = True
            self._manager.close()
            if self._workers is not None:
                self._workers.close()
        atexit.unregister(self.close)
        if self._thread is not None:
            self._thread.join(CLOSE_SECONDS)

    def _work(self, after: threading.Thread | None) -> None:
        try:
            self._serve(after)
        except Exception as problem:  # noqa: BLE001  # whatever it is, nobody may wait for ever
            details = self.limits.error_details
            message = sentence("The trainer does not start", problem, details=details)
            self._manager.report("unavailable", message)

    def _serve(self, after: threading.Thread | None) -> None:
        if after is not None:
            after.join(MOST_SECONDS_AFTER)
        # What takes long is imported here, in the background: the first page need not wait for it.
        from core import system_info

        lack = system_info.too_small() if self._plan.scheduler is None else None
        if lack is not None:
            self._manager.report("unavailable", lack)
            return
        from core.jobs import cluster_pool, local_pool

        kind = local_pool.LocalPool if self._plan.scheduler is None else cluster_pool.ClusterPool
        with self._lock:
            if self._closed:
                return
            self._workers = kind(self._manager, self._plan)
        self._workers.run()
