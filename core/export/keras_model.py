"""Trained networks as `.keras` files for `keras.models.load_model`, written without Keras."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from core.data.datasets import PIXELS
from core.run import Layer, Run
from core.text.labels import file_stem


def keras_model(layers: Sequence[Layer]) -> bytes:
    """A network in the format of Keras 3: a zip file of its configuration and its weights.

    The model maps normalized images (images, 784) to outputs of the same shape. It is not compiled,
    since a run has no optimizer state.

    Args:
        layers: all dense layers, first to last.
    """
    config = {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "autoencoder", "layers": _layer_configs(layers)},
        "build_config": {"input_shape": [None, PIXELS]},
    }
    return _stored(
        [
            ("metadata.json", json.dumps({"keras_version": "3.0.0"}).encode()),
            ("config.json", json.dumps(config).encode()),
            ("model.weights.h5", _weights(layers)),
        ]
    )


def keras_models(runs: Iterable[Run]) -> bytes:
    """A zip file of the `.keras` files of several runs; runs without weights are omitted."""
    return _stored(
        (f"{file_stem(run.variant)}.keras", keras_model(run.weights))
        for run in runs
        if run.weights is not None
    )


def _layer_configs(layers: Sequence[Layer]) -> list[dict[str, Any]]:
    configs: list[tuple[str, dict[str, Any]]] = [("InputLayer", {"batch_shape": [None, PIXELS]})]
    configs += [
        ("Dense", {"units": len(layer.bias), "activation": layer.activation}) for layer in layers
    ]
    return [
        {"module": "keras.layers", "class_name": title, "config": config}
        for title, config in configs
    ]


def _weights(layers: Sequence[Layer]) -> bytes:
    # Imported here, since only this file needs it.
    import h5py

    target = io.BytesIO()
    with h5py.File(target, "w") as file:
        for index, layer in enumerate(layers):
            # Keras numbers the layers of a class from the second one on.
            variables = file.create_group(f"layers/dense{f'_{index}' * (index > 0)}/vars")
            variables["0"], variables["1"] = layer.kernel, layer.bias
    return target.getvalue()


def _stored(files: Iterable[tuple[str, bytes]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files:
            # Not compressed: weights would hardly become smaller. The same runs give the same
            # bytes, since a `ZipInfo` has a fixed date.
            archive.writestr(zipfile.ZipInfo(name), content)
    return target.getvalue()
