"""Symptoms: what a failing autoencoder looks like, each with a shipped run that shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.metrics import image_metrics
from core.run import Run
from core.store.shipped import Gallery
from core.text import formats
from core.text.labels import run_name
from core.variant import Variant

# The pinned digits that fit on a card.
DIGITS = (0, 2, 3, 5, 7)


@dataclass(frozen=True, kw_only=True)
class Symptom:
    """A way to fail, with the digits that show it.

    Attributes:
        title: what a person sees.
        note: the evidence from the run, in a few words.
        variant: the variant of the run that the card opens.
        pixels: reconstructions as displayed, shape (5, 784).
    """

    title: str
    note: str
    variant: Variant
    pixels: NDArray[np.float32]


def _settings(run: Run) -> str:
    return run_name(run.variant)


def _loss(run: Run) -> str:
    return f"loss {formats.loss(run.trained_loss.held_out)}"


def _floor(run: Run) -> str:
    return f"{_loss(run)}, at least {formats.loss(run.floor.held_out)}"


# By title: the variant of the run that shows it, and the note on that run.
SYMPTOMS: dict[str, tuple[Variant, Callable[[Run], str]]] = {
    "Black": (Variant(activation="softmax"), _settings),
    "Grey": (Variant(normalization="symmetric", loss="mean_squared_error"), _settings),
    "One image for all": (Variant(activation="linear", loss="mean_absolute_error"), _settings),
    "Noise": (Variant(activation="linear", loss="categorical_crossentropy"), _settings),
    "Negative loss": (Variant(normalization="raw"), _loss),
    "Loss stuck above 0": (Variant(), _floor),
}


def symptoms(gallery: Gallery) -> list[Symptom]:
    """The symptoms whose runs are shipped."""
    return [
        Symptom(
            title=title,
            note=note(run),
            variant=variant,
            pixels=image_metrics.displayed(run.history.frames[-1].pixels[list(DIGITS)]),
        )
        for title, (variant, note) in SYMPTOMS.items()
        if (run := gallery.get(variant.key, with_weights=False)) is not None
    ]
