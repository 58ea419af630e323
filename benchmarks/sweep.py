"""What a sweep costs, beside `model.fit` one variant after another, in one run on one machine.

    python -m benchmarks.sweep --dataset mnist --variants 20 --epochs 5 --workers 2

The sweep is the lab's own: a trainer with its worker processes, compilation, scoring and storing
included, timed from the request to the last run on disk with warm workers and an empty cache of
compiled functions. Plain Keras builds, compiles and fits the same variants in a process of its
own; since that takes long, `--fitted N` fits every N-th variant only and counts it N times. Both
have all cores. The linear fit is over the times at which the sweep's runs came in.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core import data, sweep
from core.jobs import Trainer
from core.normalization import NORMALIZATIONS
from core.objectives import ACTIVATIONS
from core.statistics import statistics
from core.store import RunStore
from core.variant import Variant

LOSSES = ("binary_crossentropy", "mean_squared_error", "mean_absolute_error", "huber")
WARM_SECONDS = 120


def chosen(dataset: str, count: int, epochs: int) -> list[Variant]:
    """Variants of several losses and activations, so that functions have to be compiled."""
    vary = {"loss": LOSSES, "activation": tuple(ACTIVATIONS)}
    return sweep.grid(Variant(dataset=dataset, epochs=epochs), vary)[:count]


def sweep_seconds(variants: Sequence[Variant], workers: int) -> tuple[float, list[float]]:
    """Seconds until all are stored, and when each of them was."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AUTOENCODER_LAB_HOME"] = folder
        store = RunStore(Path(folder))
        trainer = Trainer(store, workers=workers)
        trainer.start()
        _until_ready(trainer)
        began = time.perf_counter()
        sweep.start(trainer, variants, (), "benchmark")
        came_in: list[float] = []
        while len(came_in) < len(variants):
            jobs = trainer.jobs()
            if jobs:
                jobs[0].wait(0.5)
            done = len(sweep.done(store.summaries()))
            came_in += [time.perf_counter() - began] * (done - len(came_in))
        trainer.close()
        return came_in[-1], came_in


def _until_ready(trainer: Trainer) -> None:
    deadline = time.monotonic() + WARM_SECONDS
    probe = trainer.train(Variant(epochs=1, layers=(2,)), "benchmark")
    if not probe.wait(max(deadline - time.monotonic(), 0)):
        raise TimeoutError("the workers did not start")


def fit(variants: Sequence[Variant]) -> float:
    """Seconds of `compile` and `fit` for each of the variants, one after another."""
    import keras

    total = 0.0
    for variant in variants:
        affine = NORMALIZATIONS[variant.normalization].apply(
            data.load(variant.dataset).training, statistics(variant.dataset).moments
        )
        targets = affine.targets()
        began = time.perf_counter()
        values = inputs = keras.Input((784,))
        for width in variant.layers:
            values = keras.layers.Dense(width, activation=variant.hidden_activation)(values)
        model = keras.Model(inputs, keras.layers.Dense(784, activation=variant.activation)(values))
        model.compile(optimizer=variant.optimizer, loss=variant.loss)
        model.fit(targets, targets, batch_size=variant.batch_size, epochs=variant.epochs, verbose=0)
        total += time.perf_counter() - began
        keras.backend.clear_session()
    return total


def main() -> None:
    """Run both and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", default="mnist")
    parser.add_argument("--variants", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--fitted", type=int, default=4)
    parser.add_argument("--fit-only", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    variants = chosen(options.dataset, options.variants, options.epochs)
    sample = variants[:: options.fitted]
    if options.fit_only:
        print(fit(sample) * len(variants) / len(sample))
        return
    arguments = [sys.executable, "-m", "benchmarks.sweep", *sys.argv[1:], "--fit-only"]
    told = subprocess.run(arguments, check=True, stdout=subprocess.PIPE, text=True)
    plain = float(told.stdout.split()[-1])
    seconds, came_in = sweep_seconds(variants, options.workers)
    slope, offset = np.polyfit(np.arange(1, len(came_in) + 1), came_in, 1)
    print(f"{len(variants)} variants, {options.epochs} epochs of {options.dataset}")
    print(f"model.fit, one after another    {plain:8.1f} s  ({len(sample)} of them fitted)")
    print(f"sweep, {options.workers} workers               {seconds:8.1f} s")
    print(f"ratio                           {plain / seconds:8.1f}")
    print(f"each further variant            {slope:8.1f} s, the first {offset + slope:.1f} s")


if __name__ == "__main__":
    main()
