"""Dispatcher: sends jobs to a worker, one after another, for as long as the worker lives."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import TypeVar

from distributed import Client, KilledWorker
from distributed.client import FutureCancelledError

from core.error_reporting import described
from core.jobs import worker_side
from core.jobs.job import Job
from core.jobs.job_manager import JobManager

# Both the scheduler and the operating system have noticed a worker's end within this time.
LOSS_SECONDS = 5.0

Result = TypeVar("Result")


class WorkerGone(Exception):
    """A worker that can no longer be used; the text says how it ended."""


@dataclass(eq=False)
class Worker:
    """A worker process on this machine or another.

    Attributes:
        name: its name in the log.
        address: its Dask address; empty until it has joined the scheduler.
        gone: set when it has ended.
        reason: how it ended.
    """

    name: str
    address: str = ""
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    reason: str = ""

    def lose(self, reason: str) -> None:
        """Record that it has ended; only the first reason is kept."""
        self.reason = self.reason or reason
        self.gone.set()

    async def unless_gone(self, awaitable: Awaitable[Result]) -> Result:
        """Await a result, or the end of the worker.

        Raises:
            WorkerGone: the worker ended first.
        """
        task = asyncio.ensure_future(awaitable)
        gone = asyncio.ensure_future(self.gone.wait())
        try:
            await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise WorkerGone(self.reason)
            return task.result()
        finally:
            task.cancel()
            gone.cancel()

    async def wait_for_loss(self) -> WorkerGone:
        """The reason for its end, for a worker that the scheduler has already lost."""
        try:
            async with asyncio.timeout(LOSS_SECONDS):
                await self.gone.wait()
        except TimeoutError:
            self.lose("the scheduler lost it")
        return WorkerGone(self.reason)


@dataclass(frozen=True, kw_only=True)
class Dispatcher:
    """Sends jobs from the job manager to workers and their results back.

    Attributes:
        client: the client of the scheduler that the workers have joined.
        manager: provides jobs and receives their results.
        task: "module:function" that trains.
        tries: how often a job is started if its worker is lost.
        memory_limit: bytes above which a worker is replaced after a job; None for no limit.
        queue_changed: wakes idle workers.
        busy: the busy workers, by attempt.
    """

    client: Client
    manager: JobManager
    task: str
    tries: int
    memory_limit: int | None
    queue_changed: asyncio.Event = field(default_factory=asyncio.Event)
    busy: dict[str, Worker] = field(default_factory=dict)

    async def warm_up(self, worker: Worker) -> str:
        """Let a worker import what it needs; returns the digest of its `core`.

        Raises:
            WorkerGone: it ended, or it cannot run the task.
        """
        future = self.client.submit(
            worker_side.warm_up, self.task, workers=[worker.address], pure=False, retries=0
        )
        try:
            return await worker.unless_gone(future.result())
        except (KilledWorker, FutureCancelledError):
            raise await worker.wait_for_loss() from None
        except WorkerGone:
            raise
        except Exception as problem:  # an error ends only this worker
            details = self.manager.limits.error_details
            reason = described("it raised an error", problem, details=details, worker=worker.name)
            raise WorkerGone(reason) from problem

    async def serve(self, worker: Worker) -> None:
        """Run jobs on the worker; returns when it uses too much memory.

        Raises:
            WorkerGone: it ended.
        """
        memory = 0
        while self.memory_limit is None or memory <= self.memory_limit:
            job = await worker.unless_gone(self._next_job())
            if worker.gone.is_set():
                self.manager.put_back(job.attempt)
                raise WorkerGone(worker.reason)
            if job.ended:  # stopped before it started
                self.manager.deliver(job.attempt, None)
            else:
                memory = await self._do(worker, job)

    def wake(self) -> None:
        """Let all idle workers look for a job; workers that become idle later do so anyway."""
        self.queue_changed.set()
        self.queue_changed.clear()

    async def stop(self, attempt: str) -> None:
        """Ask a training to end soon, unless it has ended."""
        worker = self.busy.get(attempt)
        if worker is not None:
            await self.client.run(
                worker_side.stop, attempt, workers=[worker.address], on_error="ignore"
            )

    async def _next_job(self) -> Job:
        while (job := self.manager.take()) is None:
            await self.queue_changed.wait()
        return job

    async def _do(self, worker: Worker, job: Job) -> int:
        """Run a job; returns the bytes of memory that the worker uses afterwards, 0 if unknown."""
        attempt = job.attempt
        self.busy[attempt] = worker
        future = self.client.submit(
            worker_side.execute,
            self.task,
            job.variant.to_dict(),
            attempt,
            key=attempt,
            workers=[worker.address],
            allow_other_workers=False,
            retries=0,
        )
        try:
            outcome = await worker.unless_gone(future.result())
        except (KilledWorker, FutureCancelledError, WorkerGone):
            gone = await worker.wait_for_loss()
            self.manager.lose(attempt, str(gone), tries=self.tries)
            raise gone from None
        except asyncio.CancelledError:
            self.manager.lose(attempt, "the scheduler was lost", tries=self.tries)
            raise
        except Exception as problem:  # noqa: BLE001  # whatever the task raised is reported
            self.manager.crash(attempt, problem)
            return 0
        finally:
            del self.busy[attempt]
            future.release()
        await asyncio.to_thread(self.manager.deliver, attempt, outcome.result)
        return outcome.memory
