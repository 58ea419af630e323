"""Events arrive as they were sent, through the packing that Dask uses."""

from __future__ import annotations

import math

import msgpack
import numpy as np
import pytest

from core.jobs.progress_codec import from_wire, to_wire
from core.progress import EpochScores, Event, Frame, LossPoints, Stage

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
    assert from_wire(msgpack.unpackb(msgpack.packb(to_wire(event)))) == event


def test_a_frame_comes_back_bit_by_bit() -> None:
    pixels = np.random.default_rng(0).normal(size=(10, 784)).astype(np.float32)
    pixels[0, 0], pixels[9, 783] = np.nan, -np.inf
    frame = from_wire(msgpack.unpackb(msgpack.packb(to_wire(Frame(step=7, pixels=pixels)))))
    assert isinstance(frame, Frame)
    assert frame.step == 7
    assert frame.pixels.dtype == np.float32
    np.testing.assert_array_equal(frame.pixels, pixels)


def test_losses_that_are_not_finite_come_back() -> None:
    sent = LossPoints(steps=(1, 2), losses=(math.nan, math.inf))
    received = from_wire(msgpack.unpackb(msgpack.packb(to_wire(sent))))
    assert isinstance(received, LossPoints)
    assert math.isnan(received.losses[0])
    assert received.losses[1] == math.inf
