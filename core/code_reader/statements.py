"""Execution of statements: assignments, branches, loops and definitions."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from core.code_reader import calls, names, scopes
from core.code_reader.arithmetic import truth
from core.code_reader.expressions import binary
from core.code_reader.iteration import iteration
from core.code_reader.machine import (
    MAX_ITERATIONS,
    Break,
    Continue,
    Leave,
    Loop,
    Machine,
    Return,
)
from core.code_reader.values import (
    Chain,
    Function,
    Ref,
    Scope,
    Tensor,
    Unknown,
    UserClass,
    Value,
)

Execute = Callable[[Machine, Any, Scope], None]


def execute(machine: Machine, body: list[ast.stmt], scope: Scope) -> None:
    """Follow statements in order.

    Raises:
        TooMuch: the budget is spent.
    """
    for node in body:
        with machine.budget.level(node.lineno):
            handler = HANDLERS.get(type(node))
            if handler is not None:
                handler(machine, node, scope)


def _expression(machine: Machine, node: ast.Expr, scope: Scope) -> None:
    value = machine.evaluate(node.value, scope)
    if isinstance(value, Tensor):
        value.detail.setdefault("dropped", True)


def _assign(machine: Machine, node: ast.Assign, scope: Scope) -> None:
    value = machine.evaluate(node.value, scope)
    if isinstance(value, Tensor):
        value.detail.setdefault("assigned", node)
    for target in node.targets:
        scopes.assign(machine, target, value, scope)


def _annotated(machine: Machine, node: ast.AnnAssign, scope: Scope) -> None:
    if node.value is not None:
        scopes.assign(machine, node.target, machine.evaluate(node.value, scope), scope)


def _augmented(machine: Machine, node: ast.AugAssign, scope: Scope) -> None:
    left = machine.evaluate(node.target, scope)
    right = machine.evaluate(node.value, scope)
    if isinstance(left, list) and isinstance(right, (list, tuple)) and len(left) < 1000:
        left.extend(right)
        return
    value = binary(machine, node.op, left, right, node)
    if isinstance(value, Tensor):
        value.detail.setdefault("assigned", node)
    scopes.assign(machine, node.target, value, scope)


def _return(machine: Machine, node: ast.Return, scope: Scope) -> None:
    value = machine.evaluate(node.value, scope)
    for part in value if isinstance(value, (tuple, list)) else (value,):
        if isinstance(part, Tensor):
            part.detail["returned"] = True
    raise Return(value)


def _if(machine: Machine, node: ast.If, scope: Scope) -> None:
    known = truth(machine.evaluate(node.test, scope))
    if known is not None:
        execute(machine, node.body if known else node.orelse, scope)
        return
    before = dict(scope.names)
    with machine.under(node.lineno):
        first = _branch(machine, node.body, scope)
        after_first, scope.names = scope.names, before
        second = _branch(machine, node.orelse, scope)
    if isinstance(first, Return) and isinstance(second, Return):
        raise Return(scopes.merged(first.value, second.value, node.lineno))
    if first is not None and second is None:
        _remember(first, scope, node.lineno)
        return
    if second is not None and first is None:
        _remember(second, scope, node.lineno)
        scope.names = after_first
        return
    if first is not None and second is not None:
        raise first
    second_names, scope.names = scope.names, {}
    scopes.merge(scope, after_first, second_names, node.lineno)


def _branch(machine: Machine, body: list[ast.stmt], scope: Scope) -> Leave | None:
    try:
        execute(machine, body, scope)
    except Leave as leave:
        return leave
    return None


def _remember(leave: Leave, scope: Scope, line: int) -> None:
    """Record the value of a branch that may have returned, as a possible value of the call."""
    if isinstance(leave, Return):
        scope.names.setdefault("return ", []).append((leave.value, line))


def _for(machine: Machine, node: ast.For | ast.AsyncFor, scope: Scope) -> None:
    found = iteration(machine, machine.evaluate(node.iter, scope), node.lineno)
    loop = Loop(node.lineno, found.count, found.is_loader, found.batch_size, machine.serial)
    loop.steps = found.steps
    machine.loops.append(loop)
    try:
        whole = _turns(machine, node, scope, found.items, loop)
    finally:
        machine.loops.pop()
    if not (whole and found.is_whole):
        _doubt_what_grew(machine, loop)
    execute(machine, node.orelse, scope)


def _turns(
    machine: Machine, node: ast.For | ast.AsyncFor, scope: Scope, items: list[Value], loop: Loop
) -> bool:
    """Follow the iterations of a loop; False if it was left early."""
    for item in items:
        machine.iterations += 1
        scopes.assign(machine, node.target, item, scope)
        try:
            execute(machine, node.body, scope)
        except Break:
            return True
        except Continue:
            pass
        if loop.trained or machine.iterations > MAX_ITERATIONS:
            return len(items) == 1
    return True


def _doubt_what_grew(machine: Machine, loop: Loop) -> None:
    for model in machine.models:
        grew = isinstance(model, Chain) and any(
            getattr(layer, "serial", 0) > loop.first_serial for layer in model.layers
        )
        if grew and not loop.trained:
            model.doubt = model.doubt or loop.line
    if not loop.trained:
        for layer in machine.layers:
            if layer.serial > loop.first_serial:
                layer.doubt = layer.doubt or loop.line


def _while(machine: Machine, node: ast.While, scope: Scope) -> None:
    known = truth(machine.evaluate(node.test, scope))
    if known is False:
        return
    loop = Loop(node.lineno, _turns_of_while(machine, node, scope), first_serial=machine.serial)
    machine.loops.append(loop)
    try:
        execute(machine, node.body, scope)
    except (Break, Continue):
        pass
    finally:
        machine.loops.pop()
    _doubt_what_grew(machine, loop)


def _turns_of_while(machine: Machine, node: ast.While, scope: Scope) -> int | None:
    """The number of iterations of a loop such as `while epoch < 20`."""
    test = node.test
    if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], (ast.Lt, ast.LtE)):
        return None
    start = machine.evaluate(test.left, scope)
    end = machine.evaluate(test.comparators[0], scope)
    if type(start) is not int or type(end) is not int:
        return None
    return end - start + isinstance(test.ops[0], ast.LtE)


def _with(machine: Machine, node: ast.With | ast.AsyncWith, scope: Scope) -> None:
    for item in node.items:
        value = machine.evaluate(item.context_expr, scope)
        if item.optional_vars is not None:
            scopes.assign(machine, item.optional_vars, value, scope)
    execute(machine, node.body, scope)


def _try(machine: Machine, node: ast.Try, scope: Scope) -> None:
    execute(machine, node.body, scope)
    execute(machine, node.orelse, scope)
    execute(machine, node.finalbody, scope)


def _function(machine: Machine, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
    made = Function(node, scope, calls.defaults(machine, node.args, scope))
    for decorator in node.decorator_list:
        text = ast.unparse(decorator) if isinstance(decorator, (ast.Name, ast.Attribute)) else ""
        last = text.rpartition(".")[2]
        made.kind = {
            "property": "property",
            "cached_property": "property",
            "staticmethod": "static",
            "classmethod": "class",
        }.get(last, made.kind)
    scope.names[node.name] = made


def _class(machine: Machine, node: ast.ClassDef, scope: Scope) -> None:
    bases = [machine.evaluate(base, scope) for base in node.bases]
    body = Scope(parent=scope, is_class=True)
    execute(machine, node.body, body)
    made = UserClass(node, bases, body.names)
    for member in body.names.values():
        if isinstance(member, Function):
            member.owner = made
    scope.names[node.name] = made


def _import(machine: Machine, node: ast.Import, scope: Scope) -> None:
    machine.has_imports = True
    for alias in node.names:
        if alias.asname:
            scope.names[alias.asname] = Ref(names.canonical(alias.name))
        else:
            first = alias.name.split(".")[0]
            scope.names[first] = Ref(names.canonical(first))


def _import_from(machine: Machine, node: ast.ImportFrom, scope: Scope) -> None:
    machine.has_imports = True
    module = node.module or ""
    for alias in node.names:
        if alias.name == "*":
            canonical = names.canonical(module)
            scope.module.starred.append(canonical)
            if canonical.split(".")[0] not in ("keras", "torch", "numpy", "tensorflow"):
                machine.has_unknown_star = True
            continue
        local = Unknown(f"it comes from {module or 'another file'}", node.lineno, "")
        ref = local if node.level else Ref(names.canonical(f"{module}.{alias.name}"))
        scope.names[alias.asname or alias.name] = ref


def _global(machine: Machine, node: ast.Global, scope: Scope) -> None:
    scope.global_names.update(node.names)


def _delete(machine: Machine, node: ast.Delete, scope: Scope) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            scope.names.pop(target.id, None)


def _break(machine: Machine, node: ast.Break, scope: Scope) -> None:
    raise Break


def _continue(machine: Machine, node: ast.Continue, scope: Scope) -> None:
    raise Continue


def _match(machine: Machine, node: ast.Match, scope: Scope) -> None:
    subject = machine.evaluate(node.subject, scope)
    for case in node.cases:
        pattern = case.pattern
        if isinstance(pattern, ast.MatchValue):
            same = machine.evaluate(pattern.value, scope)
            if isinstance(subject, (str, int, float)) and same == subject:
                execute(machine, case.body, scope)
                return
        elif isinstance(pattern, ast.MatchAs) and pattern.pattern is None:
            execute(machine, case.body, scope)
            return


HANDLERS: dict[type[ast.stmt], Execute] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Return: _return,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Global: _global,
    ast.Nonlocal: _global,
    ast.Delete: _delete,
    ast.Break: _break,
    ast.Continue: _continue,
    ast.Match: _match,
}
