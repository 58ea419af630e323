"""The pinned digits of runs as one image: PNG for slides, SVG for documents."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.charts import digit_images
from core.charts.palette import LETTERS, LIGHT, to_rgb
from core.data.image_sets import plain_name
from core.data.normalization import Images
from core.metrics import image_metrics
from core.progress import PINNED_COUNT
from core.run import Run
from core.text import formats
from core.text.labels import run_names

LABELS = 430
LABEL_SIZE = 30
NOTE_SIZE = 24
MARGIN = 24
# Characters that Pillow's built-in font lacks.
PLAIN_SIGNS = str.maketrans({"–": "-", "−": "-", "∞": "inf"})
ROW = digit_images.CELL + 14
WIDTH = (
    LABELS + PINNED_COUNT * (digit_images.CELL + digit_images.GAP) - digit_images.GAP + 2 * MARGIN
)


@dataclass(frozen=True, kw_only=True)
class SheetRow:
    """A row of ten images.

    Attributes:
        label, note: their label, and a smaller line below it.
        picture: data URI of a PNG.
    """

    label: str
    note: str
    picture: str


def sheet_rows(runs: Sequence[Run]) -> list[SheetRow]:
    """The originals, and below them the reconstructions of each run, on the fixed scale.

    Args:
        runs: one or more; several are named by letters in this order. Each data set has its own
            row of originals, and runs without frames have no row.
    """
    rows: list[SheetRow] = []
    before: Images = np.empty(0, np.uint8)
    for place, (run, name) in enumerate(
        zip(runs, run_names([r.variant for r in runs]), strict=True)
    ):
        if not run.history.frames:
            continue
        if not np.array_equal(before, run.pinned.images):
            before = run.pinned.images
            rows.append(_row("Original", plain_name(run.variant.dataset), before / 255))
        pixels = image_metrics.displayed(run.history.frames[-1].pixels)
        letter = f"{LETTERS[place]} " if len(runs) > 1 else ""
        note = f"MSE {formats.loss(run.scores.mse)}, SSIM {formats.ssim(run.scores.ssim)}"
        rows.append(_row(f"{letter}{name}", note, pixels))
    return rows


def sheet_png(rows: Sequence[SheetRow]) -> bytes:
    """The rows as a PNG, `WIDTH` pixels wide, on white."""
    canvas = Image.new("RGB", (WIDTH, _height(rows)), to_rgb(LIGHT.background))
    draw = ImageDraw.Draw(canvas)
    for place, row in enumerate(rows):
        top = MARGIN + place * ROW
        picture = Image.open(io.BytesIO(base64.b64decode(row.picture.partition(",")[2])))
        digits = picture.convert("RGBA")
        canvas.paste(digits, (MARGIN + LABELS, top), digits)
        for line, size, below in ((row.label, LABEL_SIZE, 48), (row.note, NOTE_SIZE, 90)):
            text = line.translate(PLAIN_SIGNS)
            font = _fitting(text, size)
            draw.text((MARGIN, top + below), text, LIGHT.text, font=font, anchor="ls")
    target = io.BytesIO()
    canvas.save(target, "PNG", optimize=True)
    return target.getvalue()


def sheet_svg(rows: Sequence[SheetRow]) -> str:
    """The rows as an SVG; digits are embedded images, labels are text."""
    parts = []
    for place, row in enumerate(rows):
        top = MARGIN + place * ROW
        digits = WIDTH - LABELS - 2 * MARGIN
        parts.append(
            f'<text x="{MARGIN}" y="{top + 48}" font-size="{LABEL_SIZE}">{escape(row.label)}</text>'
            f'<text x="{MARGIN}" y="{top + 90}" font-size="{NOTE_SIZE}">{escape(row.note)}</text>'
            f'<image x="{MARGIN + LABELS}" y="{top}" width="{digits}" height="{digit_images.CELL}"'
            f' href="{row.picture}"/>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {_height(rows)}"'
        f' font-family="sans-serif" fill="{LIGHT.text}">'
        f'<rect width="100%" height="100%" fill="{LIGHT.background}"/>{"".join(parts)}</svg>\n'
    )


def _row(label: str, note: str, pixels: digit_images.Pixels) -> SheetRow:
    picture = digit_images.digit_row(pixels, frame=LIGHT.border)
    return SheetRow(label=label, note=note, picture=picture)


def _height(rows: Sequence[SheetRow]) -> int:
    return 2 * MARGIN + len(rows) * ROW


def _fitting(text: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The font, reduced if the text is too long for the column of labels."""
    width = ImageFont.load_default(size).getlength(text)
    room = LABELS - MARGIN
    return ImageFont.load_default(size if width <= room else size * room / width)
