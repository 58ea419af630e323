"""Handlers of array functions of NumPy, TensorFlow, PyTorch and Keras' backend."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable

from core.code_reader import elementwise
from core.code_reader.budget import MAX_ITEMS
from core.code_reader.elementwise import transposed
from core.code_reader.iteration import elements, rows
from core.code_reader.model_values import Tensor
from core.code_reader.pixels import pixels_of
from core.code_reader.reader_state import Handler, ReaderState
from core.code_reader.shapes import flattened, reshaped
from core.code_reader.values import Arguments, LibraryObject, Unknown, Value, is_number


def first_tensor(args: Arguments) -> Tensor | None:
    """The first argument that is a tensor."""
    given = [*args.positional, *args.keywords.values()]
    for value in given:
        if isinstance(value, Tensor):
            return value
        if isinstance(value, (list, tuple)) and value and isinstance(value[0], Tensor):
            return value[0]
    return None


def tensor_function(make: Callable[[ReaderState, Tensor, Arguments], Value]) -> Handler:
    """The handler of a function of a tensor; the value is Unknown for other arguments."""

    def handle(state: ReaderState, args: Arguments) -> Value:
        tensor = first_tensor(args)
        return Unknown("", args.line) if tensor is None else make(state, tensor, args)

    return handle


def copy_or_cast(state: ReaderState, args: Arguments) -> Value:
    """Functions that copy or convert an array without changing values."""
    tensor = first_tensor(args)
    if tensor is None:
        return args.positional[0] if args.positional else Unknown("", args.line)
    if tensor.op == "random":
        return tensor  # noise or a mask, cast to another type
    return state.tensor("cast", tensor, node=args.node, shape=tensor.shape)


def stop_gradient(state: ReaderState, args: Arguments) -> Value:
    """`tf.stop_gradient`."""
    tensor = first_tensor(args)
    return copy_or_cast(state, args) if tensor is None else detached(state, tensor, args.node)


def detached(state: ReaderState, tensor: Tensor, node: ast.AST) -> Value:
    """`tensor.detach()` and `tensor.data` of PyTorch: the same values without a gradient."""
    if tensor.op in ("random", "variable"):
        return tensor
    made = state.tensor("cast", tensor, node=node, shape=tensor.shape)
    made.detail["detached"] = True
    return made


def identity(state: ReaderState, args: Arguments) -> Value:
    """`tf.identity`: a copy, on which Keras does not find logits."""
    tensor = first_tensor(args)
    if tensor is None:
        return args.get(0)
    return state.tensor("identity", tensor, node=args.node, shape=tensor.shape, by="identity")


def reshape_function(state: ReaderState, args: Arguments) -> Value:
    """Reshape an array to a given shape."""
    tensor = first_tensor(args)
    wanted = args.get(1, "newshape", "shape", "new_shape")
    return reshape(state, tensor, wanted, args.node) if tensor else Unknown("", args.line)


def reshape(state: ReaderState, tensor: Tensor, wanted: Value, node: ast.AST) -> Tensor:
    """Reshape an array, including the first axis."""
    if isinstance(wanted, int):
        wanted = (wanted,)
    shape = None
    if isinstance(wanted, (list, tuple)) and wanted:
        batch = wanted[0] if isinstance(wanted[0], int) and wanted[0] > 0 else None
        known = tensor.shape[0] if tensor.shape else None
        kept = known if batch in (None, known) else batch
        shape = reshaped((kept, *tensor.shape[1:]) if tensor.shape else None, tuple(wanted[1:]))
    return state.tensor("reshape", tensor, node=node, shape=shape)


@tensor_function
def flatten(state: ReaderState, tensor: Tensor, args: Arguments) -> Value:
    """Flatten all axes but the first."""
    return state.tensor("reshape", tensor, node=args.node, shape=flattened(tensor.shape))


@tensor_function
def expand_dims(state: ReaderState, tensor: Tensor, args: Arguments) -> Value:
    """Insert an axis of length 1."""
    axis = args.get(1, "axis", "dim", default=-1)
    shape = None
    if tensor.shape and isinstance(axis, int) and -1 <= axis <= len(tensor.shape):
        at = axis if axis >= 0 else len(tensor.shape)
        shape = (*tensor.shape[:at], 1, *tensor.shape[at:])
    return state.tensor("reshape", tensor, node=args.node, shape=shape)


@tensor_function
def squeeze(state: ReaderState, tensor: Tensor, args: Arguments) -> Value:
    """Remove axes of length 1, except the first."""
    shape = tensor.shape and (tensor.shape[0], *(n for n in tensor.shape[1:] if n != 1))
    return state.tensor("reshape", tensor, node=args.node, shape=shape or None)


@tensor_function
def clip(state: ReaderState, tensor: Tensor, args: Arguments) -> Value:
    """Limit values to a range."""
    low = args.get(1, "a_min", "min", "clip_value_min", "min_value", "x_min")
    high = args.get(2, "a_max", "max", "clip_value_max", "max_value", "x_max")
    return state.tensor("clip", tensor, node=args.node, shape=tensor.shape, low=low, high=high)


def unary(op: str) -> Handler:
    """The handler of a function of one array."""

    def handle(state: ReaderState, args: Arguments) -> Value:
        tensor = first_tensor(args)
        if tensor is None:
            return _of_numbers(op, args)
        axis = args.get(1, "axis", "dim", "reduction_indices")
        if op in elementwise.REDUCTIONS:
            return elementwise.statistic(state, tensor, op, axis, args.node)
        return state.tensor(op, tensor, node=args.node, shape=tensor.shape)

    return handle


def _of_numbers(op: str, args: Arguments) -> Value:
    value = args.get(0, "x", "a")
    functions: dict[str, Callable[[float], float]] = {
        "sqrt": math.sqrt,
        "log": math.log,
        "exp": math.exp,
        "abs": abs,
        "square": lambda x: x * x,
        "ceil": math.ceil,
        "floor": math.floor,
    }
    if is_number(value) and op in functions and abs(value) < 1e6:
        try:
            return functions[op](value)
        except (ArithmeticError, ValueError):
            return Unknown("", args.line)
    return Unknown("", args.line)


def binary(operator: ast.operator) -> Handler:
    """The handler of a function that is equivalent to a binary operator."""

    def handle(state: ReaderState, args: Arguments) -> Value:
        left, right = args.get(0, "x", "a", "input", "x1"), args.get(1, "y", "b", "other", "x2")
        if isinstance(left, Tensor) or isinstance(right, Tensor):
            return elementwise.binary(state, operator, left, right, args.node)
        return Unknown("", args.line)

    return handle


def squared_difference(state: ReaderState, args: Arguments) -> Value:
    """(a - b)^2."""
    difference = binary(ast.Sub())(state, args)
    if not isinstance(difference, Tensor):
        return difference
    return state.tensor("square", difference, node=args.node, shape=difference.shape)


def _are_alike(tensors: list[Tensor]) -> bool:
    """Whether all tensors are images with the same scaling."""
    found = [pixels_of(tensor) for tensor in tensors]
    clean = all(one.source is not None and not one.problem and not one.noise for one in found)
    return clean and len({one.scaling_key for one in found}) == 1


def concatenate(state: ReaderState, args: Arguments) -> Value:
    """Concatenate arrays; the result has a known scaling if all arrays share it."""
    parts = args.get(0, "arrays", "tensors", "values")
    tensors = [part for part in parts if isinstance(part, Tensor)] if parts else []
    if isinstance(parts, (list, tuple)) and tensors:
        first, axis = tensors[0], args.get(1, "axis", "dim", default=0)
        if axis == 0 and len(tensors) == len(parts) and _are_alike(tensors):
            counts = [tensor.shape[0] if tensor.shape else None for tensor in tensors]
            known = [count for count in counts if count is not None]
            made = rows(state, first, part=sum(known) if len(known) == len(counts) else True)
            made.detail["concatenated"] = True
            return made
        return state.tensor("merge", *tensors, node=args.node)
    return Unknown("", args.line)


def where(state: ReaderState, args: Arguments) -> Value:
    """`np.where`: black and white images if it chooses between two numbers."""
    condition, high, low = args.get(0), args.get(1), args.get(2)
    is_choice = is_number(high) and is_number(low)
    if isinstance(condition, Tensor) and condition.op == "threshold" and is_choice:
        if condition.detail["high"] == 0:
            high, low = low, high
        detail = {**condition.detail, "high": float(high), "low": float(low)}
        parent = condition.parents[0]
        return state.tensor("threshold", parent, node=args.node, shape=parent.shape, **detail)
    tensor = next((v for v in (high, low, condition) if isinstance(v, Tensor)), None)
    if tensor is None:
        return Unknown("", args.line)
    return state.tensor("opaque", tensor, node=args.node, reason="a choice by a condition")


@tensor_function
def rounded(state: ReaderState, tensor: Tensor, args: Arguments) -> Value:
    """Round images to 0 and 1."""
    return elementwise.compare(state, ast.Gt(), tensor, 0.5, args.node)


def maximum_or_minimum(state: ReaderState, args: Arguments) -> Value:
    """`np.maximum(x, 1)`: a statistic, such as a divisor kept away from 0, stays the same."""
    for value in args.positional:
        if isinstance(value, LibraryObject) and value.kind == "statistic":
            return value
    tensor = first_tensor(args)
    if tensor is None:
        return Unknown("", args.line)
    return state.tensor("opaque", tensor, node=args.node, reason="a maximum or minimum")


def product(state: ReaderState, args: Arguments) -> Value:
    """The product of literal numbers."""
    items = elements(state, args.get(0, "a", "input"))
    if items is not None and all(is_number(n) for n in items) and len(items) < 10:
        return math.prod(items)
    return Unknown("", args.line)


def matmul(state: ReaderState, args: Arguments) -> Value:
    """A matrix product."""
    left, right = args.get(0, "a"), args.get(1, "b")
    if isinstance(left, Tensor) and isinstance(right, Tensor):
        if args.get(None, "transpose_b") is True:
            right = transposed(state, right, args.node)
        return elementwise.matmul(state, left, right, args.node)
    return Unknown("", args.line)


def filled(state: ReaderState, args: Arguments) -> Value:
    """An array of one value."""
    shape = args.get(0, "shape", "size")
    if isinstance(shape, Tensor) or args.get(1, "fill_value") is not None:
        value = args.get(1, "fill_value")
        given = shape.shape if isinstance(shape, Tensor) else None
        return state.tensor("constant", node=args.node, shape=given, value=value)
    shape = (shape,) if isinstance(shape, int) else shape
    if isinstance(shape, (list, tuple)) and all(n is None or isinstance(n, int) for n in shape):
        return state.tensor("constant", node=args.node, shape=tuple(shape))
    return state.tensor("constant", node=args.node)


def arange(state: ReaderState, args: Arguments) -> Value:
    """A range of numbers."""
    if all(isinstance(n, int) for n in args.positional) and 1 <= len(args.positional) <= 3:
        try:
            return range(*args.positional)
        except ValueError:
            return Unknown("", args.line)
    return Unknown("", args.line)


def as_array(state: ReaderState, args: Arguments) -> Value:
    """A literal list, or a copy of a tensor."""
    value = args.get(0, "object", "data", "value")
    if isinstance(value, (list, tuple)) and not any(isinstance(v, Tensor) for v in value):
        return list(value)[:MAX_ITEMS]
    return copy_or_cast(state, args)
