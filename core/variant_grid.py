"""Grids: every combination of some settings, for sweeps, the Matrix and the shipped runs."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.data.image_sets import info_of
from core.variant import Variant


def grid(base: Variant, vary: Mapping[str, Sequence[Any]]) -> list[Variant]:
    """Every combination of some settings, the last of them varying fastest.

    Args:
        base: gives all other settings. If the data set varies and `base` has the default number of
            epochs, each data set gets its own default.
        vary: values by field of `Variant`.

    Raises:
        InvalidVariant: a combination is not allowed.
    """
    default_epochs = info_of(base.dataset).default_epochs
    follows_dataset = "dataset" in vary and "epochs" not in vary and base.epochs == default_epochs
    fixed: dict[str, Any] = {"epochs": None} if follows_dataset else {}
    combinations = itertools.product(*vary.values())
    return [
        replace(base, **fixed, **dict(zip(vary, chosen, strict=True))) for chosen in combinations
    ]
