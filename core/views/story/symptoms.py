"""Symptoms: what a failing autoencoder looks like, each with a shipped run that shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

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
    """A way to fail, as a person would describe it.

    Attributes:
        title: what a person sees.
        note: returns the evidence from a run, in a few words.
        variant: the variant of the run.
    """

    title: str
    note: Callable[[Run], str]
    variant: Variant


def _settings(run: Run) -> str:
    return run_name(run.variant)


def _loss(run: Run) -> str:
    return f"loss {formats.loss(run.trained_loss.held_out)}"


def _floor(run: Run) -> str:
    return f"{_loss(run)}, at least {formats.loss(run.floor.held_out)}"


SYMPTOMS = (
    Symptom(title="Black", note=_settings, variant=Variant(activation="softmax")),
    Symptom(
        title="Grey",
        note=_settings,
        variant=Variant(normalization="symmetric", loss="mean_squared_error"),
    ),
    Symptom(
        title="One image for all",
        note=_settings,
        variant=Variant(activation="linear", loss="mean_absolute_error"),
    ),
    Symptom(
        title="Noise",
        note=_settings,
        variant=Variant(activation="linear", loss="categorical_crossentropy"),
    ),
    Symptom(title="Negative loss", note=_loss, variant=Variant(normalization="raw")),
    Symptom(title="Loss stuck above 0", note=_floor, variant=Variant()),
)


@dataclass(frozen=True, kw_only=True)
class ShownSymptom:
    """A symptom with the digits that show it.

    Attributes:
        title, note: texts of the card.
        variant: the variant of the run that the card opens.
        pixels: reconstructions as displayed, shape (5, 784).
    """

    title: str
    note: str
    variant: Variant
    pixels: np.ndarray


def symptoms(gallery: Gallery) -> Sequence[ShownSymptom]:
    """The symptoms whose runs are shipped."""
    runs_by_symptom = ((symptom, gallery.get(symptom.variant.key)) for symptom in SYMPTOMS)
    return [_shown(symptom, run) for symptom, run in runs_by_symptom if run is not None]


def _shown(symptom: Symptom, run: Run) -> ShownSymptom:
    return ShownSymptom(
        title=symptom.title,
        note=symptom.note(run),
        variant=symptom.variant,
        pixels=image_metrics.displayed(run.history.frames[-1].pixels[list(DIGITS)]),
    )
