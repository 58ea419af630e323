"""Predict first, on the Lab page: a guess before Train, and whether it was right."""

from __future__ import annotations

import streamlit as st

from core.variant import Variant
from core.views.lab.outcomes import OUTCOMES, outcome_of
from pages.components.common import prediction
from pages.components.common.run_status import RunStatus

SWITCH = "lab-predict"
# Session state: the predictions for unfinished runs, by the key of their variant.
GUESSES = "lab-guesses"
HELP = (
    "Asks what will come out of settings that were not trained yet; findings and the best possible"
    " digits wait until then."
)


def predict(variant: Variant, status: RunStatus) -> None:
    """Draw the switch; the question before a training; afterwards whether the guess was right."""
    st.toggle("Predict first", key=SWITCH, on_change=_begin, help=HELP)
    if not _is_on():
        return
    key = f"lab-{variant.key}"
    if status.run is None:
        _question(variant, status)
        return
    guess = _guesses().pop(variant.key, None)
    if guess is not None:
        prediction.answer(key, guess, guess == outcome_of(status.run))
    if prediction.is_answered(key):
        prediction.outcome(prediction.why(status.run), key=key)
    else:
        st.caption("This run is stored already. Change a setting to predict another.")


def is_open(variant: Variant, status: RunStatus) -> bool:
    """Whether a guess is requested, which findings and the best reconstruction would give away."""
    is_untrained = status.run is None and not status.is_live
    return _is_on() and is_untrained and variant.key not in _guesses()


def _question(variant: Variant, status: RunStatus) -> None:
    guess = st.segmented_control(
        "What will come out?",
        list(OUTCOMES),
        format_func=OUTCOMES.__getitem__,
        default=_guesses().get(variant.key),
        key=f"lab-guess-{variant.key}",
        # The digits reveal it during training.
        disabled=status.is_live,
        on_change=_guess,
        args=(variant.key,),
        wrap=True,
    )
    st.caption("Now train it." if guess else "Or train it without a prediction.")


def _guess(key: str) -> None:
    guess = st.session_state[f"lab-guess-{key}"]
    if guess is None:
        _guesses().pop(key, None)
    else:
        _guesses()[key] = guess


def _begin() -> None:
    prediction.forget()
    st.session_state[GUESSES] = {}


def _is_on() -> bool:
    return bool(st.session_state.get(SWITCH, False))


def _guesses() -> dict[str, str]:
    guesses: dict[str, str] = st.session_state.setdefault(GUESSES, {})
    return guesses
