"""ClusterPool: the workers of an external Dask scheduler, which may join and leave at any time."""

from __future__ import annotations

import asyncio
import logging
import math
import time

from distributed import Client

from core.jobs import worker_side
from core.jobs.dispatcher import Dispatcher, Worker, WorkerGone
from core.jobs.job_manager import JobManager
from core.jobs.worker_pool import WorkerPool, started
from core.log import log_event

CONNECT_SECONDS = 5.0
POLL_SECONDS = 0.5
RETRY_SECONDS = 5.0
# How long jobs wait for a scheduler whose connection was lost.
GIVE_UP_SECONDS = 120.0
# A job is retried once when its worker or the scheduler is lost.
TRIES = 2


class ClusterPool(WorkerPool):
    """A dispatcher for each worker of the scheduler whose `core` is identical to ours.

    Args:
        manager, task: see `WorkerPool`.
        scheduler: its address.
    """

    def __init__(self, manager: JobManager, task: str, scheduler: str) -> None:
        super().__init__(manager, task)
        self._scheduler = scheduler
        self._workers: dict[str, Worker] = {}
        self._ready_workers: set[str] = set()
        self._group: asyncio.TaskGroup
        self._dispatcher: Dispatcher

    async def work(self) -> None:
        """Stay connected to the scheduler until cancelled."""
        address = self._scheduler
        self.manager.set_status("warming", f"Connecting to the scheduler at {address}.")
        lost_at = -math.inf
        while True:
            try:
                client = Client(
                    address, asynchronous=True, set_as_default=False, timeout=CONNECT_SECONDS
                )
                async with started(client):
                    await self._serve(client)
                log_event("fault", level=logging.WARNING, scheduler=address, reason="lost")
                self.manager.set_status(
                    "restarting", f"The connection to the scheduler at {address} was lost."
                )
                lost_at = time.monotonic()
            except* OSError:
                if time.monotonic() - lost_at > GIVE_UP_SECONDS:
                    self.manager.set_status("unavailable", f"No scheduler answers at {address}.")
            await asyncio.sleep(RETRY_SECONDS)

    def joined(self, address: str) -> None:
        """Start a dispatcher for a worker that has joined the scheduler."""
        if address not in self._workers:
            self._workers[address] = Worker(address, address)
            self._group.create_task(self._follow(self._dispatcher, self._workers[address]))

    def left(self, address: str) -> None:
        """Give up on a worker that has left the scheduler."""
        if address in self._workers:
            self._workers[address].lose("it left the scheduler")

    async def _serve(self, client: Client) -> None:
        """Serve all workers of a scheduler until the connection is lost."""
        with self.open_dispatcher(client, tries=TRIES, memory_limit=None) as self._dispatcher:
            async with asyncio.TaskGroup() as self._group:
                for address in (await client.scheduler.identity())["workers"]:
                    self.joined(address)
                self._set_status()
                while client.status == "running":
                    await asyncio.sleep(POLL_SECONDS)
                for worker in self._workers.values():
                    worker.lose("the scheduler was lost")

    async def _follow(self, dispatcher: Dispatcher, worker: Worker) -> None:
        """Run a worker's dispatcher until the worker leaves."""
        refusal = ""
        try:
            digest = await dispatcher.warm_up(worker)
            if digest != worker_side.digest_of_core():
                raise WorkerGone("it has a different version of the lab")
            self._ready_workers.add(worker.address)
            self._set_status()
            await dispatcher.serve(worker)
        except WorkerGone as gone:
            log_event("fault", level=logging.WARNING, worker=worker.name, reason=str(gone))
            if worker.address not in self._ready_workers:
                refusal = f"The worker at {worker.address} cannot train: {gone}."
        finally:
            self._ready_workers.discard(worker.address)
            del self._workers[worker.address]
        self._set_status(refusal)

    def _set_status(self, refusal: str = "") -> None:
        """Report to the job manager whether any worker can train."""
        if self._ready_workers:
            self.manager.set_status("ready", workers=len(self._ready_workers))
        elif refusal:
            self.manager.set_status("unavailable", refusal)
        elif not self._workers:
            self.manager.set_status("warming", f"The scheduler at {self._scheduler} has no worker.")
