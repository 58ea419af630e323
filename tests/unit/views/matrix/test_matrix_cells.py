"""What the matrix's cells show, against numbers worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from core.charts.palette import DARK, LIGHT
from core.diagnostics import Finding, Verdict
from core.jobs.sweep import SweepStatus
from core.run import LossPair
from core.store.run_summary import RunSummary, summary_of
from core.variant import Variant
from core.views.matrix import Cell, cells, common_settings, name_of, table
from core.views.matrix.matrix_scale import CELL_METRICS, colour, excess, gap, measure
from core.views.matrix.matrix_view import COLOURS, MatrixView, trained_as
from support.runs import make_run

MEAN_IMAGE = {"mnist-sample": 0.0673}
WORKS = Verdict(code="works", tone="good", word="It works.", sentence="")
BLACK = Verdict(code="black", tone="bad", word="Black.", sentence="")
ALMOST = Finding(code="median", severity="warning", title="Aims at median", sentence="")


def pair(value: float | None) -> LossPair:
    return LossPair(training=None, held_out=value)


def summary(
    variant: Variant | None = None,
    *,
    mse: float = 0.0141,
    trained: float | None = 0.10,
    shown: float | None = 0.10,
    floor: float | None = 0.06,
    verdict: Verdict | None = WORKS,
) -> RunSummary:
    made = summary_of(make_run(variant))
    return replace(
        made,
        scores=replace(made.scores, mse=mse),
        trained_loss=pair(trained),
        displayed_loss=pair(shown),
        floor=pair(floor),
        verdict=verdict,
    )


def sweep_status(**known: tuple[Variant, ...]) -> SweepStatus:
    empty = {"done": (), "training": (), "waiting": (), "missing": ()}
    return SweepStatus(**{**empty, "failed": {}, "seconds_left": None, **known})


def shown(view: MatrixView, *runs: RunSummary, **options: object) -> list[Cell]:
    return cells(
        view,
        {run.key: run for run in runs},
        **{
            "findings": {},
            "mean_image": MEAN_IMAGE,
            "sweep_status": sweep_status(),
            **options,
        },
    )


def test_a_cell_shows_the_share_of_the_mean_images_error_and_the_verdicts_word():
    black = Variant(activation="softmax", loss="huber")
    found = shown(MatrixView(), summary(mse=0.0141), summary(black, mse=0.1119, verdict=BLACK))
    assert (found[0].number, found[0].word) == ("21%", "Works")  # 0.0141 / 0.0673 = 0.2095
    assert (found[24].number, found[24].word) == ("166%", "Black")  # 0.1119 / 0.0673 = 1.6627
    assert found[24].alt == "softmax, Huber: Black, 166%"
    assert found[24].position == pytest.approx(1.6627 / 2, abs=1e-4)
    assert [(cell.row, cell.column) for cell in found[:6]] == [
        *((0, column) for column in range(5)),
        (1, 0),
    ]


def test_an_untrained_cell_says_what_the_checks_say():
    variant = Variant(loss="mean_absolute_error")
    cell = shown(MatrixView(), findings={variant.key: [ALMOST]})[2]
    assert (cell.state, cell.number, cell.word, cell.position) == (
        "untrained",
        "",
        "Aims at median",
        None,
    )
    assert cell.alt == "sigmoid, MAE: Not trained yet, the checks find: Aims at median"


def test_cell_shows_that_it_is_queued_training_or_failed():
    view = MatrixView()
    waiting, training, failed, again = view.variants[:4]
    found = shown(
        view,
        summary(again),
        sweep_status=sweep_status(
            waiting=(waiting,), training=(training, again), failed={failed: "It died."}
        ),
    )
    assert [cell.state for cell in found[:4]] == ["waiting", "training", "failed", "training"]
    assert (found[3].number, found[3].word) == ("21%", "Training")


def test_a_run_without_a_verdict_is_only_called_trained():
    assert shown(MatrixView(), summary(verdict=None))[0].word == "Trained"


def test_an_unknown_mean_image_leaves_the_share_unknown():
    cell = shown(MatrixView(), summary(), mean_image={})[0]
    assert (cell.number, cell.position) == ("–", None)


def test_an_infinite_error_is_at_the_bad_end():
    cell = shown(MatrixView(), summary(mse=math.inf))[0]
    assert (cell.number, cell.position) == ("∞", 1.0)


@pytest.mark.parametrize(
    ("trained", "from_the_pixels", "expected"),
    [
        (0.10, 0.64, 0.54),
        (0.10, 0.100014, 0.0),  # two ways to compute one loss differ by rounding
        (-2.0, -1.5, 0.5),
        (None, 0.64, None),
        (0.10, None, None),
    ],
)
def test_the_gap_is_the_loss_of_the_pixels_minus_the_loss_trained_on(
    trained: float | None, from_the_pixels: float | None, expected: float | None
):
    found = gap(summary(trained=trained, shown=from_the_pixels))
    assert found == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("trained", "floor", "expected"),
    [(0.10, 0.06, 0.04), (0.0599, 0.06, 0.0), (5.0, None, None), (None, 0.06, None)],
)
def test_the_excess_is_the_loss_above_its_floor(
    trained: float | None, floor: float | None, expected: float | None
):
    found = excess(summary(trained=trained, floor=floor))
    assert found == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("name", "run", "position"),
    [
        ("error", summary(mse=0.0673), 0.5),
        ("error", summary(mse=0.3), 1.0),  # 446 %: beyond the end
        ("ssim", summary(), 1 - 0.8123),
        ("gap", summary(trained=0.1, shown=0.2), 0.5),  # as large as the loss itself
        ("gap", summary(trained=0.1, shown=0.1), 0.0),
        ("gap", summary(trained=-0.1, shown=0.5), 1.0),
        ("excess", summary(), 0.0),  # the only one of its loss is the least
    ],
)
def test_position_on_the_colour_scale(name: str, run: RunSummary, position: float):
    [(_, found)] = measure(CELL_METRICS[name], [run.variant], {run.key: run}, MEAN_IMAGE).values()
    assert found == pytest.approx(position)


def test_an_excess_is_compared_within_one_loss_only():
    """Four times the least of the same loss is log2(4) / 4, half way to sixteen times."""
    others = (
        ("sigmoid", "binary_crossentropy", 0.10, 0.06),  # 0.04, the least of its loss
        ("tanh", "binary_crossentropy", 0.22, 0.06),  # 0.16
        ("relu", "mean_squared_error", 0.01, 0.00),  # the least of its loss, and of all
    )
    runs = {
        run.key: run
        for activation, loss, trained, floor in others
        for run in [
            summary(Variant(activation=activation, loss=loss), trained=trained, floor=floor)
        ]
    }
    variants = [run.variant for run in runs.values()]
    found = measure(CELL_METRICS["excess"], variants, runs, MEAN_IMAGE)
    assert [position for _, position in found.values()] == pytest.approx([0.0, 0.5, 0.0])


def test_the_colours_are_the_palettes_at_its_stops_and_between_them_mixed():
    assert [colour(position, LIGHT) for position in (0, 0.25, 0.5, 0.75, 1)] == list(LIGHT.share)
    assert colour(1.0, DARK) == DARK.share[-1]
    # Half way from #5DBFB2 to #A9DAD2.
    assert colour(0.125, LIGHT) == "#83CCC2"
    assert colour(None, LIGHT) is None


def test_every_colour_has_a_metric():
    assert COLOURS.keys() == CELL_METRICS.keys()


def test_a_cell_is_named_by_its_axes_and_its_normalization():
    view = MatrixView()
    assert name_of(view, shown(view)[20]) == "softmax + BCE, unit 0–1"
    view = MatrixView(rows="normalization", columns="layers")
    assert name_of(view, shown(view)[0]) == "unit 0–1 + bottleneck 2"


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (MatrixView(), "MNIST sample · 67 epochs"),
        (
            MatrixView(variant=Variant(dataset="mnist", optimizer="sgd", seed=3)),
            "MNIST · sgd · 5 epochs · seed 3",
        ),
        (MatrixView(rows="epochs", columns="dataset"), "sigmoid · BCE"),
        # 67 of the sample, 5 of the full sets.
        (MatrixView(rows="loss", columns="dataset"), "sigmoid · 67 epochs or 5 epochs"),
        (
            MatrixView(variant=Variant(epochs=9), rows="loss", columns="dataset"),
            "sigmoid · 9 epochs",
        ),
    ],
)
def test_the_settings_that_all_cells_share_are_named(view: MatrixView, said: str):
    assert common_settings(view) == said


def test_where_keras_finds_no_hidden_logits_both_ways_to_compute_the_loss_share_a_run():
    """Sigmoid and softmax leave logits, and both cross-entropies look for them: 4 of 25 pairs."""
    run = summary(Variant(activation="linear"))
    view = MatrixView(variant=Variant(loss_from="outputs"))
    found = shown(view, run)
    assert found[5].number == "21%"
    assert found[5].variant == Variant(activation="linear", loss_from="outputs")
    own = [cell for cell in found if cell.run.loss_from == "outputs"]
    assert [(cell.run.activation, cell.run.loss[:3]) for cell in own] == [
        ("sigmoid", "bin"),
        ("sigmoid", "cat"),
        ("softmax", "bin"),
        ("softmax", "cat"),
    ]
    as_logits = Variant(activation="linear", loss_from="logits")
    assert trained_as(as_logits) == as_logits
    both = MatrixView(rows="loss_from", columns="activation", variant=Variant(loss="huber"))
    assert (len(both.variants), len(both.runs)) == (10, 5)


def test_the_table_says_in_words_what_the_map_shows():
    view = MatrixView(colour="ssim")
    run = summary(trained=0.1, shown=0.64, floor=None)
    rows = table(view, shown(view, run), {run.key: run})
    assert len(rows) == 25
    assert rows[0] == {
        "Row": "sigmoid",
        "Column": "BCE",
        "State": "Trained",
        "Verdict or finding": "Works",
        "Structural similarity (SSIM)": "0.81",
        "Pixel MSE": "0.0141",
        "SSIM": "0.81",
        "Loss as trained": "0.1000",
        "Loss of the shown pixels": "0.6400",
        "Loss floor": "–",
    }
    assert rows[1]["State"] == "Not trained yet"
    assert rows[1]["Pixel MSE"] == "–"
