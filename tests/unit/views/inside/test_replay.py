"""The replay of a map: stored codes in the plane of the last epoch, and the digits beside them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.data.loading import HeldOut, load_held_out
from core.metrics.dataset_stats import statistics
from core.metrics.image_metrics import displayed
from core.run import CodeFrames, Run
from core.store.shipped import TWO_UNITS, Gallery
from core.variant import Variant
from core.views.inside.latent_map import LatentMap, latent_map
from core.views.inside.replay import Replay, replay, replay_data
from support.runs import make_run


@pytest.fixture(scope="module")
def held_out() -> HeldOut:
    return load_held_out("mnist-sample")


def map_of(run: Run, part: HeldOut) -> LatentMap:
    moments = statistics("mnist-sample").moments
    found = latent_map(run, part.held_out, part.held_out_labels, moments)
    assert found is not None
    return found


def opened(variant: Variant, part: HeldOut) -> tuple[Run, LatentMap, Replay]:
    run = Gallery().get(variant.key)
    assert run is not None
    found = map_of(run, part)
    shown = replay(run, found, part.held_out_labels)
    assert shown is not None
    return run, found, shown


@pytest.mark.parametrize("variant", [Variant(), TWO_UNITS[1]], ids=["28 units", "2 units"])
def test_the_last_frame_is_the_map(variant: Variant, held_out: HeldOut) -> None:
    run, found, shown = opened(variant, held_out)
    assert run.code_frames is not None
    places = np.searchsorted(found.indices, run.code_frames.indices)
    np.testing.assert_array_equal(found.indices[places], run.code_frames.indices)
    extent = (found.high - found.low).max()
    np.testing.assert_allclose(shown.points[-1], found.points[places], atol=2**-9 * extent)
    np.testing.assert_array_equal(shown.labels, found.labels[places])
    np.testing.assert_array_equal(
        shown.digits[-1], np.round(displayed(run.history.frames[-1].pixels) * 255)
    )


def test_the_axes_of_the_last_epoch_hold_for_earlier_ones(held_out: HeldOut) -> None:
    run, found, shown = opened(Variant(), held_out)
    assert run.code_frames is not None
    # Independent of `LatentMap.project`: least squares in the plane.
    plane = np.stack([found.across, found.up], axis=1).astype(float)
    for codes, points in zip(run.code_frames.codes, shown.points, strict=True):
        expected = np.linalg.lstsq(plane, (codes - found.origin).astype(float).T, rcond=None)[0].T
        np.testing.assert_allclose(points, expected, atol=1e-3)
    # At the start all codes are close together, compared with the end.
    spreads = shown.points.std(axis=1).max(axis=1)
    assert spreads[0] < spreads[-1] / 10


def test_what_is_drawn_has_the_map_and_the_points_of_all_epochs(held_out: HeldOut) -> None:
    _, found, shown = opened(Variant(), held_out)
    assert (shown.low <= found.low).all()
    assert (shown.high >= found.high).all()
    assert (shown.points >= shown.low).all()
    assert (shown.points <= shown.high).all()


def test_points_far_beyond_the_map_do_not_shrink_it(held_out: HeldOut) -> None:
    run, found, _ = opened(Variant(), held_out)
    codes = run.code_frames
    assert codes is not None
    scattered = np.random.default_rng(0).normal(0, 1e6, codes.codes.shape).astype(np.float32)
    far = replace(run, code_frames=replace(codes, codes=scattered))
    shown = replay(far, found, held_out.held_out_labels)
    assert shown is not None
    # The map's extent on each side.
    np.testing.assert_allclose(shown.high - shown.low, 3 * (found.high - found.low), rtol=1e-5)


def test_a_code_of_one_unit_keeps_its_rows(held_out: HeldOut) -> None:
    run = make_run(Variant(layers=(1,)))
    shown = replay(run, map_of(run, held_out), held_out.held_out_labels)
    assert shown is not None
    for points in shown.points:
        np.testing.assert_array_equal(points[:, 1], shown.labels)


def test_a_run_without_codes_or_with_one_frame_has_no_replay(held_out: HeldOut) -> None:
    run = make_run(Variant(seed=3))
    found, labels = map_of(run, held_out), held_out.held_out_labels
    codes = run.code_frames
    assert codes is not None
    assert replay(run, found, labels) is not None
    assert replay(replace(run, code_frames=None), found, labels) is None
    assert replay(replace(run, code_frames=codes.at([45])), found, labels) is None
    # Frames 45 and 90 exist; codes of other steps have no digits beside them.
    elsewhere = CodeFrames(
        indices=codes.indices, steps=codes.steps + np.array([1, 0, 0, 1]), codes=codes.codes
    )
    shown = replay(replace(run, code_frames=elsewhere), found, labels)
    assert shown is not None
    assert shown.epochs == (1, 2)


def test_epochs_are_named_and_the_curve_ends_at_the_last(held_out: HeldOut) -> None:
    run, _, shown = opened(Variant(), held_out)
    data = replay_data(shown, run)
    # Half an epoch of 45 steps is 22 steps.
    assert data["names"] == ["0", "0.49", "1", "2", "4", "8", "16", "32", "67"]
    assert data["epochs"][1] == pytest.approx(22 / 45)
    assert data["curve"]["end"] == 67
    training, held = data["curve"]["lines"]
    assert training["points"][-1][0] == 1
    assert len(held["points"]) == 67
    assert all(0 <= share <= 1 for line in (training, held) for share in line["points"][0])
