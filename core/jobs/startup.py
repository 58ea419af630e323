"""Startup: whether a process that starts gets any further.

On a busy machine TensorFlow may take minutes to be imported, and nobody knows how many. So there is
no limit on the time: a process is given up where it has not got further for long.
"""

from __future__ import annotations

import time

import psutil

# Without progress for so long, a process is given up.
STALL_SECONDS = 180.0
# What is imported takes memory; a worker that only waits takes 0.2 MB in this time.
LEAST_BYTES = 1_000_000
# Share of one core: a worker that only waits takes 1.4 %.
LEAST_SHARE = 0.03


class Startup:
    """Watches a process that starts.

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
        return f"it got no further for {STALL_SECONDS:.0f} s"

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
