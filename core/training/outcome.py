"""What is measured when the training is over, in NumPy from the weights that are kept."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from core import advice, inference, scores
from core.data import Dataset
from core.normalization import Affine
from core.objectives import LOSSES, trains_on_hidden_logits
from core.runs import Layer, LossPair, Provenance
from core.training import environment
from core.training.material import Material
from core.variant import Variant

CHUNK = 500

Layers = Sequence[Layer]


def loss_pair(variant: Variant, layers: Layers, material: Material, *, shown: bool) -> LossPair:
    """The mean loss over all training and over all held-out images.

    Args:
        shown: from the outputs that are shown, else as it was trained on. None where it is not
            finite.
    """
    from_logits = not shown and trains_on_hidden_logits(
        variant.activation, variant.loss, variant.loss_from
    )

    def mean(affine: Affine) -> float | None:
        total = sum(_losses(variant, layers, part, from_logits) for part in _parts(affine)) / len(
            affine.codes
        )
        return total if np.isfinite(total) else None

    return LossPair(training=mean(material.training), held_out=mean(material.held_out))


def on_held_out(variant: Variant, layers: Layers, material: Material) -> dict[str, Any]:
    """What `Run` keeps of the held-out images: `scores`, `rivals`, `evidence` and `floor`."""
    held_out, known = material.held_out, material.statistics
    outputs = inference.outputs(layers, held_out.targets())
    return {
        "scores": scores.score(held_out.to_pixels(outputs), material.originals),
        "rivals": scores.rivals(known.mean_image, known.median_image, material.originals),
        "evidence": advice.evidence(variant, outputs, material.originals, known),
        "floor": advice.floor(variant, known),
    }


def provenance(dataset: Dataset, seconds: float, compile_seconds: float) -> Provenance:
    """How the run came to be, as of now."""
    versions = {
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
    }
    return Provenance(
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        data_fingerprint=dataset.fingerprint,
        versions=versions,
        machine=f"{environment.processor()}, {len(os.sched_getaffinity(0))} cores",
        seconds=seconds,
        compile_seconds=compile_seconds,
    )


def _losses(variant: Variant, layers: Layers, part: Affine, from_logits: bool) -> float:
    loss = LOSSES[variant.loss]
    targets = part.targets()
    if from_logits and loss.from_logits is not None:
        return float(loss.from_logits(targets, inference.logits(layers, targets)).sum())
    return float(loss.per_image(targets, inference.outputs(layers, targets)).sum())


def _parts(affine: Affine) -> list[Affine]:
    return [
        Affine(
            codes=affine.codes[at : at + CHUNK],
            scale=affine.scale[at : at + CHUNK],
            shift=affine.shift,
            white=affine.white,
        )
        for at in range(0, len(affine.codes), CHUNK)
    ]
