"""Training as an animated GIF: the pinned digits, and below them each run's reconstructions."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from core.charts.palette import LETTERS
from core.data.datasets import IMAGE_SIDE
from core.export.digit_sheet import PLAIN_SIGNS
from core.metrics import image_metrics
from core.progress import PINNED_COUNT
from core.run import Run
from core.text import formats
from core.text.labels import run_names
from core.views.lab.lab_view import frame_at

MAX_BYTES = 2_000_000
# Tried in order until the file is small enough: the number of frames and of grey levels.
QUALITIES = ((60, 64), (60, 32), (40, 32), (24, 32), (24, 16), (12, 16))
ENLARGEMENT = 3
CELL = IMAGE_SIDE * ENLARGEMENT
GAP, MARGIN, LABELS = 6, 16, 150
LINE, TEXT_SIZE = 26, 18
# The fewer the frames, the longer each is shown; the last one is shown longest.
FILM_MILLISECONDS, SHORTEST, LONGEST, LAST = 6000, 120, 500, 2500
PAPER, INK = 255, 0

Greys = NDArray[np.uint8]


def film_gif(runs: Sequence[Run]) -> bytes:
    """The film, which loops; 0 is black and 1 is white in every frame, as on the pages.

    Args:
        runs: one or more; several are named by letters in this order. Each shows the last frame at
            or before the epoch written below; a run that ends earlier keeps its last one. Each data
            set has its own row of originals, and runs without frames have no row.

    Returns:
        A GIF of at most `MAX_BYTES`; more levels of grey and more frames if there is room.
    """
    rows = _rows(runs)
    paper = _paper(runs, rows)
    epochs = sorted({epoch for row in rows if row.run for epoch in _epochs(row.run)}) or [0.0]
    for max_frames, levels in QUALITIES:
        times = epochs if len(epochs) <= max_frames else _thinned(epochs, max_frames)
        film = _encoded([_frame(paper, rows, epoch, levels) for epoch in times])
        if len(film) <= MAX_BYTES:
            break
    return film


@dataclass(frozen=True, kw_only=True)
class _Row:
    """Ten images: the originals, or the reconstructions of a run."""

    label: str
    originals: Greys
    run: Run | None = None


def _rows(runs: Sequence[Run]) -> list[_Row]:
    rows: list[_Row] = []
    for place, run in enumerate(runs):
        images = run.pinned.images
        if not any(np.array_equal(row.originals, images) for row in rows):
            rows.append(_Row(label="Original", originals=images))
        if run.history.frames:
            label = LETTERS[place] if len(runs) > 1 else "Reconstruction"
            rows.append(_Row(label=label, originals=images, run=run))
    return rows


def _epochs(run: Run) -> list[float]:
    return [run.history.epoch_at(frame.step) for frame in run.history.frames]


def _thinned(epochs: Sequence[float], count: int) -> list[float]:
    """Evenly spaced items, including the first and the last."""
    chosen = np.linspace(0, len(epochs) - 1, count).round().astype(int)
    return [epochs[place] for place in chosen]


def _paper(runs: Sequence[Run], rows: Sequence[_Row]) -> Image.Image:
    """The static part: names, labels and originals, with space for the rest."""
    names = [name.translate(PLAIN_SIGNS) for name in run_names([run.variant for run in runs])]
    if len(runs) > 1:
        names = [f"{letter}  {name}" for letter, name in zip(LETTERS, names, strict=False)]
    width = 2 * MARGIN + LABELS + PINNED_COUNT * (CELL + GAP) - GAP
    top = MARGIN + len(names) * LINE + GAP
    paper = Image.new("L", (width, top + len(rows) * (CELL + GAP) + LINE + MARGIN), PAPER)
    for place, name in enumerate(names):
        _write(paper, MARGIN, MARGIN + place * LINE, name)
    for place, row in enumerate(rows):
        _write(paper, MARGIN, _top(paper, rows, place) + (CELL - LINE) // 2, row.label)
        if row.run is None:
            _paste(paper, _top(paper, rows, place), row.originals)
    return paper


def _frame(paper: Image.Image, rows: Sequence[_Row], epoch: float, levels: int) -> Image.Image:
    frame = paper.copy()
    for place, row in enumerate(rows):
        if row.run is not None:
            pixels = image_metrics.displayed(frame_at(row.run.history, epoch).pixels)
            shares = np.rint(pixels * (levels - 1)) / (levels - 1)
            _paste(frame, _top(frame, rows, place), np.rint(shares * 255).astype(np.uint8))
    below = _top(frame, rows, len(rows))
    _write(frame, MARGIN + LABELS, below, f"After {formats.epochs(epoch)}")
    return frame


def _top(paper: Image.Image, rows: Sequence[_Row], place: int) -> int:
    """The upper edge of a row; rows stand above the line with the epoch."""
    return paper.height - MARGIN - LINE - (len(rows) - place) * (CELL + GAP)


def _write(paper: Image.Image, left: int, top: int, text: str) -> None:
    font = ImageFont.load_default(TEXT_SIZE)
    ImageDraw.Draw(paper).text((left, top), text, INK, font=font)


def _paste(frame: Image.Image, top: int, greys: Greys) -> None:
    for place, image in enumerate(greys):
        digit = Image.fromarray(image.reshape(IMAGE_SIDE, IMAGE_SIDE))
        large = digit.resize((CELL, CELL), Image.Resampling.NEAREST)
        frame.paste(large, (MARGIN + LABELS + place * (CELL + GAP), top))


def _encoded(frames: Sequence[Image.Image]) -> bytes:
    each = min(max(FILM_MILLISECONDS // len(frames), SHORTEST), LONGEST)
    target = io.BytesIO()
    frames[0].save(
        target,
        "GIF",
        save_all=True,
        append_images=frames[1:],
        duration=[each] * (len(frames) - 1) + [LAST],
        loop=0,
    )
    return target.getvalue()
