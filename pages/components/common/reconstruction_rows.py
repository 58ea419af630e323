"""The rows of digits of a run: originals, reconstructions, and their difference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.charts import digit_images
from core.charts.palette import Palette
from core.data.normalization import Floats, Images
from core.metrics import image_metrics
from core.text import formats
from core.views.lab.lab_view import View
from pages.components.common.image_grid import DigitRow, Pixels, pixel_numbers
from pages.components.common.image_zoom import Panel


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Originals and their reconstructions.

    Attributes:
        originals: greys 0-255, shape (images, 784).
        pixels: pixel values, not clipped, same shape.
        label: the label of the reconstructions, such as "Reconstruction".
        note: a smaller line below the label, such as "epoch 5 of 5".
        hollow: whether they have the mark of "best possible".
        yours: whether it is an uploaded image.
    """

    originals: Images
    pixels: Floats
    label: str
    note: str
    hollow: bool = False
    yours: bool = False


def digit_rows(
    shown: Shown, view: View, palette: Palette, *, original_note: str = ""
) -> list[DigitRow]:
    """The rows of a digit grid: originals, pixels with their numbers, and the difference.

    Args:
        shown: the images.
        view: its `difference` and `own_scale` are used.
        palette: the colours of the visitor's theme.
        original_note: a smaller line below "Original".
    """
    greys = shown.originals / 255
    displayed = image_metrics.displayed(shown.pixels)
    errors = image_metrics.mse_per_image(shown.pixels, shown.originals)
    rows = [
        DigitRow(
            label="Your image" if shown.yours else "Original",
            note=original_note,
            picture=digit_images.digit_row(_scaled(greys, view), frame=palette.border),
            alt="Your image as the network gets it."
            if shown.yours
            else f"{len(greys)} held-out images as they are.",
        ),
        DigitRow(
            label=shown.label,
            note=f"{shown.note}\n{_clipped(shown.pixels)}",
            hollow=shown.hollow,
            picture=digit_images.digit_row(_scaled(displayed, view), frame=palette.border),
            alt=_in_words(shown, errors),
            numbers=pixel_numbers(displayed, errors),
        ),
    ]
    if view.difference:
        picture = digit_images.difference_row(
            displayed - greys, frame=palette.border, colours=palette.difference
        )
        alt = f"{shown.label} minus original, on the fixed scale from -1 to 1."
        rows.append(
            DigitRow(
                label="Difference", note="blue too dark\nred too bright", picture=picture, alt=alt
            )
        )
    return rows


def panels(shown: Shown, digit: int) -> list[Panel]:
    """The original and the reconstruction of one image, for the zoom.

    Args:
        shown: the images.
        digit: index of the image.
    """
    original, pixels = shown.originals[digit : digit + 1], shown.pixels[digit]
    error = float(image_metrics.mse_per_image(pixels[None], original)[0])
    return [
        Panel(name="Original", pixels=(original[0] / 255).astype(np.float32)),
        Panel(name=shown.label, pixels=pixels, error=error),
    ]


def _scaled(pixels: Pixels, view: View) -> Pixels:
    return digit_images.stretched(pixels) if view.own_scale else pixels


def _clipped(pixels: Floats) -> str:
    share = float(((pixels < 0) | (pixels > 1)).mean())
    return f"{formats.share(share)} clipped" if share else ""


def _in_words(shown: Shown, errors: Pixels) -> str:
    texts = ", ".join(formats.loss(float(error)) for error in errors)
    return f"{shown.label}, {shown.note}. Pixel MSE of each: {texts}."
