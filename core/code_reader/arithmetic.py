"""Arithmetic on literals, within limits; no other value is computed."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from core.code_reader.budget import MAX_ITEMS, MAX_NUMBER
from core.code_reader.values import Unknown, Value, is_number

BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}
PLAIN = (int, float, str, bool, type(None), bytes)
NOT_A_LITERAL = Unknown("not a literal")


def is_plain(value: Value) -> bool:
    """Whether a value consists of Python literals and is small enough for arithmetic."""
    pending, seen = [value], 0
    while pending:
        current = pending.pop()
        if isinstance(current, (list, tuple)):
            seen += len(current)
            if seen > MAX_ITEMS:
                return False
            pending.extend(current)
        elif not isinstance(current, PLAIN):
            return False
    return True


def binary(op: ast.operator, left: Value, right: Value) -> Value:
    """`left op right` for literals; Unknown if an operand is not a literal or too large."""
    function = BINARY.get(type(op))
    if function is None or not _is_within_limits(op, left, right):
        return NOT_A_LITERAL
    try:
        result = function(left, right)
    except (ArithmeticError, TypeError, ValueError):
        return NOT_A_LITERAL
    return result if _is_small(result) else NOT_A_LITERAL


def _is_within_limits(op: ast.operator, left: Value, right: Value) -> bool:
    if isinstance(op, ast.Pow):
        both = is_number(left) and is_number(right)
        return both and abs(right) <= 64 and abs(left) <= 1e6
    if isinstance(op, ast.Mult):
        sizes = [len(v) for v in (left, right) if isinstance(v, (str, bytes, list, tuple))]
        times = [abs(v) for v in (left, right) if isinstance(v, int)]
        if sizes:
            return bool(times) and sizes[0] * times[0] <= MAX_ITEMS
    if isinstance(op, ast.Mod) and isinstance(left, str):
        return False
    sequences = isinstance(left, (list, tuple)) and type(left) is type(right)
    return sequences or (
        isinstance(left, (*PLAIN, list, tuple)) and isinstance(right, (*PLAIN, list, tuple))
    )


def _is_small(value: Value) -> bool:
    if isinstance(value, complex):
        return False
    if is_number(value):
        return bool(abs(value) <= MAX_NUMBER)
    return not isinstance(value, (str, bytes, list, tuple)) or len(value) <= MAX_ITEMS


def compare(op: ast.cmpop, left: Value, right: Value) -> Value:
    """A comparison of literals; Unknown if an operand is not a literal."""
    if not is_plain(left) or not is_plain(right):
        return NOT_A_LITERAL
    try:
        if isinstance(op, ast.In):
            return left in right
        if isinstance(op, ast.NotIn):
            return left not in right
        return COMPARISONS[type(op)](left, right)
    except (TypeError, ValueError):
        return NOT_A_LITERAL


def unary(op: ast.unaryop, value: Value) -> Value:
    """-x, +x, not x, ~x of a literal."""
    if isinstance(op, ast.Not):
        known = truth(value)
        return NOT_A_LITERAL if known is None else not known
    if not is_number(value):
        return NOT_A_LITERAL
    if isinstance(op, ast.Invert):
        return ~value if isinstance(value, int) else NOT_A_LITERAL
    return -value if isinstance(op, ast.USub) else value


def truth(value: Value) -> bool | None:
    """The truth value of a value; None if it cannot be determined."""
    if isinstance(value, (*PLAIN, list, tuple, dict, range)):
        return bool(value)
    return None
