"""A separate lab for a test: the real server as a process on loopback, with its own home."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

REPOSITORY = Path(__file__).resolve().parents[2]
START_SECONDS = 60
STOP_SECONDS = 15


def free_port() -> int:
    """An unused port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class LabServer:
    """`streamlit run app.py` while the `with` block lasts; its workers end with it.

    Args:
        home: its AUTOENCODER_LAB_HOME.
        app: a script to run instead of app.py.
        options: the options of Streamlit's command line that differ from those of a test.
        environment: additional environment variables.
        prefix: a command to run the server with, such as a wrapper that replaces itself by it.

    Attributes:
        url: its address, without a trailing slash.
        home: its AUTOENCODER_LAB_HOME.
        log: the file with its output.
        process: its process, the leader of a process group.
    """

    def __init__(
        self,
        home: Path,
        *,
        app: str = "app.py",
        options: Mapping[str, str] | None = None,
        environment: dict[str, str] | None = None,
        prefix: Sequence[str] = (),
    ):
        self.home = home
        self._command = [*prefix, sys.executable, "-m", "streamlit", "run", app]
        self._options = options or {}
        self.port = free_port()
        self.log = home / f"server-{self.port}.log"
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {**os.environ, "AUTOENCODER_LAB_HOME": str(home), **(environment or {})}

    def __enter__(self) -> LabServer:
        self.home.mkdir(parents=True, exist_ok=True)
        options = {
            "server.port": self.port,
            "server.address": "127.0.0.1",
            "server.headless": "true",
            "logger.enableRich": "false",
            **self._options,
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self._command, *(f"--{name}={value}" for name, value in options.items())],
                cwd=REPOSITORY,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_until_healthy()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop the server as Ctrl-C does, then kill the rest of its process group."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            self._kill_group()
            self.process.wait(STOP_SECONDS)

    def is_healthy(self) -> bool:
        """Whether the server passes its health check."""
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.is_healthy():
            if self.process.poll() is not None:
                raise AssertionError(f"The server ended at once:\n{self.log.read_text()}")
            if time.monotonic() > deadline:
                raise AssertionError(f"No server in {START_SECONDS} s:\n{self.log.read_text()}")
            time.sleep(0.02)

    def _kill_group(self) -> None:
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
