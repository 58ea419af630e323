"""What a browser gets of a network: its weights in half precision, and how images are scaled."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.data.normalization import NORMALIZATIONS, GreyMoments
from core.run import Layer
from core.store.shipped import Gallery
from core.variant import Variant
from core.views.browser_network import (
    autoencoder_data,
    half_precision,
    layers_data,
    preparation_data,
    scaling_data,
)
from core.views.story.drawn_digit import side_by_side

MOMENTS = GreyMoments(mean=33.0, deviation=66.0)


def test_weights_beyond_float16_are_none() -> None:
    layer = Layer(
        kernel=np.full((1, 1), 7e4, np.float32), bias=np.zeros(1, np.float32), activation="linear"
    )
    assert half_precision([layer]) is None


def test_a_kernel_is_sent_row_by_row_as_float16() -> None:
    kernel = np.array([[1, 2, 3], [4, 5, 0.1]], np.float32)
    layer = Layer(kernel=kernel, bias=np.zeros(3, np.float32), activation="tanh")
    [data] = layers_data([layer])
    assert (data["inputs"], data["units"], data["activation"]) == (2, 3, "tanh")
    sent = np.frombuffer(base64.b64decode(data["kernel"]), "<f2")
    assert sent.tolist() == [1, 2, 3, 4, 5, pytest.approx(0.1, abs=1e-4)]


@pytest.mark.parametrize(
    ("normalization", "scale", "shift", "threshold"),
    [
        ("unit", 1 / 255, 0, None),
        ("symmetric", 2 / 255, -1, None),
        ("raw", 1, 0, None),
        ("standardized", 1 / 66, -0.5, None),
        ("binarized", 1, 0, 127),
        ("sum_to_one", None, 0, None),
    ],
)
def test_each_normalization_is_a_scale_and_a_shift(
    normalization: str, scale: float | None, shift: float, threshold: int | None
) -> None:
    data = scaling_data(normalization, MOMENTS)
    assert data["scale"] == (None if scale is None else pytest.approx(scale))
    assert (data["shift"], data["threshold"]) == (shift, threshold)


def test_all_normalizations_have_a_case_above() -> None:
    assert len(NORMALIZATIONS) == 6


def test_digits_are_centred_by_mass_in_a_box_and_garments_fill_the_image() -> None:
    assert preparation_data("mnist") == {"box": 20, "isByMass": True}
    assert preparation_data("fashion-mnist") == {"box": 28, "isByMass": False}


def test_a_run_without_weights_has_no_network() -> None:
    run = Gallery().get(Variant().key)
    assert run is not None
    assert autoencoder_data(replace(run, weights=None), MOMENTS) is None
    data = autoencoder_data(run, MOMENTS)
    assert data is not None
    assert [layer["units"] for layer in data["layers"]] == [128, 64, 28, 64, 128, 784]


def test_the_landing_page_has_sigmoid_beside_softmax() -> None:
    data = side_by_side(Gallery())
    assert data is not None
    assert [network["name"] for network in data["networks"]] == ["sigmoid + BCE", "softmax + BCE"]
    assert [network["layers"][-1]["activation"] for network in data["networks"]] == [
        "sigmoid",
        "softmax",
    ]


def test_without_its_runs_the_landing_page_has_no_networks(tmp_path: Path) -> None:
    assert side_by_side(Gallery(tmp_path / "none.zip")) is None
