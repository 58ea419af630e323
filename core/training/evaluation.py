"""The evaluation of a model, compiled: losses and scores, at the end of each epoch and of the run.

It gives the numbers of `core.objectives.losses` and `core.metrics.image_metrics`, in float32 and
several times faster.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from core.data.datasets import IMAGE_SIDE, PIXELS
from core.data.normalization import Affine, Floats, Images
from core.metrics.image_metrics import (
    STABILIZER_OF_MEANS,
    STABILIZER_OF_VARIANCES,
    psnr,
    window_means,
)
from core.run import Scores
from core.training import tensorflow_setup
from core.training.network import loss_function
from core.training.objective import Objective
from core.variant import Variant

# Images per call: a fixed number, so that it is compiled once; small enough for the CPU's caches.
BLOCK = 500
MEANS = ("trained_loss", "displayed_loss", "mse", "mae", "ssim")


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Means over images; not finite if the outputs are not.

    Attributes:
        trained_loss: the loss trained on (`loss_from`), with the penalty on the code.
        displayed_loss: the loss computed from the outputs.
        mse, mae, ssim: scores of the displayed pixels against the originals.
        lowest, highest: per hidden layer, first to last, the smallest and largest activation of
            each unit over the images, shape (units,).
        outputs: the outputs, shape (images, 784), if they were asked for.
    """

    trained_loss: float
    displayed_loss: float
    mse: float
    mae: float
    ssim: float
    lowest: tuple[Floats, ...]
    highest: tuple[Floats, ...]
    outputs: Floats | None = None

    @property
    def scores(self) -> Scores:
        """The scores of a run."""
        return Scores(mse=self.mse, mae=self.mae, psnr=psnr(self.mse), ssim=self.ssim)


class Evaluator:
    """Evaluates a model with its current weights.

    Args:
        model: (images, 784) -> (images, 784).
        variant: defines the loss.
    """

    def __init__(self, model: keras.Model, variant: Variant) -> None:
        self._objective = Objective(model, variant)
        self._displayed_loss = loss_function(variant.loss, "outputs")
        self._program = tf.function(self._run, jit_compile=True)
        self._compiled = False

    def compile(self) -> float:
        """Compile the program unless it is compiled; returns the seconds spent."""
        if self._compiled:
            return 0.0
        started = time.perf_counter()
        black = np.zeros((1, PIXELS), np.uint8)
        self.measure(Affine(greys=black, scale=np.ones(1, np.float32), shift=0, white=1), black)
        self._compiled = True
        tensorflow_setup.give_memory_back()
        return time.perf_counter() - started

    def measure(
        self,
        affine: Affine,
        originals: Images,
        chosen: NDArray[np.intp] | None = None,
        *,
        keep_outputs: bool = False,
    ) -> Measured:
        """Mean losses and scores over images.

        Args:
            affine: the normalized images, inputs and targets.
            originals: greys 0-255, uint8, shape (images, 784).
            chosen: indices of the images to measure; None for all.
            keep_outputs: whether the outputs are returned too.
        """
        places = np.arange(len(originals)) if chosen is None else chosen
        count = len(places)
        sums = np.zeros(len(MEANS))
        lowest: list[list[Floats]] = []
        highest: list[list[Floats]] = []
        kept = np.empty((count, PIXELS), np.float32) if keep_outputs else None
        white = np.float32(affine.white)
        shift = np.float32(affine.shift)
        for at in range(0, count, BLOCK):
            rows = places[np.minimum(np.arange(at, at + BLOCK), count - 1)]
            scale = affine.scale[rows]
            losses, outputs, hidden = self._program(affine.greys[rows], scale, shift)
            scores = _pixel_scores(outputs, scale * white, shift, originals[rows])
            values = np.concatenate([losses.numpy(), scores.numpy()])
            sums += values[:, : count - at].sum(axis=1, dtype=np.float64)
            lowest.append([layer.numpy().min(axis=0) for layer in hidden])
            highest.append([layer.numpy().max(axis=0) for layer in hidden])
            if kept is not None:
                kept[at : at + BLOCK] = outputs.numpy()[: count - at]
        return Measured(
            **dict(zip(MEANS, (sums / count).tolist(), strict=True)),
            lowest=tuple(np.min(blocks, axis=0) for blocks in zip(*lowest, strict=True)),
            highest=tuple(np.max(blocks, axis=0) for blocks in zip(*highest, strict=True)),
            outputs=kept,
        )

    def _run(
        self, greys: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, list[tf.Tensor]]:
        """One block: both losses, shape (2, images); outputs; activations of hidden layers."""
        targets = tf.cast(greys, tf.float32) * scale[:, None] + shift
        trained, (*hidden, outputs) = self._objective(targets, targets, training=False)
        return tf.stack([trained, self._displayed_loss(targets, outputs)]), outputs, hidden


@tf.function(jit_compile=True)
def _pixel_scores(
    outputs: tf.Tensor, span: tf.Tensor, shift: tf.Tensor, originals: tf.Tensor
) -> tf.Tensor:
    """MSE, MAE and SSIM of a block, shape (3, images).

    It is a program of its own because it is the same for every network, so that a process compiles
    it only once.

    Args:
        outputs: float32, shape (images, 784).
        span: white minus black, float32, shape (images,).
        shift: black, float32, scalar.
        originals: greys 0-255, uint8, shape (images, 784).
    """
    pixels = _displayed((outputs - shift) / span[:, None])
    greys = tf.cast(originals, tf.float32) / 255
    errors = pixels - greys
    means = [tf.reduce_mean(values, axis=1) for values in (tf.square(errors), tf.abs(errors))]
    return tf.stack([*means, _ssim(pixels, greys)])


def _displayed(pixels: tf.Tensor) -> tf.Tensor:
    """`core.metrics.image_metrics.displayed`, in the graph."""
    return tf.where(tf.math.is_nan(pixels), 0.0, tf.clip_by_value(pixels, 0.0, 1.0))


def _ssim(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    """SSIM as in `core.metrics.image_metrics`, in the graph: (images, 784) twice -> (images,)."""
    mean_x, mean_y, product, powers = (_windowed(v) for v in (x, y, x * y, x * x + y * y))
    means = mean_x * mean_y
    squares = tf.square(mean_x) + tf.square(mean_y)
    luminance = (2 * means + STABILIZER_OF_MEANS) / (squares + STABILIZER_OF_MEANS)
    covariance = 2 * (product - means) + STABILIZER_OF_VARIANCES
    structure = covariance / (powers - squares + STABILIZER_OF_VARIANCES)
    return tf.reduce_mean(luminance * structure, axis=(1, 2))


def _windowed(images: tf.Tensor) -> tf.Tensor:
    """Gaussian-weighted means: (images, 784) -> (images, 18, 18), transposed."""
    window = tf.constant(window_means(), tf.float32)
    across = tf.reshape(images, [-1, IMAGE_SIDE, IMAGE_SIDE]) @ window
    return tf.transpose(across, [0, 2, 1]) @ window
