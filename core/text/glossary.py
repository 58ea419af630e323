"""The glossary: one definition for each term that the pages use.

The texts are in `glossary.toml`. Pages show `help_for(term)` where a term appears, and the Losses
page shows all of `GLOSSARY`, so that a term has the same meaning everywhere.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TEXTS = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True, kw_only=True)
class Source:
    """The source of a definition or formula: its title, as in citations, and its address."""

    title: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Term:
    """One term.

    Attributes:
        name: its name within a sentence.
        help: the definition, in a few sentences of plain text.
        group: the heading of its group.
        short: abbreviation or symbol, shown beside the name; may be empty.
        also: other spellings, such as Keras' name.
        source: the source of the definition; None for the lab's own terms.
    """

    name: str
    help: str
    group: str
    short: str = ""
    also: tuple[str, ...] = ()
    source: Source | None = None

    @property
    def spellings(self) -> tuple[str, ...]:
        """All spellings."""
        return tuple(filter(None, (self.name, self.short, *self.also)))


def term(spelling: str) -> Term:
    """The term with this spelling, case-insensitively.

    Raises:
        KeyError: the glossary has no such term; the text names similar ones.
    """
    try:
        return _BY_SPELLING[spelling.casefold()]
    except KeyError:
        near = difflib.get_close_matches(spelling.casefold(), _BY_SPELLING, n=3)
        hint = f"; did you mean {', '.join(near)}?" if near else "."
        raise KeyError(f"The glossary has no term {spelling!r}{hint}") from None


def help_for(spelling: str) -> str:
    """The definition of a term, as Markdown for a tooltip, with its source if it has one.

    Args:
        spelling: the term, its abbreviation, Keras' name, or a field of `Variant`.

    Raises:
        KeyError: the glossary has no such term.
    """
    match = term(spelling)
    if match.source is None:
        return match.help
    return f"{match.help} [{match.source.title}]({match.source.url})"


def matching(text: str) -> tuple[Term, ...]:
    """The terms that have `text` in a name or the definition, in the glossary's order."""
    wanted = text.strip().casefold()
    return tuple(
        entry
        for entry in GLOSSARY
        if any(wanted in words.casefold() for words in (entry.help, *entry.spellings))
    )


def _read() -> Iterator[Term]:
    for group in tomllib.loads(TEXTS.read_text(encoding="utf-8"))["group"]:
        for entry in group["term"]:
            cited = entry.get("source")
            yield Term(
                name=entry["name"],
                help=entry["help"],
                group=group["title"],
                short=entry.get("short", ""),
                also=tuple(entry.get("also", ())),
                source=Source(title=cited, url=entry["url"]) if cited else None,
            )


GLOSSARY: tuple[Term, ...] = tuple(_read())
_BY_SPELLING: dict[str, Term] = {
    spelling.casefold(): entry for entry in GLOSSARY for spelling in entry.spellings
}
