"""Figures of values: sorted pixels, and targets over an activation's range."""

from __future__ import annotations

import numpy as np
import pytest

from core.charts.echarts import Options
from core.charts.palette import LIGHT
from core.data import loading
from core.metrics.dataset_stats import statistics
from core.views.losses import value_figures
from core.views.losses.one_image import activate
from core.views.losses.target_values import TargetValues, target_values


def values(normalization: str) -> TargetValues:
    moments = statistics("mnist-sample").moments
    return target_values(loading.load_held_out("mnist-sample").held_out, moments, normalization)


def bars(figure: Options) -> list[dict[float, float]]:
    """The height in per cent of each bar by its place: first in reach, then out of it."""
    return [dict(series["data"]) for series in figure["series"] if series["type"] == "bar"]


def test_each_activation_and_the_original_fall_from_left_to_right() -> None:
    image = loading.pinned(loading.load_held_out("mnist-sample")).images[3]
    figure = value_figures.sorted_values(image, activate(image, 5.0), LIGHT)
    lines = {series["name"]: series for series in figure["series"] if "name" in series}
    assert set(lines) == {"sigmoid", "linear", "tanh", "relu", "softmax", "original"}
    for line in lines.values():
        values = [value for _, value in line["data"]]
        assert len(values) == 480
        assert (np.diff(values) <= 0).all()
    assert lines["original"]["data"][:2] == [[1, 1], [2, pytest.approx(1, abs=0.01)]]
    assert max(value for _, value in lines["softmax"]["data"]) < 0.1
    dashes = [str(line["lineStyle"]["type"]) for name, line in lines.items() if name != "original"]
    assert len(set(dashes)) == 5
    assert figure["legend"]["data"] == list(lines)


def test_targets_below_sigmoids_range_are_hatched_and_the_rest_is_not() -> None:
    figure = value_figures.histogram_of_targets(values("symmetric"), "sigmoid", LIGHT)
    inside, outside = bars(figure)
    assert max(outside) < 0 <= max(inside)
    styles = {s["name"]: s["itemStyle"] for s in figure["series"] if s["type"] == "bar"}
    assert styles["out of range"]["color"] == LIGHT.bad
    assert styles["in range"]["decal"]["color"] == "transparent"
    held_out = loading.load_held_out("mnist-sample").held_out
    # A bar is as wide as four greys, so the border between the two is only that exact.
    assert sum(outside.values()) == pytest.approx(100 * (held_out < 127.5).mean(), abs=0.5)
    assert sum((*inside.values(), *outside.values())) == pytest.approx(100, abs=0.01)


def test_an_activation_that_reaches_everything_leaves_nothing_hatched() -> None:
    for activation, normalization in (
        ("sigmoid", "unit"),
        ("tanh", "symmetric"),
        ("linear", "raw"),
    ):
        figure = value_figures.histogram_of_targets(values(normalization), activation, LIGHT)
        assert bars(figure)[1] == {}


def test_sums_that_softmax_cannot_give_are_hatched_beside_the_line_at_1() -> None:
    figure = value_figures.histogram_of_sums(values("unit"), LIGHT)
    fitting, missed = bars(figure)
    assert fitting == {}
    assert sum(missed.values()) == pytest.approx(100, abs=0.1)
    lines = [s["markLine"]["data"] for s in figure["series"] if "markLine" in s]
    assert lines == [[{"xAxis": 1}]]


def test_sums_of_images_divided_by_their_sum_are_all_at_the_line() -> None:
    figure = value_figures.histogram_of_sums(values("sum_to_one"), LIGHT)
    fitting, missed = bars(figure)
    assert sum(fitting.values()) == pytest.approx(100, abs=0.1)
    assert missed == {}
