"""Array functions common to NumPy, TensorFlow, PyTorch and Keras' backend."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable

from core.code_reader import elementwise
from core.code_reader.budget import MAX_ITEMS
from core.code_reader.elementwise import transposed
from core.code_reader.iteration import elements, rows
from core.code_reader.pixels import pixels_of
from core.code_reader.reader_state import Handler, ReaderState
from core.code_reader.shapes import flattened, reshaped
from core.code_reader.values import Arguments, LibraryObject, Ref, Tensor, Unknown, Value, is_number


def first_tensor(args: Arguments) -> Tensor | None:
    """The first argument that is a tensor."""
    given = [*args.positional, *args.keywords.values()]
    for value in given:
        if isinstance(value, Tensor):
            return value
        if isinstance(value, (list, tuple)) and value and isinstance(value[0], Tensor):
            return value[0]
    return None


def of_tensor(make: Callable[[ReaderState, Tensor, Arguments], Value]) -> Handler:
    """The handler of a function of one tensor; it is Unknown for anything else."""

    def handle(state: ReaderState, args: Arguments) -> Value:
        tensor = first_tensor(args)
        return Unknown("", args.line) if tensor is None else make(state, tensor, args)

    return handle


def same(state: ReaderState, args: Arguments) -> Value:
    """Functions that copy or convert without changing values."""
    tensor = first_tensor(args)
    if tensor is None:
        return args.positional[0] if args.positional else Unknown("", args.line)
    if tensor.op == "random":
        return tensor  # a mask or noise in another type
    return state.tensor("cast", tensor, node=args.node, shape=tensor.shape)


def identity(state: ReaderState, args: Arguments) -> Value:
    """`tf.identity`: a copy on which Keras finds no logits."""
    tensor = first_tensor(args)
    if tensor is None:
        return args.get(0)
    return state.tensor("identity", tensor, node=args.node, shape=tensor.shape, by="identity")


def _reshape(state: ReaderState, args: Arguments) -> Value:
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


@of_tensor
def _flatten(state: ReaderState, tensor: Tensor, args: Arguments) -> Value:
    return state.tensor("reshape", tensor, node=args.node, shape=flattened(tensor.shape))


@of_tensor
def _expand(state: ReaderState, tensor: Tensor, args: Arguments) -> Value:
    axis = args.get(1, "axis", "dim", default=-1)
    shape = None
    if tensor.shape and isinstance(axis, int) and -1 <= axis <= len(tensor.shape):
        at = axis if axis >= 0 else len(tensor.shape)
        shape = (*tensor.shape[:at], 1, *tensor.shape[at:])
    return state.tensor("reshape", tensor, node=args.node, shape=shape)


@of_tensor
def _squeeze(state: ReaderState, tensor: Tensor, args: Arguments) -> Value:
    shape = tensor.shape and (tensor.shape[0], *(n for n in tensor.shape[1:] if n != 1))
    return state.tensor("reshape", tensor, node=args.node, shape=shape or None)


@of_tensor
def _clip(state: ReaderState, tensor: Tensor, args: Arguments) -> Value:
    low = args.get(1, "a_min", "min", "clip_value_min", "min_value", "x_min")
    high = args.get(2, "a_max", "max", "clip_value_max", "max_value", "x_max")
    return state.tensor("clip", tensor, node=args.node, shape=tensor.shape, low=low, high=high)


def one(op: str) -> Handler:
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


def two(operator: ast.operator) -> Handler:
    """The handler of a function that is equivalent to a binary operator."""

    def handle(state: ReaderState, args: Arguments) -> Value:
        left, right = args.get(0, "x", "a", "input", "x1"), args.get(1, "y", "b", "other", "x2")
        if isinstance(left, Tensor) or isinstance(right, Tensor):
            return elementwise.binary(state, operator, left, right, args.node)
        return Unknown("", args.line)

    return handle


def squared_difference(state: ReaderState, args: Arguments) -> Value:
    """(a - b)^2."""
    difference = two(ast.Sub())(state, args)
    if not isinstance(difference, Tensor):
        return difference
    return state.tensor("square", difference, node=args.node, shape=difference.shape)


def _are_alike(tensors: list[Tensor]) -> bool:
    """Whether all are images that are scaled the same way."""
    found = [pixels_of(tensor) for tensor in tensors]
    clean = all(one.source is not None and not one.problem and not one.noise for one in found)
    return clean and len({one.same_as for one in found}) == 1


def _concatenate(state: ReaderState, args: Arguments) -> Value:
    parts = args.get(0, "arrays", "tensors", "values")
    tensors = [part for part in parts if isinstance(part, Tensor)] if parts else []
    if isinstance(parts, (list, tuple)) and tensors:
        first, axis = tensors[0], args.get(1, "axis", "dim", default=0)
        if axis == 0 and len(tensors) == len(parts) and _are_alike(tensors):
            counts = [tensor.shape[0] if tensor.shape else None for tensor in tensors]
            known = [count for count in counts if count is not None]
            made = rows(state, first, part=sum(known) if len(known) == len(counts) else True)
            made.detail["joined"] = True
            return made
        return state.tensor("join", *tensors, node=args.node)
    return Unknown("", args.line)


def _where(state: ReaderState, args: Arguments) -> Value:
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


@of_tensor
def _round(state: ReaderState, tensor: Tensor, args: Arguments) -> Value:
    return elementwise.compare(state, ast.Gt(), tensor, 0.5, args.node)


def _extreme(state: ReaderState, args: Arguments) -> Value:
    """`np.maximum(x, 1)`: for a statistic, the statistic itself, bounded away from 0."""
    for value in args.positional:
        if isinstance(value, LibraryObject) and value.kind == "statistic":
            return value
    tensor = first_tensor(args)
    if tensor is None:
        return Unknown("", args.line)
    return state.tensor("opaque", tensor, node=args.node, reason="a maximum or minimum")


def _product(state: ReaderState, args: Arguments) -> Value:
    items = elements(state, args.get(0, "a", "input"))
    if items is not None and all(is_number(n) for n in items) and len(items) < 10:
        return math.prod(items)
    return Unknown("", args.line)


def _matmul(state: ReaderState, args: Arguments) -> Value:
    left, right = args.get(0, "a"), args.get(1, "b")
    if isinstance(left, Tensor) and isinstance(right, Tensor):
        if args.get(None, "transpose_b") is True:
            right = transposed(state, right, args.node)
        return elementwise.matmul(state, left, right, args.node)
    return Unknown("", args.line)


def _filled(state: ReaderState, args: Arguments) -> Value:
    shape = args.get(0, "shape", "size")
    if isinstance(shape, Tensor) or args.get(1, "fill_value") is not None:
        value = args.get(1, "fill_value")
        given = shape.shape if isinstance(shape, Tensor) else None
        return state.tensor("constant", node=args.node, shape=given, value=value)
    shape = (shape,) if isinstance(shape, int) else shape
    if isinstance(shape, (list, tuple)) and all(n is None or isinstance(n, int) for n in shape):
        return state.tensor("constant", node=args.node, shape=tuple(shape))
    return state.tensor("constant", node=args.node)


def _arange(state: ReaderState, args: Arguments) -> Value:
    if all(isinstance(n, int) for n in args.positional) and 1 <= len(args.positional) <= 3:
        try:
            return range(*args.positional)
        except ValueError:
            return Unknown("", args.line)
    return Unknown("", args.line)


def _array(state: ReaderState, args: Arguments) -> Value:
    value = args.get(0, "object", "data", "value")
    if isinstance(value, (list, tuple)) and not any(isinstance(v, Tensor) for v in value):
        return list(value)[:MAX_ITEMS]
    return same(state, args)


# Handlers by the last part of the name.
FUNCTIONS: dict[str, Handler] = {
    **dict.fromkeys(("array", "asarray", "tensor", "as_tensor", "constant"), _array),
    **dict.fromkeys(
        (
            *("ascontiguousarray", "copy", "from_numpy", "Variable", "convert_to_tensor", "cast"),
            *("float32", "float64", "to_float", "stop_gradient", "asfarray", "nan_to_num"),
            *("FloatTensor", "Tensor", "to_tensor", "astype", "float_power_", "asanyarray"),
        ),
        same,
    ),
    "identity": identity,
    "reshape": _reshape,
    "flatten": _flatten,
    "batch_flatten": _flatten,
    **dict.fromkeys(("expand_dims", "unsqueeze"), _expand),
    "squeeze": _squeeze,
    **dict.fromkeys(("clip", "clamp", "clip_by_value"), _clip),
    **dict.fromkeys(("concatenate", "vstack", "concat", "cat", "append"), _concatenate),
    "where": _where,
    **dict.fromkeys(("round", "rint"), _round),
    **dict.fromkeys(("maximum", "minimum"), _extreme),
    **dict.fromkeys(("prod", "reduce_prod"), _product),
    **dict.fromkeys(("matmul", "mm", "dot"), _matmul),
    **dict.fromkeys(("zeros", "ones", "empty", "full", "full_like"), _filled),
    "arange": _arange,
    **{name: one(name) for name in ("square", "abs", "log", "exp", "sqrt", "ceil", "floor")},
    "absolute": one("abs"),
    "log1p": one("log1p"),
    **{name: one(name) for name in elementwise.REDUCTIONS},
    **{
        f"reduce_{name}": one(op)
        for name, op in {
            **{name: name for name in elementwise.REDUCTIONS},
            "variance": "var",
        }.items()
    },
    **dict.fromkeys(("amax",), one("max")),
    **dict.fromkeys(("amin",), one("min")),
    "add": two(ast.Add()),
    **dict.fromkeys(("subtract", "sub"), two(ast.Sub())),
    **dict.fromkeys(("multiply", "mul"), two(ast.Mult())),
    **dict.fromkeys(("divide", "div", "true_divide", "truediv"), two(ast.Div())),
    **dict.fromkeys(("pow", "power"), two(ast.Pow())),
    "squared_difference": squared_difference,
}
LIBRARIES = (
    "numpy.",
    "torch.",
    "tensorflow.math.",
    "tensorflow.",
    "keras.backend.",
    "keras.ops.",
    "tensorflow.nn.",
    "math.",
)


def function_for(ref: Ref) -> Handler | None:
    """The handler of an array function; None if it is not one."""
    library, _, name = ref.path.rpartition(".")
    if f"{library}." not in LIBRARIES:
        return None
    return FUNCTIONS.get(name)
