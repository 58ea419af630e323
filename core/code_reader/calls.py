"""Calls of the script's functions and classes, of layers and models, and of libraries."""

from __future__ import annotations

import ast

from core.code_reader import library, methods, scopes
from core.code_reader.fallbacks import note_undefined, note_unexpected_argument, opaque
from core.code_reader.iteration import elements
from core.code_reader.layers import apply_layer
from core.code_reader.model_values import FunctionalModel, Instance, Layer, SequentialModel
from core.code_reader.models import apply_model
from core.code_reader.reader_state import ControlFlow, ReaderState, Return, instance_of
from core.code_reader.values import (
    Arguments,
    Attribute,
    BoundMethod,
    Function,
    LibraryObject,
    Ref,
    Scope,
    Unknown,
    UserClass,
    Value,
)

MAX_CALLS = 25


def call_expression(state: ReaderState, node: ast.Call, scope: Scope) -> Value:
    """The value of a call expression."""
    if isinstance(node.func, ast.Name) and node.func.id == "super":
        return _super(state, scope)
    callee = state.evaluate(node.func, scope)
    if isinstance(callee, Ref) and callee.path == "builtins.locals":
        return state.unknown(node)
    return call(state, callee, arguments(state, node, scope))


def arguments(state: ReaderState, node: ast.Call, scope: Scope) -> Arguments:
    """The arguments of a call; an unknown `*` argument counts as one, an unknown `**` as none."""
    found = Arguments(node)
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            items = elements(state, state.evaluate(argument.value, scope))
            unknown = [state.unknown(argument)]
            found.positional.extend(unknown if items is None else items)
        else:
            found.positional.append(state.evaluate(argument, scope))
    for keyword in node.keywords:
        value = state.evaluate(keyword.value, scope)
        if keyword.arg is not None:
            found.keywords[keyword.arg] = value
        elif isinstance(value, dict):
            found.keywords.update({k: v for k, v in value.items() if isinstance(k, str)})
    _note_undefined_arguments(state, found)
    return found


def _note_undefined_arguments(state: ReaderState, found: Arguments) -> None:
    for value in (*found.positional, *found.keywords.values()):
        if isinstance(value, Unknown) and value.name:
            note_undefined(state, value, found.node)


def call(state: ReaderState, callee: Value, args: Arguments) -> Value:
    """The value of calling `callee`."""
    callee = scopes.resolve(callee)
    if isinstance(callee, Function):
        return call_function(state, callee, args, None)
    if isinstance(callee, BoundMethod):
        return call_function(state, callee.function, args, callee.owner)
    if isinstance(callee, UserClass):
        return _construct(state, callee, args)
    if isinstance(callee, Ref):
        return library.call(state, callee, args)
    if isinstance(callee, Attribute):
        return methods.call(state, callee, args)
    if isinstance(callee, Layer):
        return apply_layer(state, callee, args.get(0, "inputs", "input", "x"), args)
    if isinstance(callee, (SequentialModel, FunctionalModel, Instance)):
        return _call_model(state, callee, args)
    if isinstance(callee, LibraryObject):
        return library.call_object(state, callee, args)
    if isinstance(callee, Unknown) and callee.name:
        state.used_names.add(callee.name)
        note_undefined(state, callee, args.node)
    return opaque(state, args, "it calls an unknown function")


def _call_model(
    state: ReaderState, callee: SequentialModel | FunctionalModel | Instance, args: Arguments
) -> Value:
    if isinstance(callee, Instance) and not is_network(callee):
        method = callee.cls.find("__call__") if callee.cls else None
        if isinstance(method, Function):
            return call_function(state, method, args, callee)
        return opaque(state, args, "it calls an unknown object")
    return apply_model(state, callee, args.get(0, "inputs", "input", "x"), args)


def is_network(instance: Instance) -> bool:
    """Whether an object of the script is a Module, a Model or a Layer."""
    base = instance.base
    return base.startswith(("torch.nn.", "lightning.", "keras.models.", "keras.layers."))


def _construct(state: ReaderState, cls: UserClass, args: Arguments) -> Value:
    made = instance_of(cls, state, args.line)
    start = cls.find("__init__")
    if isinstance(start, Function):
        call_function(state, start, args, made)
    elif _is_dataclass(cls):
        _set_fields(state, made, cls, args)
    return made


def _is_dataclass(cls: UserClass) -> bool:
    return any("dataclass" in ast.unparse(d)[:60] for d in cls.node.decorator_list) or any(
        isinstance(base, Ref) and base.path.endswith("NamedTuple") for base in cls.bases
    )


def _set_fields(state: ReaderState, made: Instance, cls: UserClass, args: Arguments) -> None:
    fields = [
        node.target.id
        for node in cls.node.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]
    made.attributes.update(zip(fields, args.positional, strict=False))
    made.attributes.update(args.keywords)


def call_function(
    state: ReaderState, function: Function, args: Arguments, owner: Value | None
) -> Value:
    """Evaluate a call of a function of the script."""
    node = function.node
    state.called.add(id(node))
    if len(state.calls) >= MAX_CALLS or state.calls.count(f"{id(node)}") > 2:
        return opaque(state, args, "it calls itself")
    scope = Scope(parent=function.scope)
    _bind(state, function, args, owner, scope)
    if isinstance(owner, Instance) and function.name == "__init__":
        owner.given = {k: v for k, v in scope.names.items() if v is not owner}
    scope.names["loops "] = len(state.loops)
    scope.names["class "] = (function.owner, owner)
    state.calls.append(f"{id(node)}")
    loops, state.loops = state.loops, [*state.loops]
    try:
        if isinstance(node, ast.Lambda):
            return state.evaluate(node.body, scope)
        return _return_value(state, node.body, scope)
    finally:
        state.calls.pop()
        state.loops = loops


def _return_value(state: ReaderState, body: list[ast.stmt], scope: Scope) -> Value:
    """The value that a function's body returns or yields."""
    try:
        state.execute(body, scope)
        last: Value = scope.names.get("yield ")
    except Return as flow:
        last = flow.value
    except ControlFlow:
        last = None
    for value, line in scope.names.get("return ", []):
        last = scopes.resolve(scopes.merged(value, last, line))
    return last


def _bind(
    state: ReaderState, function: Function, args: Arguments, owner: Value | None, scope: Scope
) -> None:
    given = function.node.args
    names = [argument.arg for argument in (*given.posonlyargs, *given.args)]
    positional = list(args.positional)
    if owner is not None and function.kind in ("function", "property"):
        positional.insert(0, owner)
    elif function.kind == "class":
        positional.insert(0, function.owner)
    scope.names.update(function.defaults)
    for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs):
        scope.names.setdefault(argument.arg, Unknown("an argument that is not given", args.line))
    scope.names.update(zip(names, positional, strict=False))
    if given.vararg:
        scope.names[given.vararg.arg] = tuple(positional[len(names) :])
    known = {*names, *(argument.arg for argument in given.kwonlyargs)}
    scope.names.update({k: v for k, v in args.keywords.items() if k in known})
    extra = {k: v for k, v in args.keywords.items() if k not in known}
    if given.kwarg:
        scope.names[given.kwarg.arg] = extra
    elif extra and isinstance(function.node, ast.FunctionDef):
        note_unexpected_argument(state, function.name, sorted(extra)[0], known, args)


def defaults(state: ReaderState, given: ast.arguments, scope: Scope) -> dict[str, Value]:
    """The default arguments of a function, evaluated at its definition."""
    names = [argument.arg for argument in (*given.posonlyargs, *given.args)]
    late = names[len(names) - len(given.defaults) :]
    found = {n: state.evaluate(d, scope) for n, d in zip(late, given.defaults, strict=True)}
    for argument, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        if default is not None:
            found[argument.arg] = state.evaluate(default, scope)
    return found


def _super(state: ReaderState, scope: Scope) -> Value:
    found = scopes.find("class ", scope)
    cls, owner = found[0] if found else (None, None)
    return LibraryObject("super", "super", 0, options={"class": cls, "owner": owner})
