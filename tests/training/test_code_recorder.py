"""The codes kept of a training: the network's own, at its frames, in the size allowed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.data import loading
from core.data.normalization import NORMALIZATIONS
from core.data.typical_images import first_of_each_class
from core.metrics import inference
from core.metrics.dataset_stats import statistics
from core.progress import Frame
from core.run import Layer, Run
from core.training.code_recorder import CodeRecorder, sizes
from core.training.prepared_data import PreparedData
from core.training.schedule import code_steps, frame_steps
from core.training.training import train
from core.variant import Variant

SMALL = Variant(layers=(32, 8, 32), epochs=3)


def trained(variant: Variant) -> Run:
    run = train(variant, lambda _: None, lambda: False)
    assert run is not None
    return run


@pytest.fixture(scope="module")
def run() -> Run:
    return trained(SMALL)


def test_the_codes_of_the_last_frame_are_those_of_the_weights(run: Run) -> None:
    found = run.code_frames
    assert found is not None
    part, known = loading.load_held_out(SMALL.dataset), statistics(SMALL.dataset)
    assert np.bincount(part.held_out_labels[found.indices]).tolist() == [20] * 10
    images = NORMALIZATIONS["unit"].apply(part.held_out[found.indices], known.moments)
    np.testing.assert_array_equal(
        found.codes[-1], inference.encode(run.weights or (), images.targets())
    )


def test_codes_are_kept_at_every_frame_where_they_fit(run: Run) -> None:
    found = run.code_frames
    assert found is not None
    assert found.steps.tolist() == [frame.step for frame in run.history.frames]
    # The early parts of an epoch of 45 steps, and every quarter of the three epochs.
    early, first, second, third = [0, 1, 3, 6, 11, 22], [23, 34, 45], [56, 67, 79, 90], [101, 113]
    assert found.steps.tolist() == [*early, *first, *second, *third, 124, 135]
    assert found.codes.shape == (17, 200, 8)
    # Before the first step the codes differ from those after it: they are of their own weights.
    assert not np.array_equal(found.codes[0], found.codes[1])


def test_recording_changes_no_number_of_the_training(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CodeRecorder, "frame", lambda *_: None)
    monkeypatch.setattr(CodeRecorder, "end", lambda *_: None)
    other = trained(SMALL)
    assert other.code_frames is None
    assert other.history.losses == run.history.losses
    assert other.history.epochs == run.history.epochs
    assert other.scores == run.scores
    for own, layer in zip(other.weights or (), run.weights or (), strict=True):
        np.testing.assert_array_equal(own.kernel, layer.kernel)


def test_a_stopped_training_ends_with_the_codes_of_its_last_frame() -> None:
    frames: list[int] = []

    def report(event: object) -> None:
        if isinstance(event, Frame):
            frames.append(event.step)

    stopped = train(replace(SMALL, epochs=30), report, lambda: len(frames) > 8)
    assert stopped is not None
    assert stopped.status == "stopped"
    found = stopped.code_frames
    assert found is not None
    assert found.steps[-1] == stopped.history.frames[-1].step


def test_sizes_keep_to_three_hundred_kilobytes() -> None:
    # 300,000 / (200 x 28 x 2) = 26.8; of 512 units six frames of 48 images are 294,912 bytes.
    assert sizes(28) == (26, 200)
    assert sizes(2) == (375, 200)
    assert sizes(64) == (11, 200)
    assert sizes(512) == (6, 48)
    assert sizes(1024) == (6, 24)
    for width in range(1, 1025):
        frames, images = sizes(width)
        assert frames * images * width * 2 <= 300_000


def test_a_long_training_keeps_the_first_and_last_step_and_more_of_the_start() -> None:
    steps = frame_steps(67, 45)
    assert len(steps) == 73
    found = code_steps(steps, 26)
    assert found[0] == 0
    assert found[-1] == 67 * 45
    assert len(found) <= 26
    assert set(found) <= set(steps)
    epochs = [step / 45 for step in found]
    assert sum(epoch < 7 for epoch in epochs) > sum(epoch >= 7 for epoch in epochs)
    # The 25 frames of five epochs all fit.
    assert code_steps(frame_steps(5, 600), 26) == frame_steps(5, 600)


def test_codes_that_are_not_finite_are_not_kept() -> None:
    dataset = loading.load("mnist-sample", report=lambda _: None)
    prepared = PreparedData.of(SMALL, dataset)
    recorder = CodeRecorder(8, [0, 10, 20], prepared.held_out, dataset.held_out_labels)
    good = Layer(
        kernel=np.ones((784, 8), np.float32), bias=np.zeros(8, np.float32), activation="relu"
    )
    decoder = Layer(
        kernel=np.ones((8, 784), np.float32), bias=np.zeros(784, np.float32), activation="linear"
    )
    bad = replace(good, bias=np.full(8, np.inf, np.float32))
    assert recorder.end(0, (bad, decoder)) is None
    recorder.frame(0, (good, decoder))
    recorder.frame(10, (bad, decoder))
    recorder.frame(15, (good, decoder))
    found = recorder.end(20, (good, decoder))
    assert found is not None
    assert found.steps.tolist() == [0, 20]


def test_the_first_images_of_each_class_are_chosen() -> None:
    labels = np.array([2, 0, 0, 1, 0, 1, 2, 0])
    assert first_of_each_class(labels, 6).tolist() == [0, 1, 2, 3, 5, 6]
    # A class of one image has no more, and the rest is cut.
    assert first_of_each_class(np.array([0, 0, 0, 1]), 3).tolist() == [0, 1, 3]
    assert first_of_each_class(np.zeros(5, np.int64), 3).tolist() == [0, 1, 2]
