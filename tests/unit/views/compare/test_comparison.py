"""Comparisons: their links, what differs, what the difference did, and their figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.charts import enlarged_digit, shared_loss_chart
from core.charts.shared_loss_chart import LossLine
from core.progress import History
from core.run import LossPair, Run, Scores
from core.store.run_summary import summary_of
from core.variant import CHOICES, LAYER_PRESETS, Variant
from core.views.compare import comparison, difference
from core.views.compare.comparison import Comparison, link_query
from support.runs import make_run

SIGMOID = Variant()
SOFTMAX = Variant(activation="softmax")
LINEAR = Variant(activation="linear", loss="mean_squared_error")

variants = st.builds(
    Variant,
    **{field: st.sampled_from(values) for field, values in CHOICES.items()},
    layers=st.sampled_from(list(LAYER_PRESETS.values())),
    learning_rate=st.floats(1e-6, 10),
    batch_size=st.integers(1, 60_000),
    epochs=st.none() | st.integers(1, 1000),
    seed=st.integers(0, 2**31 - 1),
)
comparisons = st.builds(
    Comparison,
    variants=st.lists(variants, max_size=6, unique=True).map(tuple),
    epoch=st.none() | st.integers(0, 10_000).map(lambda tenths: tenths / 10),
    digit=st.none() | st.integers(0, 9),
    measure=st.sampled_from(["mse", "ssim"]),
)


def run_of(variant: Variant, mse: float) -> Run:
    return make_run(variant, scores=Scores(mse=mse, mae=0.05, psnr=18.0, ssim=0.8))


# Links


@given(comparisons)
def test_a_link_gives_back_the_comparison_that_it_was_made_of(view: Comparison) -> None:
    assert Comparison.from_query(view.to_query()) == (view, [])


@given(
    st.dictionaries(
        st.sampled_from([*"abcdefgz", "epoch", "digit", "measure", "runs"]), st.text(), max_size=6
    )
)
def test_every_link_opens_and_ignored_parts_are_named(
    query: dict[str, str],
) -> None:
    view, problems = Comparison.from_query(query)
    understood = view.to_query()
    assert Comparison.from_query(understood) == (view, [])
    assert problems or len(understood) >= len(query) - ("measure" in query)


def test_a_link_names_only_the_settings_that_are_not_as_they_are_by_default() -> None:
    other_epochs = Variant(dataset="mnist", epochs=67)
    assert link_query([SIGMOID, LINEAR, other_epochs]) == {
        "a": "default",
        "b": "activation.linear~loss.mean_squared_error",
        "c": "dataset.mnist~epochs.67",
    }


def test_the_epochs_of_a_data_set_are_its_default_ones() -> None:
    view, problems = Comparison.from_query({"a": "dataset.fashion-mnist"})
    assert view.variants == (Variant(dataset="fashion-mnist", epochs=5),)
    assert problems == []


def test_a_link_takes_six_runs_and_each_once() -> None:
    many = [replace(SIGMOID, seed=seed) for seed in (1, 1, 2, 3, 4, 5, 6, 7)]
    assert list(link_query(many)) == list("abcdef")
    assert link_query(many)["f"] == "seed.6"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"a": "loss.hinge~seed.1"}, "Run A: loss cannot be 'hinge'; allowed: binary_cross"),
        ({"a": "colour.red"}, "Run A: There is no setting 'colour'."),
        ({"a": "default", "b": "seed.0"}, "Run B has the same settings as run A."),
        ({"g": "default"}, "There is no setting 'g'."),
        ({"epoch": "-1"}, "epoch cannot be '-1'; allowed: numbers from 0 to 1000."),
        ({"epoch": "nan"}, "epoch cannot be 'nan'; allowed: numbers from 0 to 1000."),
        ({"digit": "10"}, "digit cannot be '10'; allowed: whole numbers from 0 to 9."),
        ({"measure": "mae"}, "measure cannot be 'mae'; allowed: mse, ssim."),
    ],
)
def test_invalid_parts_of_a_link_are_named(query: dict[str, str], sentence: str) -> None:
    _, problems = Comparison.from_query(query)
    assert [str(problem)[: len(sentence)] for problem in problems] == [sentence]


def test_a_run_of_which_something_is_understood_is_kept_and_another_is_not() -> None:
    view, _ = Comparison.from_query({"a": "loss.hinge~seed.1", "b": "nonsense", "c": "seed.2"})
    assert view.variants == (Variant(seed=1), Variant(seed=2))


# What differs


def test_of_the_settings_only_those_that_differ_are_in_the_table() -> None:
    assert comparison.settings_table([SIGMOID, SOFTMAX, LINEAR]) == {
        "Output activation": ["sigmoid", "softmax", "linear"],
        "Loss": ["BCE", "BCE", "MSE"],
    }


# What the difference did


def test_one_change_is_named_with_what_it_did() -> None:
    told = difference.difference([run_of(SIGMOID, 0.0128), run_of(SOFTMAX, 0.1119)], {})
    assert told.first == "Only the output activation differs."
    # Of 0.0673, the error of the mean image in `make_run`.
    assert told.rest == "Error 19% of the mean image's with sigmoid (A), 166% with softmax (B)."
    assert (told.pair, told.is_spread_known) == ((0, 1), False)
    assert told.details[-1] == "With one seed each, the effect of chance is unknown."


def test_headline_of_several_runs_gives_the_error_of_each() -> None:
    runs = [run_of(SOFTMAX, 0.1119), run_of(LINEAR, 0.0151), run_of(SIGMOID, 0.0128)]
    told = difference.difference(runs, {})
    assert told.first == "Two settings differ."
    # 0.0128, 0.0151 and 0.1119 of 0.0673.
    assert told.rest == "Error, best first: C 19%, B 22%, A 166% of the mean image's."
    assert told.details[0] == (
        "Largest effect of one setting: the output activation, from sigmoid (C) to softmax (A)."
    )
    assert told.pair == (2, 0)


def test_headline_of_a_sweep_names_its_setting_and_all_errors() -> None:
    rates = (0.0001, 0.0003, 0.001, 0.003, 0.01)
    sweep = [
        run_of(replace(SIGMOID, learning_rate=rate), 0.0673 * error)
        for rate, error in zip(rates, (0.5, 0.3, 0.2, 0.25, 1.6), strict=True)
    ]
    told = difference.difference(sweep, {})
    assert told.first == "Only the learning rate differs."
    assert told.rest == (
        "Error, best first: C 20%, D 25%, B 30%, A 50%, E 160% of the mean image's."
    )
    assert told.details[0] == (
        "Largest effect of one setting: the learning rate, from rate 0.001 (C) to rate 0.01 (E)."
    )


def test_two_changes_at_once_leave_open_which_one_did_it() -> None:
    told = difference.difference([run_of(SOFTMAX, 0.11), run_of(LINEAR, 0.02)], {})
    assert told.first == "Two settings differ."
    # 0.11 and 0.02 of 0.0673.
    assert told.rest == (
        "Error 163% of the mean image's in A, 30% in B."
        " Change one setting at a time to see which matters."
    )
    assert told.pair is None


def test_hardly_any_difference_is_no_factor() -> None:
    told = difference.difference([run_of(SIGMOID, 0.0150), run_of(SOFTMAX, 0.0151)], {})
    assert told.rest == "About the same error with sigmoid (A) and softmax (B)."


def test_a_value_that_says_nothing_alone_is_named_with_its_setting() -> None:
    outputs = replace(SOFTMAX, loss_from="outputs")
    told = difference.difference([run_of(SOFTMAX, 0.0673), run_of(outputs, 0.1346)], {})
    assert told.first == "Only the source of the loss differs."
    assert told.rest == (
        "Error 100% of the mean image's with loss as Keras computes it (A),"
        " 200% with loss from the outputs (B)."
    )


def test_a_difference_beyond_two_seeds_says_by_how_much() -> None:
    runs = [run_of(SIGMOID, 0.0128), run_of(SOFTMAX, 0.1119)]
    seeds = {SIGMOID.key: [0.0132], SOFTMAX.key: [0.1117]}
    told = difference.difference(runs, seeds)
    # Means 0.0130 and 0.1118; the seeds of sigmoid lie 0.0004 apart, those of softmax 0.0002.
    assert told.details[-1] == (
        "More than chance: seeds change the pixel error by up to 4.0e-4, this setting by 0.0988."
    )
    assert told.is_spread_known


def test_a_difference_within_two_seeds_is_called_chance() -> None:
    runs = [run_of(SIGMOID, 0.0150), run_of(SOFTMAX, 0.0170)]
    seeds = {SIGMOID.key: [0.0180], SOFTMAX.key: [0.0172]}
    told = difference.difference(runs, seeds)
    # Means 0.0165 and 0.0171, while the seeds of sigmoid lie 0.0030 apart.
    assert told.rest == "The effect is no larger than that of another seed."
    assert told.details[-1] == (
        "Possibly chance: seeds change the pixel error by up to 0.0030, this setting by 6.0e-4."
    )


def test_runs_that_differ_in_their_seed_only_show_what_chance_does() -> None:
    runs = [run_of(replace(SIGMOID, seed=seed), mse) for seed, mse in ((0, 0.0150), (1, 0.0175))]
    told = difference.difference(runs, {})
    assert told.first == "Only the seed differs."
    assert told.rest == "Pixel errors span 0.0025: the effect of chance alone."


def test_numbers_of_different_data_sets_are_not_compared() -> None:
    runs = [run_of(SIGMOID, 0.01), run_of(Variant(dataset="fashion-mnist"), 0.02)]
    told = difference.difference(runs, {})
    assert told.first == "Two settings differ."  # each data set has its own epochs
    assert told.rest == "Errors on different images cannot be compared."


def test_same_loss_with_different_images_is_stated() -> None:
    sigmoid = run_of(SIGMOID, 0.0128)
    dark = [replace(frame, pixels=frame.pixels * 0 + 1 / 784) for frame in sigmoid.history.frames]
    softmax = replace(run_of(SOFTMAX, 0.1119), history=replace(sigmoid.history, frames=dark))
    [same, _] = difference.difference([sigmoid, softmax], {}).details
    assert same.startswith("Both losses are the same to every decimal shown")
    assert same.endswith(" in A and to 1.0 in B.")


def test_other_seeds_are_finished_runs_with_nothing_else_changed() -> None:
    summaries = [
        summary_of(run)
        for run in (
            run_of(replace(SIGMOID, seed=1), 0.02),
            run_of(replace(SIGMOID, seed=2, epochs=3), 0.03),
            run_of(SIGMOID, 0.04),
            replace(run_of(replace(SIGMOID, seed=3), 0.05), status="stopped"),
        )
    ]
    assert difference.other_seeds(SIGMOID, summaries) == [0.02]


def test_a_second_seed_is_always_another_and_allowed() -> None:
    assert difference.second_seed(SIGMOID) == replace(SIGMOID, seed=1)
    largest = replace(SIGMOID, seed=2**31 - 1)
    assert difference.differ_only_in_seed(largest, difference.second_seed(largest))


# Figures


def line(place: int, variant: Variant, *, floor: float | None = 0.0583) -> LossLine:
    run = make_run(variant)
    pair = LossPair(training=floor, held_out=floor)
    return LossLine(index=place, variant=variant, history=run.history, floor=pair)


def test_losses_stand_on_one_axis_only_where_their_unit_is_the_same() -> None:
    scaled = replace(SIGMOID, normalization="symmetric")
    lines = [line(0, SIGMOID), line(1, LINEAR), line(2, SOFTMAX), line(3, scaled)]
    groups = shared_loss_chart.by_unit(lines)
    assert [[entry.index for entry in group] for group in groups] == [[0, 2], [1], [3]]
    assert shared_loss_chart.title(groups[0]) == "BCE per pixel"


def test_losses_have_the_colours_of_their_runs_and_different_dashes() -> None:
    drawn = shared_loss_chart.shared_loss_chart([line(0, SIGMOID), line(2, SOFTMAX)], epoch=1.5)
    assert [(entry.name, entry.colour) for entry in drawn.lines] == [("A", 0), ("C", 2)]
    assert drawn.lines[0].dash != drawn.lines[1].dash
    assert [level.value for level in drawn.levels] == [0.0583]
    assert drawn.epoch == 1.5


def test_the_axis_of_positive_losses_is_logarithmic_and_ends_at_ticks() -> None:
    axis = shared_loss_chart.shared_loss_chart([line(0, SIGMOID)], epoch=None).y
    # Losses from about 0.1 to 0.7 over a floor of 0.0583.
    assert axis.is_log
    assert (axis.low, axis.high) == (pytest.approx(0.05), pytest.approx(1))


def test_losses_without_bound_have_an_axis_in_powers_of_ten() -> None:
    history = History()
    history.steps, history.losses = [1, 2, 3], [-1.0, -3e18, float("nan")]
    raw = LossLine(index=0, variant=SOFTMAX, history=history, floor=None)
    axis = shared_loss_chart.shared_loss_chart([raw], epoch=None).y
    assert not axis.is_log
    assert axis.factor == "×10¹⁸"
    assert axis.low == pytest.approx(-3.18e18)


def test_a_long_history_is_thinned_out_and_keeps_its_last_loss() -> None:
    history = History(steps_per_epoch=10)
    history.steps = list(range(1, 5001))
    history.losses = [1 / step for step in history.steps]
    points = LossLine(index=0, variant=SIGMOID, history=history, floor=None).points
    assert len(points) <= shared_loss_chart.MAX_POINTS
    assert points[-1] == (500.0, 1 / 5000)


def test_an_empty_history_has_axes_and_words() -> None:
    empty = LossLine(index=0, variant=SIGMOID, history=History(), floor=None)
    assert shared_loss_chart.shared_loss_chart([empty], epoch=0).x.high == 67
    assert "none yet" in shared_loss_chart.losses_in_words([empty])


def test_an_enlarged_digit_is_on_the_fixed_scale_and_keeps_its_values() -> None:
    pixels = np.full(784, 0.25, np.float32)
    pixels[29] = 1.5
    [image] = enlarged_digit.enlarged(pixels, height=156).data
    assert (image.zmin, image.zmax) == (0, 1)
    # The 30th value is the second of the second row.
    assert image.z[1][1] == 1.5
    words = enlarged_digit.enlarged_in_words("A", pixels, 0.0843)
    # 783 * 0.25 + 1.5
    assert words == "A: smallest value 0.25, largest 1.50, sum 197, pixel MSE 0.0843."
