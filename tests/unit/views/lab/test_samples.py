"""Any held-out images through stored weights, and which of them are shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.data.normalization import GreyMoments
from core.run import Layer
from core.variant import Variant
from core.views.lab import samples
from core.views.lab.lab_view import View
from support.runs import make_run

MOMENTS = GreyMoments(mean=33.0, deviation=79.0)
ERROR = np.array([0.5, 0.1, 0.9, 0.1, 0.3, 0.7, 0.2, 0.4, 0.6, 0.8, 0.05, 0.95])
LABELS = np.array([3, 1, 3, 1, 0, 3, 2, 3, 2, 1, 0, 3])


def identity_run(**settings):
    """A run whose two layers give every image back as it is."""
    eye = np.eye(784, dtype=np.float32)
    layer = Layer(kernel=eye, bias=np.zeros(784, np.float32), activation="linear")
    return make_run(Variant(activation="linear", **settings), weights=(layer, layer))


@pytest.mark.parametrize("normalization", ["unit", "symmetric", "raw", "standardized"])
def test_a_network_that_changes_nothing_shows_the_originals(normalization):
    images = np.random.default_rng(0).integers(0, 256, (5, 784)).astype(np.uint8)
    run = identity_run(normalization=normalization)
    pixels = samples.reconstruct(run, images, MOMENTS)
    np.testing.assert_allclose(pixels, images / 255, atol=2e-6)
    np.testing.assert_allclose(samples.errors(run, images, MOMENTS), 0, atol=1e-10)


def test_without_weights_it_says_what_to_do():
    run = replace(make_run(), weights=None)
    with pytest.raises(ValueError, match="train it again"):
        samples.reconstruct(run, np.zeros((1, 784), np.uint8), MOMENTS)


@pytest.mark.parametrize(
    ("view", "places"),
    [
        (View(digits="best"), [10, 1, 3, 6, 4, 7, 0, 8, 5, 9]),
        (View(digits="worst"), [11, 2, 9, 5, 8, 0, 7, 4, 6, 1]),
        (View(digits="class", digit_class=3), [0, 2, 5, 7, 11]),
    ],
)
def test_best_worst_and_one_class_are_found_by_error_and_label(view, places):
    assert samples.choose(view, ERROR, LABELS).tolist() == places


def test_a_shuffle_is_ten_different_images_and_the_same_each_time():
    first = samples.choose(View(digits="shuffle", shuffle=4), ERROR, LABELS)
    again = samples.choose(View(digits="shuffle", shuffle=4), ERROR, LABELS)
    other = samples.choose(View(digits="shuffle", shuffle=5), ERROR, LABELS)
    assert len(set(first.tolist())) == 10
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()
