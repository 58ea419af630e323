"""Training on an outside scheduler, whose workers come and go."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.jobs import Job, Trainer, worker_side
from core.variant import Variant
from support.cluster import ROOT, Cluster
from support.lab_server import free_port
from support.memory_store import MemoryStore
from support.tasks import Script
from support.waiting import wait_until

DEADLINE = 60.0
TASK = "support.tasks:train"

Variants = Callable[[], Variant]


@pytest.fixture
def cluster(tmp_path: Path, script: Script) -> Iterator[Cluster]:
    with Cluster(tmp_path, free_port()) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the workers' own copy of `core`, as another machine would have it."""
    folder = tmp_path_factory.mktemp("code")
    worker_side.digest_of_core.cache_clear()
    worker_side.digest_of_core()
    shutil.copytree(ROOT / "core", folder / "core")
    return folder


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def trainer(cluster: Cluster, store: MemoryStore) -> Iterator[Trainer]:
    trainer = Trainer(store, task=TASK, scheduler=cluster.address)
    trainer.start()
    yield trainer
    trainer.close()


def ask(trainer: Trainer, variant: Variant, *, in_background: bool = False) -> Job:
    return trainer.train(variant, "ann", in_background=in_background)


def test_a_sweep_on_three_workers_survives_the_death_of_one(
    cluster: Cluster,
    code: Path,
    trainer: Trainer,
    store: MemoryStore,
    script: Script,
    variants: Variants,
) -> None:
    for _ in range(3):
        cluster.start_worker(code)
    wanted = [variants() for _ in range(9)]
    for variant in wanted[:3]:
        script.plan(variant, "hold")
    jobs = [ask(trainer, variant, in_background=True) for variant in wanted]
    wait_until(lambda: all(15 in job.history.steps for job in jobs[:3]))
    processes = [script.calls(variant)[0] for variant in wanted[:3]]
    assert sorted(processes) == sorted(worker.pid for worker in cluster.workers)
    unlucky = next(worker for worker in cluster.workers if worker.pid == processes[0])
    unlucky.kill()
    wait_until(lambda: jobs[0].state == "queued")
    for variant in wanted[:3]:
        script.release(variant)
    for job in jobs:
        assert job.wait(DEADLINE)
    assert [job.state for job in jobs] == ["finished"] * 9
    assert sorted(store.puts) == sorted(variant.key for variant in wanted)
    assert [len(script.calls(variant)) for variant in wanted] == [2, *[1] * 8]


def test_a_stop_reaches_the_worker(
    cluster: Cluster, code: Path, trainer: Trainer, script: Script, variants: Variants
) -> None:
    cluster.start_worker(code)
    variant = variants()
    script.plan(variant, "hold")
    job = ask(trainer, variant)
    wait_until(lambda: 15 in job.history.steps)
    assert trainer.stop(job.key, "ann")
    assert job.wait(DEADLINE)
    assert job.run is not None
    assert job.run.status == "stopped"


def test_a_lost_scheduler_is_reported_and_its_jobs_are_begun_again(
    cluster: Cluster, code: Path, trainer: Trainer, script: Script, variants: Variants
) -> None:
    cluster.start_worker(code)
    variant = variants()
    script.plan(variant, "hold")
    job = ask(trainer, variant)
    wait_until(lambda: 15 in job.history.steps)
    assert cluster.scheduler is not None
    cluster.scheduler.kill()
    cluster.scheduler.wait(DEADLINE)
    wait_until(lambda: trainer.status.state == "restarting")
    assert (
        trainer.status.message == f"The connection to the scheduler at {cluster.address} was lost."
    )
    assert (job.state, job.position) == ("queued", 1)
    script.release(variant)
    cluster.start_scheduler()
    cluster.start_worker(code)
    assert job.wait(DEADLINE)
    assert job.state == "finished"


def test_a_worker_with_another_core_is_refused(
    cluster: Cluster, code: Path, trainer: Trainer, variants: Variants, tmp_path: Path
) -> None:
    other = shutil.copytree(code, tmp_path / "other")
    (other / "core" / "newer.py").write_text("")
    cluster.start_worker(other)
    job = ask(trainer, variants())
    assert job.wait(DEADLINE)
    assert job.state == "failed"
    assert job.error is not None
    assert "a different version of the lab" in job.error
    assert trainer.status.state == "unavailable"
    cluster.start_worker(code)
    wait_until(lambda: trainer.status.state == "ready")
    again = ask(trainer, variants())
    assert again.wait(DEADLINE)
    assert again.state == "finished"


def test_no_scheduler_is_said_at_once(script: Script, variants: Variants) -> None:
    address = f"tcp://127.0.0.1:{free_port()}"
    trainer = Trainer(MemoryStore(), task=TASK, scheduler=address)
    job = ask(trainer, variants())
    assert job.wait(DEADLINE)
    assert job.error == f"No scheduler answers at {address}."
    trainer.close()


def test_the_environment_names_the_scheduler(
    script: Script, variants: Variants, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"tcp://127.0.0.1:{free_port()}"
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", address)
    trainer = Trainer(MemoryStore(), task=TASK)
    trainer.start()
    wait_until(lambda: address in trainer.status.message)
    trainer.close()
