"""WorkerPool: Dask in the page process, in a thread with its own event loop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, TypeVar

import dask
from distributed import Client, Scheduler

from core.error_reporting import sentence
from core.jobs import worker_side
from core.jobs.dispatcher import Dispatcher
from core.jobs.job_manager import JobManager
from core.jobs.worker_handle import shielded
from core.jobs.worker_side import decode_event

STOP_SECONDS = 2.0
POLL_SECONDS = 1.0
# Dask warns about larger calls; the weights of the widest networks take 40 MB each.
LARGEST_CALL = "1 GB"
# Dask's topic for workers that join and leave.
WORKER_EVENTS = "all"

Server = TypeVar("Server", Client, Scheduler)


@contextlib.asynccontextmanager
async def started(server: Server) -> AsyncIterator[Server]:
    """Start a scheduler or a client, and close it afterwards."""
    try:
        await shielded(server.__aenter__())
        yield server
    finally:
        await server.__aexit__(None, None, None)


class WorkerPool(ABC):
    """The workers of one trainer. `wake`, `stop` and `close` may be called from any thread.

    Args:
        manager: provides jobs and receives their results.
        task: "module:function" that trains.
    """

    def __init__(self, manager: JobManager, task: str) -> None:
        self.manager = manager
        self._task = task
        self.dispatcher: Dispatcher | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._main: asyncio.Task[None] | None = None
        self._closed = False

    def run(self) -> None:
        """Run the event loop until `close` is called; blocks."""
        # The lab logs what matters itself, once, including the death of a worker.
        logging.getLogger("distributed").setLevel(logging.ERROR)
        logging.getLogger("distributed.scheduler").setLevel(logging.CRITICAL)
        worker_side.keep_streams_alive()
        dask.config.set({"distributed.admin.large-graph-warning-threshold": LARGEST_CALL})
        try:
            with contextlib.suppress(asyncio.CancelledError):
                asyncio.run(self._run())
        except Exception as problem:  # noqa: BLE001  # nothing else would report it
            if self._closed:  # at exit Python may refuse to start asyncio's last thread
                return
            details = self.manager.limits.error_details
            message = sentence("The trainer does not work", problem, details=details)
            self.manager.set_status("unavailable", message)

    def wake(self) -> None:
        """Let an idle worker take the next job."""
        self._call(self._wake)

    def stop(self, attempt: str) -> None:
        """Ask a training to end soon, unless it has ended."""
        self._call(lambda: asyncio.ensure_future(self._stop(attempt)))

    def close(self) -> None:
        """Let `run` return; called after the job manager was closed."""
        self._closed = True
        self._call(lambda: asyncio.ensure_future(self._close()))

    @abstractmethod
    async def work(self) -> None:
        """Keep the dispatchers running until cancelled."""

    @abstractmethod
    def joined(self, address: str) -> None:
        """Called when a worker has joined the scheduler."""

    @abstractmethod
    def left(self, address: str) -> None:
        """Called when the scheduler has lost a worker."""

    @contextlib.contextmanager
    def open_dispatcher(
        self, client: Client, *, tries: int, memory_limit: int | None
    ) -> Iterator[Dispatcher]:
        """A dispatcher for the workers of a scheduler; subscribes to its events meanwhile."""
        client.subscribe_topic(worker_side.TOPIC, self._report)
        client.subscribe_topic(WORKER_EVENTS, self._worker_event)
        self.dispatcher = Dispatcher(
            client=client,
            manager=self.manager,
            task=self._task,
            tries=tries,
            memory_limit=memory_limit,
        )
        try:
            yield self.dispatcher
        finally:
            self.dispatcher = None
            if client.status == "running":
                client.unsubscribe_topic(WORKER_EVENTS)
                client.unsubscribe_topic(worker_side.TOPIC)

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._main = asyncio.current_task()
        if not self._closed:
            clock = asyncio.create_task(self._enforce_time_limits())
            try:
                await self.work()
            finally:
                clock.cancel()

    def _call(self, function: Callable[[], Any]) -> None:
        """Call a function in the loop's thread if it runs; a new dispatcher checks the queue."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(function)

    def _wake(self) -> None:
        if self.dispatcher is not None:
            self.dispatcher.wake()

    async def _stop(self, attempt: str) -> None:
        if self.dispatcher is not None:
            await self.dispatcher.stop(attempt)

    async def _enforce_time_limits(self) -> None:
        """Stop jobs that have exceeded a time limit, periodically."""
        while True:
            self.manager.overdue()
            await asyncio.sleep(POLL_SECONDS)

    async def _close(self) -> None:
        attempts = list(self.dispatcher.busy) if self.dispatcher is not None else []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await asyncio.gather(*map(self._stop, attempts), return_exceptions=True)
        if self._main is not None:
            self._main.cancel()

    def _report(self, event: tuple[float, dict[str, Any]]) -> None:
        _, message = event
        self.manager.report(message["attempt"], decode_event(message["event"]))

    def _worker_event(self, event: tuple[float, dict[str, Any]]) -> None:
        match event[1]:
            case {"action": "add-worker", "worker": str(address)}:
                self.joined(address)
            case {"action": "remove-worker", "worker": str(address)}:
                self.left(address)
