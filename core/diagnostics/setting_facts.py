"""Facts: numbers about data and settings, on which findings and verdicts are based."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.data.normalization import NORMALIZATIONS
from core.metrics.dataset_stats import DatasetStats
from core.objectives.floors import GREYS, floor_formula
from core.run import LossPair
from core.variant import Variant

# Numbers by name; None if there is no such number.
Facts = Mapping[str, float | None]
FACTS = (
    "lowest",
    "highest",
    "target_sum",
    "sum_missed",
    "unreachable",
    "zero_pixel",
    "black_median",
    "floor",
    "best_mse",
)


def facts(variant: Variant, statistics: DatasetStats) -> dict[str, float | None]:
    """The facts about a variant, known before training.

    Args:
        variant: the settings.
        statistics: statistics of its data set.

    Returns:
        Values by name, for the training images unless stated otherwise:
        `lowest`, `highest`: range of the targets.
        `target_sum`: mean sum of an image's targets.
        `sum_missed`: share of images whose targets do not sum to 1.
        `unreachable`: share of targets outside the output activation's range.
        `zero_pixel`: displayed pixel value of an output of 0.
        `black_median`: share of pixels that are black in most of the images.
        `floor`: lower bound of the loss on the held-out images; None if it is unbounded.
        `best_mse`: pixel MSE of the best possible reconstructions of the held-out images.
    """
    known = statistics.training_targets
    name = variant.normalization
    return {
        "lowest": known[f"{name}/lowest"],
        "highest": known[f"{name}/highest"],
        "target_sum": known[f"{name}/sum"],
        "sum_missed": known[f"{name}/sum_missed"],
        "unreachable": known[f"{name}/{variant.activation}/unreachable"],
        "zero_pixel": _zero_pixel(name, statistics),
        "black_median": float(np.mean(statistics.median_image == 0)),
        "floor": floor(variant, statistics).held_out,
        "best_mse": best_mse(variant, statistics),
    }


def floor(variant: Variant, statistics: DatasetStats) -> LossPair:
    """The lower bound of the variant's loss on a data set, whatever the network outputs.

    It is the minimum over all outputs that the loss accepts, whether or not the activation reaches
    them: 0 for MSE, MAE, Huber and log-cosh; otherwise as in
    `core.objectives.floors.floor_formula`; None if the loss is unbounded.
    """
    bound = floor_formula(variant)
    if bound is None:
        return LossPair(training=0.0, held_out=0.0)
    key = f"{variant.normalization}/{bound}"
    return LossPair(
        training=statistics.training_targets[key], held_out=statistics.held_out_targets[key]
    )


def best_mse(variant: Variant, statistics: DatasetStats) -> float:
    """The pixel MSE of the best possible reconstructions of the held-out images."""
    mse = statistics.held_out_targets[f"{variant.normalization}/{variant.activation}/mse"]
    return 0.0 if mse is None else mse


def _zero_pixel(normalization: str, statistics: DatasetStats) -> float:
    affine = NORMALIZATIONS[normalization].apply(GREYS, statistics.moments)
    return float(affine.to_pixels(np.zeros((1, 1), np.float32))[0, 0])
