"""What comes with the lab: every combination, small, the same after a round trip."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.cli.gallery_build import (
    TOLERANCE,
    check,
    chosen_frames,
    is_reproducible,
    sampled_variants,
    write,
)
from core.data.loading import load_held_out
from core.data.normalization import NORMALIZATIONS
from core.diagnostics import verdict
from core.metrics import image_metrics, inference
from core.metrics.dataset_stats import statistics
from core.metrics.image_metrics import displayed
from core.objectives.activations import ACTIVATIONS
from core.run import Run
from core.store.shipped import EXPLORABLE, FILE, TWO_UNITS, Gallery, shipped_runs, variants
from core.variant import Variant
from core.views.lab.samples import reconstruct
from core.views.story.story_state import STEPS
from core.views.story.story_steps import step
from support.runs import assert_same_codes, make_run


@pytest.fixture
def runs() -> list[Run]:
    pinned = make_run().pinned
    return [
        make_run(Variant(activation=name), pinned=pinned) for name in ("sigmoid", "tanh", "softmax")
    ]


@pytest.fixture
def written(runs: list[Run], tmp_path: Path) -> Gallery:
    write(runs, tmp_path / "gallery.zip")
    return Gallery(tmp_path / "gallery.zip")


def test_it_holds_150_combinations_24_twins_and_two_codes_of_two_units() -> None:
    variants = shipped_runs.variants()
    # 5 activations x 5 losses x 6 normalizations; sigmoid and softmax x both cross-entropies
    # x 6 normalizations are the ones whose loss Keras takes from hidden logits.
    assert len(variants) == 150 + 24 + 2
    assert len({variant.key for variant in variants}) == 176
    twins = [variant for variant in variants if variant.loss_from == "outputs"]
    assert {(twin.activation, twin.loss) for twin in twins} == {
        ("sigmoid", "binary_crossentropy"),
        ("sigmoid", "categorical_crossentropy"),
        ("softmax", "binary_crossentropy"),
        ("softmax", "categorical_crossentropy"),
    }


def test_all_are_the_questions_network_for_as_many_steps_as_the_questions_run() -> None:
    assert {
        (variant.dataset, variant.layers, variant.optimizer, variant.epochs)
        for variant in shipped_runs.variants()
        if variant not in TWO_UNITS
    } == {("mnist-sample", (128, 64, 28, 64, 128), "adam", 67)}
    assert [(variant.layers, variant.bottleneck_activation) for variant in TWO_UNITS] == [
        ((128, 64, 2, 64, 128), "same"),
        ((128, 64, 2, 64, 128), "linear"),
    ]


def test_lists_show_the_verdict_that_the_opened_run_has() -> None:
    gallery = Gallery()
    for key, summary in gallery.summaries.items():
        run = gallery.get(key)
        assert run is not None
        assert summary.verdict == verdict(run)


def test_every_run_of_the_story_and_each_output_activation_can_be_explored() -> None:
    gallery = Gallery()
    explored = {key for key, summary in gallery.summaries.items() if summary.has_weights}
    assert explored == {variant.key for variant in EXPLORABLE}
    assert len(explored) == 12
    opened = [found.settings for number in STEPS if (found := step(number, gallery))]
    assert len(opened) == 6
    assert set(opened) <= set(EXPLORABLE)
    assert {variant.activation for variant in EXPLORABLE} == set(ACTIVATIONS)


def compressed_sizes(part: str) -> list[int]:
    with zipfile.ZipFile(FILE) as archive:
        return [info.compress_size for info in archive.infolist() if part in info.filename]


def test_weights_take_at_most_six_megabytes() -> None:
    sizes = compressed_sizes("weights")
    assert len(sizes) == 12
    assert sum(sizes) <= 6_000_000


@pytest.mark.parametrize("variant", EXPLORABLE, ids=lambda variant: variant.key)
def test_shipped_weights_give_the_shipped_images_and_scores(variant: Variant) -> None:
    """The scores and the last frame are of the float32 weights that were trained."""
    run = Gallery().get(variant.key)
    assert run is not None
    known, held_out = statistics(variant.dataset), load_held_out(variant.dataset).held_out
    pixels = reconstruct(run, held_out, known.moments)
    assert image_metrics.score(pixels, held_out).mse == pytest.approx(run.scores.mse, abs=1e-4)
    last = run.history.frames[-1].pixels
    # Half of one of the frame's 255 levels, and four thousandths for float16.
    np.testing.assert_allclose(
        displayed(pixels[run.pinned.indices]), displayed(last), atol=0.5 / 255 + 0.004
    )
    # A rounding to 255 levels has a root mean square of 1 / 255 / sqrt(12) = 0.0011.
    error = displayed(pixels[run.pinned.indices]) - displayed(last)
    assert np.sqrt(np.square(error).mean()) < np.hypot(1e-3, 0.0011323)


def test_explored_runs_have_the_evidence_of_their_layers() -> None:
    run = Gallery().get(Variant(loss="mean_squared_error", normalization="symmetric").key)
    assert run is not None
    last = {row.layer: row.dead for row in run.layer_evidence if row.epoch == 67}
    # 21 of 28 units of the bottleneck; the output has no dead units.
    assert last[2] == 0.75
    assert last[5] is None


def test_codes_take_less_than_a_megabyte() -> None:
    sizes = compressed_sizes("codes")
    assert len(sizes) == 12
    assert sum(sizes) <= 1_000_000


@pytest.mark.parametrize("variant", EXPLORABLE, ids=lambda variant: variant.key)
def test_shipped_codes_of_the_last_frame_are_those_of_the_shipped_weights(variant: Variant) -> None:
    run = Gallery().get(variant.key)
    assert run is not None
    found = run.code_frames
    assert found is not None
    assert found.steps.tolist() == [frame.step for frame in run.history.frames]
    # 20 of each of ten classes; 9 frames, at the epochs of FRAME_EPOCHS.
    assert found.codes.shape == (9, 200, min(variant.layers))
    known, part = statistics(variant.dataset), load_held_out(variant.dataset)
    assert np.bincount(part.held_out_labels[found.indices]).tolist() == [20] * 10
    targets = NORMALIZATIONS[variant.normalization].apply(part.held_out, known.moments).targets()
    codes = inference.encode(run.weights or (), targets[found.indices])
    # Of weights in float16, whose relative error is 2^-11 each.
    assert np.abs(found.codes[-1] - codes).max() <= 2**-9 * np.abs(codes).max()


def test_codes_are_shipped_of_the_frames_that_are(runs: list[Run], tmp_path: Path) -> None:
    run = runs[0]
    codes = run.code_frames
    assert codes is not None
    # Made runs have frames after steps 0, 45, 90 and 135.
    write([replace(run, code_frames=codes.at([0, 90, 135]))], tmp_path / "gallery.zip")
    found = Gallery(tmp_path / "gallery.zip").get(run.variant.key)
    assert found is not None
    assert [frame.step for frame in found.history.frames] == [0, 90, 135]
    assert_same_codes(found.code_frames, codes.at([0, 90, 135]))


def test_a_run_that_is_not_explored_comes_back_without_weights(
    written: Gallery, runs: list[Run]
) -> None:
    run = runs[1]
    found = written.get(run.variant.key)
    assert found is not None
    assert found.weights is None
    assert found.layer_evidence == ()
    assert found.code_frames is None
    assert found.provenance == replace(run.provenance, shipped=True)
    assert (found.variant, found.status, found.scores) == (run.variant, run.status, run.scores)
    assert (found.baselines, found.evidence, found.floor) == (
        run.baselines,
        run.evidence,
        run.floor,
    )
    assert found.history.epochs == run.history.epochs
    assert found.history.steps == run.history.steps
    np.testing.assert_allclose(found.history.losses, run.history.losses, rtol=1e-5)
    np.testing.assert_array_equal(found.pinned.images, run.pinned.images)


def test_weights_of_an_explored_run_come_back_as_float16(written: Gallery, runs: list[Run]) -> None:
    run = runs[0]
    found = written.get(run.variant.key)
    assert found is not None
    assert found.layer_evidence == run.layer_evidence
    for own, layer in zip(found.weights or (), run.weights or (), strict=True):
        assert own.kernel.dtype == np.float32
        np.testing.assert_array_equal(own.kernel, layer.kernel.astype(np.float16))
        np.testing.assert_array_equal(own.bias, layer.bias.astype(np.float16))


def test_its_frames_are_the_ones_nearest_to_the_chosen_epochs(runs: list[Run]) -> None:
    history = runs[0].history
    steps = [frame.step for frame in chosen_frames(history)]
    all_steps = [frame.step for frame in history.frames]
    assert steps == sorted(set(steps))
    assert steps[0] == all_steps[0]
    assert steps[-1] == all_steps[-1]
    assert set(steps) <= set(all_steps)


def test_run_that_is_not_shipped_is_none(written: Gallery) -> None:
    assert written.get(Variant(seed=5).key) is None
    assert Variant(seed=5).key not in written


def test_a_missing_file_is_an_empty_gallery(tmp_path: Path) -> None:
    nothing = Gallery(tmp_path / "gallery.zip")
    assert nothing.summaries == {}
    assert nothing.thumbnails == {}
    assert nothing.get(Variant().key) is None


def test_thumbnails_are_the_last_seven_as_displayed(written: Gallery, runs: list[Run]) -> None:
    last = runs[2].history.frames[-1].pixels[7]
    expected = np.round(np.clip(last, 0, 1) * 255)
    np.testing.assert_array_equal(written.thumbnails[runs[2].variant.key], expected)


def test_the_same_seed_samples_the_same_cells(written: Gallery) -> None:
    assert sampled_variants(written, 1, seed=4) == sampled_variants(written, 1, seed=4)
    assert len(set(sampled_variants(written, 2, seed=4))) == 2


def test_runs_that_depend_on_rounding_are_never_sampled(written: Gallery) -> None:
    # Written are three with binary cross-entropy; tanh leaves no logits.
    found = {variant.activation for variant in sampled_variants(written, 99, seed=4)}
    assert found == {"sigmoid", "softmax"}
    # Six normalizations of three activations with two cross-entropies, of all 176.
    assert sum(not is_reproducible(variant) for variant in variants()) == 36


def test_a_check_allows_three_percent(written: Gallery, runs: list[Run]) -> None:
    run = runs[0]
    assert TOLERANCE == 0.03
    assert check(written, run.variant, lambda _: run).problem is None
    near = replace(run, scores=replace(run.scores, mse=run.scores.mse * 1.029))
    far = replace(run, scores=replace(run.scores, mse=run.scores.mse * 1.04))
    assert check(written, run.variant, lambda _: near).problem is None
    assert "held-out MSE" in str(check(written, run.variant, lambda _: far).problem)


def test_a_run_that_diverges_only_here_does_not_agree(written: Gallery, runs: list[Run]) -> None:
    diverged = replace(runs[0], status="diverged")
    assert "diverged here" in str(check(written, runs[0].variant, lambda _: diverged).problem)
