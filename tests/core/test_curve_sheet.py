"""The picture of the curves, read back from both of its forms."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from core.drawing.palette import LIGHT, to_rgb
from core.export.curve_sheet import (
    HEIGHT,
    LEFT,
    RIGHT,
    WIDTH,
    curve_sheet,
    curve_sheet_png,
    curve_sheet_svg,
)
from core.progress import History
from core.runs import LossPair, Run
from core.variant import Variant
from support.runs import make_run

SVG = "{http://www.w3.org/2000/svg}"


def three_epochs(**settings: str) -> Run:
    return make_run(Variant(epochs=3, **settings))


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def curves(svg: str) -> dict[str, list[tuple[float, float]]]:
    """The longest line of each colour: all but the samples of the legend."""
    found: dict[str, list[tuple[float, float]]] = {}
    for line in ElementTree.fromstring(svg).iter(f"{SVG}polyline"):
        points = [tuple(map(float, pair.split(","))) for pair in line.attrib["points"].split()]
        found[line.attrib["stroke"]] = [(x, y) for x, y in points]
    return found


def test_one_run_has_its_losses_with_the_last_values_and_the_floor() -> None:
    svg = curve_sheet_svg(curve_sheet([three_epochs()]))
    said = texts(svg)
    assert said[0] == "sigmoid + BCE: BCE per pixel"
    # An epoch's held-out loss of 0.31 / 3, and the floor, as `make_run` has them.
    assert "held-out  0.1033" in said
    assert "floor  0.0583" in said
    assert "epoch" in said


def test_several_runs_are_on_the_yardstick_with_letters_at_the_ends() -> None:
    pair = [three_epochs(), three_epochs(activation="softmax")]
    svg = curve_sheet_svg(curve_sheet(pair))
    said = texts(svg)
    assert said[0] == "Pixel error (MSE), held-out images"
    # Both end at 0.042 / 3.
    assert {"A sigmoid + BCE  0.0140", "B softmax + BCE  0.0140", "A", "B"} <= set(said)
    ends = [
        element
        for element in ElementTree.fromstring(svg).iter(f"{SVG}text")
        if element.text in ("A", "B")
    ]
    apart = abs(float(ends[0].attrib["y"]) - float(ends[1].attrib["y"]))
    assert apart >= 28


def test_the_curve_goes_from_edge_to_edge_and_the_png_shows_it_where_the_svg_has_it() -> None:
    sheet = curve_sheet([three_epochs()])
    training = curves(curve_sheet_svg(sheet))[LIGHT.series[0]]
    # 135 steps in 3 epochs, the first after 1/135 of the width.
    width = WIDTH - RIGHT - LEFT
    assert training[0][0] == round(LEFT + width / 135, 1)
    assert training[-1][0] == WIDTH - RIGHT
    image = Image.open(io.BytesIO(curve_sheet_png(sheet)))
    assert image.size == (WIDTH, HEIGHT)
    pixels = np.asarray(image.convert("RGB"), int)
    colour = np.array(to_rgb(LIGHT.series[0]))
    for x, y in training[10:130:10]:
        around = pixels[round(y) - 2 : round(y) + 3, round(x) - 2 : round(x) + 3]
        assert np.abs(around - colour).sum(axis=-1).min() < 30


def test_runs_that_measured_nothing_say_so() -> None:
    run = make_run(history=History(), floor=LossPair(training=None, held_out=None))
    assert "Nothing was measured." in texts(curve_sheet_svg(curve_sheet([run])))
