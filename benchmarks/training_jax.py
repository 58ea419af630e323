"""The counterpart of `benchmarks.training`: an epoch of a compiled JAX loop on request.

Run by the Python that has jax; reads the images' file and the batch size from its arguments, then
answers each line on standard input with the seconds of one epoch. The whole epoch is one compiled
call: `lax.scan` over the batches. Adam is written out, with Keras' defaults.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import jax
import numpy as np
from jax import numpy as jnp

WIDTHS = (784, 128, 64, 28, 64, 128, 784)
RATE, FIRST_DECAY, SECOND_DECAY, EPSILON = 0.001, 0.9, 0.999, 1e-7


def initial_weights(key: Any) -> list[Any]:
    """Kernels (Glorot uniform) and biases (0) of the question's network."""
    glorot = jax.nn.initializers.glorot_uniform()
    pairs = list(pairwise(WIDTHS))
    keys = jax.random.split(key, len(pairs))
    return [
        (glorot(k, (before, after)), jnp.zeros(after))
        for k, (before, after) in zip(keys, pairs, strict=True)
    ]


def loss(weights: list[Any], targets: Any) -> Any:
    """Binary cross-entropy from the logits, the mean over pixels and images."""
    values = targets
    for kernel, bias in weights[:-1]:
        values = jax.nn.relu(values @ kernel + bias)
    kernel, bias = weights[-1]
    logits = values @ kernel + bias
    return jnp.mean(
        jnp.maximum(logits, 0) - logits * targets + jnp.log1p(jnp.exp(-jnp.abs(logits)))
    )


def compiled_epoch(images: Any, batch: int) -> Callable[[Any, Any], Any]:
    """A compiled function: (state, order) -> (state, losses)."""

    def step(state: Any, chosen: Any) -> Any:
        weights, first, second, count = state
        targets = images[chosen].astype(jnp.float32) / 255
        value, gradients = jax.value_and_grad(loss)(weights, targets)
        count += 1
        average = jax.tree.map(
            lambda m, g: FIRST_DECAY * m + (1 - FIRST_DECAY) * g, first, gradients
        )
        power = jax.tree.map(
            lambda v, g: SECOND_DECAY * v + (1 - SECOND_DECAY) * g * g, second, gradients
        )
        rate = RATE * jnp.sqrt(1 - SECOND_DECAY**count) / (1 - FIRST_DECAY**count)
        weights = jax.tree.map(
            lambda w, m, v: w - rate * m / (jnp.sqrt(v) + EPSILON), weights, average, power
        )
        return (weights, average, power, count), value

    def epoch(state: Any, order: Any) -> Any:
        return jax.lax.scan(step, state, order.reshape(-1, batch))

    return jax.jit(epoch, donate_argnums=0)


def main() -> None:
    path, batch = sys.argv[1], int(sys.argv[2])
    images = jnp.asarray(np.load(path))
    weights = initial_weights(jax.random.key(0))
    zeros = jax.tree.map(jnp.zeros_like, weights)
    state = (weights, zeros, jax.tree.map(jnp.zeros_like, weights), jnp.float32(0))
    run = compiled_epoch(images, batch)
    shuffle = np.random.default_rng(0)

    def order() -> Any:
        return jnp.asarray(shuffle.permutation(len(images)))

    state, _ = run(state, order())
    print(jax.__version__, flush=True)
    for _ in sys.stdin:
        began = time.perf_counter()
        state, losses = run(state, order())
        losses.block_until_ready()
        print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()
