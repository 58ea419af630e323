"""`read`: pasted text or a file -> a `Reading`, with what will go wrong and the corrected code."""

from __future__ import annotations

from core.code_reader.budget import MAX_BYTES, Budget
from core.code_reader.correction import correct
from core.code_reader.reader import examine
from core.code_reader.reading import Reading
from core.code_reader.source import parse
from core.errors import UnreadableCode


def read(content: str | bytes, chosen: int = 0) -> Reading:
    """Read a script as text; nothing of it is executed, imported or evaluated.

    Args:
        content: Python as people paste it, a notebook, or the bytes of such a file.
        chosen: which autoencoder of the text, from 0 on.

    Raises:
        UnreadableCode: it is too large or no Python, or trains no autoencoder; the message is one
            line.
    """
    text = _text(content) if isinstance(content, bytes) else content
    budget = Budget()
    source = parse(text)
    return correct(examine(source, chosen, budget), chosen, budget)


def _text(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise UnreadableCode(f"The code is larger than {MAX_BYTES // 1000} kB, which is the limit.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")
