"""Ways out of a training loop that its first iteration, the only one followed, does not take."""

from __future__ import annotations

import ast
from collections.abc import Iterator

LOOPS = (ast.For, ast.AsyncFor, ast.While)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def early_exit(loop: ast.For | ast.AsyncFor | ast.While) -> int:
    """The line of a condition that later iterations may meet and that leaves one; 0 for none."""
    changed, found = set(_changed(loop)), 0
    for node in _own(loop.body):
        leaves = isinstance(node, ast.If) and any(
            isinstance(inner, (ast.Break, ast.Continue, ast.Return))
            for inner in _own([*node.body, *node.orelse])
        )
        if isinstance(node, ast.If) and leaves and changed & set(_paths(node.test)):
            found = node.lineno  # the innermost comes last
    return found


def _own(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """All nodes except those of inner loops, whose `break` is their own, and of definitions."""
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop(0)
        yield node
        if not isinstance(node, (*LOOPS, *DEFINITIONS)):
            pending.extend(ast.iter_child_nodes(node))


def _changed(loop: ast.AST) -> Iterator[str]:
    """The dotted names that an iteration assigns, and those of the objects that it calls."""
    for node in ast.walk(loop):
        if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            yield _path(node)
        elif isinstance(node, ast.Call):
            yield _path(node.func)
            if isinstance(node.func, ast.Attribute) and (owner := _path(node.func.value)) != "self":
                yield owner


def _paths(test: ast.expr) -> Iterator[str]:
    """All dotted names in an expression, and their beginnings: of `a.b.c` also `a.b` and `a`."""
    for node in ast.walk(test):
        if isinstance(node, (ast.Name, ast.Attribute)):
            yield _path(node)


def _path(node: ast.expr) -> str:
    """`a.b` of such an expression; something that equals no name for any other."""
    if isinstance(node, ast.Attribute):
        return f"{_path(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"
