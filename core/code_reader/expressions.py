"""Evaluation of expressions."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from core.code_reader import arithmetic, attributes, calls, elementwise, scopes, subscripts
from core.code_reader.arithmetic import truth
from core.code_reader.budget import MAX_ITEMS
from core.code_reader.comprehensions import comprehension, dict_comprehension
from core.code_reader.iteration import elements, generated_dataset
from core.code_reader.model_values import Tensor
from core.code_reader.reader_state import ReaderState
from core.code_reader.values import Either, Function, Scope, Unknown, Value

MAX_STRING = 2_000
Evaluate = Callable[[ReaderState, Any, Scope], Value]


def evaluate(state: ReaderState, node: ast.expr | None, scope: Scope) -> Value:
    """The value of an expression; Unknown if it cannot be determined.

    Raises:
        BudgetExceeded: the budget is exceeded.
    """
    if node is None:
        return None
    with state.budget.level(node.lineno):
        handler = HANDLERS.get(type(node))
        return handler(state, node, scope) if handler else state.unknown(node)


def _constant(state: ReaderState, node: ast.Constant, scope: Scope) -> Value:
    if isinstance(node.value, (str, bytes)) and len(node.value) > MAX_STRING:
        return state.unknown(node)
    return state.unknown(node) if isinstance(node.value, complex) else node.value


def _name(state: ReaderState, node: ast.Name, scope: Scope) -> Value:
    found = scopes.look_up(state, node, scope)
    return scopes.resolve(found)


def _attribute(state: ReaderState, node: ast.Attribute, scope: Scope) -> Value:
    owner = evaluate(state, node.value, scope)
    return scopes.resolve(attributes.attribute(state, owner, node.attr, node))


def _binary(state: ReaderState, node: ast.BinOp, scope: Scope) -> Value:
    left = evaluate(state, node.left, scope)
    right = evaluate(state, node.right, scope)
    return binary(state, node.op, left, right, node)


def binary(state: ReaderState, op: ast.operator, left: Value, right: Value, node: ast.AST) -> Value:
    """`left op right` for literals or tensors."""
    if arithmetic.is_plain(left) and arithmetic.is_plain(right):
        return arithmetic.binary(op, left, right)
    is_joined = isinstance(op, ast.Add) and isinstance(left, (list, tuple))
    if is_joined and type(left) is type(right) and len(left) + len(right) <= MAX_ITEMS:
        return left + right
    return elementwise.binary(state, op, left, right, node)


def _unary(state: ReaderState, node: ast.UnaryOp, scope: Scope) -> Value:
    value = evaluate(state, node.operand, scope)
    if isinstance(value, Tensor) and isinstance(node.op, ast.USub):
        return elementwise.affine(state, value, -1.0, 0.0, node)
    return arithmetic.unary(node.op, value)


def _boolean(state: ReaderState, node: ast.BoolOp, scope: Scope) -> Value:
    wants = isinstance(node.op, ast.Or)
    value: Value = None
    for part in node.values:
        value = evaluate(state, part, scope)
        known = truth(value)
        if known is None:
            return value if _is_object(value) and wants else state.unknown(node)
        if known == wants:
            return value
    return value


def _is_object(value: Value) -> bool:
    return not isinstance(value, (Unknown, Either))


def _compare(state: ReaderState, node: ast.Compare, scope: Scope) -> Value:
    left = evaluate(state, node.left, scope)
    right = evaluate(state, node.comparators[0], scope)
    if len(node.ops) > 1:
        for extra in node.comparators[1:]:
            evaluate(state, extra, scope)
        return state.unknown(node)
    if isinstance(left, Tensor) or isinstance(right, Tensor):
        return elementwise.compare(state, node.ops[0], left, right, node)
    if (
        isinstance(node.ops[0], (ast.Is, ast.IsNot))
        and right is None
        and not isinstance(left, (Unknown, Either))
    ):
        return (left is None) == isinstance(node.ops[0], ast.Is)
    return arithmetic.compare(node.ops[0], left, right)


def _conditional(state: ReaderState, node: ast.IfExp, scope: Scope) -> Value:
    known = truth(evaluate(state, node.test, scope))
    if known is not None:
        return evaluate(state, node.body if known else node.orelse, scope)
    with state.under_condition(node.lineno):
        first = evaluate(state, node.body, scope)
        second = evaluate(state, node.orelse, scope)
    return scopes.resolve(scopes.merged(first, second, node.lineno))


def _call(state: ReaderState, node: ast.Call, scope: Scope) -> Value:
    return calls.call_expression(state, node, scope)


def _sequence(state: ReaderState, node: ast.List | ast.Tuple | ast.Set, scope: Scope) -> Value:
    items: list[Value] = []
    for part in node.elts:
        if isinstance(part, ast.Starred):
            spread = elements(state, evaluate(state, part.value, scope))
            if spread is None:
                return state.unknown(node)
            items.extend(spread)
        else:
            items.append(evaluate(state, part, scope))
    return tuple(items) if isinstance(node, ast.Tuple) else items


def _dict(state: ReaderState, node: ast.Dict, scope: Scope) -> Value:
    made: dict[Any, Value] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        item = evaluate(state, value, scope)
        if key is None:
            made.update(item if isinstance(item, dict) else {})
            continue
        name = evaluate(state, key, scope)
        if isinstance(name, (str, int, float, bool, Tensor)):
            made[name] = item
    return made


def _subscript(state: ReaderState, node: ast.Subscript, scope: Scope) -> Value:
    owner = evaluate(state, node.value, scope)
    index = evaluate(state, node.slice, scope)
    return scopes.resolve(subscripts.item(state, owner, index, node))


def _slice(state: ReaderState, node: ast.Slice, scope: Scope) -> Value:
    parts = [evaluate(state, part, scope) for part in (node.lower, node.upper, node.step)]
    if any(not isinstance(part, int) and part is not None for part in parts):
        return slice(None, None, "unknown")
    return slice(*parts)


def _lambda(state: ReaderState, node: ast.Lambda, scope: Scope) -> Value:
    return Function(node, scope, calls.defaults(state, node.args, scope))


def _formatted(state: ReaderState, node: ast.JoinedStr, scope: Scope) -> Value:
    parts: list[str] = []
    for part in node.values:
        inner = part.value if isinstance(part, ast.FormattedValue) else part
        value = evaluate(state, inner, scope)
        plain = not isinstance(part, ast.FormattedValue) or part.format_spec is None
        if not plain or not isinstance(value, (str, int)):
            return state.unknown(node)
        parts.append(str(value) if not isinstance(value, int) or abs(value) < 10**30 else "")
    return "".join(parts)[:MAX_STRING]


def _named(state: ReaderState, node: ast.NamedExpr, scope: Scope) -> Value:
    value = evaluate(state, node.value, scope)
    scopes.assign(state, node.target, value, scope)
    return value


def _inner(state: ReaderState, node: ast.Await | ast.Starred, scope: Scope) -> Value:
    return evaluate(state, node.value, scope)


def _yield(state: ReaderState, node: ast.Yield | ast.YieldFrom, scope: Scope) -> Value:
    value = evaluate(state, node.value, scope)
    loops = state.loops[scope.names.get("loops ", 0) :]
    if loops and isinstance(node, ast.Yield):
        value = generated_dataset(value, loops, node.lineno)
    scope.names.setdefault("yield ", value)
    return state.unknown(node)


HANDLERS: dict[type[ast.expr], Evaluate] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _conditional,
    ast.Call: _call,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.Dict: _dict,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Lambda: _lambda,
    ast.ListComp: comprehension,
    ast.GeneratorExp: comprehension,
    ast.SetComp: comprehension,
    ast.DictComp: dict_comprehension,
    ast.JoinedStr: _formatted,
    ast.NamedExpr: _named,
    ast.Await: _inner,
    ast.Starred: _inner,
    ast.Yield: _yield,
    ast.YieldFrom: _yield,
}
