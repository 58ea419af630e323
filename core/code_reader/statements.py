"""Execution of statements: assignments, branches, loops and definitions."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from core.code_reader import calls, names, scopes
from core.code_reader.arithmetic import truth
from core.code_reader.expressions import binary
from core.code_reader.loops import for_loop, while_loop
from core.code_reader.model_values import Tensor
from core.code_reader.reader_state import Break, Continue, ControlFlow, ReaderState, Return
from core.code_reader.values import Function, Ref, Scope, Unknown, UserClass

Execute = Callable[[ReaderState, Any, Scope], None]


def execute(state: ReaderState, body: list[ast.stmt], scope: Scope) -> None:
    """Execute statements in order.

    Raises:
        BudgetExceeded: the budget is exceeded.
    """
    for node in body:
        with state.budget.level(node.lineno):
            handler = HANDLERS.get(type(node))
            if handler is not None:
                handler(state, node, scope)


def _expression(state: ReaderState, node: ast.Expr, scope: Scope) -> None:
    value = state.evaluate(node.value, scope)
    if isinstance(value, Tensor):
        value.detail.setdefault("discarded", True)


def _assign(state: ReaderState, node: ast.Assign, scope: Scope) -> None:
    value = state.evaluate(node.value, scope)
    if isinstance(value, Tensor):
        value.detail.setdefault("assigned", node)
    for target in node.targets:
        scopes.assign(state, target, value, scope)


def _annotated(state: ReaderState, node: ast.AnnAssign, scope: Scope) -> None:
    if node.value is not None:
        scopes.assign(state, node.target, state.evaluate(node.value, scope), scope)


def _augmented(state: ReaderState, node: ast.AugAssign, scope: Scope) -> None:
    left = state.evaluate(node.target, scope)
    right = state.evaluate(node.value, scope)
    if isinstance(left, list) and isinstance(right, (list, tuple)) and len(left) < 1000:
        left.extend(right)
        return
    value = binary(state, node.op, left, right, node)
    if isinstance(value, Tensor):
        value.detail.setdefault("assigned", node)
    scopes.assign(state, node.target, value, scope)


def _return(state: ReaderState, node: ast.Return, scope: Scope) -> None:
    value = state.evaluate(node.value, scope)
    for part in value if isinstance(value, (tuple, list)) else (value,):
        if isinstance(part, Tensor):
            part.detail["returned"] = True
    raise Return(value)


def _if(state: ReaderState, node: ast.If, scope: Scope) -> None:
    known = truth(state.evaluate(node.test, scope))
    if known is not None:
        execute(state, node.body if known else node.orelse, scope)
        return
    before = dict(scope.names)
    with state.under_condition(node.lineno):
        first = _branch(state, node.body, scope)
        after_first, scope.names = scope.names, before
        second = _branch(state, node.orelse, scope)
    if state.loops and any(isinstance(flow, (Break, Continue)) for flow in (first, second)):
        state.loops[-1].exit_line = node.lineno
    if isinstance(first, Return) and isinstance(second, Return):
        raise Return(scopes.merged(first.value, second.value, node.lineno))
    if first is not None and second is None:
        _record_return(first, scope, node.lineno)
        return
    if second is not None and first is None:
        _record_return(second, scope, node.lineno)
        scope.names = after_first
        return
    if first is not None and second is not None:
        raise first
    second_names, scope.names = scope.names, {}
    scopes.merge(scope, after_first, second_names, node.lineno)


def _branch(state: ReaderState, body: list[ast.stmt], scope: Scope) -> ControlFlow | None:
    try:
        execute(state, body, scope)
    except ControlFlow as flow:
        return flow
    return None


def _record_return(flow: ControlFlow, scope: Scope, line: int) -> None:
    """Record the return value of a branch that may be taken, as a possible value of the call."""
    if isinstance(flow, Return):
        scope.names.setdefault("return ", []).append((flow.value, line))


def _with(state: ReaderState, node: ast.With | ast.AsyncWith, scope: Scope) -> None:
    before = state.serial
    for item in node.items:
        value = state.evaluate(item.context_expr, scope)
        if item.optional_vars is not None:
            scopes.assign(state, item.optional_vars, value, scope)
    execute(state, node.body, scope)
    contexts = [ast.unparse(item.context_expr)[:80] for item in node.items]
    if any(name in context for name in ("no_grad", "inference_mode") for context in contexts):
        for tensor in state.tensors:
            if tensor.serial > before and tensor.op == "layer":
                tensor.detail["detached"] = True


def _try(state: ReaderState, node: ast.Try, scope: Scope) -> None:
    execute(state, node.body, scope)
    execute(state, node.orelse, scope)
    execute(state, node.finalbody, scope)


def _function(
    state: ReaderState, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope
) -> None:
    made = Function(node, scope, calls.defaults(state, node.args, scope))
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


def _class(state: ReaderState, node: ast.ClassDef, scope: Scope) -> None:
    bases = [state.evaluate(base, scope) for base in node.bases]
    body = Scope(parent=scope, is_class=True)
    execute(state, node.body, body)
    made = UserClass(node, bases, body.names)
    for member in body.names.values():
        if isinstance(member, Function):
            member.owner = made
    scope.names[node.name] = made


def _import(state: ReaderState, node: ast.Import, scope: Scope) -> None:
    state.has_imports = True
    for alias in node.names:
        if alias.asname:
            scope.names[alias.asname] = Ref(names.canonical(alias.name))
        else:
            first = alias.name.split(".")[0]
            scope.names[first] = Ref(names.canonical(first))


def _import_from(state: ReaderState, node: ast.ImportFrom, scope: Scope) -> None:
    state.has_imports = True
    module = node.module or ""
    for alias in node.names:
        if alias.name == "*":
            canonical = names.canonical(module)
            scope.module.star_imports.append(canonical)
            if canonical.split(".")[0] not in ("keras", "torch", "numpy", "tensorflow"):
                state.has_unknown_star_import = True
            continue
        local = Unknown(f"it comes from {module or 'another file'}", node.lineno, "")
        ref = local if node.level else Ref(names.canonical(f"{module}.{alias.name}"))
        scope.names[alias.asname or alias.name] = ref


def _global(state: ReaderState, node: ast.Global, scope: Scope) -> None:
    scope.global_names.update(node.names)


def _delete(state: ReaderState, node: ast.Delete, scope: Scope) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            scope.names.pop(target.id, None)


def _break(state: ReaderState, node: ast.Break, scope: Scope) -> None:
    raise Break


def _continue(state: ReaderState, node: ast.Continue, scope: Scope) -> None:
    raise Continue


def _match(state: ReaderState, node: ast.Match, scope: Scope) -> None:
    subject = state.evaluate(node.subject, scope)
    for case in node.cases:
        pattern = case.pattern
        if isinstance(pattern, ast.MatchValue):
            same = state.evaluate(pattern.value, scope)
            if isinstance(subject, (str, int, float)) and same == subject:
                execute(state, case.body, scope)
                return
        elif isinstance(pattern, ast.MatchAs) and pattern.pattern is None:
            execute(state, case.body, scope)
            return


HANDLERS: dict[type[ast.stmt], Execute] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Return: _return,
    ast.If: _if,
    ast.For: for_loop,
    ast.AsyncFor: for_loop,
    ast.While: while_loop,
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
