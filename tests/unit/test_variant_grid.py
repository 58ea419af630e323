"""Grids of variants, and how far their sweep is; the trainer's part is in tests/jobs."""

import pytest

from core.errors import InvalidVariant
from core.variant import Variant
from core.variant_grid import grid


def test_a_grid_has_every_combination_the_last_field_varying_fastest() -> None:
    vary = {"activation": ["sigmoid", "softmax"], "loss": ["huber", "mean_squared_error"]}
    found = [(variant.activation, variant.loss) for variant in grid(Variant(seed=3), vary)]
    assert found == [
        ("sigmoid", "huber"),
        ("sigmoid", "mean_squared_error"),
        ("softmax", "huber"),
        ("softmax", "mean_squared_error"),
    ]


def test_all_other_settings_are_those_of_the_base() -> None:
    (variant,) = grid(Variant(seed=3, epochs=2), {"activation": ["tanh"]})
    assert variant == Variant(seed=3, epochs=2, activation="tanh")


def test_data_sets_get_their_own_number_of_epochs_unless_the_base_has_another() -> None:
    vary = {"dataset": ["mnist-sample", "mnist"]}
    assert [variant.epochs for variant in grid(Variant(), vary)] == [67, 5]
    assert [variant.epochs for variant in grid(Variant(epochs=9), vary)] == [9, 9]


def test_a_value_that_is_not_allowed_is_refused_before_anything_trains() -> None:
    with pytest.raises(InvalidVariant, match="loss cannot be 'accuracy'"):
        grid(Variant(), {"loss": ["huber", "accuracy"]})
