"""Predict first, on the Matrix page: a cell asks which image comes out before it shows it."""

from __future__ import annotations

from itertools import chain

import streamlit as st

from core.run import Run
from core.text import formats
from core.views.matrix import Cell
from core.views.matrix.matrix_view import MatrixView
from core.views.predictions import Question, question
from core.views.story.story_questions import CANDIDATES, DIGITS
from pages.components.common import prediction, services

SWITCH = "matrix-predict"
HELP = "Hides every cell until you have said which of some images it gives, or skipped that."


def switch() -> None:
    """Draw the switch; it is off when the page is opened."""
    st.toggle("Predict first", key=SWITCH, on_change=prediction.forget, help=HELP)


def is_on() -> bool:
    """Whether cells are hidden until they have been predicted."""
    return bool(st.session_state.get(SWITCH, False))


def is_hidden(cell: Cell) -> bool:
    """Whether the map hides a cell that has a run."""
    return is_on() and bool(cell.number) and not prediction.is_answered(key_of(cell))


def open_question(view: MatrixView, cell: Cell, run: Run) -> Question | None:
    """The question that is still open for a cell; None if its outcome may be shown."""
    if not is_hidden(cell):
        return None
    found = _question(view, cell, run)
    if found is None:  # too few runs produce other images of the same digits
        prediction.answer(key_of(cell))
    return found


def outcome(cell: Cell, run: Run) -> None:
    """Draw whether the prediction was right; nothing without one."""
    if is_on():
        prediction.outcome(prediction.why(run), key=key_of(cell))


def key_of(cell: Cell) -> str:
    """The key of a cell's question."""
    return f"matrix-{cell.run.key}"


def _question(view: MatrixView, cell: Cell, run: Run) -> Question | None:
    if not run.history.frames:
        return None
    library = services.library()
    variants = (variant for variant in chain(CANDIDATES, view.runs) if variant != cell.run)
    others = (library.get(variant.key, record_use=False) for variant in variants)
    setup = f"Trained for {formats.epochs(cell.run.epochs)}."
    return question(run, (o for o in others if o), DIGITS, setup=setup, why=prediction.why(run))
