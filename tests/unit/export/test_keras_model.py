"""`.keras` files as zip files: their names, their configuration and their bytes."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile

from core.code_reader import read
from core.export.keras_model import keras_model, keras_models
from core.variant import Variant
from support.runs import make_run, small_run


def test_a_model_is_a_zip_file_of_configuration_and_weights() -> None:
    content = keras_model(make_run().weights or ())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["metadata.json", "config.json", "model.weights.h5"]
        # The signature of HDF5.
        assert archive.read("model.weights.h5").startswith(b"\x89HDF\r\n\x1a\n")


def test_the_same_run_gives_the_same_bytes() -> None:
    assert keras_model(make_run().weights or ()) == keras_model(make_run().weights or ())
    assert keras_model(small_run(1).weights or ()) != keras_model(small_run(2).weights or ())


def test_the_lab_reads_the_network_of_its_own_file() -> None:
    variant = Variant(layers=(64, 8, 64), hidden_activation="tanh", activation="softmax")
    found = read(keras_model(make_run(variant).weights or ())).settings
    names = ("layers", "hidden_activation", "activation")
    assert [found[name].value for name in names] == [(64, 8, 64), "tanh", "softmax"]


def test_several_models_are_one_file_without_runs_that_have_no_weights() -> None:
    runs = [small_run(1), small_run(2), small_run(3, weights=None)]
    with zipfile.ZipFile(io.BytesIO(keras_models(runs))) as archive:
        assert archive.namelist() == [
            "sigmoid-bce-unit-mnist-sample-67ep-layers-2-seed-1.keras",
            "sigmoid-bce-unit-mnist-sample-67ep-layers-2-seed-2.keras",
        ]
        assert archive.read(archive.namelist()[1]) == keras_model(runs[1].weights or ())


def test_h5py_is_loaded_only_when_a_model_is_exported() -> None:
    program = (
        "import sys; from core.export.export_files import keras_model;"
        " before = 'h5py' in sys.modules; keras_model(());"
        " print(before, 'h5py' in sys.modules, 'keras' in sys.modules)"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=100, check=True
    )
    assert printed.stdout == "False True False\n"
