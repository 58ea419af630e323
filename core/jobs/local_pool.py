"""LocalPool: a Dask scheduler in this process, and worker processes, on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import dask
import psutil
from dask.system import CPU_COUNT
from distributed import Client, Scheduler

from core.files.temporary import remove_abandoned, temporary_folder
from core.jobs.dispatcher import LOSS_SECONDS, Dispatcher, Worker, WorkerGone
from core.jobs.job import TrainerState
from core.jobs.job_manager import JobManager
from core.jobs.worker_handle import LOOPBACK, Startup, WorkerHandle
from core.jobs.worker_pool import WorkerPool, started
from core.log import log_event

SCHEDULER_CONFIG = {
    "distributed.admin.low-level-log-length": 100,  # events that each topic keeps
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.scheduler.work-stealing": False,
    # We watch the processes ourselves; a clock change must not end workers.
    "distributed.scheduler.worker-ttl": None,
}
# Seconds between two checks of a starting worker.
POLL_SECONDS = 1.0
START_TRIES = 3
RETRY_SECONDS = 30.0
# The duration of a start, until one has been measured on this machine.
TYPICAL_START_SECONDS = 5.0


class LocalPool(WorkerPool):
    """Worker processes on this machine; one that ends is replaced.

    Args:
        manager, task: see `WorkerPool`.
        workers: number of processes that train in parallel.
        threads: threads per process; None for an equal share of the cores.
    """

    def __init__(
        self, manager: JobManager, task: str, *, workers: int, threads: int | None
    ) -> None:
        super().__init__(manager, task)
        self._workers = workers
        self._threads = threads or max(CPU_COUNT // workers, 1)
        self._states: dict[int, TrainerState] = {}
        self._by_name: dict[str, tuple[Worker, asyncio.Future[str]]] = {}
        self._by_address: dict[str, Worker] = {}
        self._start_seconds = TYPICAL_START_SECONDS
        self._scheduler: Scheduler

    async def work(self) -> None:
        """Keep all workers running until cancelled."""
        self._set_status(0, "warming")
        with dask.config.set(SCHEDULER_CONFIG):
            # Without an address, the HTTP server listens on every interface.
            self._scheduler = Scheduler(
                host=LOOPBACK,
                dashboard=False,
                dashboard_address=f"{LOOPBACK}:0",
                allowed_failures=0,  # Dask must not restart the job of a dead worker elsewhere
            )
        remove_abandoned()
        with temporary_folder() as folder:
            async with started(self._scheduler), started(self._new_client()) as client:
                limit = self.manager.limits.worker_bytes
                with self.open_dispatcher(client, tries=1, memory_limit=limit) as dispatcher:
                    async with asyncio.TaskGroup() as group:
                        for number in range(self._workers):
                            group.create_task(self._restart_forever(dispatcher, number, folder))

    def joined(self, address: str) -> None:
        """Record that one of our processes has joined the scheduler."""
        state = self._scheduler.workers.get(address)
        if state is not None and (entry := self._by_name.get(state.name)) is not None:
            worker, address_of = entry
            self._by_address[address] = worker
            address_of.set_result(address)

    def left(self, address: str) -> None:
        """Record the loss of a worker after a delay, since its process may report why it ended."""
        worker = self._by_address.pop(address, None)
        if worker is not None:
            loop = asyncio.get_running_loop()
            loop.call_later(LOSS_SECONDS / 2, worker.lose, "the scheduler lost it")

    def _new_client(self) -> Client:
        return Client(self._scheduler.address, asynchronous=True, set_as_default=False)

    async def _restart_forever(self, dispatcher: Dispatcher, number: int, folder: Path) -> None:
        """Run worker processes one after another: when one ends, start the next."""
        state: TrainerState = "warming"
        tries, message = 0, ""
        for count in itertools.count():
            self._set_status(number, state, message)
            process = WorkerHandle(f"{number}-{count}", folder, self._threads)
            is_ready = False
            try:
                async with self._warm_worker(dispatcher, process) as worker:
                    is_ready, tries, state = True, 0, "restarting"
                    self._set_status(number, "ready")
                    await dispatcher.serve(worker)
                    log_event("replaced", worker=worker.name)
            except WorkerGone as gone:
                tries += 1
                message = "" if is_ready else f"The last attempt to start it failed: {gone}."
                log_event("fault", level=logging.WARNING, worker=process.name, reason=str(gone))
                if tries >= START_TRIES:
                    self._set_status(number, "unavailable", f"The trainer failed to start: {gone}.")
                    await asyncio.sleep(RETRY_SECONDS)

    @asynccontextmanager
    async def _warm_worker(
        self, dispatcher: Dispatcher, process: WorkerHandle
    ) -> AsyncIterator[Worker]:
        """Start a worker and wait until it has imported what it needs."""
        began = time.monotonic()
        worker = Worker(process.name)
        address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._by_name[process.name] = worker, address
        async with AsyncExitStack() as stack:
            stack.callback(self._by_name.pop, process.name)
            stack.push_async_callback(process.end)
            try:
                await process.start(self._scheduler.address)
            except OSError as error:  # out of memory, file descriptors or disk space
                raise WorkerGone(f"its process could not be started ({error})") from error
            watch = asyncio.create_task(self._watch(process, worker))
            stack.callback(watch.cancel)
            startup = asyncio.create_task(self._watch_startup(process, worker))
            stack.callback(startup.cancel)
            worker.address = await worker.unless_gone(address)
            await dispatcher.warm_up(worker)
            startup.cancel()
            self._start_seconds = time.monotonic() - began
            yield worker

    async def _watch(self, process: WorkerHandle, worker: Worker) -> None:
        worker.lose(await process.wait())

    async def _watch_startup(self, process: WorkerHandle, worker: Worker) -> None:
        """End a starting worker that makes no progress."""
        with contextlib.suppress(psutil.NoSuchProcess):  # `_watch` reports how it ended
            startup = Startup(process.pid)
            while not startup.is_stalled():
                await asyncio.sleep(POLL_SECONDS)
            worker.lose(startup.reason)

    def _set_status(self, number: int, state: TrainerState, message: str = "") -> None:
        """Set the state of one worker; the trainer has the best state of all workers."""
        self._states[number] = state
        states = self._states.values()
        order: tuple[TrainerState, ...] = ("ready", "restarting", "warming", "unavailable")
        best = next(candidate for candidate in order if candidate in states)
        warm_at = time.monotonic() + self._start_seconds
        self.manager.set_status(
            best,
            message,
            # After a failed start there is no estimate for the next one.
            ready_at=warm_at if best != "ready" and not message else None,
            workers=list(states).count(best),
        )
