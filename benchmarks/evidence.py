"""The share of a training's time that recording evidence of its layers takes.

    python -m benchmarks.evidence --rounds 5

Recording means the gradients and updates of each layer, copying the weights for them, and the range
of each hidden unit's values over the held-out images. The first two are timed within a complete
training; the third is the difference between scoring with and without the ranges, measured
alternately. Medians of several trainings of the question's network, compiled in advance: on the
embedded sample until the loss levels off, and on full MNIST if it is available.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.logs import hidden_logs
from benchmarks.training import measure, use_one_blas_thread
from core.data import loading
from core.variant import Variant

with hidden_logs():  # of TensorFlow, which is imported after its environment variables are set
    from core.training import network, training
    from core.training.evaluation import Evaluator
    from core.training.layer_evidence import LayerRecorder, measured_epochs
    from core.training.prepared_data import PreparedData

VARIANTS = {
    "sample, 67 epochs": Variant(epochs=67),
    "MNIST, 5 epochs": Variant(dataset="mnist", epochs=5),
}


class TimedRecorder(LayerRecorder):
    """Counts the seconds spent in it, class-wide."""

    seconds = 0.0

    def begin(self, *arguments: Any) -> None:
        """As `LayerRecorder.begin`."""
        self._timed(super().begin, *arguments)

    def first_step(self, *arguments: Any) -> None:
        """As `LayerRecorder.first_step`."""
        self._timed(super().first_step, *arguments)

    def end(self, *arguments: Any) -> None:
        """As `LayerRecorder.end`."""
        self._timed(super().end, *arguments)

    def _timed(self, record: Callable[..., None], *arguments: Any) -> None:
        began = time.perf_counter()
        record(*arguments)
        TimedRecorder.seconds += time.perf_counter() - began


class WithoutUnits(Evaluator):
    """Scores held-out images without the hidden units."""

    def _run(self, *arguments: Any) -> tuple[Any, Any, list[Any]]:
        losses, outputs, _ = super()._run(*arguments)
        return losses, outputs, []


def share(variant: Variant, rounds: int) -> dict[str, float]:
    """Median seconds of a complete training, and of each part of the recording."""
    dataset = loading.load(variant.dataset)
    prepared = PreparedData.of(variant, dataset)
    train(variant)
    totals, recorded = [], []
    for _ in range(rounds):
        TimedRecorder.seconds = 0.0
        began = time.perf_counter()
        train(variant)
        totals.append(time.perf_counter() - began)
        recorded.append(TimedRecorder.seconds)
    model = network.build(variant)
    evaluators = {"with": Evaluator(model, variant), "without": WithoutUnits(model, variant)}
    for evaluator in evaluators.values():
        evaluator.compile()
    scoring = measure(
        {
            name: lambda evaluator=evaluator: evaluator.measure(prepared.held_out, dataset.held_out)
            for name, evaluator in evaluators.items()
        },
        10 * rounds,
    )
    model_copies = measure({"copy": lambda: network.layers(model)}, 10 * rounds)["copy"]
    epochs = len(measured_epochs(variant.epochs))
    return {
        "training": float(np.median(totals)),
        "gradients and updates": float(np.median(recorded)),
        "copies of the weights": 2 * epochs * model_copies,
        "ends of hidden units": variant.epochs * max(0.0, scoring["with"] - scoring["without"]),
    }


def train(variant: Variant) -> None:
    """A whole training whose recorder is timed."""
    assert training.train(variant, lambda event: None, lambda: False) is not None


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evidence", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="trainings of each kind (5)")
    rounds = parser.parse_args().rounds
    use_one_blas_thread("benchmarks.evidence")
    training.LayerRecorder = TimedRecorder  # type: ignore[misc]
    report(rounds)


@hidden_logs()
def report(rounds: int) -> None:
    """Print the table, a training at a time."""
    print("| training | part | seconds | share |", "| --- | --- | --- | --- |", sep="\n")
    for name, variant in VARIANTS.items():
        if loading.problem(variant.dataset) is not None:
            continue
        parts = share(variant, rounds)
        total = parts.pop("training")
        for part, seconds in {**parts, "all of it": sum(parts.values())}.items():
            print(f"| {name}, {total:.2f} s | {part} | {seconds:.4f} | {seconds / total:.2%} |")


if __name__ == "__main__":
    main()
