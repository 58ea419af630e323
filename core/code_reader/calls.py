"""Calls of the script's functions and classes, of layers and models, and of libraries."""

from __future__ import annotations

import ast

from core.code_reader import library, methods, scopes
from core.code_reader.fallbacks import nearest, opaque, undefined
from core.code_reader.iteration import elements
from core.code_reader.layers import apply_layer
from core.code_reader.machine import Leave, Machine, Return, instance_of
from core.code_reader.models import apply_model
from core.code_reader.values import (
    Arguments,
    Attribute,
    Bound,
    Chain,
    Function,
    Graph,
    Instance,
    Layer,
    Ref,
    Scope,
    Thing,
    Unknown,
    UserClass,
    Value,
)

MAX_CALLS = 25


def call_expression(machine: Machine, node: ast.Call, scope: Scope) -> Value:
    """The value of a call expression."""
    if isinstance(node.func, ast.Name) and node.func.id == "super":
        return _super(machine, scope)
    callee = machine.evaluate(node.func, scope)
    if isinstance(callee, Ref) and callee.path == "builtins.locals":
        return machine.unknown(node)
    return call(machine, callee, arguments(machine, node, scope))


def arguments(machine: Machine, node: ast.Call, scope: Scope) -> Arguments:
    """The arguments of a call, without `*` and `**` arguments that are unknown."""
    found = Arguments(node)
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            items = elements(machine, machine.evaluate(argument.value, scope))
            unknown = [machine.unknown(argument)]
            found.positional.extend(unknown if items is None else items)
        else:
            found.positional.append(machine.evaluate(argument, scope))
    for keyword in node.keywords:
        value = machine.evaluate(keyword.value, scope)
        if keyword.arg is not None:
            found.keywords[keyword.arg] = value
        elif isinstance(value, dict):
            found.keywords.update({k: v for k, v in value.items() if isinstance(k, str)})
    _name_undefined(machine, found)
    return found


def _name_undefined(machine: Machine, found: Arguments) -> None:
    for value in (*found.positional, *found.keywords.values()):
        if isinstance(value, Unknown) and value.name:
            undefined(machine, value, found.node)


def call(machine: Machine, callee: Value, args: Arguments) -> Value:
    """The value of calling `callee`."""
    callee = scopes.settle(callee)
    if isinstance(callee, Function):
        return call_function(machine, callee, args, None)
    if isinstance(callee, Bound):
        return call_function(machine, callee.function, args, callee.owner)
    if isinstance(callee, UserClass):
        return _construct(machine, callee, args)
    if isinstance(callee, Ref):
        return library.call(machine, callee, args)
    if isinstance(callee, Attribute):
        return methods.call(machine, callee, args)
    if isinstance(callee, Layer):
        return apply_layer(machine, callee, args.get(0, "inputs", "input", "x"), args)
    if isinstance(callee, (Chain, Graph, Instance)):
        return _call_model(machine, callee, args)
    if isinstance(callee, Thing):
        return library.call_thing(machine, callee, args)
    if isinstance(callee, Unknown) and callee.name:
        machine.used_names.add(callee.name)
        undefined(machine, callee, args.node)
    return opaque(machine, args, "it calls an unknown function")


def _call_model(machine: Machine, callee: Chain | Graph | Instance, args: Arguments) -> Value:
    if isinstance(callee, Instance) and not is_network(callee):
        method = callee.cls.find("__call__") if callee.cls else None
        if isinstance(method, Function):
            return call_function(machine, method, args, callee)
        return opaque(machine, args, "it calls an object that cannot be followed")
    return apply_model(machine, callee, args.get(0, "inputs", "input", "x"), args)


def is_network(instance: Instance) -> bool:
    """Whether an object of the script is a Module, a Model or a Layer."""
    base = instance.base
    return base.startswith(("torch.nn.", "lightning.", "keras.models.", "keras.layers."))


def _construct(machine: Machine, cls: UserClass, args: Arguments) -> Value:
    made = instance_of(cls, machine, args.line)
    start = cls.find("__init__")
    if isinstance(start, Function):
        call_function(machine, start, args, made)
    elif _is_dataclass(cls):
        _fill(machine, made, cls, args)
    return made


def _is_dataclass(cls: UserClass) -> bool:
    return any("dataclass" in ast.unparse(d)[:60] for d in cls.node.decorator_list) or any(
        isinstance(base, Ref) and base.path.endswith("NamedTuple") for base in cls.bases
    )


def _fill(machine: Machine, made: Instance, cls: UserClass, args: Arguments) -> None:
    fields = [
        node.target.id
        for node in cls.node.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]
    made.attributes.update(zip(fields, args.positional, strict=False))
    made.attributes.update(args.keywords)


def call_function(
    machine: Machine, function: Function, args: Arguments, owner: Value | None
) -> Value:
    """Follow a function of the script with these arguments."""
    node = function.node
    machine.called.add(id(node))
    if len(machine.calls) >= MAX_CALLS or machine.calls.count(f"{id(node)}") > 2:
        return opaque(machine, args, "it calls itself")
    scope = Scope(parent=function.scope)
    _bind(machine, function, args, owner, scope)
    scope.names["class "] = (function.owner, owner)
    machine.calls.append(f"{id(node)}")
    loops, machine.loops = machine.loops, [*machine.loops]
    try:
        if isinstance(node, ast.Lambda):
            return machine.evaluate(node.body, scope)
        return _returned(machine, node.body, scope)
    finally:
        machine.calls.pop()
        machine.loops = loops


def _returned(machine: Machine, body: list[ast.stmt], scope: Scope) -> Value:
    """The value that a function's body returns or yields."""
    try:
        machine.execute(body, scope)
        last: Value = scope.names.get("yield ")
    except Return as leave:
        last = leave.value
    except Leave:
        last = None
    for value, line in scope.names.get("return ", []):
        last = scopes.settle(scopes.merged(value, last, line))
    return last


def _bind(
    machine: Machine, function: Function, args: Arguments, owner: Value | None, scope: Scope
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
        _unexpected(machine, function, args, sorted(extra)[0], sorted(known))


def _unexpected(
    machine: Machine, function: Function, args: Arguments, name: str, known: list[str]
) -> None:
    line = args.line_of(None, name)
    sentence = f"Line {line}: {function.name} takes no argument {name}."
    near = nearest(name, set(known)) or ""
    machine.note("fault", "misspelt_argument", line, sentence, None, args.node, f"{name}={near}")


def defaults(machine: Machine, given: ast.arguments, scope: Scope) -> dict[str, Value]:
    """The default arguments of a function, evaluated at its definition."""
    names = [argument.arg for argument in (*given.posonlyargs, *given.args)]
    late = names[len(names) - len(given.defaults) :]
    found = {n: machine.evaluate(d, scope) for n, d in zip(late, given.defaults, strict=True)}
    for argument, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        if default is not None:
            found[argument.arg] = machine.evaluate(default, scope)
    return found


def _super(machine: Machine, scope: Scope) -> Value:
    found = scopes.find("class ", scope)
    cls, owner = found[0] if found else (None, None)
    return Thing("super", "super", 0, options={"class": cls, "owner": owner})
