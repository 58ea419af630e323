"""The example of one's own images: the same everywhere, black on white, with grey edges."""

from __future__ import annotations

import hashlib

import numpy as np

from core.data.example_shapes import example_shapes
from core.data.image_files.preparation import Options, prepare
from core.data.image_files.reading import read
from core.metrics.image_set_preview import preview
from support.image_files import given, npz_of


def test_shapes_are_black_on_white_and_differ() -> None:
    shapes = example_shapes()
    assert (shapes.shape, shapes.dtype) == ((300, 40, 40), np.uint8)
    assert (shapes[:, 0, 0] == 255).all()
    assert (shapes.min(axis=(1, 2)) == 0).all()
    assert len({hashlib.sha256(shape.tobytes()).hexdigest() for shape in shapes}) == 300
    # Edges are smooth: some pixels are neither black nor white.
    assert 0.02 < ((shapes > 0) & (shapes < 255)).mean() < 0.2
    np.testing.assert_array_equal(shapes, example_shapes())


def test_shapes_show_what_inversion_does() -> None:
    found = read([given(npz_of(images=example_shapes()))])
    assert found.sides == "40 × 40"
    assert preview(prepare(found, Options())).sentence.startswith("Your images are 8")
    assert " white, MNIST's digits 12%" in preview(prepare(found, Options())).sentence
    inverted = preview(prepare(found, Options(invert=True)))
    assert inverted.sentence.startswith("Your images are 7")
