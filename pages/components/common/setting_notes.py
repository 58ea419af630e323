"""Notes about settings, shown below their widgets and on the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from core.errors import InvalidVariant
from core.variant import FIELDS, Variant, format_value, with_decoder


@dataclass(frozen=True, kw_only=True)
class Note:
    """A sentence about the settings.

    Attributes:
        word: the text of its badge.
        sentence: plain text.
        field: the setting concerned; "" for none.
    """

    word: str
    sentence: str
    field: str = ""


def refusals(problems: Iterable[InvalidVariant], variant: Variant, *, word: str) -> list[Note]:
    """A note for each refused value, with the value that is used instead.

    Args:
        problems: the problems of the link or the widgets.
        variant: the settings in use.
        word: the text of the badges.
    """
    found = []
    for problem in problems:
        instead = _instead(problem.field, variant)
        found.append(Note(word=word, sentence=f"{problem}{instead}", field=problem.field))
    return found


def completed(texts: Mapping[str, str]) -> tuple[dict[str, str], list[Note]]:
    """Add the decoder to hidden layers if only the encoder was given.

    Args:
        texts: values of settings as text, by field.

    Returns:
        The texts, and a note if a decoder was added.
    """
    layers, added = with_decoder(texts.get("layers", ""))
    if added is None:
        return dict(texts), []
    note = Note(word="Network", sentence=added, field="layers")
    return {**texts, "layers": layers}, [note]


def notes_at(fields: Sequence[str], notes: Iterable[Note]) -> None:
    """Draw the notes about some settings, directly below their widgets."""
    with st.container(key=f"notes-{'-'.join(fields)}", gap="xsmall"):
        for note in notes:
            if note.field in fields:
                st.html(
                    f'<p class="lab-note lab-tone-warning" role="alert">{escape(note.sentence)}</p>'
                )


def _instead(field: str, variant: Variant) -> str:
    return f" Used instead: {format_value(getattr(variant, field))}." if field in FIELDS else ""
