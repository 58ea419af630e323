"""The encoder that a browser gets, against the codes of the map."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.loading import load_held_out
from core.data.normalization import NORMALIZATIONS
from core.metrics import inference
from core.metrics.dataset_stats import statistics
from core.store.shipped import Gallery
from core.variant import Variant
from core.views.inside.encoder_data import _encoder, _projection, encoder_data
from core.views.inside.latent_map import latent_map, pca_map


def test_the_encoder_of_a_browser_gives_the_codes_of_the_map() -> None:
    part, known = load_held_out("mnist-sample"), statistics("mnist-sample")
    run = Gallery().get(
        Variant(activation="tanh", loss="mean_squared_error", normalization="symmetric").key
    )
    assert run is not None
    targets = NORMALIZATIONS["symmetric"].apply(part.held_out, known.moments).targets()
    found = latent_map(run, part.held_out, part.held_out_labels, known.moments)
    assert found is not None
    codes = inference.outputs(_encoder(run), targets)[found.indices]
    np.testing.assert_allclose(codes, found.codes, atol=1e-4)
    data = encoder_data(run, known, "code")
    assert data is not None
    assert [layer["units"] for layer in data["layers"]] == [128, 64, 28]
    assert data["scaling"]["shift"] == -1


def test_the_encoder_of_pca_takes_the_mean_image_off() -> None:
    part, known = load_held_out("mnist-sample"), statistics("mnist-sample")
    found = pca_map(known, part.held_out, part.held_out_labels)
    codes = inference.outputs(_projection(known), part.held_out[found.indices] / np.float32(255))
    np.testing.assert_allclose(codes, found.codes, atol=1e-4)
    run = Gallery().get(Variant(activation="softmax", normalization="raw").key)
    assert run is not None
    data = encoder_data(run, known, "pca")
    assert data is not None
    # Whatever the run's own normalization, PCA gets pixels from 0 to 1.
    assert data["scaling"]["scale"] == pytest.approx(1 / 255)
