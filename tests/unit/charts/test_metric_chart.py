"""The pixel error of several runs on one axis, and in words."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from core.charts import metric_chart
from core.charts.chart import MIN_GAP, Chart
from core.progress import EpochScores, History
from core.run import Run, Scores
from core.variant import Variant
from support.runs import make_run

MEAN_IMAGE = Scores(mse=0.0673, mae=0.1505, psnr=11.72, ssim=0.2203)


@pytest.fixture
def runs() -> list[Run]:
    return [make_run(Variant(seed=seed)) for seed in (1, 2)]


def draw(runs: list[Run], **options: Any) -> Chart:
    histories = [run.history for run in runs]
    given = {"epochs": 3, "mean_image": MEAN_IMAGE, **options}
    return metric_chart.metric_chart(histories, **given)


def measured(mse: float) -> History:
    """One epoch that ended with this error."""
    history = History()
    history.add(
        EpochScores(
            epoch=1,
            step=45,
            loss=1.0,
            validation_loss=1.0,
            displayed_loss=1.0,
            mse=mse,
            ssim=None,
        )
    )
    return history


def test_each_run_is_a_line_with_its_letter_colour_and_marker(runs: list[Run]) -> None:
    lines = draw(runs).lines
    assert [(line.name, line.colour, line.marker) for line in lines] == [("A", 0, 0), ("B", 1, 1)]
    # support.runs: 0.042 divided by the epoch.
    assert lines[0].points == [(1, 0.042), (2, 0.021), (3, 0.014)]


def test_the_mean_image_is_a_level_and_named(runs: list[Run]) -> None:
    [level] = draw(runs).levels
    assert (level.value, level.label) == (0.0673, "mean image 0.067")


def test_labels_at_the_end_do_not_overlap(runs: list[Run]) -> None:
    drawn = draw([runs[0]] * 6)
    gaps = [above.height - below.height for below, above in pairwise(drawn.ends)]
    assert gaps == pytest.approx([MIN_GAP * drawn.y.high] * 5)


def test_labels_stay_on_the_axis_if_all_errors_are_beyond_it() -> None:
    drawn = metric_chart.metric_chart([measured(0.9)] * 6, epochs=1, mean_image=MEAN_IMAGE)
    # Four times the mean image's error is 0.2692; the next multiple of 0.05 is 0.3.
    assert drawn.y.high == pytest.approx(0.3)
    assert drawn.is_cut
    heights = [end.height for end in drawn.ends]
    assert max(heights) == pytest.approx(0.3)
    assert min(heights) == pytest.approx(0.3 * (1 - 5 * MIN_GAP))
    assert {end.text for end in drawn.ends} == {"0.900"}


def test_a_line_marks_the_epoch(runs: list[Run]) -> None:
    assert draw(runs, epoch=1.5).epoch == 1.5


def test_axes_are_drawn_without_measured_epochs() -> None:
    drawn = metric_chart.metric_chart([History()], epochs=5, mean_image=None)
    assert drawn.x.high == 5
    assert drawn.lines[0].points == []


def test_ssim_has_the_same_axis_for_all_runs(runs: list[Run]) -> None:
    assert draw(runs, metric=metric_chart.SSIM).y.high == 1


def test_alternative_text_states_first_and_last_value_of_every_run(runs: list[Run]) -> None:
    words = metric_chart.metric_in_words([run.history for run in runs])
    assert "B: from 0.0420 to 0.0140 after 3 epochs." in words
