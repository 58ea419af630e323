"""The digits of all runs at one epoch: a row per run, and the enlarged digit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.charts import digit_images
from core.data.image_sets import info_of
from core.data.normalization import Floats
from core.metrics import image_metrics
from core.run import Pinned
from core.text import formats
from core.views.lab.lab_view import frame_at
from pages.components.common.image_grid import DigitRow, NumberRow
from pages.components.common.image_zoom import HINT, Panel
from pages.components.common.run_status import headline_of
from pages.components.common.theme import palette
from pages.components.compare.compared_runs import Entry

# A frame at least this far from the slider's epoch shows its own epoch.
MIN_EPOCH_DIFFERENCE = 0.1


@dataclass(frozen=True, kw_only=True)
class Reconstruction:
    """The reconstructions of a run at an epoch.

    Attributes:
        pixels: pixel values of the pinned digits, not clipped, shape (10, 784).
        pinned: the originals.
        epoch: the epoch of the frame.
    """

    pixels: Floats
    pinned: Pinned
    epoch: float


def reconstruction_at(entry: Entry, epoch: float) -> Reconstruction | None:
    """The reconstructions at an epoch, the latest during training; None if there are none."""
    history, pinned = entry.history, entry.pinned
    if not history.frames or pinned is None:
        return None
    frame = frame_at(history, epoch) if entry.run else history.frames[-1]
    return Reconstruction(pixels=frame.pixels, pinned=pinned, epoch=history.epoch_at(frame.step))


def rows_of(entries: Sequence[Entry], epoch: float) -> list[DigitRow]:
    """The originals of each data set, and below them a row for each of its runs."""
    rows: list[DigitRow] = []
    for dataset in dict.fromkeys(entry.variant.dataset for entry in entries):
        group = [entry for entry in entries if entry.variant.dataset == dataset]
        several = len(group) < len(entries)
        rows += _originals(group, info_of(dataset).label if several else HINT)
        rows += [_row(entry, epoch) for entry in group]
    return rows


def panels(entries: Sequence[Entry], epoch: float, digit: int) -> list[Panel]:
    """One digit for the zoom: the original of each data set, and each run's reconstruction.

    Args:
        entries: the runs.
        epoch: position of the replay.
        digit: the index of the digit, 0-9.
    """
    found: list[Panel] = []
    seen = set()
    for entry in entries:
        drawn = reconstruction_at(entry, epoch)
        if drawn is None:
            continue
        original = drawn.pinned.images[digit : digit + 1]
        if entry.variant.dataset not in seen:
            seen.add(entry.variant.dataset)
            tail = f" {len(seen)}" if len(seen) > 1 else ""
            found.append(
                Panel(name=f"Original{tail}", pixels=(original[0] / 255).astype(np.float32))
            )
        error = float(image_metrics.mse_per_image(drawn.pixels[digit : digit + 1], original)[0])
        found.append(Panel(name=entry.letter, pixels=drawn.pixels[digit], error=error))
    return found


def _originals(group: Sequence[Entry], note: str) -> list[DigitRow]:
    pinned = next((entry.pinned for entry in group if entry.pinned), None)
    if pinned is None:
        return []
    picture = digit_images.digit_row(pinned.images / 255, frame=palette().border)
    alt = "Ten held-out images, one of each class."
    return [DigitRow(label="Original", note=note, picture=picture, alt=alt)]


def _row(entry: Entry, epoch: float) -> DigitRow:
    drawn = reconstruction_at(entry, epoch)
    colour = palette().series[entry.index]
    if drawn is None:
        return DigitRow(
            label=entry.letter, note=entry.name, colour=colour, picture="", alt=absence(entry)
        )
    measured = image_metrics.mse_per_image(drawn.pixels, drawn.pinned.images)
    errors = [formats.short(float(error)) for error in measured]
    apart = not entry.run or abs(drawn.epoch - epoch) >= MIN_EPOCH_DIFFERENCE
    after = f"\nafter {formats.epochs(drawn.epoch)}" if apart else ""
    return DigitRow(
        label=entry.letter,
        note=f"{entry.name}{after}",
        colour=colour,
        picture=digit_images.digit_row(
            image_metrics.displayed(drawn.pixels), frame=palette().border
        ),
        alt=f"{entry.letter}, {entry.name}, after {formats.epochs(drawn.epoch)}."
        f" Pixel MSE of each: {', '.join(errors)}.",
        numbers=[NumberRow(name="MSE", texts=errors)],
    )


def absence(entry: Entry) -> str:
    """Why there is nothing of a run to see, in a sentence."""
    if entry.status.is_live or entry.status.state == "failed":
        first, rest, _ = headline_of(entry.status, entry.variant)
        return f"{first} {rest}"
    return "Not trained yet."
