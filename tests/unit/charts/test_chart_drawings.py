"""One chart drawn twice, as ECharts options and as SVG: the same ticks, lines and levels."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from core.charts import ticks
from core.charts.chart import Chart, Level, Line
from core.charts.echarts import chart_options
from core.charts.palette import LIGHT
from core.charts.svg import chart_figure, chart_sheet
from core.data import loading
from core.export.curve_file import curve_of, curves_svg
from core.progress import History
from core.run import LossPair, Run
from core.variant import Variant
from support.runs import make_run

SVG = "{http://www.w3.org/2000/svg}"


def falling(**overrides: Any) -> Chart:
    """A loss that falls to -2e19, as the public question's does, over a level."""
    given: dict[str, Any] = {
        "title": "BCE per pixel",
        "x": ticks.count_axis(2),
        "y": ticks.linear_axis(-2e19, 0.0),
        "lines": (
            Line(name="training", points=[(0.0, 0.0), (2.0, -2e19)], colour=0),
            Line(name="held-out", points=[(1.0, -1e19)], colour=1, dash=(2, 3), marker=0),
        ),
        "levels": (Level(name="floor", value=-1.5e19),),
        **overrides,
    }
    return Chart(**given)


def elements(svg: str, name: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(f"{SVG}{name}"))


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in elements(svg, "text")]


def three_epochs(**settings: str) -> Run:
    return make_run(Variant(epochs=3, **settings))


def test_both_drawings_have_the_labels_of_the_model() -> None:
    chart = falling()
    marks = chart_options(chart, LIGHT)["series"][0]["markLine"]["data"]
    written = [mark["label"]["formatter"] for mark in marks]
    assert written == ["-2.0", "-1.5", "-1.0", "-0.5", "0", "0", "1", "2"]
    said = texts(chart_sheet(chart, "A run"))
    assert [text for text in said if text in written] == written
    # The power of ten stands once, at the end of the axis.
    assert chart_options(chart, LIGHT)["yAxis"]["name"] == "×10¹⁹"
    assert said.count("×10¹⁹") == 1


def test_options_hold_values_in_the_unit_of_the_axis() -> None:
    options = chart_options(falling(), LIGHT)
    assert options["series"][2]["data"] == [[0, 0], [2, -2]]
    [level] = options["series"][1]["markLine"]["data"]
    assert level["yAxis"] == -1.5
    assert options["series"][1]["markLine"]["precision"] == -1
    assert options["yAxis"]["min"] == pytest.approx(-2.12)


def test_the_marker_of_the_replay_is_a_vertical_line() -> None:
    marks = chart_options(falling(epoch=1.5), LIGHT)["series"][1]["markLine"]["data"]
    assert marks[-1]["xAxis"] == 1.5


def test_options_are_plain_json() -> None:
    options = chart_options(falling(epoch=1.0), LIGHT, has_heading=True)
    assert json.loads(json.dumps(options)) == options


@pytest.mark.parametrize(("epochs", "pixels"), [(2, 6), (20, 7), (100, 10.5), (1000, 17.5)])
def test_the_label_of_the_last_epoch_is_inside_the_picture(epochs: int, pixels: float) -> None:
    # Half of it is to the right of the plot; a character of 12-pixel text is 7 pixels wide.
    assert chart_options(falling(x=ticks.count_axis(epochs)), LIGHT)["grid"]["right"] == pixels


def test_a_line_leaves_a_cut_chart_without_being_drawn_outside() -> None:
    chart = falling(y=ticks.linear_axis(-1e19, 0.0))
    assert chart_options(chart, LIGHT)["series"][2]["clip"] is True
    [inner] = elements(chart_sheet(chart, "A run"), "svg")[1:]
    assert len(list(inner)) == 2
    assert chart_options(falling(), LIGHT)["series"][2]["clip"] is False


def test_a_curve_in_svg_goes_from_edge_to_edge() -> None:
    [line] = [
        element
        for element in elements(chart_sheet(falling(), "A run"), "polyline")
        if element.attrib["stroke"] == LIGHT.series[0]
    ]
    (left, top), (right, bottom) = (
        tuple(map(float, pair.split(","))) for pair in line.attrib["points"].split()
    )
    assert (left, right) == (64, 708)
    assert top < bottom


def test_the_file_of_one_run_has_its_losses_with_the_last_values_and_the_floor() -> None:
    said = texts(curves_svg([three_epochs()]))
    assert said[0] == "sigmoid + BCE, 3 epochs: BCE per pixel"
    # An epoch's held-out loss of 0.31 / 3, and the floor, as `make_run` has them.
    assert "held-out  0.1033" in said
    assert "floor  0.0587" in said


def of_the_sample(**settings: str) -> Run:
    """Three epochs that say they were trained on the embedded sample."""
    run = three_epochs(**settings)
    fingerprint = loading.load_held_out("mnist-sample").fingerprint
    return replace(run, provenance=replace(run.provenance, data_fingerprint=fingerprint))


def test_the_file_of_one_run_names_the_landmarks_of_its_loss() -> None:
    svg = curves_svg([of_the_sample()])
    # The mean image's loss is computed anew in tests/unit/metrics; ln 2 = 0.6931.
    assert {"mean image 0.260", "all grey 0.693", "mean image  0.2603", "all grey  0.6931"} <= set(
        texts(svg)
    )
    heights = {
        float(element.attrib["d"].split()[1].split("H")[0])
        for element in elements(svg, "path")
        if element.attrib["stroke-width"] == "1"
    }
    assert len(heights) == 2
    levels = curve_of(of_the_sample(loss="mean_squared_error")).landmarks
    assert list(levels) == ["mean image", "all grey", "PCA"]


def test_a_run_on_other_data_has_no_landmarks_of_these_data() -> None:
    assert not any("mean image" in text for text in texts(curves_svg([three_epochs()])))


def test_the_file_of_several_runs_has_their_pixel_error_with_letters_at_the_ends() -> None:
    svg = curves_svg([three_epochs(), three_epochs(activation="softmax")])
    said = texts(svg)
    assert said[0] == "Pixel error (MSE), held-out images"
    # Both end at 0.042 / 3.
    assert {
        "A sigmoid + BCE, 3 epochs  0.0140",
        "B softmax + BCE, 3 epochs  0.0140",
        "A",
        "B",
    } <= set(said)
    heights = [float(e.attrib["y"]) for e in elements(svg, "text") if e.text in ("A", "B")]
    assert abs(heights[0] - heights[1]) >= 12


def test_runs_that_measured_nothing_say_so() -> None:
    run = make_run(history=History(), floor=LossPair(training=None, held_out=None))
    assert "Nothing was measured." in texts(curves_svg([run]))


def test_a_figure_names_its_lines_beside_their_colours() -> None:
    figure = chart_figure(falling(), "It falls.")
    root = ElementTree.fromstring(figure.replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" '))
    named = ["".join(span.itertext()).split() for span in root.iter("span")]
    assert named == [["training", "-2.0e19"], ["held-out", "-1.0e19"], ["floor", "-1.5e19"]]
    assert 'aria-label="It falls."' in figure
