"""Slides as a PowerPoint file. This module imports python-pptx, so import it only when needed."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from functools import cache
from typing import Any

from PIL import Image, ImageFont
from pptx import Presentation
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Inches, Pt

from core.charts.palette import LIGHT
from core.export.digit_sheet import SheetRow
from core.export.slide_chart import FONT, add_chart, describe, rgb
from core.export.slides import Slide

WIDTH, HEIGHT, MARGIN = 13.333, 7.5, 0.6
TITLE_TOP, TITLE_HEIGHT = 0.4, 0.75
SUBTITLE_TOP, SUBTITLE_HEIGHT = 1.12, 0.4
BODY_TOP, BODY_BOTTOM = 1.75, 6.85
LEFT_WIDTH = 4.4
RIGHT, LABELS = 5.4, 2.3
ROWS_LEFT = RIGHT + LABELS + 0.1
ROWS_WIDTH = WIDTH - MARGIN - ROWS_LEFT
MIN_CHART_HEIGHT, LARGEST_ROW, ROW_GAP, LABEL_SIZE = 2.1, 0.9, 0.06, 13
TONES = {"good": LIGHT.good, "bad": LIGHT.bad, "warning": LIGHT.warning, "neutral": LIGHT.text}
TITLE_ONLY = 5  # of the layouts of python-pptx' template


def deck(slides: Sequence[Slide]) -> bytes:
    """The file, 16:9. Text is reduced until it fits; charts can be edited; digits are images.

    Args:
        slides: the first is drawn as a title.
    """
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = Inches(WIDTH), Inches(HEIGHT)
    presentation.core_properties.title = slides[0].title
    presentation.core_properties.author = "Autoencoder Lab"
    for place, content in enumerate(slides):
        slide = presentation.slides.add_slide(presentation.slide_layouts[TITLE_ONLY])
        if place:
            _draw(slide, content)
        else:
            _draw_title(slide, content)
        if content.notes:
            slide.notes_slide.notes_text_frame.text = content.notes
    target = io.BytesIO()
    presentation.save(target)
    return target.getvalue()


def _draw_title(slide: Any, content: Slide) -> None:
    width = WIDTH - 2 * MARGIN
    _heading(slide, content.title, (MARGIN, 2.0, width, 1.3), largest=44)
    lines = content.subtitle.split("\n")
    _text(slide, lines, (MARGIN, 3.45, width, 2.6), largest=24, colour=LIGHT.muted)
    _text(slide, ["Autoencoder Lab"], (MARGIN, 6.5, 6, 0.5), largest=14, link=content.address)


def _draw(slide: Any, content: Slide) -> None:
    width = WIDTH - 2 * MARGIN
    _heading(slide, content.title, (MARGIN, TITLE_TOP, width, TITLE_HEIGHT), largest=32)
    if content.subtitle:
        box = (MARGIN, SUBTITLE_TOP, width, SUBTITLE_HEIGHT)
        _text(slide, [content.subtitle], box, largest=18, colour=LIGHT.muted)
    has_number = bool(content.number)
    room = BODY_BOTTOM - BODY_TOP - (1.75 if has_number else 0)
    _text(slide, content.texts, (MARGIN, BODY_TOP, LEFT_WIDTH, room), largest=20)
    if has_number:
        tone = TONES[content.tone]
        top = BODY_TOP + room
        _text(slide, [content.number], (MARGIN, top, LEFT_WIDTH, 1.1), largest=60, colour=tone)
        box = (MARGIN, top + 1.1, LEFT_WIDTH, 0.65)
        _text(slide, [content.caption], box, largest=16, colour=LIGHT.muted)
    if content.address:
        box = (MARGIN, BODY_BOTTOM, LEFT_WIDTH, 0.4)
        _text(slide, ["Open it in the lab"], box, largest=14, link=content.address)
    pitch = _row_pitch(content.rows)
    if content.chart is not None:
        height = BODY_BOTTOM - BODY_TOP - len(content.rows) * pitch - 2 * ROW_GAP
        frame = (RIGHT, BODY_TOP, WIDTH - MARGIN - RIGHT, height)
        add_chart(slide, content.chart, content.chart_alt, frame)
    _rows(slide, content.rows, pitch)


def _row_pitch(rows: Sequence[SheetRow]) -> float:
    """The distance between rows in inches: as large as fits, limited below a curve."""
    if not rows:
        return 0.0
    width, height = Image.open(_picture(rows[0])).size
    room = BODY_BOTTOM - BODY_TOP - MIN_CHART_HEIGHT
    widest = ROWS_WIDTH * height / width + ROW_GAP
    return min(widest, LARGEST_ROW, room / len(rows))


def _picture(row: SheetRow) -> io.BytesIO:
    return io.BytesIO(base64.b64decode(row.picture.partition(",")[2]))


def _rows(slide: Any, rows: Sequence[SheetRow], pitch: float) -> None:
    labels = [[line for line in (row.label, row.note) if line] for row in rows]
    sizes = (_fitting(each, LABELS * 72, pitch * 72, LABEL_SIZE, 0) for each in labels)
    size = min(sizes, default=LABEL_SIZE)
    for place, row in enumerate(rows):
        top = BODY_BOTTOM - (len(rows) - place) * pitch
        height = Inches(pitch - ROW_GAP)
        shape = slide.shapes.add_picture(
            _picture(row), Inches(ROWS_LEFT), Inches(top + ROW_GAP / 2), height=height
        )
        note = f", {row.note}" if row.note else ""
        describe(shape, f"Held-out images: {row.label}{note}.")
        box = (RIGHT, top, LABELS, pitch)
        _text(slide, labels[place], box, largest=size, spacing=0, is_middle=True)


def _heading(
    slide: Any, text: str, box: tuple[float, float, float, float], *, largest: int
) -> None:
    """The slide's title, used by outlines and screen readers."""
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = map(Inches, box)
    _fill(shape.text_frame, [text], box, largest=largest, is_bold=True)
    shape.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM if box[1] > 1 else MSO_ANCHOR.MIDDLE


def _text(
    slide: Any,
    lines: Sequence[str],
    box: tuple[float, float, float, float],
    *,
    largest: int,
    colour: str = LIGHT.text,
    link: str = "",
    spacing: int = 8,
    is_middle: bool = False,
) -> None:
    if not lines:
        return
    frame = slide.shapes.add_textbox(*map(Inches, box)).text_frame
    _fill(frame, lines, box, largest=largest, colour=colour, spacing=spacing)
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE if is_middle else MSO_ANCHOR.TOP
    if link:
        frame.paragraphs[0].runs[0].hyperlink.address = link


def _fill(
    frame: Any,
    lines: Sequence[str],
    box: tuple[float, float, float, float],
    *,
    largest: int,
    colour: str = LIGHT.text,
    spacing: int = 8,
    is_bold: bool = False,
) -> None:
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    size = _fitting(lines, box[2] * 72, box[3] * 72, largest, spacing)
    for place, text in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = text
        run.font.size, run.font.name, run.font.bold = Pt(size), FONT, is_bold
        run.font.color.rgb = rgb(colour)
        paragraph.space_after = Pt(spacing)
        paragraph.alignment = 1  # left, also in a title


def _fitting(lines: Sequence[str], width: float, height: float, largest: int, spacing: int) -> int:
    """The largest size in points at which the lines, wrapped, fit a box; at least 6."""
    for size in range(largest, 6, -1):
        count = sum(_wrapped(line, width, size) for line in lines)
        if count * size * 1.25 + spacing * (len(lines) - 1) <= height:
            return size
    return 6


def _wrapped(text: str, width: float, size: int) -> int:
    """The number of lines of a text, with a reserve for fonts wider than Pillow's."""
    font = _font(size)
    lines, used = 1, 0.0
    for word in text.split():
        room = font.getlength(f"{word} ") * 1.1
        if used and used + room > width:
            lines, used = lines + 1, 0.0
        # A word that is longer than the line is broken.
        used += room
        lines, used = lines + int(used // width), used % width
    return lines


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
