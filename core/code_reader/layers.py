"""Calls of layers."""

from __future__ import annotations

import ast
from collections.abc import Callable

from core.code_reader import elementwise
from core.code_reader.fallbacks import opaque
from core.code_reader.model_values import Activation, Layer, Tensor
from core.code_reader.reader_state import ReaderState
from core.code_reader.shapes import flattened, reshaped
from core.code_reader.values import Arguments, LibraryObject, Unknown, Value, is_number
from core.code_reader.vocabulary import ACTIVATIONS, last_name

Apply = Callable[[ReaderState, Layer, Tensor, ast.AST], Value]


def apply_layer(state: ReaderState, layer: Layer, value: Value, args: Arguments) -> Value:
    """The output tensor of a layer."""
    if layer.kind == "merge":
        return _join(state, layer, value, args)
    if layer.kind == "lambda" and isinstance(value, (list, tuple)):
        return state.call(layer.options.get("function"), Arguments(args.node, [value]))
    if not isinstance(value, Tensor):
        if isinstance(value, (list, tuple)) and len(value) == 1:
            return apply_layer(state, layer, value[0], args)
        if layer.kind == "dense" and isinstance(value, Unknown):
            return state.tensor(
                "layer",
                state.tensor("untraced", node=args.node, reason=_reason(value), inside=True),
                node=args.node,
                layer=layer,
                shape=(None, layer.units if isinstance(layer.units, int) else None),
            )
        return opaque(state, args, f"the input of {layer.title} cannot be traced")
    made = APPLY.get(layer.kind, _unsupported)(state, layer, value, args.node)
    if isinstance(made, Tensor):
        made.detail["applied"] = args
    return made


def _reason(value: Unknown) -> str:
    if value.name:
        return f"{value.name} is not defined"
    return value.reason or "the data cannot be traced"


def _dense(state: ReaderState, layer: Layer, value: Tensor, node: ast.AST) -> Tensor:
    width, in_features = value.width, layer.in_features
    line = getattr(node, "lineno", layer.line)
    if isinstance(in_features, int) and isinstance(width, int) and in_features != width:
        sentence = (
            f"Line {layer.line}: {layer.title} expects {in_features} features, but gets {width}"
            f" on line {line}."
        )
        state.note("fault", "shape_clash", layer.line, sentence, layer, layer.call.node)
    units = layer.units if isinstance(layer.units, int) else None
    shape = (*value.shape[:-1], units) if value.shape else (None, units)
    return state.tensor("layer", value, node=node, shape=shape, layer=layer)


def _activation(state: ReaderState, layer: Layer, value: Tensor, node: ast.AST) -> Tensor:
    return activate(state, value, layer.activation, node, layer)


def activate(
    state: ReaderState,
    value: Tensor,
    activation: Activation | None,
    node: ast.AST,
    layer: Layer | None = None,
) -> Tensor:
    """Apply an activation to a tensor."""
    return state.tensor(
        "activation", value, node=node, shape=value.shape, activation=activation, layer=layer
    )


def _flatten(state: ReaderState, layer: Layer, value: Tensor, node: ast.AST) -> Tensor:
    return state.tensor("reshape", value, node=node, shape=flattened(value.shape), layer=layer)


def _reshape(state: ReaderState, layer: Layer, value: Tensor, node: ast.AST) -> Tensor:
    wanted = layer.options.get("shape")
    return state.tensor(
        "reshape", value, node=node, shape=reshaped(value.shape, wanted), layer=layer
    )


def _same(op: str) -> Apply:
    def apply(state: ReaderState, layer: Layer, value: Tensor, node: ast.AST) -> Tensor:
        return state.tensor(op, value, node=node, shape=value.shape, layer=layer)

    return apply


def _noise(state: ReaderState, layer: Layer, value: Tensor, node: ast.AST) -> Tensor:
    return state.tensor("noise", value, node=node, shape=value.shape, layer=layer, **layer.options)


def _rescale(state: ReaderState, layer: Layer, value: Tensor, node: ast.AST) -> Tensor:
    scale, offset = layer.options.get("scale"), layer.options.get("offset", 0)
    if not is_number(scale) or not is_number(offset):
        return _unsupported(state, layer, value, node)
    made = elementwise.affine(state, value, scale, offset, node)
    made.detail["layer"] = layer
    return made


def _lambda(state: ReaderState, layer: Layer, value: Tensor, node: ast.AST) -> Value:
    inner = Arguments(layer.call.node, [value])
    made = state.call(layer.options.get("function"), inner)
    if not isinstance(made, Tensor):
        return state.tensor("opaque", value, node=node, reason="its Lambda cannot be traced")
    return state.tensor("identity", made, node=node, shape=made.shape, layer=layer, by="Lambda")


def _unsupported(state: ReaderState, layer: Layer, value: Tensor, node: ast.AST) -> Tensor:
    shape = layer.options.get("shape_after") or (None,)
    return state.tensor("unsupported", value, node=node, layer=layer, shape=shape)


def _join(state: ReaderState, layer: Layer, value: Value, args: Arguments) -> Value:
    parts = value if isinstance(value, (list, tuple)) else [value]
    tensors = [part for part in parts if isinstance(part, Tensor)]
    if not tensors:
        return opaque(state, args, "it merges values that cannot be traced")
    return state.tensor("merge", *tensors, node=args.node, layer=layer, shape=tensors[0].shape)


def activation_of(value: Value, line: int, node: ast.expr | None) -> Activation | None:
    """An activation given as a string, function or object; None for no activation."""
    if value is None:
        return None
    slope = None
    if isinstance(value, LibraryObject):
        slope = value.options.get("slope")
    if isinstance(value, Layer):
        made = value.activation
        return Activation(made.name, line, node, made.slope, made.written) if made else None
    name = last_name(value)
    return Activation(ACTIVATIONS.get(name.lower(), ""), line, node, slope, name)


APPLY: dict[str, Apply] = {
    "dense": _dense,
    "activation": _activation,
    "flatten": _flatten,
    "reshape": _reshape,
    "dropout": _same("dropout"),
    "ignored": _same("ignored"),
    "input": _same("cast"),
    "noise": _noise,
    "rescale": _rescale,
    "lambda": _lambda,
}
