"""Predict first: a question before an outcome is shown, and the tally of this visitor.

The candidates are images without names; which one is right stays on the server until one is chosen.
"""

from __future__ import annotations

from html import escape
from itertools import count

import streamlit as st

from core import diagnostics
from core.charts import digit_images
from core.diagnostics.findings import plain
from core.run import Run
from core.views.predictions import Question
from pages.components.common.headline import headline
from pages.components.common.theme import palette

# Session state: the answers, by the key of the question; None for a skipped one.
ANSWERS = "prediction-answers"
TALLY = "prediction-tally"
# Letters of the candidates, also their keys: Streamlit uses C, and A to F name runs.
NAMES = "WXYZ"
ASKED = "Which image will come out?"


def is_answered(key: str) -> bool:
    """Whether a question was answered or skipped."""
    return key in _answers()


def forget() -> None:
    """Ask every question again when "Predict first" is switched on; the tally stays."""
    st.session_state[ANSWERS] = {}


def ask(question: Question, *, key: str, is_large: bool = True) -> None:
    """Draw a question with its candidates, and a button that skips it.

    Args:
        question: the question to ask.
        key: the key of the question; the answer is kept under it.
        is_large: whether it fills the page.
    """
    if is_large:
        st.html(
            f'<h1 class="lab-story-title">{ASKED}</h1>'
            f'<p class="lab-prediction-setup">{escape(question.setup)}</p>'
        )
    else:
        headline(ASKED, question.setup)
    with st.container(key="lab-prediction-candidates"):
        for letter, images, index in zip(NAMES, question.candidates, count(), strict=False):
            with st.container(key=f"lab-prediction-{letter}", gap="xsmall"):
                picture = digit_images.digit_row(images, frame=palette().border)
                words = f"Candidate {letter}: {len(images)} digits"
                st.html(f'<img class="lab-prediction" alt="{words}" src="{picture}">')
                st.button(
                    f"This one: {letter}",
                    key=f"prediction-{letter}",
                    shortcut=letter.lower(),
                    width="stretch",
                    on_click=answer,
                    args=(key, index, index == question.right),
                )
    st.button(
        "Skip", key="prediction-skip", type="tertiary", shortcut="s", on_click=answer, args=(key,)
    )


def answer(key: str, choice: int | str | None = None, is_right: bool = False) -> None:
    """Callback: store an answer.

    Args:
        key: the key of the question.
        choice: the chosen candidate; None if it was skipped.
        is_right: whether that is right.
    """
    _answers()[key] = None if choice is None else is_right
    if choice is not None:
        right, asked = st.session_state.get(TALLY, (0, 0))
        st.session_state[TALLY] = right + is_right, asked + 1


def outcome(reason: str, *, key: str) -> None:
    """Draw whether the answer was right, the reason, and the tally; nothing if it was skipped."""
    is_right = _answers().get(key)
    if is_right is None:
        return
    right, asked = st.session_state.get(TALLY, (0, 0))
    word, tone = ("Right.", "good") if is_right else ("Not that one.", "bad")
    st.html(
        f'<p class="lab-headline lab-prediction-outcome" role="status"><b class="lab-tone-{tone}">'
        f"{word}</b> {escape(reason)} <span>{right} of {asked} right</span></p>"
    )


def why(run: Run) -> str:
    """The reason for a run's result: its cause, or else the evidence for its verdict."""
    cause = diagnostics.cause(run)
    return plain(cause.sentence) if cause else diagnostics.verdict(run).sentence


def _answers() -> dict[str, bool | None]:
    answers: dict[str, bool | None] = st.session_state.setdefault(ANSWERS, {})
    return answers
