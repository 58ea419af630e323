"""One screen of the story: text on the left, curve and digits on the right."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st

from core.charts import digit_images
from core.charts.echarts import chart_options
from core.charts.loss_chart import loss_curve
from core.charts.metric_chart import metric_chart, metric_in_words
from core.charts.palette import LETTERS
from core.metrics.image_metrics import MEAN_IMAGE
from core.objectives.losses import LOSSES
from core.text import formats
from core.views.predictions import Question
from core.views.story import story_questions, story_steps
from core.views.story.story_steps import Row, Step
from pages.components.common import prediction, services
from pages.components.common.image_grid import DigitRow, NumberRow, digit_grid
from pages.components.common.loss_panel import loss_panel
from pages.components.common.theme import palette
from pages.components.story.player import player

METRIC_CHART_HEIGHT = 200
# With this many rows there is space only for the images.
MANY_ROWS = 3
# A loss that decreases by less than this factor is drawn on a linear axis.
MIN_LOG_FACTOR = 4
CURVE_HEIGHT = 170
CURVE_HEIGHT_ABOVE_MANY = 96


def screen(number: int, step: Step, *, present: bool) -> None:
    """Draw a step.

    Args:
        number: the number of the step.
        step: its content.
        present: whether it is shown on a projector, with larger type.
    """
    st.html(f'<h1 class="lab-story-title">{escape(step.title)}</h1>')
    text_column, figure_column = st.columns([1, 1.55], gap="large")
    with text_column:
        with st.container(key="lab-story-words"):
            _words(step, present)
        with st.container(horizontal=True, vertical_alignment="center", key="lab-story-try"):
            st.page_link(
                "pages/lab.py",
                label="Try it in the lab",
                icon=":material/science:",
                query_params=step.settings.to_query(),
                width="content",
            )
            player(number, step)
    with figure_column, st.container(key="lab-story-sight"):
        with st.container(key="lab-story-curve"):
            _curve(step)
        digit_grid(_digit_rows(step))


def question(number: int) -> Question | None:
    """The question that is still open before a step; None if there is none."""
    question_asked = story_questions.step_question(number, services.library().gallery)
    return None if prediction.is_answered(_key(number)) else question_asked


def ask(number: int, asked: Question, *, present: bool) -> None:
    """Draw the question instead of the step; arguments as for `screen`."""
    with st.container(key="lab-story-question"):
        prediction.ask(asked, key=_key(number))
        if present:  # so that it fills the window like a step
            st.html('<div class="lab-story-present"></div>')


def outcome(number: int) -> None:
    """Draw whether the prediction was right, above the step."""
    question_asked = story_questions.step_question(number, services.library().gallery)
    if question_asked:
        prediction.outcome(question_asked.why, key=_key(number))


def _key(number: int) -> str:
    return f"story-{number}"


def _words(step: Step, present: bool) -> None:
    paragraphs = "".join(f"<p>{escape(text)}</p>" for text in step.texts)
    kind = "lab-story lab-story-present" if present else "lab-story"
    st.html(
        f'<div class="{kind}">{paragraphs}'
        f'<div class="number lab-tone-{step.tone}">{escape(step.number)}</div>'
        f'<div class="caption">{escape(step.caption)}</div></div>'
    )
    if step.has_bars:
        st.html(_bars_html(step.rows[0]))


def _curve(step: Step) -> None:
    run = step.rows[0].run
    if step.curves == "pixel error":
        histories = [row.run.history for row in step.rows]
        chart = metric_chart(
            histories,
            epochs=max(row.run.variant.epochs for row in step.rows),
            mean_image=run.baselines[MEAN_IMAGE],
        )
        alt = metric_in_words(histories)
        drawn = chart_options(chart, palette(), has_heading=True)
        with st.container(key="lab-curve-pixel-error"):
            st.echarts_chart(
                drawn, height=METRIC_CHART_HEIGHT, key="story-pixel-error", renderer="svg", alt=alt
            )
        return
    losses = loss_curve(run.history, LOSSES[run.variant.loss], run.floor, run.variant.epochs)
    height = CURVE_HEIGHT if len(step.rows) < MANY_ROWS else CURVE_HEIGHT_ABOVE_MANY
    log = max(losses.losses) > MIN_LOG_FACTOR * min(losses.losses)
    loss_panel(losses, palette(), key="story", log=log, height=height, renderer="svg")


def _digit_rows(step: Step) -> list[DigitRow]:
    has_numbers = len(step.rows) < MANY_ROWS
    digits = story_steps.digits(step)
    greys = step.rows[0].run.pinned.images[list(digits)] / np.float32(255)
    frame, colours = palette().border, palette().series
    original = DigitRow(
        label="Original",
        picture=digit_images.digit_row(greys, frame=frame),
        alt=f"The held-out digits {', '.join(map(str, digits))}.",
        numbers=_sums(greys) if has_numbers else (),
    )
    rows = [original]
    for index, row in enumerate(step.rows):
        pixels = story_steps.shown(row.run, digits)
        letter = f"{LETTERS[index]} " if step.curves == "pixel error" else ""
        rows.append(
            DigitRow(
                label=f"{letter}{row.label}",
                note=row.note,
                colour=colours[index] if letter else None,
                picture=digit_images.digit_row(pixels, frame=frame),
                alt=f"{row.label}, {row.note}: sums of the pixels {_texts(pixels)}.",
                numbers=_sums(pixels) if has_numbers else (),
            )
        )
    return rows


def _sums(pixels: np.ndarray) -> list[NumberRow]:
    return [
        NumberRow(name="sum", texts=[formats.total(float(s)) for s in pixels.sum(axis=1)]),
        NumberRow(name="largest", texts=[formats.pixel(float(p)) for p in pixels.max(axis=1)]),
    ]


def _texts(pixels: np.ndarray) -> str:
    return ", ".join(formats.total(float(total)) for total in pixels.sum(axis=1))


def _bars_html(row: Row) -> str:
    original, shown = story_steps.bars(row.run)
    return (
        '<div class="lab-bars">'
        f"<span>Original</span>{_bars(original)}<span>Shown</span>{_bars(shown)}"
        f"<small>one row of pixels of the {story_steps.BAR_DIGIT}, on the same scale</small></div>"
    )


def _bars(values: np.ndarray) -> str:
    words = f"28 bars; the highest is {formats.pixel(float(values.max()))}."
    bars = "".join(f'<i style="height:{100 * value:.1f}%"></i>' for value in values.tolist())
    return f'<div role="img" aria-label="{words}">{bars}</div>'
