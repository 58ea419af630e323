"""The evaluation after the training, in NumPy, from the weights that are stored."""

from __future__ import annotations

import datetime
import platform
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import core
from core import diagnostics
from core.data.loading import Dataset
from core.data.normalization import Affine
from core.metrics import image_metrics, inference
from core.metrics.baselines import baselines
from core.objectives.activations import ACTIVATIONS
from core.objectives.losses import LOSSES, takes_outputs_as_logits, trains_on_hidden_logits
from core.run import Layer, LossPair, Provenance
from core.training import tensorflow_setup
from core.training.prepared_data import PreparedData
from core.variant import Variant

# Images per block. Matrix products are fastest in large blocks; in elementwise formulas temporary
# arrays above 1 MB are fetched from the system page by page, which is 8 times slower.
BLOCK = 5_000
CHUNK = 250

Layers = Sequence[Layer]


def loss_pairs(
    variant: Variant, layers: Layers, prepared: PreparedData
) -> tuple[LossPair, LossPair]:
    """The loss trained on and the displayed loss, as means over training and held-out images."""
    training = _mean_losses(variant, layers, prepared.training)
    held_out = _mean_losses(variant, layers, prepared.held_out)
    trained, displayed = zip(training, held_out, strict=True)
    return (
        LossPair(training=trained[0], held_out=trained[1]),
        LossPair(training=displayed[0], held_out=displayed[1]),
    )


def on_held_out(variant: Variant, layers: Layers, prepared: PreparedData) -> dict[str, Any]:
    """The fields of `Run` about held-out images: `scores`, `baselines`, `evidence`, `floor`."""
    held_out, known = prepared.held_out, prepared.statistics
    originals = prepared.dataset.held_out
    outputs = inference.outputs(layers, held_out.targets())
    return {
        "scores": image_metrics.score(held_out.to_pixels(outputs), originals),
        "baselines": baselines(variant, known, originals),
        "evidence": diagnostics.evidence(variant, outputs, originals, known),
        "floor": diagnostics.floor(variant, known),
    }


def provenance(dataset: Dataset, seconds: float, compile_seconds: float) -> Provenance:
    """The provenance of a run that ends now."""
    versions = {
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
        "lab": core.__version__,
    }
    return Provenance(
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        data_fingerprint=dataset.fingerprint,
        versions=versions,
        machine=f"{tensorflow_setup.processor()}, {tensorflow_setup.cores()} cores",
        seconds=seconds,
        compile_seconds=compile_seconds,
    )


def _mean_losses(
    variant: Variant, layers: Layers, affine: Affine
) -> tuple[float | None, float | None]:
    """Mean loss trained on and mean displayed loss; None where not finite."""
    from_logits = LOSSES[variant.loss].from_logits
    hidden = trains_on_hidden_logits(variant.activation, variant.loss, variant.loss_from)
    as_logits = takes_outputs_as_logits(variant.loss, variant.loss_from)
    totals = np.zeros(2)
    for at in range(0, len(affine.codes), BLOCK):
        block = affine.part(at, at + BLOCK).targets()
        all_logits = inference.logits(layers, block)
        for first in range(0, len(block), CHUNK):
            targets, logits = (part[first : first + CHUNK] for part in (block, all_logits))
            with np.errstate(over="ignore", invalid="ignore"):
                outputs = ACTIVATIONS[variant.activation].apply(logits)
                shown = LOSSES[variant.loss].per_image(targets, outputs)
                trained = shown
                if from_logits and (hidden or as_logits):
                    trained = from_logits(targets, logits if hidden else outputs)
                if variant.code_l1:
                    code = inference.encode(layers, targets)
                    trained = trained + variant.code_l1 * np.abs(code).sum(axis=1)
            totals += trained.sum(dtype=np.float64), shown.sum(dtype=np.float64)
    means = [float(mean) if np.isfinite(mean) else None for mean in totals / len(affine.codes)]
    return means[0], means[1]
