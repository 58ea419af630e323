"""The pixel error of several runs on one axis, and in words."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from core.drawing import yardstick
from core.drawing.palette import DARK, LIGHT
from core.progress import EpochScores, History
from core.runs import Run, Scores
from core.variant import Variant
from support.runs import make_run

MEAN_IMAGE = Scores(mse=0.0673, mae=0.1505, psnr=11.72, ssim=0.2203)


@pytest.fixture
def runs() -> list[Run]:
    return [make_run(Variant(seed=seed)) for seed in (1, 2)]


def draw(runs: list[Run], **options: Any) -> dict[str, Any]:
    histories = [run.history for run in runs]
    given = {"epochs": 3, "mean_image": MEAN_IMAGE, **options}
    return yardstick.figure(histories, LIGHT, **given)


def lines(drawn: dict[str, Any]) -> list[dict[str, Any]]:
    return [series for series in drawn["series"] if series.get("name")]


def texts(drawn: dict[str, Any]) -> dict[str, list[float]]:
    """Where each text on the figure stands."""
    return {
        series["label"]["formatter"]: series["data"][0]
        for series in drawn["series"]
        if series["type"] == "scatter"
    }


def test_each_run_is_a_line_with_its_letter_colour_and_marker(runs: list[Run]) -> None:
    found = [(s["name"], s["lineStyle"]["color"], s["symbol"]) for s in lines(draw(runs))]
    assert found == [("A", LIGHT.series[0], "circle"), ("B", LIGHT.series[1], "rect")]
    # support.runs: 0.042 divided by the epoch.
    values = [point["value"] for point in lines(draw(runs))[0]["data"]]
    assert values == [[1, 0.042], [2, 0.021], [3, 0.014]]


def test_the_mean_image_is_a_dashed_line_and_named(runs: list[Run]) -> None:
    drawn = yardstick.figure([run.history for run in runs], DARK, epochs=3, mean_image=MEAN_IMAGE)
    (mark,) = [series["markLine"] for series in drawn["series"] if "markLine" in series]
    assert mark["data"] == [{"yAxis": 0.0673}]
    assert mark["precision"] == -1
    assert (mark["lineStyle"]["type"], mark["lineStyle"]["color"]) == ("dashed", DARK.muted)
    assert texts(drawn)["mean image 0.067"] == [3, 0.0673]


def test_labels_at_the_end_do_not_overlap(runs: list[Run]) -> None:
    drawn = draw([runs[0]] * 6)
    top = drawn["yAxis"]["max"]
    heights = sorted(at[1] for text, at in texts(drawn).items() if text.startswith("{letter"))
    gaps = [above - below for below, above in pairwise(heights)]
    assert gaps == pytest.approx([yardstick.LEAST_GAP * top] * 5)


def test_labels_stay_on_the_axis_where_all_errors_are_beyond_it() -> None:
    histories = []
    for _ in range(6):
        history = History()
        history.add(
            EpochScores(
                epoch=1,
                step=45,
                loss=1.0,
                validation_loss=1.0,
                displayed_loss=1.0,
                mse=0.9,
                ssim=None,
            )
        )
        histories.append(history)
    drawn = yardstick.figure(histories, LIGHT, epochs=1, mean_image=MEAN_IMAGE)
    # Four times the mean image's error is 0.2692; the next multiple of 0.05 is 0.3.
    assert drawn["yAxis"]["max"] == pytest.approx(0.3)
    heights = [at[1] for text, at in texts(drawn).items() if text.startswith("{letter")]
    assert max(heights) == pytest.approx(0.3)
    assert min(heights) == pytest.approx(0.3 * (1 - 5 * yardstick.LEAST_GAP))


@pytest.mark.parametrize(
    ("extent", "step"), [(1, 0.2), (5, 1), (67, 20), (0.0673, 0.02), (0.3, 0.05), (1000, 200)]
)
def test_axes_have_few_round_labels(extent: float, step: float) -> None:
    assert yardstick.round_step(extent) == pytest.approx(step)


def test_epochs_are_counted_in_whole_numbers() -> None:
    assert yardstick.round_step(1, whole=True) == 1


def test_a_marker_line_stands_at_the_epoch(runs: list[Run]) -> None:
    marks = [s["markLine"]["data"] for s in draw(runs, epoch=1.5)["series"] if "markLine" in s]
    assert [{"xAxis": 1.5}] in marks


def test_without_any_measured_epoch_the_axes_are_there() -> None:
    drawn = yardstick.figure([History()], LIGHT, epochs=5, mean_image=None)
    assert drawn["xAxis"]["max"] == 5
    assert lines(drawn)[0]["data"] == []


def test_likeness_has_the_same_axis_for_all_runs(runs: list[Run]) -> None:
    assert draw(runs, measure=yardstick.SSIM)["yAxis"]["max"] == 1


def test_in_words_it_says_where_every_run_began_and_ended(runs: list[Run]) -> None:
    words = yardstick.in_words([run.history for run in runs])
    assert "B: from 0.0420 to 0.0140 after epoch 3." in words
