"""The state of a page and its link: read from the URL or the widgets, written to the address bar.

Streamlit's own binding of widgets to the URL is not used: it removes invalid values silently, and
omits values that equal the widget's default, which here depends on other settings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.errors import InvalidVariant
from pages.components.common import embedding
from pages.components.common.closed_popover import ClosedPopover
from pages.components.common.notices import notices
from pages.components.common.page_rerun import DRAWN_PAGE
from pages.components.common.setting_notes import Note
from pages.components.server.framing import VIEW


class Linked(Protocol):
    """A frozen dataclass that can be converted to and from a link."""

    def to_query(self) -> dict[str, str]:
        """The parameters of the URL's query."""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[Self, list[InvalidVariant]]:
        """Read a URL's query; returns one error for each part that was ignored."""


T = TypeVar("T", bound=Linked)


class _AddressBar:
    """The queries that the browser's address bar may show.

    A written query takes a moment to arrive there. A click in that moment is sent with an earlier
    query, which must not be mistaken for a link.

    Args:
        query: the one that it shows now.
    """

    def __init__(self, query: dict[str, str]) -> None:
        # The last query that it is known to have shown, then those written since.
        self._queries = [query]

    def may_show(self, query: dict[str, str]) -> bool:
        """Whether the browser may send this query although nobody followed a link to it."""
        return query in self._queries

    def has_shown(self, query: dict[str, str]) -> None:
        """Record that the browser has sent a query: those before it come back only as links."""
        if query in self._queries:
            self._queries = self._queries[self._queries.index(query) :]

    def write(self, query: dict[str, str]) -> None:
        """Write a query, unless it is the last one written."""
        if query != self._queries[-1]:
            self._queries.append(query)
            st.query_params.from_dict(query)


@dataclass
class _Kept(Generic[T]):
    """The data that the session keeps about a page.

    Attributes:
        state: the page's state, since Streamlit drops the widgets of other pages.
        address_bar: what it may show.
        notes: shown until the visitor changes something.
        refused: widget values that are not in the state because they are invalid.
        part: the part of the page that is shown alone; see `pages.components.common.embedding`.
    """

    state: T
    address_bar: _AddressBar
    notes: list[Note]
    refused: list[Note]
    part: str = ""


class UrlState(Generic[T]):
    """The state of one page; one object for all sessions.

    Args:
        page: the page's title.
        kind: the dataclass of the state.
        fields: the fields that have a widget and take its value at each script run; its key is
            `key(field)`.
        prefix: the prefix of these keys.
        popover: the widgets that are in a popover; the browser forgets them when a change or a link
            sets one of them.
    """

    def __init__(
        self,
        page: str,
        kind: type[T],
        fields: tuple[str, ...] = (),
        *,
        prefix: str = "",
        popover: ClosedPopover | None = None,
    ) -> None:
        self.page = page
        self.kind = kind
        self.fields = fields
        self.prefix = prefix
        self.popover = popover or ClosedPopover(page, lambda key: False)

    # Whether a widget keeps showing a value that was refused.
    keeps_refused: ClassVar[bool] = False

    def read(self) -> T:
        """The state from the link or the widgets; call it before anything is drawn.

        Links and the browser's Back and Forward are followed. Without a query the state is
        unchanged.
        """
        query = st.query_params.to_dict()
        is_entered = st.session_state.get(DRAWN_PAGE) != self.page
        if not self._is_known() or _is_history_navigation() or (is_entered and query):
            self._follow(query, _AddressBar(query))
        elif is_entered:  # Streamlit has dropped the widgets of this page meanwhile
            self._kept.address_bar = _AddressBar(query)
            self._hold(self.fields)
        elif not query or self._kept.address_bar.may_show(query):
            self._kept.address_bar.has_shown(query)
            self._collect()
        else:  # a link of the page to itself, which does not change the address bar
            self._follow(query, self._kept.address_bar)
        return self.now

    @property
    def now(self) -> T:
        """The current state; within a fragment it may be newer than the rest of the page."""
        return self._kept.state if self._is_known() else self.kind.from_query({})[0]

    @property
    def part(self) -> str:
        """The part of the page that is shown alone, a key of `PARTS`; "" for the whole page."""
        return self._kept.part if self._is_known() else ""

    @property
    def notes(self) -> list[Note]:
        """Notes about invalid parts of the link or the widgets, and other notes."""
        return [*self._kept.refused, *self._kept.notes]

    def note(self, word: str, sentence: str) -> None:
        """Add a note that is shown until the visitor changes something.

        Args:
            word: the text of its badge.
            sentence: plain text.
        """
        self._kept.notes.append(Note(word=word, sentence=sentence))

    def forget_notes(self) -> None:
        """Remove all notes."""
        self._kept.notes = []

    def say_notes(self) -> None:
        """Draw the notes, one line each."""
        for note in self.notes:
            notices([note.sentence], note.word)

    def write(self) -> None:
        """Write the state to the address bar; the last call of a page or fragment."""
        self._kept.address_bar.has_shown(st.query_params.to_dict())
        self._kept.address_bar.write(self.now.to_query() | ({VIEW: self.part} if self.part else {}))

    def change(self, **changes: Any) -> None:
        """Change fields of the state; call it in a callback, or before their widgets are drawn."""
        with self.popover.forgetting_changes():
            self.take(replace(self.now, **changes))  # type: ignore[type-var]  # all are dataclasses

    def take(self, state: T) -> None:
        """Replace the state; call it in a callback, or before the widgets are drawn."""
        before = self._widgets(self.now)
        if state != self.now:
            self.forget_notes()
        self._kept.state = state
        self._hold(name for name, value in self._widgets(state).items() if value != before[name])

    def key(self, field: str) -> str:
        """The key of a field's widget."""
        return f"{self.prefix}{field}"

    def hold(self, field: str) -> str:
        """Set the widget of a field to the state's value; returns its key."""
        return hold(self.key(field), getattr(self.now, field))

    def follow(self, field: str) -> Callable[[], None]:
        """An `on_change` callback that sets a field of the state to its widget's value."""
        return lambda: self.change(**{field: st.session_state[self.key(field)]})

    def _widgets(self, state: T) -> dict[str, Any]:
        """The widget values for a state, by field."""
        return {name: getattr(state, name) for name in self.fields}

    def _understood(self, query: dict[str, str]) -> tuple[T, list[Note]]:
        """The state of a link, and a note for each part that was ignored."""
        state, problems = self.kind.from_query(query)
        return state, [Note(word="Ignored", sentence=str(problem)) for problem in problems]

    def _held(self) -> dict[str, Any]:
        """The current widget values by field; without widgets that were not drawn."""
        drawn = [name for name in self.fields if self.key(name) in st.session_state]
        return {name: st.session_state[self.key(name)] for name in drawn}

    def _collected(self) -> tuple[T, list[Note]]:
        """The state according to the widgets, and a note for each invalid value."""
        return replace(self.now, **self._held()), []  # type: ignore[type-var]  # all are dataclasses

    def _collect(self) -> None:
        state, refused = self._collected()
        self.take(state)
        self._kept.refused = refused
        kept = {note.field for note in refused} if self.keeps_refused else set()
        self._hold(set(self.fields) - kept)

    def _follow(self, query: dict[str, str], address_bar: _AddressBar) -> None:
        part, rest, problems = embedding.split(self.page, query)
        state, notes = self._understood(rest)
        notes += [Note(word="Ignored", sentence=problem) for problem in problems]
        st.session_state[self._name] = _Kept(state, address_bar, notes, [], part)
        with self.popover.forgetting_changes():
            self._hold(self.fields)

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
    """The query of a link to a page in the state in which this visitor left it."""
    return UrlState(page, kind).now.to_query()


def _is_history_navigation() -> bool:
    """Whether the visitor pressed Back or Forward."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def hold(key: str, value: Any) -> str:
    """Set the value of a widget before it is drawn; returns its key."""
    # Setting an unchanged value again would send it to a browser that may have changed it.
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
    return key
