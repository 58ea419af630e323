"""The evaluation after the training, from the outputs of the last weights."""

from __future__ import annotations

import datetime
import math
import platform
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import core
from core import diagnostics
from core.data.loading import Dataset
from core.data.normalization import Floats
from core.metrics.baselines import baselines
from core.run import LossPair, Provenance
from core.training import tensorflow_setup
from core.training.prepared_data import PreparedData
from core.variant import Variant


def pair(training: float, held_out: float) -> LossPair:
    """A loss over training and held-out images; None if it is not finite."""
    finite = (loss if math.isfinite(loss) else None for loss in (training, held_out))
    return LossPair(training=next(finite), held_out=next(finite))


def on_held_out(variant: Variant, outputs: Floats, prepared: PreparedData) -> dict[str, Any]:
    """The fields of `Run` about held-out images: `baselines`, `evidence`, `floor`.

    Args:
        variant: of the run.
        outputs: for all held-out images, shape (images, 784).
        prepared: the data set.
    """
    stats, originals = prepared.statistics, prepared.dataset.held_out
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
