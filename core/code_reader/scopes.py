"""Scopes: looking up and binding names, and merging the results of two branches."""

from __future__ import annotations

import ast
import builtins
import re

from core.code_reader import names
from core.code_reader.arithmetic import is_plain
from core.code_reader.iteration import elements, select_rows
from core.code_reader.model_values import (
    FunctionalModel,
    ImageDataset,
    Instance,
    Layer,
    SequentialModel,
    Tensor,
)
from core.code_reader.reader_state import ReaderState
from core.code_reader.values import Either, LibraryObject, Ref, Scope, Unknown, UserClass, Value

# Usual names of images, which an incomplete script may use without defining them.
DATA_NAME = re.compile(
    r"^(?:[xX]$|[xX]_?\d?_?|data|train|test|val|valid|images?|imgs?|mnist|digits|inputs?|noisy|clean)"
)
NOT_IMAGES = re.compile(
    r"loader|size|shape|dim|path|dir|file|name|loss|acc|score|epoch|step|len|count|num|set$"
)
LABEL_NAME = re.compile(r"(?:^|_)(?:y|labels?|targets?_?labels?)(?:$|_)")

# The attributes of every module.
MODULE_ATTRIBUTES = {
    "__name__": "__main__",
    "__file__": "script.py",
    "__doc__": "",
    "__builtins__": None,
}


def look_up(state: ReaderState, node: ast.Name, scope: Scope) -> Value:
    """The value of a name; Unknown, with the name, if it is undefined."""
    found = find(node.id, scope)
    if found is not None:
        return found[0]
    if node.id in MODULE_ATTRIBUTES:
        return MODULE_ATTRIBUTES[node.id]
    star_imports = next(
        (
            names.from_star(module, node.id)
            for module in scope.module.star_imports
            if names.from_star(module, node.id)
        ),
        None,
    )
    if star_imports is not None:
        return star_imports
    if hasattr(builtins, node.id):
        is_plain_name = not node.id.startswith("__")
        return Ref(f"builtins.{node.id}") if is_plain_name else Unknown("", node.lineno)
    return _undefined(state, node, scope)


def find(name: str, scope: Scope) -> tuple[Value] | None:
    """The value of a name in a scope or an enclosing one, in a 1-tuple; None if undefined."""
    current: Scope | None = scope
    is_innermost = True
    while current is not None:
        if name in current.global_names and current.parent is not None:
            current = current.module
        if name in current.names and (is_innermost or not current.is_class):
            return (current.names[name],)
        current, is_innermost = current.parent, False
    return None


def _undefined(state: ReaderState, node: ast.Name, scope: Scope) -> Value:
    guess = names.well_known(node.id)
    if guess is not None:
        if not state.has_imports:
            scope.module.names[node.id] = guess
            state.note("assumed", "imports", node.lineno, node.id)
        elif node.id not in state.defined and not state.has_unknown_star_import:
            scope.module.names[node.id] = guess
            state.note(
                "fault",
                "missing_import",
                node.lineno,
                f"Line {node.lineno} uses {node.id}, which is never imported.",
                node=node,
                suggestion=names.import_line(node.id),
            )
        return guess
    if is_data_name(node.id) and node.id not in state.defined:
        scope.module.names[node.id] = undefined_data(state, node.id, node)
        return scope.module.names[node.id]
    return Unknown("it is not defined", node.lineno, node.id)


def is_data_name(name: str) -> bool:
    """Whether a name is usual for images, labels or their loader."""
    return bool(DATA_NAME.match(name) or "loader" in name.lower() or LABEL_NAME.search(name))


def undefined_data(state: ReaderState, name: str, node: ast.AST) -> Value:
    """Images, labels or a loader, by its name, that the script does not define."""
    if "loader" in name.lower():
        return undefined_loader(state, name, node)
    op = "labels" if LABEL_NAME.search(name) else "undefined"
    made = state.tensor(op, node=node)
    made.name = name
    return made


def undefined_loader(state: ReaderState, name: str, node: ast.AST) -> ImageDataset:
    """A data loader that the script does not define."""
    images = state.tensor("undefined", node=node)
    images.name = name
    return ImageDataset((images, state.tensor("labels", node=node)), None, images.line)


def resolve(value: Value) -> Value:
    """The value to use for an `Either`: its only known value, or Unknown."""
    if not isinstance(value, Either):
        return value
    known = [v for v in value.values if not isinstance(v, Unknown) and v is not None]
    if len(known) == 1:
        return known[0]
    return Unknown("it depends on a condition", value.line)


def merged(first: Value, second: Value, line: int) -> Value:
    """The value of a name after two branches."""
    if first is second or is_same(first, second):
        return first
    return Either((first, second), line)


def is_same(first: Value, second: Value) -> bool:
    """Whether two values are equivalent."""
    if type(first) is not type(second) or isinstance(first, (Tensor, Layer, Instance)):
        return False
    if isinstance(first, Unknown):
        return True
    return is_plain(first) and is_plain(second) and bool(first == second)


def merge(scope: Scope, first: dict[str, Value], second: dict[str, Value], line: int) -> None:
    """Merge the names of a scope after two branches."""
    for name in {**first, **second}:
        if name in first and name in second:
            scope.names[name] = merged(first[name], second[name], line)
        else:
            scope.names[name] = first[name] if name in first else second[name]


def bind(state: ReaderState, name: str, value: Value, scope: Scope) -> None:
    """Bind a name to a value."""
    if isinstance(value, Tensor) and not value.name:
        value.name = name
    target = scope.module if name in scope.global_names else scope
    target.names[name] = value


def assign(state: ReaderState, target: ast.expr, value: Value, scope: Scope) -> None:
    """`target = value`, for any form of target."""
    if isinstance(target, ast.Name):
        if isinstance(value, Unknown) and _is_untraced_data(target.id, value, scope):
            value = state.tensor("untraced", node=target, reason=value.reason)
        bind(state, target.id, value, scope)
    elif isinstance(target, (ast.Tuple, ast.List)):
        _unpack(state, target.elts, value, scope)
    elif isinstance(target, ast.Starred):
        assign(state, target.value, value, scope)
    elif isinstance(target, ast.Attribute):
        _set_attribute(state, state.evaluate(target.value, scope), target.attr, value)
    elif isinstance(target, ast.Subscript):
        owner = state.evaluate(target.value, scope)
        _set_item(state, owner, state.evaluate(target.slice, scope), value, target)


def _is_untraced_data(name: str, value: Unknown, scope: Scope) -> bool:
    """Whether a name outside of a network is usual for images, so that the rest can be traced."""
    if value.name or not DATA_NAME.match(name) or NOT_IMAGES.search(name):
        return False
    found = find("class ", scope)
    return found is None or not isinstance(found[0][1], Instance)


def _unpack(state: ReaderState, targets: list[ast.expr], value: Value, scope: Scope) -> None:
    found = value.element if isinstance(value, ImageDataset) else value
    items = elements(state, found)
    star = next((i for i, t in enumerate(targets) if isinstance(t, ast.Starred)), None)
    if items is not None and star is not None and len(items) >= len(targets) - 1:
        after = len(targets) - star - 1
        end = len(items) - after
        items = [*items[:star], items[star:end], *items[end:]]
    if items is not None and len(items) == len(targets):
        for target, item in zip(targets, items, strict=True):
            assign(state, target, item, scope)
        return
    part = Unknown("a part that cannot be determined", targets[0].lineno if targets else 0)
    for target in targets:
        assign(state, target, found if isinstance(found, Unknown) else part, scope)


def _set_attribute(state: ReaderState, owner: Value, name: str, value: Value) -> None:
    if isinstance(value, Tensor) and not value.name:
        value.name = name
    if isinstance(owner, Instance):
        owner.attributes[name] = value
        owner.condition_line = owner.condition_line or state.condition_line
    elif isinstance(owner, ImageDataset) and name == "data":
        owner.element = select_rows(state, owner, part=True).element
    elif isinstance(owner, UserClass):
        owner.members[name] = value
    elif isinstance(owner, LibraryObject):
        owner.options["learning_rate" if name == "lr" else name] = value
    elif isinstance(owner, Layer) and name in ("grad", "data"):
        return
    elif isinstance(owner, Layer) and name in ("trainable", "requires_grad"):
        if value is False and not state.trainings:
            owner.options["frozen"] = True
    elif isinstance(owner, Layer):
        owner.condition_line = owner.condition_line or owner.line
    elif isinstance(owner, (SequentialModel, FunctionalModel)) and name == "layers":
        owner.condition_line = owner.line


def is_mask_of(index: Value, owner: Tensor) -> bool:
    """Whether an index is a mask of the pixels above or below a threshold."""
    is_mask = isinstance(index, Tensor) and index.op == "threshold"
    return is_mask and index.parents[0] is owner


def _set_item(
    state: ReaderState, owner: Value, index: Value, value: Value, node: ast.Subscript
) -> None:
    if isinstance(owner, dict):
        if isinstance(index, (str, int)):
            owner[index] = value
    elif isinstance(owner, list):
        if isinstance(index, int) and -len(owner) <= index < len(owner):
            owner[index] = value
    elif isinstance(owner, Tensor) and isinstance(node.value, ast.Name):
        if is_mask_of(index, owner) and value in (0, 1):
            masks = owner.detail.setdefault("masks", [])
            masks.append((index.detail["limit"], index.detail["high"] == 1, value, node.lineno))
        else:
            # Modified in place, the array has unknown values.
            owner.detail["modified"] = node.lineno


def defined(tree: ast.Module) -> set[str]:
    """All names that a script defines anywhere."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
    return found
