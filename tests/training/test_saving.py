"""Keras' own files of trained networks."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

from core.metrics import inference
from core.training.keras_export import keras_files
from core.variant import Variant
from support.runs import make_run


# Keras' own saving has it of TensorFlow's variables.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_each_file_of_several_networks_gives_what_the_lab_computes(tmp_path: Path) -> None:
    variants = {
        "a.keras": Variant(layers=(12, 4, 12), hidden_activation="tanh"),
        "b.keras": Variant(layers=(9,), activation="linear", loss="mean_squared_error"),
    }
    runs = {name: make_run(variant) for name, variant in variants.items()}
    content = keras_files({n: (r.variant, r.weights or ()) for n, r in runs.items()})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == list(variants)
        archive.extractall(tmp_path)
    images = np.random.default_rng(5).random((7, 784), np.float32)
    for name, run in runs.items():
        model = keras.models.load_model(tmp_path / name)
        np.testing.assert_allclose(
            model(images).numpy(),
            inference.outputs(run.weights or (), images),
            rtol=1e-4,
            atol=1e-5,
        )
