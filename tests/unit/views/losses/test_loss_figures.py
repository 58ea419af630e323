"""Figures of losses: what is drawn is what the formulas give, one loss to a figure."""

from __future__ import annotations

import numpy as np
import pytest

from core.charts import plots
from core.charts.echarts import Options
from core.charts.palette import DARK, LIGHT, Palette
from core.views.losses import logit_gradients, loss_figures
from core.views.losses.one_pixel import PIXEL_LOSSES

BCE, MSE = "binary_crossentropy", "mean_squared_error"


def curves(figure: Options) -> list[tuple[np.ndarray, np.ndarray]]:
    """The values of each line, over the places where they are drawn."""
    drawn = [np.array(s["data"]).T for s in figure["series"] if s["type"] == "line" and s["data"]]
    return [(x, y) for x, y in drawn]


def colours(figure: Options) -> list[str]:
    return [s["lineStyle"]["color"] for s in figure["series"] if s.get("data") and "lineStyle" in s]


def marks(figure: Options) -> list[tuple[float, float, str]]:
    """Each marked point and the word beside it."""
    return [
        (*series["data"][0], series["label"]["formatter"])
        for series in figure["series"]
        if series["type"] == "scatter"
    ]


def shaded(figure: Options) -> list[tuple[float, float]]:
    """The ends of each shaded stretch of the horizontal axis."""
    areas = [s["markArea"]["data"][0] for s in figure["series"] if "markArea" in s]
    return [(start["xAxis"], end["xAxis"]) for start, end in areas]


@pytest.mark.parametrize("loss", PIXEL_LOSSES)
@pytest.mark.parametrize("target", [0.0, 0.3, 1.0])
def test_the_drawn_curve_is_least_at_the_target(loss: str, target: float) -> None:
    figure = loss_figures.loss_of_prediction(loss, target, 1, LIGHT)
    ((x, y),) = curves(figure)
    assert x[np.argmin(y)] == pytest.approx(target, abs=0.01)


def test_the_minimum_of_cross_entropy_and_both_misses_are_marked_with_their_values() -> None:
    figure = loss_figures.loss_of_prediction(BCE, 0.3, 1, LIGHT)
    lower, higher, minimum = marks(figure)
    assert lower == (pytest.approx(0.1), pytest.approx(0.764528, abs=1e-6), "0.7645")
    assert higher == (0.5, pytest.approx(0.693147, abs=1e-6), "0.6931")
    assert minimum == (0.3, pytest.approx(0.610864, abs=1e-6), "0.6109")


def test_the_axis_of_a_loss_does_not_move_with_the_target() -> None:
    figures = [loss_figures.loss_of_prediction(BCE, y, 1, LIGHT) for y in (0.0, 0.2, 0.5, 0.99)]
    assert {(f["yAxis"]["min"], f["yAxis"]["max"]) for f in figures} == {(0, 3)}


def test_a_raw_target_draws_a_falling_curve_without_a_minimum() -> None:
    figure = loss_figures.loss_of_prediction(BCE, 200, 255, LIGHT)
    ((_, values),) = curves(figure)
    assert marks(figure) == []
    assert (np.diff(values) <= 0).all()
    ((x, y),) = curves(loss_figures.loss_of_logit(200, LIGHT))
    # softplus(x) - 200 x falls by 199 for each unit where x is large
    assert (y[-1] - y[-11]) / (x[-1] - x[-11]) == pytest.approx(-199, abs=0.2)


def test_the_slope_crosses_zero_at_the_target() -> None:
    figure = loss_figures.slope_of_prediction(0.3, LIGHT)
    ((x, y),) = curves(figure)
    assert np.interp(0.3, x, y) == pytest.approx(0, abs=0.01)
    assert marks(figure) == [(0.3, 0, "0 at p = 0.30")]


@pytest.mark.parametrize(("palette"), [LIGHT, DARK])
def test_losses_keep_the_colours_of_the_palette(palette: Palette) -> None:
    places = {BCE: 0, MSE: 2, "mean_absolute_error": 3, "huber": 4}
    for loss, minimum_at in places.items():
        figure = loss_figures.loss_of_prediction(loss, 0.3, 1, palette)
        assert colours(figure) == [palette.series[minimum_at]]


def pull_figure(activation: str, loss: str, loss_from: str, logit: float) -> Options:
    here = logit_gradients.gradient_at(activation, loss, loss_from, 0.8, logit)
    return loss_figures.gradient_of_logit(here, loss_from, 0.8, logit, 8, LIGHT)


def test_gradient_is_marked_on_its_curve() -> None:
    figure = pull_figure("sigmoid", BCE, "keras", -6)
    assert marks(figure) == [(-6, pytest.approx(-0.7975274), "")]
    ((x, y),) = curves(figure)
    assert np.interp(-6, x, y) == pytest.approx(-0.7975, abs=1e-3)
    assert colours(figure) == [LIGHT.series[plots.SERIES_OF_ACTIVATION["sigmoid"]]]


def test_stretches_without_a_gradient_are_shaded() -> None:
    dead = shaded(pull_figure("relu", BCE, "keras", -6))
    assert dead == [pytest.approx((-8, 0), abs=0.02), pytest.approx((1, 8), abs=0.02)]
    assert shaded(pull_figure("sigmoid", MSE, "keras", -6)) == []


def test_gradient_beyond_the_axis_has_no_mark_and_is_in_the_title() -> None:
    figure = pull_figure("linear", MSE, "keras", -6)
    assert marks(figure) == []
    assert "-13.60 · learns" in figure["title"]["text"]


def test_a_panel_in_words_says_logit_output_and_gradient() -> None:
    here = logit_gradients.gradient_at("relu", BCE, "keras", 0.8, -6)
    assert loss_figures.gradient_in_words(here, -6) == (
        "Gradient of BCE through relu over the logit: at x = -6 the output is 0.00 and the"
        " gradient 0.0000, stuck."
    )
