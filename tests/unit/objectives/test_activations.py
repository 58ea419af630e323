"""Activations in NumPy, held to numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.objectives.activations import ACTIVATIONS, ENDS, HIDDEN_ACTIVATIONS, apply

LOGITS = np.array([[-2.0, -0.5, 0.0, 3.0]])


@pytest.mark.parametrize(
    ("name", "values"),
    [
        # exp(-2) - 1 and exp(-0.5) - 1 below 0.
        ("elu", [-0.864665, -0.393469, 0, 3]),
        # 1.050701 times x above 0, times 1.673263 (exp(x) - 1) below (Klambauer et al. 2017).
        ("selu", [-1.520167, -0.691758, 0, 3.152103]),
        # A slope of 0.2 below 0, as keras.activations.leaky_relu has it.
        ("leaky_relu", [-0.4, -0.1, 0, 3]),
    ],
)
def test_hidden_activation_gives_the_values_of_its_formula(name: str, values: list[float]) -> None:
    assert apply(name, LOGITS)[0] == pytest.approx(values, abs=1e-6)


def test_large_values_neither_overflow_nor_warn() -> None:
    for name in HIDDEN_ACTIVATIONS:
        assert np.isfinite(apply(name, np.array([[-1e4, 1e4]], np.float32))).all()


def test_every_output_activation_is_applied_by_its_name_as_well() -> None:
    for name, activation in ACTIVATIONS.items():
        np.testing.assert_array_equal(apply(name, LOGITS), activation.apply(LOGITS))


def test_range_of_an_output_activation_is_said_in_words() -> None:
    assert {name: activation.range_text for name, activation in ACTIVATIONS.items()} == {
        "sigmoid": "0 to 1",
        "linear": "any number",
        "tanh": "-1 to 1",
        "relu": "0 and more",
        "softmax": "0 to 1",
    }


def test_units_of_sigmoid_and_tanh_saturate_at_their_ends() -> None:
    assert ENDS == {"sigmoid": (0, 1), "tanh": (-1, 1)}
