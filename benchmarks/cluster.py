"""Cost and throughput of a cluster: tasks, events and results, and runs per minute by worker count.

    python -m benchmarks.cluster

Starts `dask scheduler` and `dask worker` as commands on loopback and drives them as the lab does.
The first table is processor time (not wall time, so that a busy machine changes it little) of the
two processes that all traffic passes through: the lab's own, which assigns jobs and receives events
and results, and the scheduler. The second is throughput with 1, 2 and 4 workers: of real trainings,
which share this machine's cores, and of half-second pauses, which need no core and so show how many
workers on other machines the lab and the scheduler could keep busy.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import psutil
from distributed import Client

from benchmarks.logs import hidden_logs
from core.data.datasets import PIXELS
from core.jobs import Trainer
from core.progress import Frame, LossPoints, Report, Stage
from core.run import Layer, Run
from core.store import RunStore
from core.store.shipped import Gallery
from core.variant import Variant
from support.lab_server import free_port

ROOT = Path(__file__).parents[1]
TRAIN = "core.training.training:train"
DEADLINE_SECONDS = 400.0
PAUSE_SECONDS = 0.5
EVENTS = 1000
POINTS_PER_EVENT = 11
# Of 67 epochs of 45 steps.
FRAMES = 73
# Long enough that Dask does not send several events in one message.
SECONDS_BETWEEN_EVENTS = 0.005

ShouldStop = Callable[[], bool]


def nothing(variant: Variant, report: Report, should_stop: ShouldStop) -> None:
    """A task without events and without a result."""


def pause(variant: Variant, report: Report, should_stop: ShouldStop) -> None:
    """A training on a core of another machine."""
    time.sleep(PAUSE_SECONDS)


def points(variant: Variant, report: Report, should_stop: ShouldStop) -> None:
    """A task that sends loss points in batches, as a training does."""
    count = POINTS_PER_EVENT
    report(Stage(name="training", steps_per_epoch=count, total_steps=count * EVENTS))
    for first in range(1, count * EVENTS, count):
        report(LossPoints(steps=tuple(range(first, first + count)), losses=(0.1,) * count))
        time.sleep(SECONDS_BETWEEN_EVENTS)


def frames(variant: Variant, report: Report, should_stop: ShouldStop) -> None:
    """A task that sends images of the ten pinned digits."""
    pixels = np.zeros((10, 784), np.float32)
    report(Stage(name="training", steps_per_epoch=1, total_steps=EVENTS))
    for step in range(EVENTS):
        report(Frame(step=step, pixels=pixels))
        time.sleep(SECONDS_BETWEEN_EVENTS)


def result(variant: Variant, report: Report, should_stop: ShouldStop) -> Run:
    """A task with the question's run on the sample as its result: weights and all frames."""
    return replace(_whole_run(), variant=variant)


@cache
def _whole_run() -> Run:
    """The shipped run, with all the frames and weights of a newly trained one."""
    shipped = Gallery().get(Variant().key)
    assert shipped is not None
    shown = shipped.history.frames
    # Each with different pixels: shared arrays are sent only once.
    frames = [Frame(step=n, pixels=shown[n % len(shown)].pixels.copy()) for n in range(FRAMES)]
    random = np.random.default_rng(0)
    widths = (PIXELS, *shipped.variant.layers, PIXELS)
    weights = tuple(
        Layer(
            kernel=random.normal(size=(above, below)).astype(np.float32),
            bias=np.zeros(below, np.float32),
            activation="linear",
        )
        for above, below in pairwise(widths)
    )
    return replace(shipped, history=replace(shipped.history, frames=frames), weights=weights)


@dataclass(frozen=True)
class Cluster:
    """Processes of a cluster, all with the `core` of this folder."""

    address: str
    scheduler: psutil.Process


@contextmanager
def cluster(workers: int) -> Iterator[Cluster]:
    """`dask scheduler` and this many `dask worker` processes, for the `with` block."""
    address = f"tcp://127.0.0.1:{free_port()}"
    with tempfile.TemporaryDirectory() as folder:
        here = ["--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0", "--no-dashboard"]
        place = ["--local-directory", folder, "--nworkers", "1", "--nthreads", "1"]
        processes = [_dask("scheduler", *here, "--port", address.rpartition(":")[2])]
        try:
            for _ in range(workers):
                alone = ["--no-nanny", "--memory-limit", "0"]
                processes.append(_dask("worker", address, *here, *place, *alone))
            yield Cluster(address, psutil.Process(processes[0].pid))
        finally:
            for process in processes:
                process.kill()
                process.wait(30)


def _dask(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@contextmanager
def trainer(address: str, workers: int, task: str) -> Iterator[Trainer]:
    """A trainer with an empty store, whose workers have all joined and started up."""
    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=DEADLINE_SECONDS)
        everyone = client.scheduler_info(n_workers=-1)["workers"]
        client.gather([client.submit(prepare, task, workers=[each]) for each in everyone])
    with tempfile.TemporaryDirectory() as folder:
        made = Trainer(RunStore(Path(folder)), task=task, scheduler=address)
        try:
            run_all(made, seeds(2 * workers, 2))
            yield made
        finally:
            made.close()


def prepare(task: str) -> None:
    """In a worker: import and compile what will be trained."""
    if task == TRAIN:
        from core.training.training import train

        train(Variant(epochs=2), lambda event: None, lambda: False)


def seeds(count: int, epochs: int) -> list[Variant]:
    """Variants that share one compiled function."""
    return [Variant(epochs=epochs, seed=seed) for seed in range(count)]


def run_all(made: Trainer, variants: Sequence[Variant]) -> float:
    """Run all variants; returns the seconds."""
    began = time.perf_counter()
    jobs = [made.train(variant, "benchmark", in_background=True) for variant in variants]
    for job in jobs:
        if not job.wait(DEADLINE_SECONDS) or job.state == "failed":
            raise RuntimeError(f"{job.state}: {job.error}")
    return time.perf_counter() - began


def processor_time(task: str, count: int) -> tuple[float, float]:
    """Processor milliseconds per task, in the lab's process and in the scheduler's."""
    with cluster(1) as servers, trainer(servers.address, 1, f"benchmarks.cluster:{task}") as made:
        before = _spent(servers)
        run_all(made, seeds(count, 2))
        own, scheduler = (
            1000 * (after - earlier) / count
            for after, earlier in zip(_spent(servers), before, strict=True)
        )
    return own, scheduler


def _spent(servers: Cluster) -> tuple[float, float]:
    return time.process_time(), sum(servers.scheduler.cpu_times()[:2])


def costs() -> Iterator[tuple[str, float, float]]:
    """Processor milliseconds per task, event and result: lab, scheduler."""
    task = processor_time("nothing", 200)
    yield "a task", *task
    # The cost of the task itself is subtracted; for many events in few tasks it is negligible.
    for name, function, tasks, parts in (
        ("an event with loss points", "points", 3, EVENTS),
        ("an event with ten digits", "frames", 3, EVENTS),
        ("a result, stored", "result", 20, 1),
    ):
        own, scheduler = processor_time(function, tasks)
        yield name, (own - task[0]) / parts, (scheduler - task[1]) / parts


def throughput(task: str, workers: int, variants: Sequence[Variant]) -> float:
    """Runs per minute."""
    with cluster(workers) as servers, trainer(servers.address, workers, task) as made:
        return 60 * len(variants) / run_all(made, variants)


@hidden_logs()
def main() -> None:
    """Print both tables as Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=20, help="of each real training")
    parser.add_argument("--runs", type=int, default=8, help="real trainings for each row")
    options = parser.parse_args()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"{platform.machine()}, {os.cpu_count()} cores, load average {load:.1f} at the start\n")
    print("| processor time, ms | lab | scheduler |\n|---|---:|---:|")
    for name, own, scheduler in costs():
        print(f"| {name} | {own:.2f} | {scheduler:.2f} |", flush=True)
    print("\n| workers | trainings a minute | pauses a minute | of at most |\n|---|---:|---:|---:|")
    for workers in (1, 2, 4):
        trained = throughput(TRAIN, workers, seeds(options.runs, options.epochs))
        paused = throughput("benchmarks.cluster:pause", workers, seeds(20 * workers, 2))
        most = workers * 60 / PAUSE_SECONDS
        print(f"| {workers} | {trained:.0f} | {paused:.0f} | {most:.0f} |", flush=True)


if __name__ == "__main__":
    main()
