"""WorkerProcess: a `dask worker` child process; Startup: whether it makes progress."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import psutil

LOOPBACK = "127.0.0.1"
ROOT = Path(__file__).parents[2]
LOG_TAIL_BYTES = 4_000
# Without progress for so long, a process is given up.
STALL_SECONDS = 180.0
# What is imported takes memory; a worker that only waits takes 0.2 MB in this time.
LEAST_BYTES = 1_000_000
# Share of one core: a worker that only waits takes 1.4 %.
LEAST_SHARE = 0.03


class WorkerProcess:
    """One worker process; it ends when this process does, however that happens.

    Args:
        name: it has this name at the scheduler.
        folder: for its log and Dask's own files.
        threads: that TensorFlow and NumPy may use in it.
    """

    def __init__(self, name: str, folder: Path, threads: int) -> None:
        self.name = name
        self._folder = folder
        self._threads = threads
        self._log = folder / f"{name}.log"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, scheduler: str) -> None:
        """Start it, to join the scheduler at this address."""
        await shielded(self._spawn(scheduler))

    @property
    def pid(self) -> int:
        """Of the process, once it was started."""
        assert self._process is not None
        return self._process.pid

    async def wait(self) -> str:
        """Wait until it has ended, and say how."""
        assert self._process is not None
        code = await self._process.wait()
        if code >= 0:
            return f"it ended with exit code {code}{self._last_words()}"
        reason = f"it was terminated by {signal.Signals(-code).name}"
        # The system kills for want of memory; C++ aborts where it is refused.
        is_usual = -code in (signal.SIGKILL, signal.SIGABRT)
        return reason + (", as when memory runs out" if is_usual else "")

    async def end(self) -> None:
        """End it at once and wait until it is gone."""
        if self._process is not None:
            if self._process.returncode is None:
                self._process.kill()
            await shielded(self._process.wait())

    async def _spawn(self, scheduler: str) -> None:
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command(scheduler),
                env=self._environment(),
                stdin=asyncio.subprocess.PIPE,  # its end tells the worker that we are gone
                stdout=log,
                stderr=log,
                start_new_session=True,  # ctrl-C in a terminal is for us, not for the worker
            )

    def _command(self, scheduler: str) -> list[str]:
        options = {
            "--name": self.name,
            "--nworkers": "1",
            "--nthreads": "1",
            "--memory-limit": "0",  # above a limit a worker pauses, and its training hangs
            "--host": LOOPBACK,
            "--dashboard-address": f"{LOOPBACK}:0",
            "--death-timeout": "60",
            "--local-directory": str(self._folder),
            "--preload": "core.jobs.worker_tasks",
        }
        pairs = [part for option in options.items() for part in option]
        module = "distributed.cli.dask_worker"
        return [sys.executable, "-m", module, scheduler, "--no-nanny", "--no-dashboard", *pairs]

    def _environment(self) -> dict[str, str]:
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        return {
            **os.environ,
            "PYTHONPATH": path,
            "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",  # it slows imports
            "TF_NUM_INTRAOP_THREADS": str(self._threads),
            "OMP_NUM_THREADS": str(self._threads),
            # After each product OpenBLAS' threads wait awake and take the cores from the training.
            "OPENBLAS_NUM_THREADS": "1",
        }

    def _last_words(self) -> str:
        """The last line of its log."""
        with self._log.open("rb") as log:
            log.seek(max(self._log.stat().st_size - LOG_TAIL_BYTES, 0))
            lines = log.read().decode(errors="replace").split("\n")
        said = [line.strip() for line in lines if line.strip()]
        return f" ({said[-1][:200]})" if said else ""


async def shielded(work: Coroutine[Any, Any, object]) -> None:
    """Wait for its end, lest processes and sockets stay; who is cancelled meanwhile is so then."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise


class Startup:
    """Watches a process that starts.

    On a busy machine TensorFlow may take minutes to be imported, and nobody knows how many. So
    there is no limit on the time: a process is given up where it has not got further for long.

    Args:
        pid: of the process.
    """

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._at = time.monotonic()
        self._cpu_seconds, self._bytes = self._used()

    @property
    def reason(self) -> str:
        """Why it is given up."""
        return f"it made no progress for {STALL_SECONDS:.0f} s"

    def is_stalled(self) -> bool:
        """Look at it; whether it has used next to nothing since it last got further.

        Raises:
            psutil.Error: it has ended, or the system does not tell.
        """
        cpu_seconds, held = self._used()
        has_worked = cpu_seconds - self._cpu_seconds >= LEAST_SHARE * STALL_SECONDS
        if has_worked or held - self._bytes >= LEAST_BYTES:
            self._at, self._cpu_seconds, self._bytes = time.monotonic(), cpu_seconds, held
        return time.monotonic() - self._at > STALL_SECONDS

    def _used(self) -> tuple[float, int]:
        times = self._process.cpu_times()
        return times.user + times.system, self._process.memory_info().rss
