"""The loss curve as plain data and in words."""

from __future__ import annotations

import json
import math

import pytest

from core.drawing import figures
from core.drawing.palette import LIGHT
from core.objectives import LOSSES
from core.progress import EpochScores, History, LossPoints, Stage
from core.runs import LossPair

BCE = LOSSES["binary_crossentropy"]


def history(losses: list[float], *, displayed: float | None = None) -> History:
    """Ten steps an epoch; the held-out loss is that of the epoch's last step."""
    told = History()
    told.add(Stage(name="training", steps_per_epoch=10, total_steps=len(losses)))
    told.add(LossPoints(steps=tuple(range(1, len(losses) + 1)), losses=tuple(losses)))
    for epoch in range(1, len(losses) // 10 + 1):
        loss = losses[epoch * 10 - 1]
        told.add(
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
    return told


def curve(losses, floor=0.0581, displayed=None, epochs=2):
    pair = LossPair(training=floor, held_out=floor)
    return figures.loss_curve(history(losses, displayed=displayed), BCE, pair, epochs)


def options(*arguments, log=True, smoothing=1, epoch=None, **named):
    drawn = curve(*arguments, **named)
    return figures.curve_options(drawn, LIGHT, log=log, smoothing=smoothing, epoch=epoch)


FALLING = [0.7 * 0.9**step for step in range(20)]


def test_steps_stand_at_their_share_of_an_epoch():
    drawn = curve(FALLING)
    assert drawn.training[0] == (0.1, 0.7)
    assert drawn.training[-1][0] == 2.0
    assert [x for x, _ in drawn.held_out] == [1.0, 2.0]


def test_the_axis_says_what_one_value_is():
    assert curve(FALLING).unit == "BCE per pixel"
    image = figures.loss_curve(History(), LOSSES["categorical_crossentropy"], None, 5)
    assert image.unit == "CCE per image"


def test_the_loss_of_the_shown_pixels_is_a_line_of_its_own_only_where_it_differs():
    assert curve(FALLING).shown == []
    assert curve(FALLING, displayed=0.62).shown == [(1.0, 0.62), (2.0, 0.62)]


def test_the_floor_is_a_line_across_the_plot():
    line = options(FALLING)["series"][0]["markLine"]
    assert [mark["yAxis"] for mark in line["data"]] == [0.0581]
    assert line["label"] == {"show": False}


def test_a_logarithmic_axis_ends_at_powers_of_two_below_the_floor_and_above_the_losses():
    axis = options(FALLING)["yAxis"]
    # 0.0581 lies above 1/32, and 0.7 below 1.
    assert (axis["type"], axis["min"], axis["max"]) == ("log", 1 / 32, 1)


def test_a_floor_of_zero_is_left_out_of_a_logarithmic_axis():
    drawn = options(FALLING, 0.0)
    assert drawn["yAxis"]["type"] == "log"
    assert drawn["series"][0]["markLine"]["data"] == []


def test_losses_below_zero_have_a_linear_axis_and_labels_with_a_power_of_ten():
    drawn = options([-1.5e12, -6.7e12], None)
    assert drawn["yAxis"]["type"] == "value"
    assert drawn["yAxis"]["axisLabel"]["formatter"] == "{value}e12"
    assert [y for _, y in drawn["series"][0]["data"]] == [-1.5, -6.7]


def test_what_is_not_finite_is_left_out():
    drawn = options([0.5, math.nan, math.inf, 0.4])
    assert [y for _, y in drawn["series"][0]["data"]] == [0.5, 0.4]
    assert "NaN" not in json.dumps(drawn)


def test_smoothing_is_off_by_default_and_keeps_the_raw_points_visible():
    assert len(options(FALLING)["series"]) == 3
    series = options(FALLING, smoothing=9)["series"]
    assert len(series) == 4
    assert series[0]["data"] == options(FALLING)["series"][0]["data"]
    assert series[0]["lineStyle"]["opacity"] == 0.3


def test_smoothing_is_the_mean_of_a_point_and_its_neighbours_and_keeps_both_ends():
    points = [(0.0, 0.0), (1.0, 3.0), (2.0, 6.0), (3.0, 0.0), (4.0, 9.0)]
    assert [y for _, y in figures.smoothed(points, 3)] == [0.0, 3.0, 3.0, 5.0, 9.0]
    # Five points only in the middle: (0 + 3 + 6 + 0 + 9) / 5 = 3.6.
    assert [y for _, y in figures.smoothed(points, 5)] == [0.0, 3.0, 3.6, 5.0, 9.0]
    assert figures.smoothed(points, 1) == points


def test_empty_axes_with_a_floor_of_zero_are_linear_and_show_it():
    drawn = options([], 0.0)
    assert drawn["yAxis"]["type"] == "value"
    assert drawn["series"][0]["markLine"]["data"][0]["yAxis"] == 0


def test_the_replay_has_a_marker_at_its_epoch():
    marks = options(FALLING, epoch=1.5)["series"][0]["markLine"]["data"]
    assert marks[-1]["xAxis"] == 1.5


def test_the_axis_of_epochs_does_not_move_while_the_curve_grows():
    first, later = options(FALLING[:3], epochs=67), options(FALLING, epochs=67)
    assert first["xAxis"] == later["xAxis"]
    assert first["xAxis"]["max"] == 67


def test_the_options_are_plain_json():
    drawn = options(FALLING, displayed=0.62, smoothing=9, epoch=1.0)
    assert json.loads(json.dumps(drawn)) == drawn


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        (
            curve(FALLING, displayed=0.62),
            "BCE per pixel over 2 epochs. Training: from 0.7000 to 0.0946 at epoch 2.0."
            " Held-out: 0.0946 after epoch 2. From the shown pixels: 0.6200 after epoch 2."
            " Floor: 0.0581.",
        ),
        (curve([], epochs=67), "Empty axes: BCE per pixel over 67 epochs. Its floor is 0.0581."),
    ],
)
def test_the_curve_in_words(drawn, words):
    # 0.7 * 0.9^19 = 0.09456
    assert figures.curve_in_words(drawn) == words
