"""The state of the Matrix page in its link."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.variant import FIELDS, format_value
from core.views.matrix.matrix_view import SUGGESTED, VIEW_FIELDS, MatrixView
from core.views.url_codec import BETWEEN_VALUES
from pages.components.common.closed_popover import ClosedPopover
from pages.components.common.settings_state import SettingsState

LISTS = {"row_values": "rows", "column_values": "columns"}


class _Matrix(SettingsState[MatrixView]):
    def _texts(self, state: MatrixView) -> dict[str, str]:
        return state.texts()

    def _widgets(self, state: MatrixView) -> dict[str, Any]:
        values = {name: getattr(state, name) for name in VIEW_FIELDS}
        return super()._widgets(state) | values | {name: texts(values[name]) for name in LISTS}

    def _held(self) -> dict[str, Any]:
        held = super()._held()
        for name, axis in LISTS.items():
            # An empty list means the suggested values.
            values = held.pop(name, None) or texts(
                SUGGESTED[held.get(axis) or getattr(self.now, axis)]
            )
            held[name] = BETWEEN_VALUES.join(values)
        return held


PREFIX = "matrix-"
ABOVE_THE_MAP = ("normalization", "colour")
IN_POPOVER = {f"{PREFIX}{field}" for field in (*FIELDS, *VIEW_FIELDS) if field not in ABOVE_THE_MAP}
MATRIX = _Matrix(
    "Matrix",
    MatrixView,
    (*FIELDS, *VIEW_FIELDS),
    prefix=PREFIX,
    popover=ClosedPopover("matrix", IN_POPOVER.__contains__),
)


def texts(values: Sequence[Any]) -> list[str]:
    """The values of an axis in its widget."""
    return [format_value(value) for value in values]


def forget_values(name: str) -> None:
    """An `on_change` callback: reset an axis to its suggested values."""
    st.session_state[MATRIX.key(name)] = []
