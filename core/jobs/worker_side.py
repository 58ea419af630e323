"""What runs in a worker process: one job at a time.

Dask imports this module in the worker; the page process only sends references to its functions.
Its own handle of that process is `worker_handle`; a job's training is `core.training.training`.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from distributed import Worker, batched, get_worker

from core import environment, log
from core.data.image_sets import is_image_set
from core.errors import MissingData
from core.progress import (
    PINNED_COUNT,
    EpochScores,
    Event,
    Frame,
    History,
    LossPoints,
    Stage,
)
from core.run import Run
from core.variant import Variant

# One topic for all jobs, since Dask never deletes a topic.
TOPIC = "autoencoder-lab"
# Pages have priority over training.
NICENESS = 5
# Marks the workers that the lab itself has started.
OWN_WORKER = "autoencoder-lab"

# By name, since only the task imports TensorFlow.
OUT_OF_MEMORY = ("MemoryError", "ResourceExhaustedError")

KINDS: dict[str, Callable[..., Event]] = {
    kind.__name__: kind for kind in (Stage, LossPoints, EpochScores, Frame)
}

_stopped: set[str] = set()


@dataclass(frozen=True, kw_only=True)
class JobResult:
    """The result of a job.

    Attributes:
        result: the run, without its history, which was reported; None if it was stopped before the
            first step.
        memory: bytes of memory that the worker process uses now.
    """

    result: Run | None
    memory: int


def dask_setup(worker: Worker) -> None:
    """Called by Dask when a worker of our own starts (`--preload core.jobs.worker_side`)."""
    log.to_stderr()
    keep_streams_alive()
    worker.extensions[OWN_WORKER] = True
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    threading.Thread(target=_end_with_parent, name="end with parent", daemon=True).start()


def keep_streams_alive() -> None:
    """Let Dask's streams continue when the system clock is set back; once per process.

    They send every few milliseconds and compute the next time from the system clock. If it is set
    back by an hour, nothing would be sent for an hour.
    """
    batched.time = time.monotonic


def _end_with_parent() -> None:
    """Exit at the end of standard input, which the parent keeps open as long as it lives."""
    sys.stdin.buffer.read()
    os._exit(0)


def warm_up(task: str) -> str:
    """Import what the task needs, so that the first run starts at once.

    Args:
        task: "module:function"; a function `warm_up` in the same module is called if there is one.

    Returns:
        The digest of this worker's `core`.
    """
    module = importlib.import_module(task.partition(":")[0])
    if hasattr(module, "warm_up"):
        module.warm_up()
    return digest_of_core()


def execute(task: str, settings: dict[str, Any], attempt: str) -> JobResult:
    """Train a variant and report its progress to the topic `TOPIC`.

    Args:
        task: "module:function", called with the variant, a `Report` and `should_stop`.
        settings: `Variant.to_dict()`.
        attempt: the name of this training, for progress and `stop`.

    Raises:
        MissingData: the variant's image set is not in the home folder of this worker.
        Exception: any other exception of the task.
    """
    worker = get_worker()

    def report(event: Event) -> None:
        worker.log_event(TOPIC, {"attempt": attempt, "event": encode_event(event)})

    module, _, function = task.partition(":")
    train = getattr(importlib.import_module(module), function)
    variant = Variant.from_dict(settings)
    try:
        run = train(variant, report, lambda: attempt in _stopped)
    except MissingData as problem:
        if OWN_WORKER in worker.extensions or not is_image_set(variant.dataset):
            raise
        # The lab may have them: a worker that it did not start can be on another machine.
        raise MissingData(
            "The worker that took this run does not have these images in its folder"
            f" {environment.shown_path(environment.home())}. Set AUTOENCODER_LAB_HOME there to the"
            " lab's own folder, or add the same file there with python -m core data add."
        ) from problem
    except Exception as problem:
        if OWN_WORKER in worker.extensions and _is_out_of_memory(problem):
            # A new worker starts with all memory free; this one may never release its own.
            print(f"Out of memory: {problem}", file=sys.stderr, flush=True)
            os._exit(1)
        raise
    finally:
        _stopped.discard(attempt)
    result = run if run is None else replace(run, history=History())
    return JobResult(result=result, memory=worker.monitor.get_process_memory())


def _is_out_of_memory(problem: Exception) -> bool:
    return any(kind.__name__ in OUT_OF_MEMORY for kind in type(problem).__mro__)


def stop(attempt: str) -> None:
    """Let a training end at its next call of `should_stop`."""
    _stopped.add(attempt)


@cache
def digest_of_core() -> str:
    """Digest of the code of `core`: 12 hexadecimal digits."""
    folder = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def encode_event(event: Event) -> dict[str, Any]:
    """An event in types that Dask sends unchanged: numbers, text, tuples and bytes.

    The pixels of a frame become the bytes of their float32 values."""
    message = {field.name: getattr(event, field.name) for field in fields(event)}
    if isinstance(event, Frame):
        message["pixels"] = np.asarray(event.pixels, np.float32).tobytes()
    return {"kind": type(event).__name__, **message}


def decode_event(message: Mapping[str, Any]) -> Event:
    """The inverse of `encode_event`; sequences may arrive as lists."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in message.items()
        if name != "kind"
    }
    if message["kind"] == Frame.__name__:
        pixels = np.frombuffer(values["pixels"], np.float32)
        values["pixels"] = pixels.reshape(PINNED_COUNT, -1)
    return KINDS[message["kind"]](**values)
