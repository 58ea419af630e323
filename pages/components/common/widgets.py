"""Widgets whose value is in the session state before they are drawn.

Each gets that value as its default as well. A value that is set through the session state alone is
told to the browser once, and is lost where the next run of the script overtakes that telling.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import streamlit as st

from core.text.glossary import help_for


def segments(
    label: str,
    labels: Mapping[Any, str],
    key: str,
    *,
    term: str | None = None,
    on_change: Callable[[], None] | None = None,
    width: Literal["stretch", "content"] = "stretch",
) -> None:
    """Draw a choice of one, side by side.

    Args:
        label: above it.
        labels: value to text, in order.
        key: in the session state.
        term: of the glossary, for the help.
        on_change: called before the script runs again.
        width: whether it fills its column.
    """
    st.segmented_control(
        label,
        list(labels),
        format_func=labels.__getitem__,
        default=st.session_state[key],
        key=key,
        help=help_for(term) if term else None,
        on_change=on_change,
        required=True,
        width=width,
        wrap=True,
    )


def dropdown(
    label: str,
    labels: Mapping[Any, str],
    key: str,
    *,
    width: int | Literal["stretch"] = "stretch",
    term: str | None = None,
    on_change: Callable[[], None] | None = None,
    disabled: bool = False,
    label_visibility: Literal["visible", "collapsed"] = "visible",
) -> None:
    """Draw a choice of one, folded; arguments as for `segments`, the width in CSS pixels."""
    options = list(labels)
    st.selectbox(
        label,
        options,
        index=options.index(st.session_state[key]),
        format_func=labels.__getitem__,
        key=key,
        help=help_for(term) if term else None,
        on_change=on_change,
        disabled=disabled,
        label_visibility=label_visibility,
        width=width,
    )


def switch(label: str, key: str, *, term: str) -> None:
    """Draw a switch; arguments as for `segments`."""
    st.toggle(label, value=st.session_state[key], key=key, help=help_for(term))


def number(
    label: str,
    key: str,
    *,
    step: float = 1,
    form: str = "%d",
    term: str | None = None,
) -> None:
    """Draw a field for a number.

    It has no limits of its own: the browser would keep a number beyond them to itself, and the
    field would show what the run does not use.

    Args:
        label: above it.
        key: in the session state.
        step: of its buttons; with `form` it makes the number whole or not.
        form: printf's.
        term: of the glossary, for the help; None where the key is one.
    """
    st.number_input(
        label,
        value=st.session_state[key],
        step=step,
        format=form,
        key=key,
        help=help_for(term or key),
    )
