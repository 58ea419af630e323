"""Five simple predictions, measured by every loss and metric.

They show what a single loss value does not: that a perfect copy does not reach 0, that values of
different losses are not comparable, and that accuracy rewards black.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.data.normalization import Floats, Images
from core.metrics import image_metrics
from core.objectives.loss_formulas import (
    binary_crossentropy,
    mean_absolute_error,
    mean_squared_error,
)
from core.text import formats

PERFECT = "perfect copy"
ALL_GREY = "all grey (0.5)"


@dataclass(frozen=True, kw_only=True)
class MeasuredPrediction:
    """A prediction with its losses and metrics.

    Attributes:
        name: the name of the prediction.
        picture: the prediction for the first image, pixel values, shape (784,).
        bce, mse, mae: means over pixels and images.
        bce_sum: binary cross-entropy summed over the pixels of an image, mean over images.
        accuracy: share of pixels where the prediction, rounded at 0.5, equals the target
            (Keras' `BinaryAccuracy`).
        brightest: share of images whose brightest pixel has the same position in prediction and
            target (Keras' `CategoricalAccuracy`, which "accuracy" means for 784 outputs).
    """

    name: str
    picture: Floats
    bce: float
    bce_sum: float
    mse: float
    mae: float
    accuracy: float
    brightest: float


def measure_predictions(
    mean_image: Floats, median_image: Floats, images: Images
) -> tuple[MeasuredPrediction, ...]:
    """Measure the five predictions on images whose targets are their pixels in [0, 1].

    Args:
        mean_image, median_image: from the training images, pixel values, shape (784,).
        images: greys 0-255, shape (images, 784).
    """
    targets = (images / 255).astype(np.float32)
    constants = {
        image_metrics.MEAN_IMAGE: mean_image,
        image_metrics.MEDIAN_IMAGE: median_image,
        image_metrics.ALL_BLACK: np.zeros_like(mean_image),
        ALL_GREY: np.full_like(mean_image, 0.5),
    }
    predictions = {
        name: np.broadcast_to(picture, targets.shape) for name, picture in constants.items()
    }
    everything = {PERFECT: targets, **predictions}
    return tuple(_measure(name, targets, outputs) for name, outputs in everything.items())


def percent(accuracy: float) -> str:
    """An accuracy with one decimal of a per cent, since these differ little."""
    return f"{accuracy:.1%}"


def explanations(measured: tuple[MeasuredPrediction, ...]) -> tuple[tuple[str, str], ...]:
    """What the numbers show, as (question, answer) pairs."""
    by_name = {row.name: row for row in measured}
    perfect, black = by_name[PERFECT], by_name[image_metrics.ALL_BLACK]
    mean = by_name[image_metrics.MEAN_IMAGE]
    fixed = [row for row in measured if row.name != PERFECT]
    by_mse, by_mae = min(fixed, key=lambda r: r.mse), min(fixed, key=lambda r: r.mae)
    return (
        (
            "Should BCE reach 0?",
            f"No. A perfect copy has {formats.loss(perfect.bce)}: the floor. Judge a BCE by its"
            f" excess over that.",
        ),
        (
            "Is a BCE of 0.1 worse than an MSE of 0.1?",
            f"They cannot be compared. The same mean image has a BCE of {formats.loss(mean.bce)}"
            f" and an MSE of {formats.loss(mean.mse)}. Even the ranking differs: of these fixed"
            f" images, the {by_mse.name} has the lowest MSE, the {by_mae.name} the lowest MAE.",
        ),
        (
            "Why is there no accuracy?",
            f"All black scores {percent(black.accuracy)}, a perfect copy"
            f" {percent(perfect.accuracy)}: grey pixels never equal 0 or 1. And what Keras"
            f" calls “accuracy” for 784 outputs only asks where the brightest pixel is.",
        ),
        (
            "Sum or mean over pixels?",
            f"The same images: {formats.loss(mean.bce)} per pixel is"
            f" {formats.total(mean.bce_sum)} per image, 784 times as much. Always say which.",
        ),
    )


def _measure(name: str, targets: Floats, outputs: Floats) -> MeasuredPrediction:
    rounded = (outputs > 0.5).astype(np.float32)
    bce = float(binary_crossentropy(targets, outputs).mean(dtype=np.float64))
    return MeasuredPrediction(
        name=name,
        picture=outputs[0],
        bce=bce,
        bce_sum=bce * targets.shape[1],
        mse=float(mean_squared_error(targets, outputs).mean(dtype=np.float64)),
        mae=float(mean_absolute_error(targets, outputs).mean(dtype=np.float64)),
        accuracy=float((rounded == targets).mean(dtype=np.float64)),
        brightest=float((outputs.argmax(axis=1) == targets.argmax(axis=1)).mean()),
    )
