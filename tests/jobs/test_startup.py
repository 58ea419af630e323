"""Whether a process that starts gets any further: real processes, and a clock that jumps."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from core.jobs import worker_handle
from core.jobs.worker_handle import Startup
from support.waiting import wait_until

Start = Callable[[str], Startup]
BUSY = "while True: pass"
GROWING = "import time; kept = []\nwhile True: kept.append(bytearray(10**6)); time.sleep(0.5)"
IDLE = "import time; time.sleep(600)"


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts a program and looks at it once Python itself has started."""
    monkeypatch.setattr(worker_handle, "STALL_SECONDS", 2.0)
    with ExitStack() as stack:

        def started(program: str) -> Startup:
            code = f"print(flush=True)\n{program}"
            process = stack.enter_context(
                subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
            )
            stack.callback(process.kill)
            assert process.stdout is not None
            process.stdout.readline()
            return Startup(process.pid)

        yield started


@pytest.mark.parametrize("program", [BUSY, GROWING])
def test_a_process_that_works_or_grows_is_not_stalled(start: Start, program: str) -> None:
    watched = start(program)
    until = time.monotonic() + 6
    while time.monotonic() < until:
        assert not watched.is_stalled()
        time.sleep(0.2)


def test_a_process_that_only_waits_is_stalled(start: Start) -> None:
    watched = start(IDLE)
    assert not watched.is_stalled()
    wait_until(watched.is_stalled)
    assert watched.reason == "it made no progress for 2 s"
