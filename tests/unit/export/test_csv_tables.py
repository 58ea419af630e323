"""Runs as CSV, read back with Python's own reader."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from core.export.csv_tables import history_csv, scores_csv
from core.run import LossPair
from core.variant import Variant
from support.runs import EPOCHS, STEPS_PER_EPOCH, make_run


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_run_and_each_baseline_are_one_row():
    run = make_run(Variant(layers=(32, 4, 32)))
    lines = read(scores_csv([run]))
    assert [line["pictures"] for line in lines] == [
        "this run",
        "all black",
        "mean image",
        "median image",
    ]
    assert {line["run"] for line in lines} == {run.variant.key}
    assert (lines[0]["mse"], lines[0]["psnr"], lines[0]["layers"]) == ("0.0141", "18.51", "32-4-32")
    assert lines[2]["ssim"] == "0.2203"


def test_a_data_set_has_its_link_name_and_its_label():
    lines = read(scores_csv([make_run(), make_run(Variant(dataset="images-" + "1a" * 16))]))
    names = [(line["dataset"], line["dataset_label"]) for line in lines if line["dataset"]]
    # Of images that are not here the label is made of the first digits.
    assert names == [
        ("mnist-sample", "MNIST sample"),
        ("images-" + "1a" * 16, "Images 1a1a1a"),
    ]


def test_missing_number_is_empty():
    run = make_run(floor=LossPair(training=None, held_out=None))
    assert read(scores_csv([run]))[0]["floor"] == ""


def test_every_kept_step_is_a_line_and_only_ends_of_epochs_have_scores():
    run = make_run()
    lines = read(history_csv([run]))
    assert len(lines) == STEPS_PER_EPOCH * EPOCHS
    assert lines[0]["step_loss"] == repr(run.history.losses[0])
    assert lines[0]["mse"] == ""
    # The second epoch of 45 steps ends with step 90; its MSE is 0.042 / 2.
    end = lines[89]
    assert (end["step"], end["epoch"], end["mse"]) == ("90", "2.0", "0.021")
    assert sum(line["mse"] != "" for line in lines) == EPOCHS


def test_an_epoch_whose_last_step_was_not_kept_has_a_line_all_the_same():
    run = make_run()
    thinned = replace(run.history, steps=run.history.steps[::11], losses=run.history.losses[::11])
    lines = read(history_csv([replace(run, history=thinned)]))
    assert [line["step"] for line in lines if line["mse"]] == ["45", "90", "135"]
    # Steps 1, 12, 23, ... 133 are kept; 45 is one of them, 90 and 135 are not.
    assert [line["step_loss"] != "" for line in lines if line["mse"]] == [True, False, False]
