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


def note_misspelt(state: ReaderState, problem: str, near: str, line: int, node: Value) -> None:
    """Note a misspelt string as a fault.

    Args:
        problem: what is wrong, such as "Keras has no loss 'mes'".
        near: the name that was probably meant; "" for none.
    """
    sentence = f"Line {line}: {problem}{_hint(near)}."
    state.note("fault", "misspelt_name", line, sentence, None, node, near)


def note_unexpected_argument(
    state: ReaderState, function: str, name: str, known: Iterable[str], args: Arguments
) -> None:
    """Note an argument that a function does not accept as a fault."""
    near, line = nearest(name, known), args.line_of(None, name)
    sentence = f"Line {line}: {function} takes no argument {name}{_hint(near)}."
    state.note("fault", "misspelt_argument", line, sentence, None, args.node, f"{name}={near}")


def _hint(near: str) -> str:
    return f"; perhaps {near} was meant" if near else ""


def note_undefined(state: ReaderState, found: Unknown, node: ast.AST) -> None:
    """Note the use of an undefined name as a fault."""
    if state.has_imports and not state.has_unknown_star_import and found.name:
        near = nearest(found.name, state.defined - {found.name})
        if found.name in state.defined:
            return
        suggestion = f"{found.name}={near}" if near else ""
        sentence = f"Line {found.line} uses {found.name}, which is not defined{_hint(near)}."
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
