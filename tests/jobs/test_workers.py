"""Worker processes: killed, replaced, refused, side by side, and closed to the outside."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from core.jobs import Job, Trainer
from core.limits import Limits
from core.run import Run
from core.variant import Variant
from support.memory_store import MemoryStore
from support.runs import make_run
from support.tasks import Script
from support.waiting import wait_until

DEADLINE = 60.0
TASK = "support.tasks:train"
ROOT = Path(__file__).resolve().parents[2]

Variants = Callable[[], Variant]


def train(trainer: Trainer, variant: Variant, *, in_background: bool = False) -> Job:
    return trainer.train(variant, "ann", in_background=in_background)


def held(trainer: Trainer, script: Script, variant: Variant, *, in_background: bool = False) -> Job:
    """A job in the middle of its second epoch."""
    script.plan(variant, "hold")
    job = train(trainer, variant, in_background=in_background)
    wait_until(lambda: 15 in job.history.steps)
    return job


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_killed_worker_fails_its_job_alone_and_is_replaced(
    trainer: Trainer, script: Script, variants: Variants, caplog: pytest.LogCaptureFixture
) -> None:
    job = held(trainer, script, variants())
    waiting = [train(trainer, variants()) for _ in range(2)]
    (killed,) = script.calls(job.variant)
    os.kill(killed, signal.SIGKILL)
    assert job.wait(DEADLINE)
    assert job.state == "failed"
    assert job.error == (
        "The trainer died in epoch 2. Its curve and images up to then are kept."
        " It may have run out of memory: a smaller network needs less."
    )
    assert job.history.steps == [10, 11, 15]
    wait_until(lambda: trainer.status.state == "restarting")
    assert [each.position for each in waiting] == [1, 2]
    for each in waiting:
        assert each.wait(DEADLINE)
        assert each.state == "finished"
        assert script.calls(each.variant) != [killed]
    assert trainer.status.state == "ready"
    # The lab has logged it itself; on the command line Dask's words would stand beside ours.
    assert [record for record in caplog.records if record.name.startswith("distributed")] == []


def test_a_sweeps_job_is_begun_again_when_its_worker_was_killed(
    trainer: Trainer, script: Script, variants: Variants
) -> None:
    variant = variants()
    job = held(trainer, script, variant, in_background=True)
    os.kill(script.calls(variant)[0], signal.SIGKILL)
    wait_until(lambda: len(script.calls(variant)) == 2)
    script.release(variant)
    assert job.wait(DEADLINE)
    assert job.state == "finished"
    assert job.history.steps == [10, 11, 15, 20]


def test_a_worker_that_was_killed_while_idle_is_replaced(
    trainer: Trainer, script: Script, variants: Variants
) -> None:
    before = train(trainer, variants())
    assert before.wait(DEADLINE)
    (killed,) = script.calls(before.variant)
    wait_until(lambda: trainer.status.state == "ready")
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: not is_alive(killed))
    after = train(trainer, variants())
    assert after.wait(DEADLINE)
    assert after.state == "finished"


def test_a_worker_that_the_system_refuses_to_start_is_tried_again(
    trainer: Trainer,
    script: Script,
    variants: Variants,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    start = asyncio.create_subprocess_exec
    refused = threading.Event()

    async def refuse_once(*command: Any, **options: Any) -> asyncio.subprocess.Process:
        if not refused.is_set():
            refused.set()
            raise OSError(errno.EMFILE, "Too many open files")
        return await start(*command, **options)

    before = train(trainer, variants())
    assert before.wait(DEADLINE)
    monkeypatch.setattr(asyncio, "create_subprocess_exec", refuse_once)
    os.kill(script.calls(before.variant)[0], signal.SIGKILL)
    assert refused.wait(DEADLINE)
    after = train(trainer, variants())
    assert after.wait(DEADLINE)
    assert after.state == "finished"
    assert "its process could not be started ([Errno 24] Too many open files)" in caplog.text


def test_scheduler_and_workers_listen_on_loopback_only(
    trainer: Trainer, script: Script, variants: Variants
) -> None:
    job = train(trainer, variants())
    assert job.wait(DEADLINE)
    (worker,) = script.calls(job.variant)
    for pid, fewest in ((os.getpid(), 2), (worker, 2)):  # each has Dask's own port and an HTTP one
        listening = [
            connection.laddr.ip
            for connection in psutil.Process(pid).net_connections("inet")
            if connection.status == psutil.CONN_LISTEN
        ]
        assert len(listening) >= fewest
        assert set(listening) == {"127.0.0.1"}


def test_workers_wait_for_the_first_page_and_are_replaced_above_the_memory_limit(
    script: Script, variants: Variants
) -> None:
    trainer = Trainer(MemoryStore(), task=TASK, limits=Limits(worker_bytes=1))
    drawn = threading.Event()
    page = threading.Thread(target=drawn.wait, args=(DEADLINE,))
    page.start()
    trainer.start(after=page)
    assert trainer.status.state == "warming"
    time.sleep(0.5)  # Dask is loaded in this process, so that workers would be made at once
    assert trainer.pool is None
    drawn.set()
    jobs = [train(trainer, variants()) for _ in range(2)]
    for job in jobs:
        assert job.wait(DEADLINE)
        assert job.state == "finished"
    trainer.close()
    processes = [script.calls(job.variant)[0] for job in jobs]
    assert processes[0] != processes[1]


def test_several_workers_train_side_by_side_with_their_share_of_the_cores(
    script: Script, variants: Variants
) -> None:
    trainer = Trainer(MemoryStore(), workers=2, threads=1, task=TASK)
    jobs = [held(trainer, script, variants()) for _ in range(2)]
    processes = {script.calls(job.variant)[0] for job in jobs}
    assert len(processes) == 2
    for pid in processes:
        assert psutil.Process(pid).environ()["TF_NUM_INTRAOP_THREADS"] == "1"
    for job in jobs:
        script.release(job.variant)
        assert job.wait(DEADLINE)
    trainer.close()
    assert not any(is_alive(pid) for pid in processes)


def test_an_idle_worker_takes_the_job_of_one_that_was_killed(
    script: Script, variants: Variants
) -> None:
    trainer = Trainer(MemoryStore(), workers=2, threads=1, task=TASK)
    first, other = (held(trainer, script, variants(), in_background=True) for _ in range(2))
    (killed,), (idle,) = script.calls(first.variant), script.calls(other.variant)
    script.release(other.variant)
    assert other.wait(DEADLINE)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: len(script.calls(first.variant)) == 2)
    assert script.calls(first.variant) == [killed, idle]
    trainer.close()


def test_a_trainer_that_cannot_start_says_why_and_lets_nobody_wait(
    script: Script, variants: Variants
) -> None:
    trainer = Trainer(MemoryStore(), task="support.no_such_module:train")
    job = train(trainer, variants())
    assert job.wait(DEADLINE)
    reason = "ModuleNotFoundError: No module named 'support.no_such_module'"
    found = r"The trainer failed to start: it raised an error: (.*) \(reference \w{6}\)\."
    said = re.fullmatch(found, job.error or "")
    assert said
    assert said[1] == reason
    assert trainer.status.state == "unavailable"
    assert trainer.status.message == job.error
    trainer.close()


@pytest.fixture
def stall_seconds(script: Script, monkeypatch: pytest.MonkeyPatch) -> Iterator[float]:
    """Without progress for so long, a worker that starts is given up."""
    seconds = 3.0
    monkeypatch.setattr("core.jobs.worker_handle.STALL_SECONDS", seconds)
    yield seconds
    script.plan_start("")


def test_a_worker_that_is_still_at_work_is_waited_for(
    script: Script, variants: Variants, stall_seconds: float
) -> None:
    script.plan_start("busy")
    trainer = Trainer(MemoryStore(), task=TASK)
    job = train(trainer, variants())
    wait_until(lambda: (trainer.status.seconds_starting or 0) > 4 * stall_seconds)
    status = trainer.status
    assert (status.state, status.is_late, status.message) == ("warming", True, "")
    script.release_start()
    assert job.wait(DEADLINE)
    assert job.state == "finished"
    assert trainer.status.seconds_starting is None
    trainer.close()


def test_stalled_worker_is_given_up_and_reported(
    script: Script, variants: Variants, stall_seconds: float
) -> None:
    script.plan_start("stuck")
    trainer = Trainer(MemoryStore(), task=TASK)
    job = train(trainer, variants())
    wait_until(lambda: trainer.status.message)
    status = trainer.status
    assert status.state == "warming"
    assert status.message == "The last attempt to start it failed: it made no progress for 3 s."
    assert (status.seconds_left, (status.seconds_starting or 0) > stall_seconds) == (None, True)
    assert job.wait(DEADLINE)
    assert job.error == "The trainer failed to start: it made no progress for 3 s."
    assert trainer.status.seconds_starting is None
    trainer.close()


def test_invalid_environment_is_reported_at_once(
    variants: Variants, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOENCODER_LAB_MEMORY_MB", "abc")
    trainer = Trainer(MemoryStore(), task=TASK)
    job = train(trainer, variants())
    assert job.wait(DEADLINE)
    said = "AUTOENCODER_LAB_MEMORY_MB is 'abc'; set it to a number of megabytes, such as 1000."
    assert (job.state, job.error) == ("failed", said)
    assert (trainer.status.state, trainer.status.message) == ("unavailable", said)
    trainer.close()


def test_on_a_host_that_is_too_small_nothing_is_trained_and_stored_runs_open(
    variants: Variants, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOENCODER_LAB_MEMORY_MB", "512")
    store, known = MemoryStore(), variants()
    store.put(make_run(known))
    trainer = Trainer(store, task=TASK)
    job = train(trainer, variants())
    assert job.wait(DEADLINE)
    assert (job.state, trainer.status.state) == ("failed", "unavailable")
    assert str(job.error).startswith("This machine gives the lab 512 MB of memory")
    assert isinstance(trainer.open(known, "ann"), Run)
    assert trainer.pool is None
    trainer.close()


def test_workers_end_when_the_page_process_is_killed(script: Script) -> None:
    program = (
        "import sys; from core.jobs import Trainer; from support.memory_store import MemoryStore;"
        " from core.variant import Variant;"
        f" trainer = Trainer(MemoryStore(), task={TASK!r});"
        " job = trainer.train(Variant(seed=2**30), 'ann'); job.wait();"
        " print(job.state, flush=True); sys.stdin.read()"
    )
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"}
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as page:
        assert page.stdout is not None
        assert page.stdout.readline() == "finished\n"
        (worker,) = script.calls(Variant(seed=2**30))
        assert is_alive(worker)
        page.kill()
    wait_until(lambda: not is_alive(worker))


def test_the_page_process_imports_no_tensorflow(trainer: Trainer) -> None:
    assert trainer.status.state in ("ready", "restarting", "warming")
    assert not {"tensorflow", "keras", "sklearn", "bokeh"} & set(sys.modules)
