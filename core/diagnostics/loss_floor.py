"""Floors: the lowest loss and the smallest pixel error that settings allow on a data set."""

from __future__ import annotations

from core.metrics.dataset_stats import DatasetStats
from core.objectives.bounds import formula
from core.run import LossPair
from core.variant import Variant


def floor(variant: Variant, statistics: DatasetStats) -> LossPair:
    """The lower bound of the variant's loss on a data set, whatever the network outputs.

    It is the minimum over all outputs that the loss accepts, whether or not the activation reaches
    them: 0 for MSE, MAE, Huber and log-cosh; otherwise as in `core.objectives.bounds.formula`;
    None if the loss is unbounded.
    """
    bound = formula(variant)
    if bound is None:
        return LossPair(training=0.0, held_out=0.0)
    key = f"{variant.normalization}/{bound}"
    return LossPair(
        training=statistics.training_limits[key], held_out=statistics.held_out_limits[key]
    )


def best_mse(variant: Variant, statistics: DatasetStats) -> float:
    """The pixel MSE of the best possible reconstructions of the held-out images."""
    mse = statistics.held_out_limits[f"{variant.normalization}/{variant.activation}/mse"]
    return 0.0 if mse is None else mse
