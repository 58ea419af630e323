"""The files of one run: a round trip, what they look like to other tools, and damage."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from core.errors import DamagedRun
from core.files import npz
from core.files.json_codec import to_json
from core.progress import Frame, History, LossPoints
from core.run import CodeFrames, LossPair, Run, Scores
from core.store import run_format
from core.variant import Variant
from support.runs import assert_same_codes, assert_same_run, make_run


def unpacked(files: dict[str, bytes]) -> Run:
    return run_format.unpack(files, Variant().key)


def with_frames(*pixels: np.ndarray) -> Run:
    run = make_run(weights=None)
    frames = [Frame(step=i, pixels=np.float32(p)) for i, p in enumerate(pixels)]
    return replace(run, history=replace(run.history, frames=frames))


def kept_frame(pixels: np.ndarray) -> np.ndarray:
    return unpacked(run_format.pack(with_frames(pixels))).history.frames[0].pixels


def test_a_complete_run_survives_a_round_trip() -> None:
    run = make_run(Variant(layers=(40, 2, 40), activation="tanh", hidden_activation="linear"))
    assert_same_run(run_format.unpack(run_format.pack(run), run.variant.key), run)


def test_a_run_without_weights_comes_back_without() -> None:
    files = run_format.pack(make_run(weights=None))
    assert "weights.npz" not in files
    assert unpacked(files).weights is None


def test_codes_are_kept_beside_weights_only_and_runs_of_earlier_versions_have_none() -> None:
    files = run_format.pack(make_run(weights=None))
    assert "codes.npz" not in files
    assert unpacked(files).code_frames is None
    earlier = run_format.pack(make_run(code_frames=None))
    assert "codes.npz" not in earlier
    assert unpacked(earlier).code_frames is None
    assert unpacked(earlier).weights is not None


def test_codes_take_three_hundred_kilobytes_at_most() -> None:
    # 26 frames of 200 images and 28 units in two bytes are 291,200 bytes; 27 are 302,400.
    for frames, fits in ((26, True), (27, False)):
        codes = CodeFrames(
            indices=np.arange(200),
            steps=np.arange(frames),
            codes=np.ones((frames, 200, 28), np.float32),
        )
        files = run_format.pack(make_run(code_frames=codes))
        if fits:
            assert_same_codes(unpacked(files).code_frames, codes)
        else:
            with pytest.raises(DamagedRun, match="it has 302,400 bytes of codes"):
                unpacked(files)


def test_codes_beyond_float16_are_scaled() -> None:
    codes = make_run().code_frames
    assert codes is not None
    large = replace(codes, codes=codes.codes * np.float32(1e9))
    found = unpacked(run_format.pack(make_run(code_frames=large))).code_frames
    assert found is not None
    # The scale is 2^19 = 524,288, of which float16's smallest step, 2^-24, is a 32nd.
    np.testing.assert_allclose(found.codes, large.codes, rtol=2**-11, atol=1 / 32)


def test_a_run_that_never_took_a_step_comes_back() -> None:
    run = make_run(history=History(), weights=None, status="stopped")
    found = unpacked(run_format.pack(run))
    assert found.history == History()
    assert run_format.unpack_digits(run_format.pack(run)["digits.npz"])[1].shape == (0, 784)


def test_numbers_that_are_not_finite_come_back() -> None:
    run = make_run(status="diverged", weights=None)
    run.history.add(LossPoints(steps=(136, 137, 138), losses=(math.inf, -math.inf, math.nan)))
    run.history.epochs[-1] = replace(run.history.epochs[-1], loss=math.nan, ssim=None)
    run = replace(
        run,
        scores=Scores(mse=0.0, mae=0.0, psnr=math.inf, ssim=1.0),
        trained_loss=LossPair(training=-1e30, held_out=None),
        evidence={"largest": math.inf, "smallest": None},
    )
    files = run_format.pack(run)
    found = unpacked(files)
    assert found.history.losses[-3:-1] == [math.inf, -math.inf]
    assert math.isnan(found.history.losses[-1])
    assert math.isnan(found.history.epochs[-1].loss)
    assert found.history.epochs[-1].ssim is None
    assert found.scores.psnr == math.inf
    assert found.trained_loss == LossPair(training=-1e30, held_out=None)
    assert found.evidence == {"largest": math.inf, "smallest": None}
    json.loads(files["run.json"], parse_constant=pytest.fail)  # strict JSON has no NaN


def test_frames_keep_pixels_outside_black_and_white_and_infinite_ones() -> None:
    pixels = np.zeros((10, 784))
    pixels[0, :5] = [-0.3, 1.7, np.nan, np.inf, -np.inf]
    pixels[1, 0] = 1e6
    kept = kept_frame(pixels)
    np.testing.assert_allclose(kept[0, :2], [-0.3, 1.7], atol=0.0005)
    np.testing.assert_array_equal(kept[0, 2:5], [np.nan, np.inf, -np.inf])
    assert kept[1, 0] == 65504  # the largest number of float16


def test_the_faint_image_of_a_softmax_keeps_its_shape() -> None:
    pixels = np.tile(np.linspace(0, 0.01, 784), (10, 1))
    assert np.abs(kept_frame(pixels) - pixels).max() <= 0.01 / 1000


def test_a_flat_picture_keeps_its_value() -> None:
    pixels = np.full((10, 784), 0.0123)
    assert np.abs(kept_frame(pixels) - pixels).max() <= 0.0123 / 1000


def test_packing_what_was_unpacked_changes_no_byte() -> None:
    files = run_format.pack(make_run())
    assert run_format.pack(unpacked(files)) == files


def test_the_files_are_open_to_other_tools() -> None:
    files = run_format.pack(make_run())
    facts = json.loads(files["run.json"])
    assert facts["variant"]["layers"] == [128, 64, 28, 64, 128]
    assert facts["scores"]["mse"] == 0.0141
    rows = list(csv.DictReader(io.StringIO(files["history.csv"].decode())))
    assert len(rows) == 135
    assert rows[0]["step"] == "1"
    epochs = list(csv.DictReader(io.StringIO(files["epochs.csv"].decode())))
    assert [row["ssim"] for row in epochs] == ["", "", "0.8"]
    weights = np.load(io.BytesIO(files["weights.npz"]), allow_pickle=False)
    assert weights["kernel_2"].shape == (64, 28)
    frames = np.load(io.BytesIO(files["frames.npz"]), allow_pickle=False)
    assert frames["pixels"].dtype == np.float16


def test_the_small_picture_is_the_last_frame_as_displayed() -> None:
    pixels = np.tile(np.array([-1.0, 0.5, 2.0, np.nan] * 196), (10, 1))
    files = run_format.pack(with_frames(np.zeros((10, 784)), pixels))
    originals, shown = run_format.unpack_digits(files["digits.npz"])
    np.testing.assert_array_equal(originals, make_run().pinned.images)
    np.testing.assert_array_equal(shown[3, :4], [0, 128, 255, 0])


def test_facts_are_read_without_the_other_files() -> None:
    facts, verdict = run_format.unpack_facts(run_format.pack(make_run())["run.json"])
    assert facts["variant"] == Variant()
    assert verdict is None
    assert facts["scores"].mse == 0.0141


def test_a_run_filed_under_another_key_is_refused() -> None:
    with pytest.raises(DamagedRun, match="settings do not match its key"):
        run_format.unpack(run_format.pack(make_run()), "0123456789abcdef")


@pytest.mark.parametrize("name", run_format.REQUIRED)
def test_a_missing_file_is_named(name: str) -> None:
    files = run_format.pack(make_run())
    del files[name]
    with pytest.raises(DamagedRun, match=f"The file {name} is missing"):
        unpacked(files)


def facts_with(**changes: object) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    def change(files: dict[str, bytes]) -> dict[str, bytes]:
        return {"run_json": to_json({**json.loads(files["run.json"]), **changes})}

    return change


def arrays_of(name: str, **changed: np.ndarray) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    def change(files: dict[str, bytes]) -> dict[str, bytes]:
        kept = dict(np.load(io.BytesIO(files[f"{name}.npz"])))
        return {f"{name}_npz": npz.to_npz(kept | changed, compressed=False)}

    return change


IMPOSSIBLE = {
    "run.json, an unknown status": facts_with(status="perfect"),
    "run.json, no settings": facts_with(variant=None),
    "run.json, a setting out of range": facts_with(variant={"epochs": 10**9}),
    "run.json, an unknown field": facts_with(surprise=1),
    "run.json, a score in words": facts_with(scores={"mse": "good"}),
    "run.json, a date that is none": lambda files: {
        "run_json": files["run.json"].replace(b"2026-01-02", b"2026-13-02")
    },
    "run.json, too deep": lambda files: {"run_json": b"[" * 100_000},
    "history.csv, other columns": lambda files: {"history_csv": b"step,lost\n1,0.5\n"},
    "history.csv, a step that is none": lambda files: {"history_csv": b"step,loss\n1.5,0.5\n"},
    "history.csv, a row too long": lambda files: {"history_csv": b"step,loss\n1,0.5,3\n"},
    "history.csv, empty": lambda files: {"history_csv": b""},
    "epochs.csv, a number that is none": lambda files: {
        "epochs_csv": b"epoch,step,loss,validation_loss,displayed_loss,mse,ssim\n1,2,x,3,4,5,6\n"
    },
    "epochs.csv, a loss left out": lambda files: {
        "epochs_csv": b"epoch,step,loss,validation_loss,displayed_loss,mse,ssim\n1,2,,3,4,5,6\n"
    },
    "frames.npz, small pictures": arrays_of("frames", pixels=np.zeros((4, 10, 100), np.float16)),
    "frames.npz, steps missing": arrays_of("frames", steps=np.arange(3)),
    "digits.npz, nine digits": arrays_of("digits", labels=np.arange(9)),
    "digits.npz, a place beyond the data": arrays_of("digits", indices=np.arange(495, 505)),
    "digits.npz, a place below": arrays_of("digits", indices=np.arange(-1, 9)),
    "digits.npz, a label of 10": arrays_of("digits", labels=np.arange(1, 11)),
    "digits.npz, half a picture": arrays_of("digits", reconstructions=np.zeros((5, 784), "u1")),
    "weights.npz, another width": arrays_of("weights", kernel_1=np.zeros((128, 65), np.float32)),
    "codes.npz, of another code": arrays_of("codes", codes=np.zeros((4, 20, 27), np.float16)),
    "codes.npz, none": arrays_of(
        "codes", steps=np.arange(0), codes=np.zeros((0, 20, 28), np.float16)
    ),
    "codes.npz, the same step twice": arrays_of("codes", steps=np.array([0, 45, 45, 90])),
    "codes.npz, an image beyond the data": arrays_of("codes", indices=np.arange(481, 501)),
    "codes.npz, an image below": arrays_of("codes", indices=np.arange(-1, 19)),
    "codes.npz, infinite": arrays_of("codes", scale=np.array([np.inf], np.float32)),
    "codes.npz, two scales": arrays_of("codes", scale=np.ones(2, np.float32)),
    "weights.npz, a layer more": arrays_of("weights", kernel_6=np.zeros((784, 1), np.float32)),
}


@pytest.mark.parametrize("change", IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_files_that_are_complete_but_wrong(
    change: Callable[[dict[str, bytes]], dict[str, bytes]],
) -> None:
    files = run_format.pack(make_run())
    changed = change(files)
    [(name, content)] = [(name.replace("_", "."), item) for name, item in changed.items()]
    with pytest.raises(DamagedRun, match=f"The file {name} cannot be read"):
        unpacked({**files, name: content})
