"""WorkerHandle: the parent's handle of a `dask worker` child process; Startup: its progress."""

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
# A starting process is abandoned after this long without progress.
STALL_SECONDS = 180.0
# Progress by memory: imports take memory, an idle worker grows by 0.2 MB in this time.
MIN_BYTES = 1_000_000
# Progress by CPU time, as a share of one core: an idle worker takes 1.4 %.
MIN_SHARE = 0.03


class WorkerHandle:
    """One worker process, seen from its parent; it ends when the parent does, however that happens.

    Args:
        name: its name at the scheduler.
        folder: the folder for its log and Dask's files.
        threads: the number of TensorFlow threads.
    """

    def __init__(self, name: str, folder: Path, threads: int) -> None:
        self.name = name
        self._folder = folder
        self._threads = threads
        self._log = folder / f"{name}.log"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, scheduler: str) -> None:
        """Start the process; it joins the scheduler at this address.

        Raises:
            OSError: the system refuses it.
        """
        await shielded(self._spawn(scheduler))

    @property
    def pid(self) -> int:
        """The process id, after `start`."""
        assert self._process is not None
        return self._process.pid

    async def wait(self) -> str:
        """Wait for its end; returns how it ended."""
        assert self._process is not None
        code = await self._process.wait()
        if code >= 0:
            return f"it ended with exit code {code}{self._last_log_line()}"
        reason = f"it was terminated by {signal.Signals(-code).name}"
        # Out of memory, the system kills the process, or C++ aborts when an allocation fails.
        is_typical = -code in (signal.SIGKILL, signal.SIGABRT)
        return reason + (", as when memory runs out" if is_typical else "")

    async def end(self) -> None:
        """Kill it and wait for its end."""
        if self._process is not None:
            if self._process.returncode is None:
                self._process.kill()
            await shielded(self._process.wait())

    async def _spawn(self, scheduler: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)  # the system may clear temporary files
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command(scheduler),
                env=self._environment(),
                stdin=asyncio.subprocess.PIPE,  # closed when we end: the worker then ends too
                stdout=log,
                stderr=log,
                start_new_session=True,  # so that ctrl-C in a terminal does not reach the worker
            )

    def _command(self, scheduler: str) -> list[str]:
        options = {
            "--name": self.name,
            "--nworkers": "1",
            "--nthreads": "1",
            "--memory-limit": "0",  # at a limit Dask would pause the worker, and the training hang
            "--host": LOOPBACK,
            "--dashboard-address": f"{LOOPBACK}:0",
            "--death-timeout": "60",
            "--local-directory": str(self._folder),
            "--preload": "core.jobs.worker_side",
        }
        pairs = [part for option in options.items() for part in option]
        module = "distributed.cli.dask_worker"
        return [sys.executable, "-m", module, scheduler, "--no-nanny", "--no-dashboard", *pairs]

    def _environment(self) -> dict[str, str]:
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        return {
            **os.environ,
            "PYTHONPATH": path,
            "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",  # it slows down imports
            "TF_NUM_INTRAOP_THREADS": str(self._threads),
            "OMP_NUM_THREADS": str(self._threads),
            # OpenBLAS' threads spin after each product and take the cores from the training.
            "OPENBLAS_NUM_THREADS": "1",
        }

    def _last_log_line(self) -> str:
        """The last line of its log, in parentheses; "" if there is none."""
        try:
            with self._log.open("rb") as log:
                log.seek(max(self._log.stat().st_size - LOG_TAIL_BYTES, 0))
                lines = log.read().decode(errors="replace").split("\n")
        except OSError:  # that it ended must be known in any case
            return ""
        texts = [line.strip() for line in lines if line.strip()]
        return f" ({texts[-1][:200]})" if texts else ""


async def shielded(work: Coroutine[Any, Any, object]) -> None:
    """Await completion even if cancelled, so that no process or socket leaks; then cancel."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise


class Startup:
    """Watches the progress of a starting process.

    On a busy machine importing TensorFlow may take minutes. So there is no time limit: a process is
    abandoned only after a long time without progress.

    Args:
        pid: the ID of the process.
    """

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._at = time.monotonic()
        self._cpu_seconds, self._bytes = self._usage()

    @property
    def reason(self) -> str:
        """Why it is abandoned."""
        return f"it made no progress for {STALL_SECONDS:.0f} s"

    def is_stalled(self) -> bool:
        """Whether it has used hardly any CPU time and memory since its last progress.

        Raises:
            psutil.Error: it has ended, or cannot be inspected.
        """
        cpu_seconds, memory = self._usage()
        has_worked = cpu_seconds - self._cpu_seconds >= MIN_SHARE * STALL_SECONDS
        if has_worked or memory - self._bytes >= MIN_BYTES:
            self._at, self._cpu_seconds, self._bytes = time.monotonic(), cpu_seconds, memory
        return time.monotonic() - self._at > STALL_SECONDS

    def _usage(self) -> tuple[float, int]:
        times = self._process.cpu_times()
        return times.user + times.system, self._process.memory_info().rss
