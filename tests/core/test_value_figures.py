"""Figures of values: sorted pixels, and targets over an activation's range."""

from __future__ import annotations

import numpy as np
import pytest

from core import data, value_figures
from core.one_image import activate
from core.palette import LIGHT
from core.statistics import statistics
from core.target_values import TargetValues, target_values


def values(normalization: str) -> TargetValues:
    moments = statistics("mnist-sample").moments
    return target_values(data.load_held_out("mnist-sample").held_out, moments, normalization)


def test_each_activation_and_the_original_fall_from_left_to_right() -> None:
    image = data.pinned(data.load_held_out("mnist-sample")).images[3]
    figure = value_figures.sorted_values(image, activate(image, 5.0), LIGHT, height=200)
    lines = {trace.name: trace for trace in figure.data if trace.mode == "lines"}
    assert set(lines) == {"sigmoid", "linear", "tanh", "relu", "softmax", "original"}
    for line in lines.values():
        assert len(line.y) == 784
        assert (np.diff(line.y) <= 0).all()
    assert sum(lines["softmax"].y) == pytest.approx(1)
    dashes = [line.line.dash for name, line in lines.items() if name != "original"]
    assert len(set(dashes)) == 5


def test_targets_below_sigmoids_range_are_hatched_and_the_rest_is_not() -> None:
    figure = value_figures.histogram_of_targets(values("symmetric"), "sigmoid", LIGHT, height=200)
    inside, outside = (trace for trace in figure.data if trace.type == "bar")
    assert (inside.marker.pattern.shape, outside.marker.pattern.shape) == ("", "/")
    assert outside.marker.color == LIGHT.bad
    assert max(outside.x) < 0 <= max(inside.x)
    held_out = data.load_held_out("mnist-sample").held_out
    # A bar is as wide as four greys, so the border between the two is only that exact.
    assert sum(outside.y) == pytest.approx((held_out < 127.5).mean(), abs=0.005)
    assert sum(inside.y) + sum(outside.y) == pytest.approx(1)


def test_an_activation_that_reaches_everything_leaves_nothing_hatched() -> None:
    for activation, normalization in (
        ("sigmoid", "unit"),
        ("tanh", "symmetric"),
        ("linear", "raw"),
    ):
        figure = value_figures.histogram_of_targets(
            values(normalization), activation, LIGHT, height=200
        )
        _, outside = (trace for trace in figure.data if trace.type == "bar")
        assert len(outside.x) == 0


def test_sums_that_softmax_cannot_give_are_hatched_beside_the_line_at_1() -> None:
    figure = value_figures.histogram_of_sums(values("unit"), LIGHT, height=200)
    fitting, missed = (trace for trace in figure.data if trace.type == "bar")
    assert len(fitting.x) == 0
    assert sum(missed.y) == pytest.approx(1)
    assert [shape.x0 for shape in figure.layout.shapes] == [1]


def test_sums_of_images_divided_by_their_sum_are_all_at_the_line() -> None:
    figure = value_figures.histogram_of_sums(values("sum_to_one"), LIGHT, height=200)
    fitting, _ = (trace for trace in figure.data if trace.type == "bar")
    assert sum(fitting.y) == pytest.approx(1)
