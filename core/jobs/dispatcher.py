"""Dispatcher: sends one job after another to a worker, for as long as the worker lives."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from distributed import Client, KilledWorker
from distributed.client import FutureCancelledError

from core.error_reporting import described
from core.jobs import worker_tasks
from core.jobs.job import Job
from core.jobs.job_manager import JobManager
from core.jobs.model_export import ModelExport

# A worker's end is noticed by the scheduler and by the system; the later of them by then.
LOSS_SECONDS = 5.0

Result = TypeVar("Result")


class WorkerGone(Exception):
    """A worker that cannot be used any more; the text says how it ended."""


@dataclass(eq=False)
class Worker:
    """A worker process, here or elsewhere.

    Attributes:
        name: for the log.
        address: where Dask reaches it; empty until it has joined.
        gone: set when it has ended.
        reason: how it ended.
    """

    name: str
    address: str = ""
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    reason: str = ""

    def lose(self, reason: str) -> None:
        """It has ended; the first reason counts."""
        self.reason = self.reason or reason
        self.gone.set()

    async def unless_gone(self, awaitable: Awaitable[Result]) -> Result:
        """The result of an awaitable.

        Raises:
            WorkerGone: the worker has ended before.
        """
        wanted = asyncio.ensure_future(awaitable)
        gone = asyncio.ensure_future(self.gone.wait())
        try:
            await asyncio.wait({wanted, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not wanted.done():
                raise WorkerGone(self.reason)
            return wanted.result()
        finally:
            wanted.cancel()
            gone.cancel()

    async def end_of(self) -> WorkerGone:
        """How it ended, when the scheduler has noticed already."""
        try:
            async with asyncio.timeout(LOSS_SECONDS):
                await self.gone.wait()
        except TimeoutError:
            self.lose("the scheduler lost it")
        return WorkerGone(self.reason)


@dataclass(frozen=True, kw_only=True)
class Dispatcher:
    """Sends jobs from the job manager to a worker and their results back.

    Attributes:
        client: of the scheduler that the workers have joined.
        manager: hands out the jobs and takes what becomes of them.
        task: "module:function" to run.
        tries: how often a job is begun when its worker is lost.
        memory_limit: bytes above which a worker is given up between two jobs; None for none.
        queue_grew: wakes the workers that wait for a job.
        at_work: the training workers, by the name of the attempt.
    """

    client: Client
    manager: JobManager
    task: str
    tries: int
    memory_limit: int | None
    queue_grew: asyncio.Event = field(default_factory=asyncio.Event)
    at_work: dict[str, Worker] = field(default_factory=dict)

    async def warm_up(self, worker: Worker) -> str:
        """Let a worker import all it needs; the digest of its `core`.

        Raises:
            WorkerGone: it ended, or it cannot run the task.
        """
        future = self.client.submit(
            worker_tasks.warm_up, self.task, workers=[worker.address], pure=False, retries=0
        )
        try:
            return await worker.unless_gone(future.result())
        except (KilledWorker, FutureCancelledError):
            raise await worker.end_of() from None
        except WorkerGone:
            raise
        except Exception as problem:  # whatever it raised there ends this worker only
            details = self.manager.limits.error_details
            reason = described("it raised an error", problem, details=details, worker=worker.name)
            raise WorkerGone(reason) from problem

    async def serve(self, worker: Worker) -> None:
        """Give the worker one job after another; returns when it has grown too large.

        Raises:
            WorkerGone: it ended.
        """
        memory = 0
        while self.memory_limit is None or memory <= self.memory_limit:
            job = await worker.unless_gone(self._next_job())
            if worker.gone.is_set():
                self.manager.put_back(job.attempt)
                raise WorkerGone(worker.reason)
            if job.ended:  # stopped before it began
                self.manager.deliver(job.attempt, None)
            else:
                memory = await self._do(worker, job)

    def wake(self) -> None:
        """Let all workers that are free look for a job; those that come later look anyway."""
        self.queue_grew.set()
        self.queue_grew.clear()

    async def stop(self, attempt: str) -> None:
        """Let a training end soon, if it has not ended."""
        worker = self.at_work.get(attempt)
        if worker is not None:
            await self.client.run(
                worker_tasks.stop, attempt, workers=[worker.address], on_error="ignore"
            )

    async def _next_job(self) -> Job:
        while (job := self.manager.take()) is None:
            await self.queue_grew.wait()
        return job

    async def _do(self, worker: Worker, job: Job) -> int:
        """Bring a job to its end; the bytes that the worker holds afterwards, 0 if unknown."""
        attempt = job.attempt
        self.at_work[attempt] = worker
        future = self.client.submit(
            *self._call(job),
            key=attempt,
            workers=[worker.address],
            allow_other_workers=False,
            retries=0,
        )
        try:
            outcome = await worker.unless_gone(future.result())
        except (KilledWorker, FutureCancelledError, WorkerGone):
            gone = await worker.end_of()
            self.manager.lose(attempt, str(gone), tries=self.tries)
            raise gone from None
        except asyncio.CancelledError:
            self.manager.lose(attempt, "the scheduler was lost", tries=self.tries)
            raise
        except Exception as problem:  # noqa: BLE001  # whatever the task raised is reported
            self.manager.crash(attempt, problem)
            return 0
        finally:
            del self.at_work[attempt]
            future.release()
        await asyncio.to_thread(self.manager.deliver, attempt, outcome.result)
        return outcome.memory

    def _call(self, job: Job) -> tuple[Any, ...]:
        """The function that the worker calls for a job, and its arguments."""
        if isinstance(job, ModelExport):
            return worker_tasks.save, job.networks
        return worker_tasks.execute, self.task, job.variant.to_dict(), job.attempt
