"""Numbers on screen; the expected texts are LOOK's own examples or follow from its rules."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import formats


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.09372, "0.0937"),
        (0.61894, "0.6189"),
        (0.0, "0.0000"),
        (9.87654, "9.8765"),
        # From 10 on four digits, and all that stand before the point; from 10,000 on hundreds.
        (9.99996, "10.00"),
        (-534.12344, "-534.1"),
        (-4406.7266, "-4,407"),
        (9999.5, "10,000"),
        (56_249.9, "56,200"),
        (100_000.0, "1.0e5"),
        (-1.2345e19, "-1.2e19"),
        (2.13e-5, "2.1e-5"),
        (None, "–"),
        (math.nan, "–"),
        (math.inf, "∞"),
        (-math.inf, "-∞"),
    ],
)
def test_losses_are_short_and_grouped(value: float | None, text: str) -> None:
    assert formats.loss(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.873, "0.87"),
        (1.0, "1.00"),
        (0.0144, "0.014"),
        (0.0001, "0.00"),
        (-0.0001, "0.00"),
        (-0.25, "-0.25"),
        (12.345, "12.3"),
        (-4406.7, "-4,407"),
        (3.2e19, "3e19"),
        (None, "–"),
    ],
)
def test_pixel_values_have_two_decimals_and_three_below_a_tenth(
    value: float | None, text: str
) -> None:
    assert formats.pixel(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (104.2, "104"),
        (1.0, "1.0"),
        (1 / 255, "0.004"),  # what softmax shares out, where white is 255
        (0.049, "0.049"),
        (0.05, "0.1"),
        (0.0004, "0.0"),
        (9.96, "10"),
        (-577.3, "-577"),
        (7090.7, "7,091"),
        (26306.6, "26,300"),
        (3.2e19, "3e19"),
    ],
)
def test_sums_have_no_decimals_one_below_ten_and_three_of_next_to_nothing(
    value: float, text: str
) -> None:
    assert formats.total(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0673, "0.067"), (12.345, "12.3"), (7090.7221, "7,091"), (4e-4, "4.0e-4"), (None, "–")],
)
def test_short_scores_have_three_decimals_or_three_digits(value: float | None, text: str) -> None:
    assert formats.short(value) == text


@given(value=st.floats(allow_nan=False, allow_infinity=False, min_value=-1e99, max_value=1e99))
def test_numbers_under_digits_are_short(value: float) -> None:
    assert len(formats.pixel(value)) <= 7
    assert len(formats.total(value)) <= 7


def test_psnr_carries_its_unit_and_may_be_infinite() -> None:
    assert formats.decibels(18.86) == "18.9 dB"
    assert formats.decibels(math.inf) == "∞"
    assert formats.decibels(None) == "–"


def test_ssim_has_two_decimals() -> None:
    assert formats.ssim(0.8472) == "0.85"
    assert formats.ssim(-0.001) == "0.00"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.19, "19%"),
        (1.66, "166%"),
        (0.0, "0%"),
        (1.0, "100%"),
        (0.003, "0.3%"),
        (0.9981, "99.8%"),
        (0.0003, "<0.1%"),
        (0.99951, ">99.9%"),
        (None, "–"),
        (math.inf, "∞"),
    ],
)
def test_shares_are_whole_per_cents_except_next_to_none_and_all(
    value: float | None, text: str
) -> None:
    assert formats.share(value) == text


def test_factors_have_one_decimal_below_ten() -> None:
    assert formats.factor(5.28) == "5.3"
    assert formats.factor(24.4) == "24"
    assert formats.factor(math.inf) == "∞"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0 s"),
        (3.2, "4 s"),
        (99.0, "99 s"),
        (100.0, "2 min"),
        (720.0, "12 min"),
        (9000.0, "2.5 h"),
        (None, "–"),
        (float("inf"), "∞"),
    ],
)
def test_a_duration_is_rounded_up(seconds: float | None, text: str) -> None:
    assert formats.duration(seconds) == text
