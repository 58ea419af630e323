"""Code that runs inside a worker process: one job at a time, controlled by the page process.

Dask imports this module in the worker; the page process only sends its functions' names.
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

from core import log
from core.jobs.model_export import Network
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

# One topic for all jobs: Dask never drops a topic.
TOPIC = "autoencoder-lab"
# Imported in the worker alone, for it imports TensorFlow.
SAVING = "core.training.keras_export"
# Pages have priority over training.
NICENESS = 5
# A mark on the workers that the lab itself has started.
OWN_WORKER = "autoencoder-lab"

# TensorFlow's error by its name: what imports it is the task.
OUT_OF_MEMORY = ("MemoryError", "ResourceExhaustedError")

KINDS: dict[str, Callable[..., Event]] = {
    kind.__name__: kind for kind in (Stage, LossPoints, EpochScores, Frame)
}

_stopped: set[str] = set()


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a job leaves behind.

    Attributes:
        result: of a training its run without the history, which has been reported, or None if it
            was stopped before it had learned anything; the file that was to be made.
        memory: bytes that the worker process holds now.
    """

    result: Run | bytes | None
    memory: int


def dask_setup(worker: Worker) -> None:
    """Called by Dask when a worker of our own starts (`--preload core.jobs.worker_tasks`)."""
    log.to_stderr()
    keep_streams_alive()
    worker.extensions[OWN_WORKER] = True
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    threading.Thread(target=_end_with_parent, name="end with parent", daemon=True).start()


def keep_streams_alive() -> None:
    """Let Dask's streams go on when the clock on the wall is set back; once in each process.

    They send every few milliseconds and note by that clock when the next time is. After it was set
    back by an hour, nothing would be sent for an hour.
    """
    batched.time = time.monotonic


def _end_with_parent() -> None:
    """Wait for the end of standard input, which the parent holds open as long as it lives."""
    sys.stdin.buffer.read()
    os._exit(0)


def warm_up(task: str) -> str:
    """Import all that the task needs, so that its first run starts at once.

    Args:
        task: "module:function"; a `warm_up` beside the function is called if there is one.

    Returns:
        The digest of this worker's `core`.
    """
    module = importlib.import_module(task.partition(":")[0])
    if hasattr(module, "warm_up"):
        module.warm_up()
    return digest_of_core()


def execute(task: str, settings: dict[str, Any], attempt: str) -> Outcome:
    """Train a variant and report its progress under `TOPIC`.

    Args:
        task: "module:function", called with the variant, a `Report` and `should_stop`.
        settings: `Variant.to_dict()`.
        attempt: the name of this training, for progress and `stop`.

    Raises:
        Exception: whatever the task raises.
    """
    worker = get_worker()

    def report(event: Event) -> None:
        worker.log_event(TOPIC, {"attempt": attempt, "event": to_wire(event)})

    module, _, function = task.partition(":")
    train = getattr(importlib.import_module(module), function)
    try:
        run = train(Variant.from_dict(settings), report, lambda: attempt in _stopped)
    except Exception as problem:
        if OWN_WORKER in worker.extensions and _is_of_memory(problem):
            # Another worker begins with all of it; this one may never get back what it holds.
            print(f"Out of memory: {problem}", file=sys.stderr, flush=True)
            os._exit(1)
        raise
    finally:
        _stopped.discard(attempt)
    rest = run if run is None else replace(run, history=History())
    return Outcome(result=rest, memory=worker.monitor.get_process_memory())


def _is_of_memory(problem: Exception) -> bool:
    return any(kind.__name__ in OUT_OF_MEMORY for kind in type(problem).__mro__)


def save(networks: Mapping[str, Network]) -> Outcome:
    """Make the Keras models of trained networks, by the names of their files."""
    saving = importlib.import_module(SAVING)
    return Outcome(
        result=saving.keras_files(networks), memory=get_worker().monitor.get_process_memory()
    )


def stop(attempt: str) -> None:
    """Let a training end at its next look at `should_stop`."""
    _stopped.add(attempt)


@cache
def digest_of_core() -> str:
    """12 hexadecimal digits that differ where the code of `core` differs."""
    folder = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def to_wire(event: Event) -> dict[str, Any]:
    """An event in types that Dask sends as they are: numbers, text, tuples and bytes.

    The pixels of a frame as the bytes of their float32 values."""
    message = {field.name: getattr(event, field.name) for field in fields(event)}
    if isinstance(event, Frame):
        message["pixels"] = np.asarray(event.pixels, np.float32).tobytes()
    return {"kind": type(event).__name__, **message}


def from_wire(message: Mapping[str, Any]) -> Event:
    """The inverse of `to_wire`; sequences may arrive as lists."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in message.items()
        if name != "kind"
    }
    if message["kind"] == Frame.__name__:
        pixels = np.frombuffer(values["pixels"], np.float32)
        values["pixels"] = pixels.reshape(PINNED_COUNT, -1)
    return KINDS[message["kind"]](**values)
