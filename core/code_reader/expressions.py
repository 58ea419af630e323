"""Evaluation of expressions."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from core.code_reader import arithmetic, attributes, calls, elementwise, scopes
from core.code_reader.arithmetic import truth
from core.code_reader.budget import MAX_ITEMS
from core.code_reader.iteration import elements
from core.code_reader.machine import Loop, Machine
from core.code_reader.values import (
    Either,
    Function,
    ImageSet,
    Scope,
    Tensor,
    Unknown,
    Value,
)

MAX_STRING = 2_000
Evaluate = Callable[[Machine, Any, Scope], Value]


def evaluate(machine: Machine, node: ast.expr | None, scope: Scope) -> Value:
    """The value of an expression; Unknown if it cannot be determined.

    Raises:
        TooMuch: the budget is spent.
    """
    if node is None:
        return None
    with machine.budget.level(node.lineno):
        handler = HANDLERS.get(type(node))
        return handler(machine, node, scope) if handler else machine.unknown(node)


def _constant(machine: Machine, node: ast.Constant, scope: Scope) -> Value:
    if isinstance(node.value, (str, bytes)) and len(node.value) > MAX_STRING:
        return machine.unknown(node)
    return machine.unknown(node) if isinstance(node.value, complex) else node.value


def _name(machine: Machine, node: ast.Name, scope: Scope) -> Value:
    found = scopes.look_up(machine, node, scope)
    return scopes.settle(found)


def _attribute(machine: Machine, node: ast.Attribute, scope: Scope) -> Value:
    owner = evaluate(machine, node.value, scope)
    return scopes.settle(attributes.attribute(machine, owner, node.attr, node))


def _binary(machine: Machine, node: ast.BinOp, scope: Scope) -> Value:
    left = evaluate(machine, node.left, scope)
    right = evaluate(machine, node.right, scope)
    return binary(machine, node.op, left, right, node)


def binary(machine: Machine, op: ast.operator, left: Value, right: Value, node: ast.AST) -> Value:
    """`left op right` for literals or tensors."""
    if arithmetic.is_plain(left) and arithmetic.is_plain(right):
        return arithmetic.binary(op, left, right)
    is_joined = isinstance(op, ast.Add) and isinstance(left, (list, tuple))
    if is_joined and type(left) is type(right) and len(left) + len(right) <= MAX_ITEMS:
        return left + right
    return elementwise.binary(machine, op, left, right, node)


def _unary(machine: Machine, node: ast.UnaryOp, scope: Scope) -> Value:
    value = evaluate(machine, node.operand, scope)
    if isinstance(value, Tensor) and isinstance(node.op, ast.USub):
        return elementwise.affine(machine, value, -1.0, 0.0, node)
    return arithmetic.unary(node.op, value)


def _boolean(machine: Machine, node: ast.BoolOp, scope: Scope) -> Value:
    wants = isinstance(node.op, ast.Or)
    value: Value = None
    for part in node.values:
        value = evaluate(machine, part, scope)
        known = truth(value)
        if known is None:
            return value if _is_object(value) and wants else machine.unknown(node)
        if known == wants:
            return value
    return value


def _is_object(value: Value) -> bool:
    return not isinstance(value, (Unknown, Either))


def _compare(machine: Machine, node: ast.Compare, scope: Scope) -> Value:
    left = evaluate(machine, node.left, scope)
    right = evaluate(machine, node.comparators[0], scope)
    if len(node.ops) > 1:
        for extra in node.comparators[1:]:
            evaluate(machine, extra, scope)
        return machine.unknown(node)
    if isinstance(left, Tensor) or isinstance(right, Tensor):
        return elementwise.compare(machine, node.ops[0], left, right, node)
    if (
        isinstance(node.ops[0], (ast.Is, ast.IsNot))
        and right is None
        and not isinstance(left, (Unknown, Either))
    ):
        return (left is None) == isinstance(node.ops[0], ast.Is)
    return arithmetic.compare(node.ops[0], left, right)


def _conditional(machine: Machine, node: ast.IfExp, scope: Scope) -> Value:
    known = truth(evaluate(machine, node.test, scope))
    if known is not None:
        return evaluate(machine, node.body if known else node.orelse, scope)
    with machine.under(node.lineno):
        first = evaluate(machine, node.body, scope)
        second = evaluate(machine, node.orelse, scope)
    return scopes.settle(scopes.merged(first, second, node.lineno))


def _call(machine: Machine, node: ast.Call, scope: Scope) -> Value:
    return calls.call_expression(machine, node, scope)


def _sequence(machine: Machine, node: ast.List | ast.Tuple | ast.Set, scope: Scope) -> Value:
    items: list[Value] = []
    for part in node.elts:
        if isinstance(part, ast.Starred):
            spread = elements(machine, evaluate(machine, part.value, scope))
            if spread is None:
                return machine.unknown(node)
            items.extend(spread)
        else:
            items.append(evaluate(machine, part, scope))
    return tuple(items) if isinstance(node, ast.Tuple) else items


def _dict(machine: Machine, node: ast.Dict, scope: Scope) -> Value:
    made: dict[Any, Value] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        item = evaluate(machine, value, scope)
        if key is None:
            made.update(item if isinstance(item, dict) else {})
            continue
        name = evaluate(machine, key, scope)
        if isinstance(name, (str, int, float, bool, Tensor)):
            made[name] = item
    return made


def _subscript(machine: Machine, node: ast.Subscript, scope: Scope) -> Value:
    owner = evaluate(machine, node.value, scope)
    index = evaluate(machine, node.slice, scope)
    return scopes.settle(attributes.item(machine, owner, index, node))


def _slice(machine: Machine, node: ast.Slice, scope: Scope) -> Value:
    parts = [evaluate(machine, part, scope) for part in (node.lower, node.upper, node.step)]
    if any(not isinstance(part, int) and part is not None for part in parts):
        return slice(None, None, "unknown")
    return slice(*parts)


def _lambda(machine: Machine, node: ast.Lambda, scope: Scope) -> Value:
    return Function(node, scope, calls.defaults(machine, node.args, scope))


def _comprehension(
    machine: Machine, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, scope: Scope
) -> Value:
    inner = Scope(parent=scope)
    found = _generated(machine, node.generators, node.elt, inner)
    return machine.unknown(node) if found is None else found


def _generated(
    machine: Machine, generators: list[ast.comprehension], result: ast.expr, scope: Scope
) -> list[Value] | None:
    if not generators:
        return [evaluate(machine, result, scope)]
    first, found = generators[0], []
    iterated = evaluate(machine, first.iter, scope)
    items = elements(machine, iterated)
    if items is None:
        if isinstance(iterated, ImageSet):
            _over_batches(machine, iterated, first, scope, generators, result)
        return None
    for item in items:
        scopes.assign(machine, first.target, item, scope)
        kept = [truth(evaluate(machine, test, scope)) for test in first.ifs]
        if None in kept:
            return None
        if all(kept):
            inner = _generated(machine, generators[1:], result, scope)
            if inner is None:
                return None
            found.extend(inner)
    return found


def _over_batches(
    machine: Machine,
    iterated: ImageSet,
    first: ast.comprehension,
    scope: Scope,
    generators: list[ast.comprehension],
    result: ast.expr,
) -> None:
    """A comprehension over batches: one batch stands for all, as in a loop."""
    line = first.iter.lineno
    machine.loops.append(Loop(line, None, True, iterated.batch_size, machine.serial))
    try:
        scopes.assign(machine, first.target, iterated.element, scope)
        _generated(machine, generators[1:], result, scope)
    finally:
        machine.loops.pop()


def _formatted(machine: Machine, node: ast.JoinedStr, scope: Scope) -> Value:
    parts: list[str] = []
    for part in node.values:
        inner = part.value if isinstance(part, ast.FormattedValue) else part
        value = evaluate(machine, inner, scope)
        plain = not isinstance(part, ast.FormattedValue) or part.format_spec is None
        if not plain or not isinstance(value, (str, int)):
            return machine.unknown(node)
        parts.append(str(value) if not isinstance(value, int) or abs(value) < 10**30 else "")
    return "".join(parts)[:MAX_STRING]


def _named(machine: Machine, node: ast.NamedExpr, scope: Scope) -> Value:
    value = evaluate(machine, node.value, scope)
    scopes.assign(machine, node.target, value, scope)
    return value


def _passed_on(machine: Machine, node: ast.Await | ast.Starred, scope: Scope) -> Value:
    return evaluate(machine, node.value, scope)


def _yield(machine: Machine, node: ast.Yield | ast.YieldFrom, scope: Scope) -> Value:
    value = evaluate(machine, node.value, scope)
    scope.names.setdefault("yield ", value)
    return machine.unknown(node)


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
    ast.ListComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.SetComp: _comprehension,
    ast.JoinedStr: _formatted,
    ast.NamedExpr: _named,
    ast.Await: _passed_on,
    ast.Starred: _passed_on,
    ast.Yield: _yield,
    ast.YieldFrom: _yield,
}
