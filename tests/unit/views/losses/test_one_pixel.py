"""One pixel: the minimum, what misses cost, and the derivation, against plain arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.views.losses import one_pixel
from core.views.losses.one_pixel import PIXEL_LOSSES, asymmetry, cost, derivation, entropy, summary

BCE = "binary_crossentropy"


def test_entropy_is_ln_2_at_one_half_and_0_at_black_and_white() -> None:
    assert entropy(0.5) == pytest.approx(math.log(2))
    assert entropy(0.0) == entropy(1.0) == 0
    # 0.3 ln(1/0.3) + 0.7 ln(1/0.7) = 0.361192 + 0.249672
    assert entropy(0.3) == pytest.approx(0.610864, abs=1e-6)


@given(target=st.floats(0.01, 0.99))
def test_no_prediction_has_a_lower_cross_entropy_than_the_target_itself(target: float) -> None:
    predictions = np.linspace(0.001, 0.999, 999)
    losses = -(target * np.log(predictions) + (1 - target) * np.log(1 - predictions))
    found = cost(BCE, target, 0.2)
    assert found.minimum_at == target
    assert found.minimum <= losses.min() + 1e-12
    assert abs(predictions[losses.argmin()] - target) <= 0.001


@given(target=st.floats(0.05, 0.95))
def test_the_slope_is_negative_below_the_target_and_positive_above(target: float) -> None:
    assert (
        one_pixel.slope(BCE, target, target - 0.01)
        < 0
        < one_pixel.slope(BCE, target, target + 0.01)
    )
    assert one_pixel.slope(BCE, target, target) == pytest.approx(0, abs=1e-9)


def test_equal_misses_cost_unequal_cross_entropy_and_equal_squares() -> None:
    # y = 0.3: -(0.3 ln 0.1 + 0.7 ln 0.9) = 0.764528 and -ln 0.5 = 0.693147
    bce, mse, mae, huber = (cost(loss, 0.3, 0.2) for loss in PIXEL_LOSSES)
    assert (bce.lower, bce.higher) == pytest.approx((0.764528, 0.693147), abs=1e-6)
    assert (mse.lower, mse.higher) == pytest.approx((0.04, 0.04))
    assert (mae.lower, mae.higher) == pytest.approx((0.2, 0.2))
    assert (huber.lower, huber.higher) == pytest.approx((0.02, 0.02))
    assert asymmetry(0.3) == (
        "0.2 too dark costs 0.1537 more, 0.2 too bright 0.0823:"
        " unequal, but the minimum is still at p = y."
    )


def test_only_at_one_half_do_equal_misses_cost_the_same() -> None:
    assert asymmetry(0.5).endswith("too bright 0.0872: equal.")


def test_error_beyond_0_or_1_has_no_cross_entropy() -> None:
    assert cost(BCE, 0.1, 0.2).lower is None
    assert cost(BCE, 0.9, 0.2).higher is None
    assert cost("mean_squared_error", 0.1, 0.2).lower == pytest.approx(0.04)
    assert "the other side is outside 0 to 1" in asymmetry(0.1)


def test_raw_target_leaves_cross_entropy_without_minimum() -> None:
    found = cost(BCE, 200, 51)
    assert found.minimum == -math.inf
    assert found.minimum_at is None
    assert summary(200) == (
        "No minimum.",
        "With y = 200 the loss falls without bound as p approaches 1.",
    )
    # Huber beyond a distance of 1: 51 - 1/2.
    assert cost("huber", 200, 51).lower == 50.5


def test_clipping_stops_it_where_keras_clips() -> None:
    # p = 1 - 1.19e-7 in float32: -(200 ln p - 199 ln 1.19e-7) = 199 * -15.9424
    assert one_pixel.clipped_end(200) == pytest.approx(-3172.53, abs=0.05)


@pytest.mark.parametrize(
    ("target", "first", "rest"),
    [
        (0.3, "Minimum at p = 0.30.", "The loss there is 0.6109, not 0."),
        (0.0, "Minimum at p = 0.", "Only for targets 0 and 1 is the minimum 0."),
        (1.0, "Minimum at p = 1.", "Only for targets 0 and 1 is the minimum 0."),
    ],
)
def test_the_summary_names_the_place_and_the_value(target: float, first: str, rest: str) -> None:
    assert summary(target) == (first, rest)


def test_the_derivation_has_four_lines_with_the_numbers_of_the_target() -> None:
    lines = derivation(0.25)
    assert [line.value for line in lines] == [
        "at p = 0.25: **H(y) = 0.5623**",
        "at p = 0.25: −0.25/0.25 + 0.75/0.75 = **0**",
        "**p = 0.25**",
        "1 / (y (1 − y)) = **5.3**, above 0: a minimum",
    ]


def test_the_derivation_says_where_it_does_not_hold() -> None:
    assert "edge" in derivation(0.0)[2].value
    assert derivation(1.0)[1].value == "−1 / p, never above −1"
    raw = derivation(200)
    assert raw[2].value == "nowhere: p = 200 is above 1"
    assert raw[3].formula == r"\lim_{p \to 1} L(p) = -\infty"


def test_every_formula_of_the_derivation_is_right_for_a_target_by_differences() -> None:
    y, p, step = 0.37, 0.62, 1e-5

    def loss(at: float) -> float:
        return -y * math.log(at) - (1 - y) * math.log(1 - at)

    slope = (loss(p + step) - loss(p - step)) / (2 * step)
    bend = (loss(p + step) - 2 * loss(p) + loss(p - step)) / step**2
    assert slope == pytest.approx((p - y) / (p * (1 - p)), rel=1e-6)
    assert bend == pytest.approx(y / p**2 + (1 - y) / (1 - p) ** 2, rel=1e-4)
