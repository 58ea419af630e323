"""Cost of a sweep, compared with `model.fit` for one variant after another, on one machine.

    python -m benchmarks.sweep --dataset mnist --variants 20 --epochs 5 --workers 1,2

The sweep is the lab's own: a trainer with its worker processes, compilation, scoring and storing
included, timed from the request to the last run on disk with warm workers and an empty cache of
compiled functions. `--vary programs` varies losses and activations, each compiled separately;
`--vary arguments` varies learning rates and normalizations, which share one compiled program.

Plain Keras builds, compiles and fits the same variants in a separate process: once without and once
with the held-out images as `validation_data`, since the sweep also measures these after each epoch.
As that takes long, `--fitted N` fits only every N-th variant and counts it N times. All of them use
all cores. The statistics of the data set are computed beforehand, for both.

The linear fit is over the completion times of the sweep's runs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.logs import hidden_logs
from core.data import loading
from core.data.datasets import DATASETS
from core.data.normalization import NORMALIZATIONS
from core.errors import LabError
from core.jobs import Trainer, sweep
from core.metrics.dataset_stats import statistics
from core.objectives.activations import ACTIVATIONS
from core.store import RunStore
from core.variant import Variant
from core.variant_grid import grid

VARY: dict[str, dict[str, Sequence[Any]]] = {
    "programs": {
        "loss": ("binary_crossentropy", "mean_squared_error", "mean_absolute_error", "huber"),
        "activation": tuple(ACTIVATIONS),
    },
    "arguments": {
        "normalization": ("unit", "symmetric", "standardized", "binarized"),
        "learning_rate": (0.0003, 0.001, 0.002, 0.003, 0.005),
    },
}
WARM_SECONDS = 120


@dataclass(frozen=True, kw_only=True)
class Swept:
    """A completed sweep.

    Attributes:
        completed_after: seconds from its start until each run was on disk, in order.
        stepping, compiling: total seconds that the workers spent in steps and in compiling.
    """

    completed_after: list[float]
    stepping: float
    compiling: float


def chosen(dataset: str, count: int, epochs: int, vary: str = "programs") -> list[Variant]:
    """Variants that differ as `--vary` says."""
    return grid(Variant(dataset=dataset, epochs=epochs), VARY[vary])[:count]


def swept(variants: Sequence[Variant], workers: int) -> Swept:
    """Train all of them, in a separate home."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AUTOENCODER_LAB_HOME"] = folder
        statistics(variants[0].dataset)
        store = RunStore(Path(folder))
        trainer = Trainer(store, workers=workers)
        trainer.start()
        _until_ready(trainer, workers)
        began = time.perf_counter()
        sweep.start(trainer, variants, (), "benchmark")
        completed_after: list[float] = []
        while jobs := trainer.jobs():
            jobs[0].wait(0.5)
            done = sum(variant.key in store for variant in variants)
            completed_after += [time.perf_counter() - began] * (done - len(completed_after))
        trainer.close()
        runs = [run for variant in variants if (run := store.get(variant.key)) is not None]
        if len(runs) < len(variants):
            raise LabError(f"{len(variants) - len(runs)} of {len(variants)} runs failed.")
        return Swept(
            completed_after=completed_after,
            stepping=sum(run.provenance.seconds for run in runs),
            compiling=sum(run.provenance.compile_seconds for run in runs),
        )


def _until_ready(trainer: Trainer, workers: int) -> None:
    """A parallel run for each worker, so that all are ready."""
    deadline = time.monotonic() + WARM_SECONDS
    while trainer.status.state != "ready" and time.monotonic() < deadline:
        time.sleep(0.1)
    probes = [Variant(epochs=20, layers=(2,), seed=seed) for seed in range(workers)]
    for job in [trainer.train(probe, "benchmark") for probe in probes]:
        if not job.wait(max(deadline - time.monotonic(), 0)):
            raise LabError("The workers did not start.")


def fit(variants: Sequence[Variant], *, validated: bool) -> float:
    """Seconds of `compile` and `fit` for each variant, one after another."""
    import keras

    total = 0.0
    for variant in variants:
        normalize, known = NORMALIZATIONS[variant.normalization], statistics(variant.dataset)
        images = loading.load(variant.dataset)
        targets = normalize.apply(images.training, known.moments).targets()
        held_out = normalize.apply(images.held_out, known.moments).targets()
        began = time.perf_counter()
        values = inputs = keras.Input((784,))
        for width in variant.layers:
            values = keras.layers.Dense(width, activation=variant.hidden_activation)(values)
        model = keras.Model(inputs, keras.layers.Dense(784, activation=variant.activation)(values))
        optimizer = keras.optimizers.get(variant.optimizer)
        optimizer.learning_rate = variant.learning_rate
        model.compile(optimizer=optimizer, loss=variant.loss)
        model.fit(
            targets,
            targets,
            batch_size=variant.batch_size,
            epochs=variant.epochs,
            validation_data=(held_out, held_out) if validated else None,
            verbose=0,
        )
        total += time.perf_counter() - began
        keras.backend.clear_session()
    return total


def fitted(arguments: Sequence[str], *, validated: bool) -> float:
    """The same in a separate process, scaled to all variants."""
    extra = ["--fit-only", *(["--validated"] if validated else [])]
    command = [sys.executable, "-m", "benchmarks.sweep", *arguments, *extra]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return float(told.stdout.split()[-1])


@hidden_logs()
def report(options: argparse.Namespace, variants: Sequence[Variant]) -> None:
    """Run everything and print the results as Markdown."""
    count = len(range(0, len(variants), options.fitted))
    print(f"{len(variants)} variants ({options.vary} vary), {options.epochs} epochs of", end=" ")
    print(f"{options.dataset}, {os.cpu_count()} cores; {count} of them fitted with Keras\n")
    plain = fitted(sys.argv[1:], validated=False)
    print(f"model.fit: {plain:.0f} s")
    validated = fitted(sys.argv[1:], validated=True)
    print(f"model.fit with validation data: {validated:.0f} s\n")
    print("| workers | seconds | faster | validated | steps | compiling | rest | each further |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|", flush=True)
    for workers in map(int, options.workers.split(",")):
        print(row(swept(variants, workers), workers, plain, validated), flush=True)


def row(found: Swept, workers: int, plain: float, validated: float) -> str:
    """A sweep's seconds, its speed-up, and how its workers' time was spent."""
    seconds = found.completed_after[-1]
    slope, _ = np.polyfit(np.arange(1, len(found.completed_after) + 1), found.completed_after, 1)
    parts = [part / (workers * seconds) for part in (found.stepping, found.compiling)]
    shares = " | ".join(f"{part:.0%}" for part in (*parts, 1 - sum(parts)))
    ratios = f"{plain / seconds:.1f} | {validated / seconds:.1f}"
    return f"| {workers} | {seconds:.0f} | {ratios} | {shares} | {slope:.1f} s |"


def main() -> int:
    """Compare; the exit code is 1 if the data set is not on this machine."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--dataset", choices=tuple(DATASETS), default="mnist")
    parser.add_argument("--variants", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--workers", default="1,2", help="worker processes; several, as 1,2")
    parser.add_argument("--vary", choices=tuple(VARY), default="programs")
    parser.add_argument("--fitted", type=int, default=4, help="fit every so many with Keras")
    parser.add_argument("--fit-only", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--validated", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    try:
        loading.load(options.dataset)
        variants = chosen(options.dataset, options.variants, options.epochs, options.vary)
        if options.fit_only:
            sample = variants[:: options.fitted]
            print(fit(sample, validated=options.validated) * len(variants) / len(sample))
        else:
            report(options, variants)
    except LabError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
