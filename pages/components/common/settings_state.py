"""The state of a page with settings: an invalid value is reported, and the last valid one used."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

import streamlit as st

from core.data.image_sets import info_of
from core.variant import FIELDS, Variant, format_value
from core.views.url_codec import format_parameter
from pages.components.common.setting_notes import Note, completed, refusals
from pages.components.common.url_state import Linked, UrlState


class WithSettings(Linked, Protocol):
    """A page state that includes settings."""

    @property
    def variant(self) -> Variant:
        """The settings."""


S = TypeVar("S", bound=WithSettings)


class SettingsState(UrlState[S]):
    """The state of a page with settings, each of which has a widget."""

    def follow_data_set(self) -> None:
        """Use the default epochs of a new data set, unless the visitor chose the epochs."""
        before = self.now.variant
        if before.epochs == info_of(before.dataset).default_epochs:
            chosen = info_of(st.session_state[self.key("dataset")])
            st.session_state[self.key("epochs")] = chosen.default_epochs

    def _texts(self, state: S) -> dict[str, str]:
        """The whole state as text, for its `from_query`."""
        return state.to_query()

    def _widgets(self, state: S) -> dict[str, Any]:
        return {field: setting_value(state.variant, field) for field in FIELDS}

    def _understood(self, query: dict[str, str]) -> tuple[S, list[Note]]:
        query, added = completed(query)
        state, problems = self.kind.from_query(query)
        return state, [*added, *refusals(problems, state.variant, word="Ignored")]

    def _collected(self) -> tuple[S, list[Note]]:
        before = self._texts(self.now)
        held = self._held()
        texts = {name: text for name, text in before.items() if name not in held}
        chosen = {name: value for name, value in held.items() if value is not None}
        texts |= {name: format_parameter(value) for name, value in chosen.items()}
        texts, added = completed(texts)
        state, problems = self.kind.from_query(texts)
        if problems:
            refused = {problem.field for problem in problems}
            texts = {name: text for name, text in texts.items() if name not in refused}
            texts |= {name: before[name] for name in refused if name in before}
            state, _ = self.kind.from_query(texts)
        return state, [*added, *refusals(problems, state.variant, word="Refused")]


def setting_value(variant: Variant, field: str) -> Any:
    """The value of a setting's widget."""
    value = getattr(variant, field)
    return format_value(value) if field == "layers" else value
