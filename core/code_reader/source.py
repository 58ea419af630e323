"""Source: pasted text as a syntax tree, after the necessary repairs."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from core.code_reader import text_repairs
from core.code_reader.budget import MAX_BYTES
from core.code_reader.text_repairs import Repair, Repaired
from core.errors import UnreadableCode

# Applied in order until the text is valid Python.
TEXT_REPAIRS: tuple[Callable[[Repaired], Repaired], ...] = (
    text_repairs.fences,
    text_repairs.prompts,
    text_repairs.magics,
    text_repairs.characters,
    text_repairs.indentation,
    text_repairs.tabs,
    text_repairs.outputs,
    text_repairs.python2,
)
TOO_NESTED = "The code is nested too deeply to be read."


@dataclass(frozen=True, kw_only=True)
class Source:
    """Code that can be read.

    Attributes:
        text: valid Python, with the original lines except for repairs.
        tree: its syntax tree.
        repairs: the repairs of the pasted text.
    """

    text: str
    tree: ast.Module
    repairs: tuple[Repair, ...] = ()


def parse(text: str) -> Source:
    """Parse text as Python, after repairs if necessary.

    Raises:
        UnreadableCode: the text is too large, empty or not Python; the message names the line.
    """
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise UnreadableCode(f"The code is larger than {MAX_BYTES // 1000} kB, which is the limit.")
    text = text.encode("utf-8", "replace").decode()
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ").lstrip("\ufeff")
    if "\0" in text:
        raise UnreadableCode("This is not text: it contains zero bytes.")
    if not text.strip():
        raise UnreadableCode("There is no code here.")
    return _parsed(text_repairs.notebook(Repaired(text)))


def _parsed(repaired: Repaired) -> Source:
    tree = _tree(repaired.text)
    for repair in TEXT_REPAIRS:
        if isinstance(tree, ast.Module):
            break
        tried = repair(repaired)
        if tried is not repaired:
            repaired, tree = tried, _tree(tried.text)
    if not isinstance(tree, ast.Module):
        raise _refusal(tree, repaired.text)
    return Source(text=repaired.text, tree=tree, repairs=repaired.repairs)


def _tree(text: str) -> ast.Module | SyntaxError:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about invalid escapes in the script's strings
            return ast.parse(text)
    except SyntaxError as error:
        return error
    except (RecursionError, MemoryError, ValueError):
        raise UnreadableCode(TOO_NESTED) from None


def _refusal(error: SyntaxError, text: str) -> UnreadableCode:
    line = error.lineno or 1
    lines = text.split("\n")
    shown = lines[line - 1].strip()[:60] if 0 < line <= len(lines) else ""
    reason = re.sub(r"\s*\(<unknown>.*?\)", "", error.msg or "invalid syntax").rstrip(".")
    quoted = f" (`{shown}`)" if shown else ""
    return UnreadableCode(f"Line {line} is not Python: {reason}{quoted}.", line)
