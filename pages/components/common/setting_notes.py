"""Notes: what the visitor should know about their settings, at the field and on the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from core.errors import InvalidVariant
from core.variant import FIELDS, Variant, format_value, with_decoder


@dataclass(frozen=True, kw_only=True)
class Note:
    """One sentence about the settings.

    Attributes:
        word: for the badge before it.
        sentence: plain text.
        field: the setting that it is about; "" where it is about none of them.
    """

    word: str
    sentence: str
    field: str = ""


def refusals(problems: Iterable[InvalidVariant], variant: Variant, *, word: str) -> list[Note]:
    """A note for each refused value, which names what is used instead.

    Args:
        problems: of the link or of the widgets.
        variant: the settings in force.
        word: for the badges.
    """
    found = []
    for problem in problems:
        instead = _instead(problem.field, variant)
        found.append(Note(word=word, sentence=f"{problem}{instead}", field=problem.field))
    return found


def completed(texts: Mapping[str, str]) -> tuple[dict[str, str], list[Note]]:
    """Add the decoder to hidden layers of which only the encoder was written.

    Args:
        texts: of settings, by field.

    Returns:
        The texts, and a note where a decoder was added.
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
