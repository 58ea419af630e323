"""The training loop: many steps of Keras' own arithmetic in one compiled call.

`Loop.run` is equivalent to `model.fit(shuffle=False)` on the same images in the same order: Keras'
layers, activations, losses and optimizers are traced into one XLA program that loops over the
steps. Images stay uint8 and are gathered and normalized inside the program. Normalization, learning
rate and data order are arguments or variables, so that one compiled program serves them all.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from core.data.normalization import Affine
from core.files import npz
from core.files.npz import ALIGNMENT
from core.training import network, tensorflow_setup
from core.training.evaluation import Evaluator
from core.training.noise import noisy
from core.training.objective import Objective
from core.variant import Variant

# Arrays of up to this many weights are updated as one vector: the program is compiled in 0.8 of the
# time. With larger ones the copies would take longer than the update (`benchmarks.training`).
SMALL_ARRAY = 32_000

# Memory of a cached program: its machine code; and each weight with up to two optimizer slots.
PROGRAM_BYTES = 15_000_000
BYTES_PER_WEIGHT = 12
MAX_KEPT_BYTES = 200_000_000

Key = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class ImageTensors:
    """Images as tensors, the arguments of the compiled program.

    Attributes:
        greys: uint8 tensor, shape (images, 784).
        scale: float32 tensor, shape (images,).
        shift: float32 tensor, scalar: black.
        white: float32 tensor, scalar: the code of white.
    """

    greys: tf.Tensor
    scale: tf.Tensor
    shift: tf.Tensor
    white: tf.Tensor

    @classmethod
    def of(cls, affine: Affine) -> ImageTensors:
        """The images of an `Affine`, without a float copy of them."""
        return cls(
            greys=_tensor(affine.greys),
            scale=_tensor(affine.scale),
            shift=tf.constant(affine.shift, tf.float32),
            white=tf.constant(affine.white, tf.float32),
        )


def _tensor(array: NDArray[Any]) -> tf.Tensor:
    """A tensor that shares the array's memory; `tf.constant` would make two copies and keep one."""
    owner: Any = array.base
    aligned = array.ctypes.data % ALIGNMENT == 0 and array.flags.c_contiguous
    if not (aligned and isinstance(owner, np.ndarray)):
        copy = npz.aligned((array.nbytes,)).view(array.dtype).reshape(array.shape)
        copy[...] = array
        array, owner = copy, copy.base
    # Only writable arrays can be exported; nothing writes to this one, an argument of the program.
    offset = array.ctypes.data - owner.ctypes.data
    shared = np.ndarray(array.shape, array.dtype, owner, offset)
    return tf.experimental.dlpack.from_dlpack(shared.__dlpack__())


class Loop:
    """A network with its optimizer and the compiled program that trains it.

    Args:
        variant: defines network, loss, optimizer, noise and batch size.
        image_count: number of training images.

    Attributes:
        model: the Keras model; training changes its weights.
        image_count, batch_size: images per epoch and per step.
        steps_per_epoch: the last step of an epoch may have fewer images.
        evaluator: evaluates the model with its current weights.
        compiled: whether `compile` was called.
    """

    def __init__(self, variant: Variant, image_count: int) -> None:
        self.model = network.build(variant)
        self.image_count = image_count
        self.batch_size = min(variant.batch_size, image_count)
        self.steps_per_epoch = -(-image_count // self.batch_size)
        self.last_batch = image_count - (self.steps_per_epoch - 1) * self.batch_size
        self.evaluator = Evaluator(self.model, variant)
        self.compiled = False
        weights = self.model.trainable_variables
        self._small = [array for array in weights if math.prod(array.shape) <= SMALL_ARRAY]
        self._large = [array for array in weights if math.prod(array.shape) > SMALL_ARRAY]
        self._small_sizes = [math.prod(array.shape) for array in self._small]
        self._small_vector = keras.Variable(np.zeros(sum(self._small_sizes), np.float32))
        self._optimizer = network.optimizer(variant)
        self._optimizer.build([*self._large, self._small_vector])
        # Every optimizer variable is initially constant: 0.1 for Adagrad's accumulators, mostly 0.
        self._starts = [float(np.ravel(v.numpy())[0]) for v in self._optimizer.variables]
        self._objective = Objective(self.model, variant)
        self._variant = variant
        self._seed = variant.seed
        self._taken = 0
        self._program = tf.function(self._steps, jit_compile=True, reduce_retracing=True)

    def reset(self, variant: Variant) -> None:
        """Reset to the variant's initial weights, learning rate and optimizer state."""
        self.model.set_weights(network.build(variant).get_weights())
        for variable, start in zip(self._optimizer.variables, self._starts, strict=True):
            variable.assign(tf.fill(variable.shape, tf.cast(start, variable.dtype)))
        self._optimizer.learning_rate = variant.learning_rate
        self._seed = variant.seed
        self._taken = 0

    def compile(self, images: ImageTensors) -> float:
        """Compile the program unless it is compiled, without a step; returns the seconds spent."""
        if self.compiled:
            return 0.0
        started = time.perf_counter()
        self.run(images, self.padded(np.arange(len(images.greys))), 0, 0)
        self.compiled = True
        tensorflow_setup.give_memory_back()
        return time.perf_counter() - started

    def padded(self, order: NDArray[np.integer[Any]]) -> tf.Tensor:
        """An order of all images for `run`, padded to whole batches.

        The padding repeats an image of the last batch, with weight 0.

        Args:
            order: a permutation of the images, shape (images,).
        """
        filling = np.repeat(order[-1:], self.batch_size - self.last_batch)
        return tf.constant(np.concatenate([order, filling]).astype(np.int32))

    def run(
        self, images: ImageTensors, order: tf.Tensor, first: int, count: int
    ) -> NDArray[np.float32]:
        """Run steps within one epoch.

        Args:
            images: all training images.
            order: the epoch's order, from `padded`.
            first: index of the first step in the epoch, from 0.
            count: number of steps.

        Returns:
            The loss of each step before its update, shape (count,); not finite from the step on in
            which the training diverged.
        """
        bounds = tf.constant(first), tf.constant(first + count)
        # The noise of a step is determined by the seed and the number of steps before it.
        seed = tf.constant([self._seed, self._taken - first])
        self._taken += count
        data = images.greys, images.scale, images.shift, images.white
        losses = self._program(*data, order, seed, *bounds)
        return losses.numpy()[first : first + count]

    def images_per_step(self) -> NDArray[np.int64]:
        """The number of images in each step of an epoch, shape (steps_per_epoch,)."""
        counts = np.full(self.steps_per_epoch, self.batch_size)
        counts[-1] = self.last_batch
        return counts

    def _steps(
        self,
        greys: tf.Tensor,
        scale: tf.Tensor,
        shift: tf.Tensor,
        white: tf.Tensor,
        order: tf.Tensor,
        seed: tf.Tensor,
        first: tf.Tensor,
        end: tf.Tensor,
    ) -> tf.Tensor:
        def step(at: tf.Tensor, losses: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            indices = tf.slice(order, [at * self.batch_size], [self.batch_size])
            shares = tf.gather(scale, indices)[:, None]
            targets = tf.cast(tf.gather(greys, indices), tf.float32) * shares + shift
            ends = shift, shares * white + shift
            inputs = noisy(self._variant, targets, tf.stack([seed[0], seed[1] + at]), *ends)
            if self._variant.noise_target == "noisy":
                targets = inputs
            loss = self._update(inputs, targets, at)
            return at + 1, tf.tensor_scatter_nd_update(losses, [[at]], [loss])

        self._small_vector.assign(tf.concat([tf.reshape(w, [-1]) for w in self._small], axis=0))
        losses = tf.zeros(self.steps_per_epoch)
        losses = tf.while_loop(lambda at, _: at < end, step, (first, losses))[1]
        for array, values in zip(self._small, self._split(self._small_vector.value), strict=True):
            array.assign(values)
        return losses

    def _update(self, inputs: tf.Tensor, targets: tf.Tensor, at: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            vector = tf.identity(self._small_vector.value)
            tape.watch(vector)
            small = zip(self._small, self._split(vector), strict=True)
            with keras.StatelessScope(state_mapping=list(small)):
                per_image, _ = self._objective(inputs, targets, training=True)
            loss = self._mean(per_image, at)
        gradients = tape.gradient(loss, [*(array.value for array in self._large), vector])
        variables = [*self._large, self._small_vector]
        self._optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return loss

    def _split(self, vector: tf.Tensor) -> list[tf.Tensor]:
        """The small arrays that a vector holds one after the other."""
        parts = tf.split(vector, self._small_sizes)
        return [tf.reshape(p, array.shape) for p, array in zip(parts, self._small, strict=True)]

    def _mean(self, per_image: tf.Tensor, at: tf.Tensor) -> tf.Tensor:
        if self.last_batch == self.batch_size:
            return tf.reduce_mean(per_image)
        count = tf.where(at == self.steps_per_epoch - 1, self.last_batch, self.batch_size)
        counted = tf.cast(tf.range(self.batch_size) < count, tf.float32)
        return tf.reduce_sum(per_image * counted) / tf.cast(count, tf.float32)


class Loops:
    """A cache of compiled loops: the most recently used ones, within MAX_KEPT_BYTES."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, Loop] = OrderedDict()

    def get(self, variant: Variant, image_count: int) -> Loop:
        """The loop for a variant, reset to its initial weights; already compiled if cached."""
        key = _key(variant, image_count)
        loop = self._kept.pop(key, None) or Loop(variant, image_count)
        self._kept[key] = loop
        while len(self._kept) > 1 and sum(map(_bytes, self._kept.values())) > MAX_KEPT_BYTES:
            self._kept.popitem(last=False)
        loop.reset(variant)
        return loop


def _key(variant: Variant, image_count: int) -> Key:
    return (
        variant.layers,
        variant.activations,
        variant.loss,
        variant.loss_from,
        variant.optimizer,
        variant.momentum,
        variant.weight_decay,
        variant.code_l1,
        (variant.noise, variant.noise_level, variant.noise_target),
        variant.batch_size,
        image_count,
    )


def _bytes(loop: Loop) -> int:
    return PROGRAM_BYTES + BYTES_PER_WEIGHT * int(loop.model.count_params())
