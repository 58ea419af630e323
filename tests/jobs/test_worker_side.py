"""What a worker sends: each event once, in the packing that Dask uses, and then the rest."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgpack
import numpy as np
import pytest

from core.data import loading
from core.errors import MissingData
from core.jobs import worker_side
from core.jobs.worker_side import decode_event, encode_event
from core.progress import EpochScores, Event, Frame, History, LossPoints, Stage
from core.run import Run
from core.variant import Variant
from support.tasks import FOLDER

EVENTS: list[Event] = [
    Stage(name="data", fraction=0.25),
    Stage(name="training", fraction=None, steps_per_epoch=45, total_steps=3015),
    LossPoints(steps=(1, 12), losses=(0.6931, -1.2e19)),
    EpochScores(
        epoch=1, step=45, loss=0.3, validation_loss=0.31, displayed_loss=0.9, mse=0.05, ssim=None
    ),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_comes_back_unchanged(event: Event) -> None:
    assert decode_event(msgpack.unpackb(msgpack.packb(encode_event(event)))) == event


def test_a_frame_comes_back_bit_by_bit() -> None:
    pixels = np.random.default_rng(0).normal(size=(10, 784)).astype(np.float32)
    pixels[0, 0], pixels[9, 783] = np.nan, -np.inf
    sent = Frame(step=7, pixels=pixels, is_kept=False)
    frame = decode_event(msgpack.unpackb(msgpack.packb(encode_event(sent))))
    assert isinstance(frame, Frame)
    assert (frame.step, frame.is_kept) == (7, False)
    assert frame.pixels.dtype == np.float32
    np.testing.assert_array_equal(frame.pixels, pixels)


def test_losses_that_are_not_finite_come_back() -> None:
    sent = LossPoints(steps=(1, 2), losses=(math.nan, math.inf))
    received = decode_event(msgpack.unpackb(msgpack.packb(encode_event(sent))))
    assert isinstance(received, LossPoints)
    assert math.isnan(received.losses[0])
    assert received.losses[1] == math.inf


def missing(variant: Variant, *_: object) -> None:
    """A training of images that are not there."""
    loading.load(variant.dataset)


@pytest.mark.parametrize(
    ("extensions", "sentence"),
    [
        ({}, r"^The worker that took this run does not have .* Set AUTOENCODER_LAB_HOME there to"),
        ({worker_side.OWN_WORKER: True}, r"^These images are not in this lab"),
    ],
)
def test_a_worker_elsewhere_without_the_images_says_which_folder_it_needs(
    home: Path, monkeypatch: pytest.MonkeyPatch, extensions: dict[str, bool], sentence: str
) -> None:
    worker = SimpleNamespace(extensions=extensions)
    monkeypatch.setattr(worker_side, "get_worker", lambda: worker)
    settings = Variant(dataset="images-" + "1a" * 16).to_dict()
    with pytest.raises(MissingData, match=sentence):
        worker_side.execute(f"{__name__}:missing", settings, "attempt")


def test_a_history_is_sent_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sent: list[dict[str, Any]] = []
    monitor = SimpleNamespace(get_process_memory=lambda: 123)
    worker = SimpleNamespace(log_event=lambda _, message: sent.append(message), monitor=monitor)
    monkeypatch.setattr(worker_side, "get_worker", lambda: worker)
    monkeypatch.setenv(FOLDER, str(tmp_path))
    outcome = worker_side.execute("support.tasks:train", Variant().to_dict(), "attempt")
    kinds = [message["event"]["kind"] for message in sent]
    epoch = ["LossPoints", "Frame", "EpochScores"]
    assert kinds == ["Stage", "Stage", *epoch, "LossPoints", *epoch]
    assert isinstance(outcome.result, Run)
    assert outcome.result.history == History()
    assert outcome.memory == 123
