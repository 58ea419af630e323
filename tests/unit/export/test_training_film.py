"""A training as a GIF, read by Pillow."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from core.export.training_film import CELL, ENLARGEMENT, GAP, LABELS, LINE, MARGIN, film_gif
from core.progress import Frame, History
from core.run import Run
from core.variant import Variant
from support.runs import make_run

STEPS_PER_EPOCH = 10


def run_of(frames: list[Frame], variant: Variant | None = None) -> Run:
    run = make_run(variant)
    history = replace(run.history, frames=frames, steps_per_epoch=STEPS_PER_EPOCH)
    return replace(run, history=history)


def grey(step: int, level: float) -> Frame:
    return Frame(step=step, pixels=np.full((10, 784), level, np.float32))


def noise(step: int) -> Frame:
    pixels = np.random.default_rng(step).random((10, 784), dtype=np.float32)
    return Frame(step=step, pixels=pixels)


def frames_of(film: bytes) -> list[Image.Image]:
    return [frame.convert("L") for frame in ImageSequence.Iterator(Image.open(io.BytesIO(film)))]


def digit(frame: Image.Image, row_from_below: int, place: int) -> NDArray[np.uint8]:
    """One image as it was before it was enlarged; row 1 is the lowest."""
    top = frame.height - MARGIN - LINE - row_from_below * (CELL + GAP)
    left = MARGIN + LABELS + place * (CELL + GAP)
    cell = np.asarray(frame.crop((left, top, left + CELL, top + CELL)))
    return cell[ENLARGEMENT // 2 :: ENLARGEMENT, ENLARGEMENT // 2 :: ENLARGEMENT]


def test_every_frame_shows_originals_above_reconstructions() -> None:
    run = run_of([noise(0), noise(5), noise(10)])
    frames = frames_of(film_gif([run]))
    assert len(frames) == 3
    for frame, stored in zip(frames, run.history.frames, strict=True):
        for place in (0, 9):
            original = run.pinned.images[place].reshape(28, 28)
            np.testing.assert_array_equal(digit(frame, 2, place), original)
            drawn = stored.pixels[place].reshape(28, 28) * 255
            # 64 levels of grey are 255 / 63 = 4.05 apart.
            assert np.abs(digit(frame, 1, place) - drawn).max() <= 255 / 63 / 2 + 0.5


def test_greys_are_on_the_fixed_scale_and_clipped() -> None:
    levels = [-0.5, 0.1, 1.5]
    film = film_gif([run_of([grey(step, level) for step, level in enumerate(levels)])])
    shown = [int(digit(frame, 1, 0)[14, 14]) for frame in frames_of(film)]
    assert shown == [0, 24, 255]  # 0.1 is level 6 of 63: 6 / 63 * 255 = 24.3


def test_a_run_that_ends_earlier_keeps_its_last_frame() -> None:
    short = run_of([grey(0, 0.0), grey(10, 1.0)])
    long = run_of([grey(0, 1.0), grey(10, 0.0), grey(20, 1.0), grey(30, 0.0)], Variant(seed=1))
    long = replace(long, pinned=short.pinned)
    frames = frames_of(film_gif([short, long]))
    shown = [(int(digit(f, 2, 3)[0, 0]), int(digit(f, 1, 3)[0, 0])) for f in frames]
    assert shown == [(0, 255), (255, 0), (255, 255), (255, 0)]


def test_runs_of_different_digits_have_their_own_originals() -> None:
    first, second = run_of([grey(0, 0.0)]), run_of([grey(0, 1.0)], Variant(seed=1))
    (frame,) = frames_of(film_gif([first, second]))
    for row, run in ((4, first), (2, second)):
        np.testing.assert_array_equal(digit(frame, row, 0), run.pinned.images[0].reshape(28, 28))


def test_a_run_without_frames_leaves_the_originals() -> None:
    run = replace(make_run(), history=History())
    (frame,) = frames_of(film_gif([run]))
    np.testing.assert_array_equal(digit(frame, 1, 0), run.pinned.images[0].reshape(28, 28))


@pytest.mark.parametrize("count", [1, 6])
def test_a_film_of_noise_is_at_most_two_megabytes(count: int) -> None:
    runs = [run_of([noise(step) for step in range(80)], Variant(seed=s)) for s in range(count)]
    film = film_gif(runs)
    assert len(film) <= 2_000_000
    frames = frames_of(film)
    assert len(frames) >= 12
    original = runs[0].pinned.images[9].reshape(28, 28)
    np.testing.assert_array_equal(digit(frames[-1], 2 * count, 9), original)


def test_the_film_has_a_minimum_duration_and_pauses_at_the_end() -> None:
    film = Image.open(io.BytesIO(film_gif([run_of([grey(step, step / 20) for step in range(20)])])))
    times = []
    for place in range(film.n_frames):
        film.seek(place)
        times.append(film.info["duration"])
    assert times == [300] * 19 + [2500]  # 6 s for 20 frames
    assert film.info["loop"] == 0  # for ever
