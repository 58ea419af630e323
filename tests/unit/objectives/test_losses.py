"""Output activations and losses: literal values, worked out by hand from Keras' definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.objectives.activations import ACTIVATIONS, Array
from core.objectives.losses import LOSSES, takes_outputs_as_logits, trains_on_hidden_logits

LN2, LN3 = math.log(2), math.log(3)


def logits_up_to(limit: float) -> st.SearchStrategy[Array]:
    return arrays(np.float64, (3, 8), elements=st.floats(-limit, limit))


shares = arrays(np.float64, (3, 8), elements=st.floats(0, 1))


@pytest.mark.parametrize(
    ("name", "outputs"),
    [
        ("sigmoid", [0.25, 0.5, 0.75]),
        ("linear", [-LN3, 0, LN3]),
        # tanh(ln 3) = (3 - 1/3) / (3 + 1/3)
        ("tanh", [-0.8, 0, 0.8]),
        ("relu", [0, 0, LN3]),
        # exp gives 1/3, 1 and 3, whose sum is 13/3.
        ("softmax", [1 / 13, 3 / 13, 9 / 13]),
    ],
)
def test_logits_become_these_outputs(name: str, outputs: list[float]) -> None:
    logits = np.array([[-LN3, 0.0, LN3]])

    assert ACTIVATIONS[name].apply(logits)[0] == pytest.approx(outputs)


@pytest.mark.parametrize("name", list(ACTIVATIONS))
@given(logits=logits_up_to(1e4))
def test_outputs_stay_in_the_range_that_the_table_says(name: str, logits: Array) -> None:
    activation = ACTIVATIONS[name]

    outputs = activation.apply(logits)

    assert outputs.shape == logits.shape
    assert activation.low <= outputs.min()
    assert outputs.max() <= activation.high


@given(logits=logits_up_to(1e4))
def test_softmax_outputs_share_a_sum_of_one(logits: Array) -> None:
    assert ACTIVATIONS["softmax"].apply(logits).sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        # -(0.5 ln 0.5 + 0.5 ln 0.5) = ln 2 and -(ln 0.75); the mean of both.
        ("binary_crossentropy", (LN2 - math.log(0.75)) / 2),
        ("mean_squared_error", (0 + 0.0625) / 2),
        ("mean_absolute_error", (0 + 0.25) / 2),
        # Outputs are divided by their sum first: 0.4 and 0.6; the sum, not the mean.
        ("categorical_crossentropy", -(0.5 * math.log(0.4) + math.log(0.6))),
        ("huber", (0 + 0.03125) / 2),
        ("log_cosh", (0 + math.log(math.cosh(0.25))) / 2),
        # 0.5 ln(0.5 / 0.5) + 1 ln(1 / 0.75); the sum, not the mean.
        ("kl_divergence", -math.log(0.75)),
    ],
)
def test_targets_and_outputs_have_this_loss(name: str, value: float) -> None:
    targets, outputs = np.array([[0.5, 1.0]]), np.array([[0.5, 0.75]])

    assert LOSSES[name].per_image(targets, outputs) == pytest.approx([value])


def test_huber_grows_evenly_beyond_a_distance_of_one() -> None:
    targets, outputs = np.zeros((4, 1)), np.array([[0.5], [1.0], [3.0], [-200.0]])

    assert LOSSES["huber"].per_image(targets, outputs).tolist() == [0.125, 0.5, 2.5, 199.5]


def test_log_cosh_is_half_the_square_near_0_and_linear_far_away() -> None:
    targets, outputs = np.zeros((3, 1)), np.array([[0.0], [0.01], [-500.0]])

    # x^2 / 2 - x^4 / 12, and |x| - ln 2.
    assert LOSSES["log_cosh"].per_image(targets, outputs) == pytest.approx(
        [0, 0.00005 - 1e-8 / 12, 500 - LN2], rel=1e-6, abs=1e-15
    )


def test_kl_divergence_is_below_0_where_the_outputs_sum_to_more_than_the_targets() -> None:
    targets, outputs = np.full((1, 4), 0.5), np.ones((1, 4))

    assert LOSSES["kl_divergence"].per_image(targets, outputs) == pytest.approx([-2 * LN2])
    # Beyond 1 Keras clips: brighter pays no more.
    assert LOSSES["kl_divergence"].per_image(targets, 9 * outputs) == pytest.approx([-2 * LN2])


def test_binary_crossentropy_of_certain_mistakes_ends_at_the_clipping_of_float32() -> None:
    targets, outputs = np.array([[1.0], [0.0]]), np.array([[0.0], [1.0]])

    # -ln(1e-7) = 16.1181; in float32 the nearest to 1 - 1e-7 is 1 - 2**-23, -ln(2**-23) = 15.9424.
    assert LOSSES["binary_crossentropy"].per_image(targets, outputs) == pytest.approx(
        [16.118096, 15.942385]
    )


# Within these logits no probability is so small that it is clipped.
@given(targets=shares, logits=logits_up_to(6))
def test_crossentropies_from_logits_are_those_of_their_activation(
    targets: Array, logits: Array
) -> None:
    binary, categorical = LOSSES["binary_crossentropy"], LOSSES["categorical_crossentropy"]
    assert binary.from_logits is not None
    assert categorical.from_logits is not None

    assert binary.from_logits(targets, logits) == pytest.approx(
        binary.per_image(targets, ACTIVATIONS["sigmoid"].apply(logits)), rel=1e-5, abs=1e-9
    )
    assert categorical.from_logits(targets, logits) == pytest.approx(
        categorical.per_image(targets, ACTIVATIONS["softmax"].apply(logits)), rel=1e-5, abs=1e-9
    )


@given(targets=shares, logits=logits_up_to(30))
def test_binary_crossentropy_is_least_where_outputs_equal_targets_between_0_and_1(
    targets: Array, logits: Array
) -> None:
    loss = LOSSES["binary_crossentropy"].per_image
    outputs = ACTIVATIONS["sigmoid"].apply(logits)

    # Clipping lets an output of 1 cost 1.2e-7.
    assert (loss(targets, targets) <= loss(targets, outputs) + 2e-7).all()


def test_binary_crossentropy_from_logits_has_no_bound_for_targets_above_1() -> None:
    from_logits = LOSSES["binary_crossentropy"].from_logits
    assert from_logits is not None

    losses = from_logits(np.full((2, 1), 255.0), np.array([[10.0], [1e6]]))

    # x - 255 x for large x
    assert losses == pytest.approx([-2540, -254e6], rel=1e-6)


@pytest.mark.parametrize("name", ["mean_squared_error", "mean_absolute_error", "huber"])
@given(targets=logits_up_to(255), outputs=logits_up_to(255))
def test_distances_are_never_negative_and_0_for_a_perfect_copy(
    name: str, targets: Array, outputs: Array
) -> None:
    assert (LOSSES[name].per_image(targets, outputs) >= 0).all()
    assert LOSSES[name].per_image(targets, targets).tolist() == [0, 0, 0]


def test_hidden_logits_are_used_for_both_crossentropies_after_sigmoid_and_softmax() -> None:
    found = {
        (activation, loss)
        for activation in ACTIVATIONS
        for loss in LOSSES
        if trains_on_hidden_logits(activation, loss, "keras")
    }

    assert found == {
        ("sigmoid", "binary_crossentropy"),
        ("sigmoid", "categorical_crossentropy"),
        ("softmax", "binary_crossentropy"),
        ("softmax", "categorical_crossentropy"),
    }


def test_only_cross_entropies_take_outputs_as_logits() -> None:
    found = {loss for loss in LOSSES if takes_outputs_as_logits(loss, "logits")}
    assert found == {"binary_crossentropy", "categorical_crossentropy"}
    assert not any(takes_outputs_as_logits(loss, "keras") for loss in LOSSES)
    assert not trains_on_hidden_logits("sigmoid", "binary_crossentropy", "logits")


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
@pytest.mark.parametrize("loss", list(LOSSES))
def test_outputs_mode_never_uses_hidden_logits(activation: str, loss: str) -> None:
    assert not trains_on_hidden_logits(activation, loss, "outputs")


def test_labels_and_units_are_what_a_page_can_show() -> None:
    assert {loss.label: loss.unit for loss in LOSSES.values()} == {
        "BCE": "per pixel",
        "MSE": "per pixel",
        "MAE": "per pixel",
        "CCE": "per image",
        "Huber": "per pixel",
        "Log-cosh": "per pixel",
        "KL": "per image",
    }
    assert [activation.label for activation in ACTIVATIONS.values()] == list(ACTIVATIONS)
