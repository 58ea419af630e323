"""The state of the Lab page in its link: the settings, and how the run is shown."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.variant import FIELDS
from core.views.lab.lab_view import VIEW_FIELDS, LabState, View
from pages.components.common.settings_state import SettingsState
from pages.components.lab.closed_popover import forgetting_changes


class _Lab(SettingsState[LabState]):
    keeps_refused = True

    def change(self, **changes: Any) -> None:
        """As for any page; a browser forgets what it kept of a closed popover's widgets."""
        with forgetting_changes():
            super().change(**changes)

    def _follow(self, query: dict[str, str], addresses: list[dict[str, str]]) -> None:
        with forgetting_changes():
            super()._follow(query, addresses)

    def view(self) -> View:
        """The view according to the widgets; also up to date within the fragment."""
        view = View(**{field: st.session_state[field] for field in VIEW_FIELDS})
        self._kept.state = LabState(variant=self.now.variant, view=view)
        return view

    def _widgets(self, state: LabState) -> dict[str, Any]:
        return super()._widgets(state) | vars(state.view)


LAB = _Lab("Lab", LabState, (*FIELDS, *VIEW_FIELDS))
