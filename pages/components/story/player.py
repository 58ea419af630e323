"""The player of a story step: curve and digits run through the stored epochs, in the browser."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.charts import digit_images
from core.charts.echarts import EDGE_ROOM, END_LABEL_ROOM
from core.metrics import image_metrics
from core.views.lab.lab_view import frame_at
from core.views.story import story_steps
from core.views.story.story_steps import Step
from pages.components.common import presenter
from pages.components.common.theme import palette

HERE = Path(__file__).parent

_component = st.components.v2.component(
    "lab_player",
    html='<button type="button">Play again</button><span aria-hidden="true"></span>',
    css=(presenter.HERE / "presenter.css").read_text(encoding="utf-8"),
    js=(HERE / "player.js").read_text(encoding="utf-8"),
)


def player(number: int, step: Step) -> None:
    """Draw "Play again", and play the step once when it opens, unless reduced motion is requested.

    A click or key press ends it.

    Args:
        number: the number of the step.
        step: its content.
    """
    first = step.rows[0].run.history
    epochs = [first.epoch_at(frame.step) for frame in first.frames]
    if len(epochs) < 2:
        return
    _component(
        key="story-player",
        # No lists: for these Streamlit imports pandas (0.3 s).
        data={
            "step": number,
            "epochs": tuple(epochs),
            "rows": tuple(_frames(step, row, epochs) for row in range(len(step.rows))),
            "room": END_LABEL_ROOM if step.curves == "pixel error" else EDGE_ROOM,
        },
        width="content",
    )


def _frames(step: Step, row: int, epochs: list[float]) -> list[str]:
    """The images of a row at each epoch, as data URIs; the last is the one that rests."""
    digits = list(story_steps.digits(step))
    history = step.rows[row].run.history
    frames = [frame_at(history, epoch).pixels[digits] for epoch in epochs[:-1]]
    frames.append(history.frames[-1].pixels[digits])
    return [
        digit_images.digit_row(image_metrics.displayed(pixels), frame=palette().border)
        for pixels in frames
    ]
