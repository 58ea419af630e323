"""A page's state and its link: read from the URL or the widgets, written to the address bar.

The widgets are not bound to the URL by Streamlit: it erases an invalid value without a word, and
leaves out what equals a widget's default, which here depends on other settings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.errors import InvalidVariant
from pages.components.common.notices import notices
from pages.components.common.setting_notes import Note

# Session state: the page that was drawn last.
PAGE = "url-page"


class Linked(Protocol):
    """A frozen dataclass that a link holds."""

    def to_query(self) -> dict[str, str]:
        """As text for a URL's query."""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[Self, list[InvalidVariant]]:
        """Read a URL's query; one error for each part that was ignored."""


T = TypeVar("T", bound=Linked)


@dataclass
class _Kept(Generic[T]):
    """What the session keeps of a page.

    Attributes:
        state: of the page; Streamlit forgets the widgets of a page that is left.
        addresses: queries that the address bar may show: the last that it is known to have shown,
            and those that were written since.
        notes: what the visitor should know until they change something.
        refused: what a widget holds and the state does not.
    """

    state: T
    addresses: list[dict[str, str]]
    notes: list[Note]
    refused: list[Note]


class UrlState(Generic[T]):
    """The state of one page, which its link holds; the same object serves all sessions.

    Args:
        page: its title.
        kind: the dataclass of the state.
        fields: those of its fields that have a widget whose value they follow at each run of the
            script; its key is `key(field)`.
        prefix: of those keys.
    """

    def __init__(
        self, page: str, kind: type[T], fields: tuple[str, ...] = (), *, prefix: str = ""
    ) -> None:
        self.page = page
        self.kind = kind
        self.fields = fields
        self.prefix = prefix

    # Whether a widget goes on showing a value that was refused.
    keeps_refused: ClassVar[bool] = False

    def read(self) -> T:
        """The state that the link or the widgets ask for; call it before anything is drawn.

        A visitor's step back or forward is followed, so is a link. A query that was written to the
        address bar but a moment ago is no link: a click may have overtaken the next one on its way
        to the browser. Without a query all is as it was.
        """
        query = st.query_params.to_dict()
        context = get_script_run_ctx()
        is_history = context is not None and context.is_history_navigation
        is_entered = st.session_state.get(PAGE) != self.page
        if not self._is_known() or is_history:
            self._follow(query, [query])
        elif is_entered:
            if query:
                self._follow(query, [query])
            self._kept.addresses = [query]
            self._hold(self.fields)
        elif query in self._kept.addresses:
            self._arrived(query)
            self._collect()
        elif query:  # a link on the page to itself, which the address bar does not show
            self._follow(query, self._kept.addresses)
        else:
            self._collect()
        return self.now

    @property
    def now(self) -> T:
        """The state now; in a fragment it may be newer than the page around it."""
        return self._kept.state if self._is_known() else self.kind.from_query({})[0]

    @property
    def notes(self) -> list[Note]:
        """What of the widgets or of the link was not understood, and what else was noted."""
        return [*self._kept.refused, *self._kept.notes]

    def note(self, word: str, sentence: str) -> None:
        """Note what the visitor should know until they change something.

        Args:
            word: for the badge before it.
            sentence: plain text.
        """
        self._kept.notes.append(Note(word=word, sentence=sentence))

    def forget_notes(self) -> None:
        """Nothing is to be said any more."""
        self._kept.notes = []

    def say_notes(self) -> None:
        """Draw the notes, one line each."""
        for note in self.notes:
            notices([note.sentence], note.word)

    def write(self) -> None:
        """Put the state into the address bar; the last call of the page, or of a fragment."""
        self._arrived(st.query_params.to_dict())
        query = self.now.to_query()
        if query != self._kept.addresses[-1]:
            self._kept.addresses.append(query)
            st.query_params.from_dict(query)

    def change(self, **changes: Any) -> None:
        """Change fields of the state; in a callback, or before their widgets are drawn."""
        self.take(replace(self.now, **changes))  # type: ignore[type-var]  # all are dataclasses

    def take(self, state: T) -> None:
        """Show this from now on; in a callback, or before the widgets are drawn."""
        before = self._widgets(self.now)
        if state != self.now:
            self.forget_notes()
        self._kept.state = state
        self._hold(name for name, value in self._widgets(state).items() if value != before[name])

    def key(self, field: str) -> str:
        """The widget of a field, in the session state."""
        return f"{self.prefix}{field}"

    def hold(self, field: str) -> str:
        """The key of a field's widget, which from now on holds what the state says."""
        return hold(self.key(field), getattr(self.now, field))

    def follow(self, field: str) -> Callable[[], None]:
        """For a widget's `on_change`: the state takes what the widget of a field holds."""
        return lambda: self.change(**{field: st.session_state[self.key(field)]})

    def _widgets(self, state: T) -> dict[str, Any]:
        """What the widgets hold for a state, by field."""
        return {name: getattr(state, name) for name in self.fields}

    def _understood(self, query: dict[str, str]) -> tuple[T, list[Note]]:
        """The state of a link, and a note for each part that was ignored."""
        state, problems = self.kind.from_query(query)
        return state, [Note(word="Ignored", sentence=str(problem)) for problem in problems]

    def _held(self) -> dict[str, Any]:
        """What the widgets hold, by field; Streamlit forgets those that were not drawn."""
        drawn = [name for name in self.fields if self.key(name) in st.session_state]
        return {name: st.session_state[self.key(name)] for name in drawn}

    def _collected(self) -> tuple[T, list[Note]]:
        """The state as the widgets have it, and a note for each value that it does not take."""
        return replace(self.now, **self._held()), []  # type: ignore[type-var]  # all are dataclasses

    def _collect(self) -> None:
        state, refused = self._collected()
        self.take(state)
        self._kept.refused = refused
        kept = {note.field for note in refused} if self.keeps_refused else set()
        self._hold(set(self.fields) - kept)

    def _follow(self, query: dict[str, str], addresses: list[dict[str, str]]) -> None:
        state, notes = self._understood(query)
        st.session_state[self._name] = _Kept(state, addresses, notes, [])
        self._hold(self.fields)

    def _arrived(self, query: dict[str, str]) -> None:
        """The browser has shown this: what was written before it will not come back by itself."""
        addresses = self._kept.addresses
        if query in addresses:
            self._kept.addresses = addresses[addresses.index(query) :]

    def _hold(self, fields: Iterable[str]) -> None:
        values = self._widgets(self.now)
        for name in fields:
            hold(self.key(name), values[name])

    def _is_known(self) -> bool:
        return self._name in st.session_state

    @property
    def _name(self) -> str:
        return f"url-of-{self.page}"

    @property
    def _kept(self) -> _Kept[T]:
        kept: _Kept[T] = st.session_state[self._name]
        return kept


def link_to(page: str, kind: type[Linked]) -> dict[str, str]:
    """The query of a link to a page as this visitor left it."""
    return UrlState(page, kind).now.to_query()


def hold(key: str, value: Any) -> str:
    """Let a widget hold a value, before it is drawn.

    Returns:
        The widget's key.
    """
    # A value that is set again would be sent to a browser that may have moved on.
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
    return key
