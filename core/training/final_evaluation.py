"""The evaluation after the training, from the stored weights."""

from __future__ import annotations

import datetime
import math
import platform
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import core
from core import diagnostics
from core.data.loading import Dataset
from core.metrics import inference
from core.metrics.baselines import baselines
from core.run import Layer, LossPair, Provenance
from core.training import tensorflow_setup
from core.training.prepared_data import PreparedData
from core.variant import Variant

Layers = Sequence[Layer]


def pair(training: float, held_out: float) -> LossPair:
    """A loss over training and held-out images; None if it is not finite."""
    finite = (loss if math.isfinite(loss) else None for loss in (training, held_out))
    return LossPair(training=next(finite), held_out=next(finite))


def on_held_out(variant: Variant, layers: Layers, prepared: PreparedData) -> dict[str, Any]:
    """The fields of `Run` about held-out images: `baselines`, `evidence`, `floor`."""
    held_out, stats = prepared.held_out, prepared.statistics
    originals = prepared.dataset.held_out
    outputs = inference.outputs(layers, held_out.targets())
    return {
        "baselines": baselines(variant, stats, originals),
        "evidence": diagnostics.evidence(variant, outputs, originals, stats),
        "floor": diagnostics.floor(variant, stats),
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
