"""Widgets whose value is in the session state before they are drawn.

Each also gets that value as its default: a value set only in the session state is sent to the
browser once, and is lost if the next script run overtakes that message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import streamlit as st

from core.text.glossary import help_for


def component_value(key: str, name: str) -> Any:
    """The value that a component has reported, for its callback.

    Returns:
        None if the visitor left the page: the report then arrives on a page without the component.
    """
    return getattr(st.session_state.get(key), name, None)


def segments(
    label: str,
    labels: Mapping[Any, str],
    key: str,
    *,
    term: str | None = None,
    on_change: Callable[[], None] | None = None,
    width: Literal["stretch", "content"] = "stretch",
) -> None:
    """Draw a segmented control for one of several values.

    Args:
        label: the text above it.
        labels: text by value, in order.
        key: the key of the value in the session state.
        term: the glossary term for the help text.
        on_change: callback.
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
    """Draw a select box; arguments as for `segments`, with the width in CSS pixels."""
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
    """Draw a toggle; arguments as for `segments`."""
    st.toggle(label, value=st.session_state[key], key=key, help=help_for(term))


def number(
    label: str,
    key: str,
    *,
    step: float = 1,
    form: str = "%d",
    term: str | None = None,
) -> None:
    """Draw a number input.

    It has no limits of its own: the browser would not send a number beyond them, and the field
    would show a value that the run does not use.

    Args:
        label: the text above it.
        key: the key of the value in the session state.
        step: the increment of its buttons; an int for integers.
        form: printf format.
        term: the glossary term for the help text; None if the key is one.
    """
    st.number_input(
        label,
        value=st.session_state[key],
        step=step,
        format=form,
        key=key,
        help=help_for(term or key),
    )
