"""Fallbacks for undefined names and unknown functions."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable

from core.code_reader.model_values import Tensor
from core.code_reader.reader_state import ReaderState
from core.code_reader.values import Arguments, Unknown, Value


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name with the most similar spelling; "" if none is similar."""
    found = difflib.get_close_matches(name, list(known)[:500], n=1, cutoff=0.75)
    return found[0] if found else ""


def note_undefined(state: ReaderState, found: Unknown, node: ast.AST) -> None:
    """Note the use of an undefined name as a fault."""
    if state.has_imports and not state.has_unknown_star_import and found.name:
        near = nearest(found.name, state.defined - {found.name})
        if found.name in state.defined:
            return
        hint = f"; perhaps {near} was meant" if near else ""
        suggestion = f"{found.name}={near}" if near else ""
        sentence = f"Line {found.line} uses {found.name}, which is not defined{hint}."
        state.note(
            "fault", "undefined_name", found.line, sentence, node=node, suggestion=suggestion
        )


def opaque(state: ReaderState, args: Arguments, reason: str) -> Value:
    """The value of an unknown function: a tensor that depends on its arguments, or Unknown."""
    given = [*args.positional, *args.keywords.values()]
    tensors = [value for value in given if isinstance(value, Tensor)]
    if tensors:
        return state.tensor("opaque", *tensors[:4], node=args.node, reason=reason)
    return Unknown(reason, args.line)
