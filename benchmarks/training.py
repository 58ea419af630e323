"""Cost of an epoch, compared with plain Keras, JAX, PyTorch and the bare arithmetic, in one run.

    python -m benchmarks.training --rounds 9 --jax PYTHON --torch PYTHON

`--jax` and `--torch` name Python interpreters that have these libraries; neither is a dependency of
the lab.

The question's network (784-128-64-28-64-128-784), batches of 100, Adam, 60,000 images: MNIST if
available (AUTOENCODER_LAB_DATA), otherwise the repeated sample. All cores. Each round times, one
after the other: the matrix product, our loop, our loop with progress reports, and, each in a
separate process, `model.fit`, a compiled JAX loop (`lax.scan`) and PyTorch's eager loop. The
medians are compared; compilation is reported separately.
"Arithmetic" is the time that the epoch's 67 GFLOP of matrix products (the first layer needs no
input gradient) take at the rate of a 2048 x 2048 float32 product.

Variants tried, in microseconds of one step's kernels on one thread (AMD EPYC with AVX-512, the
medians of XLA's own trace; two threads share them):

    XLA's defaults at optimization level 1                            874
    + kernels 512 bits wide (xla_cpu_prefer_vector_width)             795-821   kept
    + copies by region (xla_cpu_copy_insertion_use_region_analysis)   790       kept
    optimization level 3 with 512 bits                                805       compiles slower
    fast math                                                         851       other numbers
    oneDNN or XNNPACK for matrix products, YNN switched off           843-862   within the noise
    fusions with several outputs                                      828 with 512 bits
    all weights as one variable of the optimizer                      920 with 512 bits
    the small weights as one variable                                 881 with 512 bits
    each batch as two independent halves                              no gain on two cores

Of the 790, five large matrix products take 480 (at 205 of a core's 220 GFLOP/s), the small ones 84,
the logarithm in the cross-entropy 64, Adam 60, reading and normalizing the images 20.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.logs import hidden_logs
from core.data import loading
from core.data.datasets import PIXELS
from core.data.normalization import NORMALIZATIONS, Affine, GreyMoments, Images
from core.metrics import inference
from core.progress import Event, LossPoints
from core.variant import Variant

IMAGES = 60_000
BATCH = 100
SIDE = 2048
VARIANT = Variant(dataset="mnist", batch_size=BATCH)
FRAMES_PER_EPOCH = 4
OTHER_LIBRARIES = {
    "jax": ("JAX, `lax.scan`", "training_jax.py"),
    "torch": ("PyTorch, eager", "training_torch.py"),
}


def images() -> tuple[Images, str]:
    """60,000 images, and their source."""
    if loading.problem("mnist") is None:
        return loading.load("mnist").training, "MNIST"
    sample = loading.load("mnist-sample").training
    repeated = np.concatenate([sample] * -(-IMAGES // len(sample)))[:IMAGES]
    return repeated, "the sample, repeated"


def flops_per_epoch() -> float:
    """Multiplications and additions of the matrix products of forward and backward passes."""
    widths = (PIXELS, *VARIANT.layers, PIXELS)
    products = [before * after for before, after in pairwise(widths)]
    return 2.0 * IMAGES * (3 * sum(products) - products[0])


def seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def matrix_product() -> Callable[[], Any]:
    import tensorflow as tf

    one = tf.random.normal((SIDE, SIDE))
    product = tf.function(lambda: tf.matmul(one, one))
    product()
    return lambda: product().numpy()


def our_epoch(affine: Affine) -> tuple[Callable[[], Any], Callable[[], Any], float]:
    """An epoch in one call, an epoch with progress reports, and the seconds to compile."""
    from core.training import network, schedule
    from core.training.loop import ImageTensors, Loop
    from core.training.progress_reporter import ProgressReporter

    loop, tensors = Loop(VARIANT, IMAGES), ImageTensors.of(affine)
    loop.reset(VARIANT)
    compile_seconds = loop.compile(tensors)
    order = loop.padded(np.random.default_rng(0).permutation(IMAGES))
    steps = loop.steps_per_epoch
    digits = affine.part(0, 10)
    call_size = schedule.CallSize()

    def bare() -> None:
        loop.run(tensors, order, 0, steps)

    def reported() -> None:
        reporter = ProgressReporter(lambda event: None)
        reporter.training(steps, steps)
        at = 0
        while at < steps:
            frame = steps // FRAMES_PER_EPOCH
            count = min(call_size.steps, steps - at, frame - at % frame)
            started = time.perf_counter()
            losses = loop.run(tensors, order, at, count)
            call_size.update(count, time.perf_counter() - started)
            reporter.losses(at + 1, losses.tolist())
            at += count
            if at % frame == 0:
                layers = network.layers(loop.model)
                reporter.frame(at, digits.to_pixels(inference.outputs(layers, digits.targets())))
        reporter.close()

    return bare, reported, compile_seconds


@contextmanager
def other_epoch(
    python: str, script: str, pictures: Images
) -> Iterator[tuple[Callable[[], Any], str]]:
    """An epoch with another library in its own process, and the version of that library."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "images.npy"
        np.save(path, pictures)
        place = str(Path(__file__).with_name(script))
        command = [python, place, str(path), str(BATCH), str(len(os.sched_getaffinity(0)))]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            asked, answers = process.stdin, process.stdout
            assert asked is not None
            assert answers is not None

            def epoch() -> None:
                print(file=asked, flush=True)
                answers.readline()

            yield epoch, answers.readline().strip()
            asked.close()


def first_points(count: int) -> tuple[float, float]:
    """Seconds until the first loss of a job: activations and losses not seen before, and again."""
    from core.training.training import train

    def wait(variant: Variant) -> float:
        began = time.perf_counter()
        heard: list[float] = []

        def report(event: Event) -> None:
            if isinstance(event, LossPoints):
                heard.append(time.perf_counter() - began)

        train(variant, report, lambda: bool(heard))
        return heard[0]

    pairs = [("tanh", "huber"), ("linear", "mean_squared_error"), ("relu", "mean_absolute_error")]
    variants = [Variant(activation=activation, loss=loss) for activation, loss in pairs[:count]]
    wait(Variant())  # the worker has loaded data, statistics and TensorFlow
    return float(np.median([*map(wait, variants)])), float(np.median([*map(wait, variants)]))


def measure(work: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Median seconds of each, timed alternately."""
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, act in work.items():
            times[name].append(seconds(act))
    return {name: float(np.median(values)) for name, values in times.items()}


def table(medians: dict[str, float], compile_seconds: float, waits: tuple[float, float]) -> str:
    product = medians.pop("matrix product")
    rate = 2 * SIDE**3 / product
    medians = {"arithmetic": flops_per_epoch() / rate, **medians}
    ours = medians["ours"]
    lines = ["| one epoch of 60,000 | seconds | of ours |", "| --- | --- | --- |"]
    lines += [f"| {name} | {took:.3f} | {took / ours:.2f} |" for name, took in medians.items()]
    return "\n".join(
        [
            *lines,
            "",
            f"Matrix product: {rate / 1e9:.0f} GFLOP/s; ours takes"
            f" {ours / medians['arithmetic']:.2f} times the arithmetic.",
            f"Compiling: {compile_seconds:.2f} s.",
            f"First loss: {waits[0]:.2f} s for a new activation and loss, {waits[1]:.2f} s again.",
        ]
    )


def use_one_blas_thread(module: str) -> None:
    """Restart a benchmark with one thread for NumPy's products, as in a worker."""
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        # NumPy reads it when it is imported: core/jobs/worker_handle.py.
        command = [sys.executable, "-m", module, *sys.argv[1:]]
        os.execve(sys.executable, command, {**os.environ, "OPENBLAS_NUM_THREADS": "1"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    for library in OTHER_LIBRARIES:
        parser.add_argument(f"--{library}", metavar="PYTHON", help=f"a Python that has {library}")
    options = parser.parse_args()
    use_one_blas_thread("benchmarks.training")
    with tempfile.TemporaryDirectory() as home:
        # An empty home, so that nothing is compiled in advance.
        os.environ["AUTOENCODER_LAB_HOME"] = home
        report(options.rounds, {name: getattr(options, name) for name in OTHER_LIBRARIES})


@hidden_logs()
def report(rounds: int, pythons: dict[str, str | None]) -> None:
    pictures, origin = images()
    affine = NORMALIZATIONS["unit"].apply(pictures, GreyMoments(mean=0, deviation=1))
    bare, reported, compile_seconds = our_epoch(affine)
    work = {
        "matrix product": matrix_product(),
        "ours": bare,
        "ours, progress told": reported,
    }
    from core.training import tensorflow_setup

    machine = f"{tensorflow_setup.processor()}, {tensorflow_setup.cores()} cores; {origin}"
    with ExitStack() as others:
        beside = {"model.fit": (sys.executable, "training_keras.py")}
        for library, (name, script) in OTHER_LIBRARIES.items():
            if python := pythons[library]:
                beside[name] = (python, script)
        for name, (python, script) in beside.items():
            work[name], version = others.enter_context(other_epoch(python, script, pictures))
            machine += f"; {name} {version}"
        medians = measure(work, rounds)
    print(f"{machine}; medians of {rounds}\n\n{table(medians, compile_seconds, first_points(3))}")


if __name__ == "__main__":
    main()
