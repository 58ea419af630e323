"""The pixel error of several runs on one axis, and in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import yardstick
from core.palette import DARK, LIGHT
from core.runs import Run
from core.variant import Variant
from support.runs import make_run


@pytest.fixture
def runs() -> list[Run]:
    return [make_run(Variant(seed=seed)) for seed in (1, 2)]


def test_each_run_is_a_line_with_its_letter_colour_and_marker(runs: list[Run]) -> None:
    drawn = yardstick.figure(runs, LIGHT)
    assert [(line.name, line.line.color, line.marker.symbol) for line in drawn.data] == [
        ("A", LIGHT.series[0], "circle"),
        ("B", LIGHT.series[1], "square"),
    ]
    assert list(drawn.data[0].y) == [scores.mse for scores in runs[0].history.epochs]


def test_the_mean_image_is_a_dashed_line_and_named(runs: list[Run]) -> None:
    drawn = yardstick.figure(runs, DARK)
    (level,) = drawn.layout.shapes
    assert (level.y0, level.line.dash, level.line.color) == (0.0673, "dash", DARK.muted)
    assert "mean image 0.067" in [note.text for note in drawn.layout.annotations]


def test_labels_at_the_end_do_not_overlap(runs: list[Run]) -> None:
    same = [runs[0], replace(runs[0], variant=Variant(seed=9))]
    drawn = yardstick.figure(same, LIGHT)
    top = drawn.layout.yaxis.range[1]
    heights = [note.y for note in drawn.layout.annotations if note.text.startswith("<b>")]
    assert heights[1] - heights[0] == pytest.approx(yardstick.LEAST_GAP * top)


def test_a_marker_line_stands_at_the_epoch(runs: list[Run]) -> None:
    drawn = yardstick.figure(runs, LIGHT, epoch=1.5)
    assert 1.5 in [shape.x0 for shape in drawn.layout.shapes]


def test_in_words_it_says_where_every_run_began_and_ended(runs: list[Run]) -> None:
    first, last = runs[1].history.epochs[0].mse, runs[1].history.epochs[-1].mse
    expected = f"B: from {first:.4f} to {last:.4f} after epoch 3."
    assert expected in yardstick.in_words(runs)
