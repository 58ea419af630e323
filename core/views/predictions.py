"""Predictions: "Which image will come out?", with candidates, one of which is right."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.metrics import image_metrics
from core.run import Run

# In addition to the right one.
MAX_OTHERS = 3
MIN_OTHERS = 2
# Candidates look different if their pixels are this far apart, as a mean over all of them.
MIN_DIFFERENCE = 0.05

Images = NDArray[np.floating]


@dataclass(frozen=True, kw_only=True)
class Question:
    """A prediction to make.

    Attributes:
        setup: what is trained, without its outcome.
        candidates: reconstructions as displayed, each of shape (images, 784).
        right: index of the one that comes out.
        why: the reason, as one sentence.
    """

    setup: str
    candidates: tuple[Images, ...]
    right: int
    why: str


def question(
    run: Run, others: Iterable[Run], digits: Sequence[int], *, setup: str, why: str
) -> Question | None:
    """The question of which image a run produces.

    Args:
        run: the right candidate.
        others: the wrong ones; those of other images, and those that look like the run or like an
            earlier candidate, are omitted.
        digits: which of the pinned digits are shown.
        setup, why: texts of the question.

    Returns:
        None if fewer than two others are left. The order is random, but always the same for a run.
    """
    shown_images = [_shown(run, digits)]
    for other in others:
        if len(shown_images) > MAX_OTHERS:
            break
        if not np.array_equal(other.pinned.images, run.pinned.images) or not other.history.frames:
            continue
        images = _shown(other, digits)
        if all(float(np.abs(images - before).mean()) >= MIN_DIFFERENCE for before in shown_images):
            shown_images.append(images)
    if len(shown_images) <= MIN_OTHERS:
        return None
    order = list(range(len(shown_images)))
    random.Random(f"candidates of {run.variant.key}").shuffle(order)
    return Question(
        setup=setup,
        candidates=tuple(shown_images[index] for index in order),
        right=order.index(0),
        why=why,
    )


def _shown(run: Run, digits: Sequence[int]) -> Images:
    return image_metrics.displayed(run.history.frames[-1].pixels[list(digits)])
