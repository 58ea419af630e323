"""`read`: the entry point of the code reader, from text or a file to a `Reading`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TypeVar

from core.code_reader import saved_model
from core.code_reader.budget import MAX_BYTES, MAX_FILE_BYTES, Budget
from core.code_reader.correction import correct
from core.code_reader.network import Remark
from core.code_reader.reader import examine
from core.code_reader.reading import Fault, Reading
from core.code_reader.source import parse
from core.code_reader.text_repairs import Repair, notebook_without_outputs
from core.errors import UnreadableCode
from core.limits import MEGABYTE

Located = TypeVar("Located", Remark, Fault)


def read(content: str | bytes, chosen: int = 0) -> Reading:
    """Analyze a script without executing it.

    Args:
        content: a script, a notebook or a saved Keras model, as text or as the bytes of a file.
        chosen: index of the autoencoder in the text, from 0.

    Raises:
        UnreadableCode: the content is too large, is not Python, or does not train an autoencoder;
            the message is one line.
    """
    text = text_of(content if isinstance(content, bytes) else content.encode("utf-8", "replace"))
    budget = Budget()
    saved = saved_model.script(text)
    if saved is not None:
        return _without_lines(examine(parse(saved), chosen, budget).reading)
    source = parse(text)
    return correct(examine(source, chosen, budget), chosen, budget)


def _without_lines(reading: Reading) -> Reading:
    """The reading of a saved model without the lines of the generated script."""
    settings = {name: replace(setting, line=None) for name, setting in reading.settings.items()}
    repair = Repair(
        code="saved_model",
        line=1,
        sentence="A saved model: only its configuration is read, not its weights or any code in"
        " it.",
    )
    return replace(
        reading,
        settings=settings,
        ignored=tuple(_without_line(remark) for remark in reading.ignored),
        unsupported=tuple(_without_line(remark) for remark in reading.unsupported),
        faults=tuple(_without_line(fault) for fault in reading.faults),
        repairs=(repair,),
        text="",
        candidate_lines=(),
    )


def _without_line(located: Located) -> Located:
    sentence = re.sub(r"^Line \d+: ", "", located.sentence)
    return replace(located, line=0, sentence=sentence[:1].upper() + sentence[1:])


def text_of(content: bytes) -> str:
    """The text of a file: a script, the code of a notebook, or the configuration of a saved model.

    Raises:
        UnreadableCode: the file is too large, or is a damaged saved model.
    """
    if len(content) > MAX_FILE_BYTES:
        limit = MAX_FILE_BYTES // MEGABYTE
        raise UnreadableCode(f"The file is larger than {limit} MB, which is the limit.")
    saved = saved_model.configuration(content)
    if saved is not None:
        return saved
    if len(content) > MAX_BYTES:
        content = notebook_without_outputs(content) or content
    if len(content) > MAX_BYTES:
        raise UnreadableCode(f"The code is larger than {MAX_BYTES // 1000} kB, which is the limit.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")
