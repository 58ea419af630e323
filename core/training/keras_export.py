"""Trained networks as `.keras` files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

from core.files.temporary import temporary_folder
from core.run import Layer
from core.training import network
from core.variant import Variant


def keras_file(variant: Variant, layers: Sequence[Layer]) -> bytes:
    """A network in the `.keras` format, for `keras.models.load_model`.

    The model maps normalized images (images, 784) to outputs of the same shape. It is not compiled,
    since a run has no optimizer state.

    Args:
        variant: gives the architecture.
        layers: the weights, first layer to last.
    """
    model = network.build(variant)
    model.set_weights([array for layer in layers for array in (layer.kernel, layer.bias)])
    with temporary_folder() as folder:
        path = folder / "model.keras"
        model.save(path)
        return path.read_bytes()


def keras_files(networks: Mapping[str, tuple[Variant, Sequence[Layer]]]) -> bytes:
    """The `.keras` file of one network, or a zip file of several.

    Args:
        networks: variants and weights by file name.
    """
    files = {name: keras_file(*network) for name, network in networks.items()}
    if len(files) == 1:
        return next(iter(files.values()))
    target = io.BytesIO()
    # Not compressed: weights would hardly become smaller.
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return target.getvalue()
