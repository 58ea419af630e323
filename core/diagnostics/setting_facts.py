"""The few numbers about data and settings that findings and verdicts are made of."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.data.normalization import NORMALIZATIONS
from core.diagnostics.loss_floor import best_mse, floor
from core.metrics.dataset_stats import DatasetStats
from core.objectives.bounds import GREYS
from core.variant import Variant

# Numbers by name; None where there is none.
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
    """What is known of a variant before it is trained.

    Args:
        variant: the settings.
        statistics: of its data set.

    Returns:
        By name, of the training images unless said otherwise:
        `lowest`, `highest`: the ends of the targets.
        `target_sum`: the mean sum of an image's targets.
        `sum_missed`: the share of images whose targets do not sum to 1.
        `unreachable`: the share of targets outside of the output activation's range.
        `zero_pixel`: the pixel value that an output of 0 is shown as.
        `black_median`: the share of pixel places that are black in most of the images.
        `floor`: the minimum of the loss on the held-out images; None where it has no bound.
        `best_mse`: the pixel MSE of the best possible pictures of the held-out images.
    """
    known = statistics.training_limits
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


def _zero_pixel(normalization: str, statistics: DatasetStats) -> float:
    affine = NORMALIZATIONS[normalization].apply(GREYS, statistics.moments)
    return float(affine.to_pixels(np.zeros((1, 1), np.float32))[0, 0])
