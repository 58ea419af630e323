"""The forward pass in NumPy, held to small networks worked out by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from core.metrics import inference
from core.run import Layer


def layer(kernel: list[list[float]], bias: list[float], activation: str) -> Layer:
    return Layer(
        kernel=np.array(kernel, np.float32), bias=np.array(bias, np.float32), activation=activation
    )


# Two inputs, a bottleneck of one, two outputs.
SMALL = (
    layer([[1], [2]], [-1], "relu"),
    layer([[3, -3]], [0, 0], "sigmoid"),
)
# Inputs 1 and 1 give 1 + 2 - 1 = 2 in the middle and 6, -6 before the sigmoid; 0 and 0 give -1,
# which relu takes to 0.
INPUTS = np.array([[1, 1], [0, 0]], np.float32)


def test_codes_and_outputs_of_a_small_network() -> None:
    np.testing.assert_array_equal(inference.encode(SMALL, INPUTS), [[2], [0]])
    expected = [[0.99752738, 0.00247262], [0.5, 0.5]]  # 1 / (1 + exp(-6)) and its complement
    np.testing.assert_allclose(inference.outputs(SMALL, INPUTS), expected, rtol=1e-5)


def test_decoding_the_codes_gives_the_outputs() -> None:
    codes = inference.encode(SMALL, INPUTS)
    decoder = SMALL[inference.bottleneck(SMALL) + 1 :]
    expected = inference.outputs(SMALL, INPUTS)
    np.testing.assert_array_equal(inference.outputs(decoder, codes), expected)


def test_the_bottleneck_is_the_narrowest_of_five_hidden_layers() -> None:
    widths = [4, 3, 2, 1, 2, 3, 4]
    layers = [
        layer(np.ones((below, above)).tolist(), [0] * above, "linear")
        for below, above in pairwise(widths)
    ]
    assert inference.bottleneck(layers) == 2
    # All ones: each layer's value is the width below times the value below: 4 x 3 x 2 = 24.
    np.testing.assert_array_equal(inference.encode(layers, np.ones((1, 4), np.float32)), [[24]])


def test_a_bottleneck_before_the_output_has_no_other_decoder() -> None:
    # The narrowest layer is not the middle one: 4, 3, 2 and 4 units.
    layers = [
        layer(np.ones((below, above)).tolist(), [0] * above, "linear")
        for below, above in pairwise([4, 3, 2, 4])
    ]
    codes = inference.encode(layers, np.ones((1, 4), np.float32))
    np.testing.assert_array_equal(codes, [[12, 12]])
    decoder = layers[inference.bottleneck(layers) + 1 :]
    np.testing.assert_array_equal(inference.outputs(decoder, codes), [[24, 24, 24, 24]])


def test_many_images_pass_in_chunks_without_a_difference() -> None:
    images = np.random.default_rng(1).random((inference.CHUNK + 5, 2), np.float32)
    together = inference.outputs(SMALL, images)
    assert together.dtype == np.float32
    assert together.shape == images.shape
    np.testing.assert_array_equal(together[-5:], inference.outputs(SMALL, images[-5:]))


def test_values_too_large_for_a_float_are_infinite() -> None:
    huge = (layer([[3e38]], [0], "linear"), layer([[10]], [0], "linear"))
    assert inference.outputs(huge, np.ones((1, 1), np.float32))[0, 0] == np.inf


def test_no_images_give_no_outputs() -> None:
    assert inference.outputs(SMALL, np.zeros((0, 2), np.float32)).shape == (0, 2)
