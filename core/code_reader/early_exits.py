"""Conditions that end a training loop early after its first iteration.

Only the first iteration of a training loop is evaluated.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

LOOPS = (ast.For, ast.AsyncFor, ast.While)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def early_exit(loop: ast.For | ast.AsyncFor | ast.While) -> int:
    """The line of the innermost condition that may end a later iteration early; 0 for none."""
    changed, found = set(_changed(loop)), 0
    for node in _outer_nodes(loop.body):
        leaves = isinstance(node, ast.If) and any(
            isinstance(inner, (ast.Break, ast.Continue, ast.Return))
            for inner in _outer_nodes([*node.body, *node.orelse])
        )
        if isinstance(node, ast.If) and leaves and changed & set(_paths(node.test)):
            found = node.lineno  # inner conditions are visited last
    return found


def _outer_nodes(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """All nodes except those in nested loops and definitions."""
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop(0)
        yield node
        if not isinstance(node, (*LOOPS, *DEFINITIONS)):
            pending.extend(ast.iter_child_nodes(node))


def _changed(loop: ast.AST) -> Iterator[str]:
    """The dotted names that an iteration assigns, and the objects whose methods it calls."""
    for node in ast.walk(loop):
        if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            yield _path(node)
        elif isinstance(node, ast.Call):
            yield _path(node.func)
            if isinstance(node.func, ast.Attribute) and (owner := _path(node.func.value)) != "self":
                yield owner


def _paths(test: ast.expr) -> Iterator[str]:
    """All dotted names in an expression, with their prefixes: `a.b.c`, `a.b` and `a`."""
    for node in ast.walk(test):
        if isinstance(node, (ast.Name, ast.Attribute)):
            yield _path(node)


def _path(node: ast.expr) -> str:
    """The dotted name of an expression, with "?" for parts that are not names."""
    if isinstance(node, ast.Attribute):
        return f"{_path(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"
