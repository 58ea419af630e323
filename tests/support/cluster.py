"""A Dask scheduler and workers, started as commands as in a terminal."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from support.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"


class Cluster:
    """Processes that end with the `with` block.

    Args:
        folder: the folder for logs and Dask's own files.
        port: the port of the scheduler.

    Attributes:
        address: the address of the scheduler.
        workers: their processes, in the order of their start.
    """

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self._port = port
        self.address = f"tcp://{HOST}:{port}"
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Cluster:
        self.start_scheduler()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for process in (*self.workers, self.scheduler):
            if process is not None:
                process.kill()
                process.wait(30)

    def start_scheduler(self) -> None:
        """Start the scheduler, also after it was killed; it responds when this returns."""
        self.scheduler = self._start("dask_scheduler", ROOT, ["--port", str(self._port)])
        wait_until(self._answers)

    def start_worker(self, code: Path) -> None:
        """Start a worker with one thread and the `core` in this folder."""
        options = ["--no-nanny", "--nworkers", "1", "--nthreads", "1", "--memory-limit", "0"]
        place = ["--local-directory", str(self._folder), "--death-timeout", "60"]
        self.workers.append(self._start("dask_worker", code, [self.address, *options, *place]))

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((HOST, self._port)) == 0

    def _start(self, command: str, code: Path, options: list[str]) -> subprocess.Popen[bytes]:
        path = os.pathsep.join([str(code), str(ROOT / "tests")])
        with (self._folder / f"{command}.log").open("ab") as log:
            return subprocess.Popen(
                [
                    *(sys.executable, "-m", f"distributed.cli.{command}", *options),
                    *("--host", HOST, "--dashboard-address", f"{HOST}:0", "--no-dashboard"),
                ],
                cwd=self._folder,
                env={**os.environ, "PYTHONPATH": path},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
