"""The loss of a run: as data, as a chart and in words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from core.charts import loss_chart
from core.charts.chart import Chart, smoothed
from core.charts.loss_chart import LossCurve
from core.charts.ticks import Axis
from core.objectives.losses import LOSSES
from core.progress import EpochScores, History, LossPoints, Stage
from core.run import LossPair

BCE = LOSSES["binary_crossentropy"]
FALLING = [0.7 * 0.9**step for step in range(20)]


def history(losses: list[float], *, displayed: float | None = None) -> History:
    """Ten steps an epoch; the held-out loss is that of the epoch's last step."""
    events = History()
    events.add(Stage(name="training", steps_per_epoch=10, total_steps=len(losses)))
    events.add(LossPoints(steps=tuple(range(1, len(losses) + 1)), losses=tuple(losses)))
    for epoch in range(1, len(losses) // 10 + 1):
        loss = losses[epoch * 10 - 1]
        events.add(
            EpochScores(
                epoch=epoch,
                step=epoch * 10,
                loss=loss,
                validation_loss=loss,
                displayed_loss=loss if displayed is None else displayed,
                mse=0.02,
                ssim=None,
            )
        )
    return events


def curve(
    losses: list[float],
    floor: float | None = 0.0581,
    displayed: float | None = None,
    epochs: int = 2,
) -> LossCurve:
    pair = LossPair(training=floor, held_out=floor)
    return loss_chart.loss_curve(history(losses, displayed=displayed), BCE, pair, epochs)


def chart(losses: list[float], floor: float | None = 0.0581, **options: Any) -> Chart:
    return loss_chart.loss_chart(curve(losses, floor), **options)


def test_steps_are_at_their_fraction_of_an_epoch() -> None:
    drawn = curve(FALLING)
    assert drawn.training[0] == (0.1, 0.7)
    assert drawn.training[-1][0] == 2.0
    assert [x for x, _ in drawn.held_out] == [1.0, 2.0]


def test_the_chart_states_its_unit() -> None:
    assert chart(FALLING).title == "BCE per pixel"
    image = loss_chart.loss_curve(History(), LOSSES["categorical_crossentropy"], None, 5)
    assert image.unit == "CCE per image"


def test_the_loss_of_the_shown_pixels_is_a_line_of_its_own_only_where_it_differs() -> None:
    assert curve(FALLING).shown == []
    assert curve(FALLING, displayed=0.62).shown == [(1.0, 0.62), (2.0, 0.62)]


def test_the_floor_is_a_level_of_the_chart() -> None:
    assert [(level.name, level.value) for level in chart(FALLING).levels] == [("floor", 0.0581)]


def test_the_floor_is_that_of_the_held_out_images() -> None:
    pair = LossPair(training=0.0590, held_out=0.0591)
    assert loss_chart.loss_curve(history(FALLING), BCE, pair, 2).floor == 0.0591


def with_landmarks(losses: list[float], landmarks: dict[str, float]) -> LossCurve:
    pair = LossPair(training=0.0581, held_out=0.0581)
    return loss_chart.loss_curve(history(losses), BCE, pair, 2, landmarks)


@pytest.mark.parametrize("log", [True, False])
def test_landmarks_are_thin_levels_with_their_names(log: bool) -> None:
    curve = with_landmarks(FALLING, {"all grey": 0.6931, "mean image": 0.2603})
    floor, *levels = loss_chart.loss_chart(curve, log=log).levels
    assert (floor.name, floor.label, floor.is_thin) == ("floor", "", False)
    assert [(level.value, level.label, level.is_thin) for level in levels] == [
        (0.2603, "mean image 0.260", True),
        (0.6931, "all grey 0.693", True),
    ]
    assert "Mean image: 0.2603." in loss_chart.curve_in_words(curve)


def test_labels_of_near_landmarks_keep_a_tenth_of_the_axis_apart_and_inside() -> None:
    close = {"all grey": 0.98, "mean image": 0.97, "PCA": 0.96}
    drawn = loss_chart.loss_chart(with_landmarks(FALLING, close))
    heights = [level.height for level in drawn.levels if level.height is not None]
    shares = [drawn.y.share(height) for height in heights]
    assert np.diff(shares) == pytest.approx([0.1, 0.1])
    assert shares[-1] == pytest.approx(0.97)


@pytest.mark.parametrize(
    ("level", "curves", "height"),
    [
        (0.5, [], 0.5),
        (0.5, [0.55], 0.4),
        (0.5, [0.45], 0.5),
        (0.5, [0.7, 0.2], 0.5),
        # Neither side is free.
        (0.5, [0.55, 0.45], 0.5),
        # There is no room below.
        (0.05, [0.1], 0.05),
    ],
)
def test_the_label_of_a_landmark_evades_a_curve_that_would_cross_it(
    level: float, curves: list[float], height: float
) -> None:
    axis = Axis(low=0.0, high=1.0, ticks=())
    (drawn,) = loss_chart.landmark_levels({"all grey": level}, axis, curves)
    assert drawn.height == pytest.approx(height)


def test_only_the_end_of_a_curve_moves_the_label_of_a_landmark() -> None:
    ends, starts = [0.1] * 17 + [0.75] * 3, [0.75] * 3 + [0.1] * 17
    moved = []
    for losses in (ends, starts):
        drawn = loss_chart.loss_chart(with_landmarks(losses, {"all grey": 0.7}), log=False)
        assert drawn.levels[-1].height is not None
        moved.append(drawn.y.share(0.7) - drawn.y.share(drawn.levels[-1].height))
    # 0.75 is less than a tenth of the axis above 0.7.
    assert moved == pytest.approx([0.1, 0])


@pytest.mark.parametrize(
    ("log", "inside", "outside"),
    [
        # The losses lie between 0.7 * 0.9^19 = 0.0946 and 0.7.
        (True, [0.024, 2.7], [0.023, 2.9]),  # four times beyond
        (False, [0.0, 1.3], [-0.6, 1.4]),  # by as much as they span, 0.605
    ],
)
def test_landmarks_far_from_the_losses_are_omitted(
    log: bool, inside: list[float], outside: list[float]
) -> None:
    levels = {f"at {value}": value for value in (*inside, *outside)}
    shown = with_landmarks(FALLING, levels).shown_landmarks(log=log)
    assert sorted(shown.values()) == inside


def test_a_logarithmic_axis_ends_at_ticks_below_the_floor_and_above_the_losses() -> None:
    axis = chart(FALLING).y
    # 0.0581 lies above 0.05, and 0.7 below 1.
    assert (axis.is_log, axis.low, axis.high) == (True, pytest.approx(0.05), pytest.approx(1))


@pytest.mark.parametrize("floor", [0.0, 0.0001])
def test_a_floor_far_below_the_losses_is_omitted_from_a_logarithmic_axis(floor: float) -> None:
    # The smallest loss is 0.7 * 0.9^19 = 0.0946.
    drawn = chart(FALLING, floor if floor == 0 else 0.0946 / 1001)
    assert drawn.y.is_log
    assert drawn.levels == ()
    assert drawn.y.low == pytest.approx(0.05)


def test_losses_below_zero_have_a_linear_axis_with_one_power_of_ten() -> None:
    axis = chart([-1.5e12, -6.7e12], None).y
    assert not axis.is_log
    assert axis.factor == "×10¹²"
    assert [tick.label for tick in axis.ticks] == ["-6", "-4", "-2"]


def test_non_finite_values_are_omitted() -> None:
    drawn = chart([0.5, math.nan, math.inf, 0.4, 1.7e308])
    assert [y for _, y in drawn.lines[0].points] == [0.5, 0.4]


def test_smoothing_is_off_by_default_and_keeps_the_raw_points_visible() -> None:
    assert len(chart(FALLING).lines) == 3
    lines = chart(FALLING, smoothing=9).lines
    assert len(lines) == 4
    assert lines[0].points == chart(FALLING).lines[0].points
    assert lines[0].is_faint


def test_smoothing_is_the_mean_of_a_point_and_its_neighbours_and_keeps_both_ends() -> None:
    points = [(0.0, 0.0), (1.0, 3.0), (2.0, 6.0), (3.0, 0.0), (4.0, 9.0)]
    assert [y for _, y in smoothed(points, 3)] == [0.0, 3.0, 3.0, 5.0, 9.0]
    # Five points only in the middle: (0 + 3 + 6 + 0 + 9) / 5 = 3.6.
    assert [y for _, y in smoothed(points, 5)] == [0.0, 3.0, 3.6, 5.0, 9.0]
    assert smoothed(points, 1) == points


def test_empty_axes_with_a_floor_of_zero_are_linear_and_show_it() -> None:
    drawn = chart([], 0.0)
    assert not drawn.y.is_log
    assert [level.value for level in drawn.levels] == [0]


def test_the_axis_of_epochs_does_not_move_while_the_curve_grows() -> None:
    first = loss_chart.loss_chart(curve(FALLING[:3], epochs=67))
    later = loss_chart.loss_chart(curve(FALLING, epochs=67))
    assert first.x == later.x
    assert first.x.high == 67


@pytest.mark.parametrize(("most", "labels"), [(2, ["0.1", "1"]), (5, ["0.05", "0.1", "0.2"])])
def test_a_low_chart_has_fewer_ticks(most: int, labels: list[str]) -> None:
    ticks = chart(FALLING, max_intervals=most).y.ticks
    assert [tick.label for tick in ticks][:3] == labels


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        (
            curve(FALLING, displayed=0.62),
            "BCE per pixel over 2 epochs. Training batches: from 0.7000 to 0.0946 after 2 epochs."
            " Held-out: 0.0946 after 2 epochs. From the shown pixels: 0.6200 after 2 epochs."
            " Floor: 0.0581.",
        ),
        (curve([], epochs=67), "Empty axes: BCE per pixel over 67 epochs. Its floor is 0.0581."),
    ],
)
def test_the_curve_in_words(drawn: LossCurve, words: str) -> None:
    # 0.7 * 0.9^19 = 0.09456
    assert loss_chart.curve_in_words(drawn) == words
