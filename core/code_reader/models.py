"""Calls of models."""

from __future__ import annotations

from core.code_reader.fallbacks import opaque
from core.code_reader.model_values import FunctionalModel, Instance, Layer, SequentialModel, Tensor
from core.code_reader.reader_state import ReaderState
from core.code_reader.values import Arguments, BoundMethod, Function, Value

FORWARD = ("forward", "call", "__call__")


def apply_model(
    state: ReaderState,
    model: SequentialModel | FunctionalModel | Instance,
    value: Value,
    args: Arguments,
) -> Value:
    """The outputs of a model."""
    if isinstance(value, Tensor):
        value.detail["is_model_input"] = True
    if isinstance(model, SequentialModel):
        return _chain(state, model, value, args)
    if isinstance(model, FunctionalModel):
        return _graph(state, model, value, args)
    method = next((m for name in FORWARD if (m := _method(model, name)) is not None), None)
    if method is None:
        return opaque(state, args, "its class has no forward or call")
    inner = Arguments(args.node, [value, *args.positional[1:]])
    known = {argument.arg for argument in method.node.args.args}
    inner.keywords.update({k: v for k, v in args.keywords.items() if k in known})
    return state.call(BoundMethod(method, model), inner)


def _method(model: Instance, name: str) -> Function | None:
    found = model.cls.find(name) if model.cls else None
    return found if isinstance(found, Function) else None


def _chain(state: ReaderState, model: SequentialModel, value: Value, args: Arguments) -> Value:
    if isinstance(value, Tensor) and model.layers:
        _check_input(state, input_shape(model), value, model.line, args)
    for layer in model.layers:
        value = state.call(layer, Arguments(args.node, [value]))
    return value


def input_shape(model: Value) -> Value:
    """The shape of one input of a model or layer; None if the code does not state it."""
    if isinstance(model, FunctionalModel) and model.inputs:
        shape = model.inputs[0].shape
        return shape[1:] if shape else None
    if isinstance(model, SequentialModel) and model.layers:
        return input_shape(model.layers[0])
    if isinstance(model, Layer):
        return model.options.get("input_shape")
    return None


def _check_input(
    state: ReaderState, expected: Value, value: Tensor, line: int, args: Arguments
) -> None:
    """Note a fault if the shape of an input is not the expected one."""
    if not isinstance(expected, tuple) or not value.shape or None in expected:
        return
    got = value.shape[1:]
    if not got or None in got or got == expected or (*got, 1) == expected or got == (*expected, 1):
        return
    sentence = (
        f"Line {args.line}: the model takes {_shape(expected)}, but the images are {_shape(got)}."
    )
    state.note("fault", "input_shape", args.line, sentence, value, args.node)


def _shape(shape: tuple[int | None, ...]) -> str:
    return " × ".join(map(str, shape)) + (" values" if len(shape) == 1 else "")


def _graph(state: ReaderState, model: FunctionalModel, value: Value, args: Arguments) -> Value:
    given = list(value) if isinstance(value, (list, tuple)) else [value]
    known: dict[int, Tensor] = {}
    for tensor, replacement in zip(model.inputs, given, strict=False):
        if isinstance(replacement, Tensor):
            known[id(tensor)] = replacement
    if given and isinstance(given[0], Tensor):
        _check_input(state, input_shape(model), given[0], model.line, args)
    made = [replayed(state, tensor, known) for tensor in model.outputs]
    return made[0] if len(made) == 1 else made


def replayed(state: ReaderState, tensor: Tensor, known: dict[int, Tensor]) -> Tensor:
    """Apply the operations behind a tensor to other inputs.

    Args:
        known: the replacements of tensors, by id; extended by the function.
    """
    if id(tensor) in known:
        return known[id(tensor)]
    with state.budget.level(tensor.line):
        parents = tuple(replayed(state, parent, known) for parent in tensor.parents)
    if all(new is old for new, old in zip(parents, tensor.parents, strict=True)):
        known[id(tensor)] = tensor
        return tensor
    made = state.tensor(
        tensor.op, *parents, node=tensor.node, line=tensor.line, shape=tensor.shape, **tensor.detail
    )
    made.name = tensor.name
    made.detail["replay"] = tensor
    known[id(tensor)] = made
    return made
