"""Elementwise operations on tensors: scaling, noise, thresholds and handwritten losses."""

from __future__ import annotations

import ast
import math

from core.code_reader.model_values import Tensor
from core.code_reader.pixels import pixels_of
from core.code_reader.reader_state import ReaderState
from core.code_reader.values import LibraryObject, Shape, Unknown, Value, is_number

NAMES: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
    ast.MatMult: "matmul",
    ast.FloorDiv: "floor_divide",
    ast.Mod: "modulo",
}
REDUCTIONS = ("mean", "std", "var", "max", "min", "sum")


def affine(
    state: ReaderState, tensor: Tensor, scale: float, shift: float, node: ast.AST | None
) -> Tensor:
    """tensor * scale + shift."""
    if tensor.op == "random":
        detail = {**tensor.detail, **_scaled_random(tensor, scale, shift)}
        return state.tensor("random", node=node, shape=tensor.shape, **detail)
    return state.tensor(
        "affine", tensor, node=node, shape=tensor.shape, scale=float(scale), shift=float(shift)
    )


def _scaled_random(tensor: Tensor, scale: float, shift: float) -> dict[str, Value]:
    """Kind and level of random numbers after scaling and shifting."""
    kind, level = tensor.detail["kind"], tensor.detail.get("level")
    if not is_number(level):
        return {"level": None}
    if kind == "masking":
        is_inverse = (scale, shift) == (-1, 1)
        kept = (scale, shift) == (1, 0)
        return {"level": round(1 - level, 9) if is_inverse else level if kept else None}
    if shift and kind == "gaussian":
        return {"kind": "off-center gaussian", "level": abs(level * scale)}
    return {"level": abs(level * scale)}


def binary(state: ReaderState, op: ast.operator, left: Value, right: Value, node: ast.AST) -> Value:
    """`left op right`, with at least one operand that is not a literal."""
    left, right = _scalar(left), _scalar(right)
    name = NAMES.get(type(op), "")
    if isinstance(left, LibraryObject) and left.kind == "statistic" and is_number(right):
        return left if abs(right) < 1e-2 or name == "add" else state.unknown(node)
    if isinstance(right, LibraryObject) and right.kind == "statistic" and is_number(left):
        return right if name == "add" else state.unknown(node)
    if isinstance(left, Tensor) and is_number(right):
        return tensor_and_number(state, name, left, right, node)
    if isinstance(right, Tensor) and is_number(left):
        return number_and_tensor(state, name, left, right, node)
    if isinstance(left, Tensor) and isinstance(right, LibraryObject) and right.kind == "statistic":
        return _with_statistic(state, name, left, right, node)
    if isinstance(left, Tensor) and isinstance(right, Tensor):
        return of_two_tensors(state, name, left, right, node)
    tensor = left if isinstance(left, Tensor) else right
    if isinstance(tensor, Tensor):
        other = right if tensor is left else left
        reason = "it uses an unknown value"
        if isinstance(other, Unknown) and other.name:
            reason = f"{other.name} is not defined"
        is_scale = name in ("divide", "multiply") and tensor is left and isinstance(other, Unknown)
        made = "scaled" if is_scale and not other.name else "opaque"
        return state.tensor(made, tensor, node=node, shape=tensor.shape, reason=reason)
    return state.unknown(node)


def _scalar(value: Value) -> Value:
    """The number in a list with one number, such as from `np.array([255.0])`."""
    if isinstance(value, (list, tuple)) and len(value) == 1 and is_number(value[0]):
        return value[0]
    return value


def tensor_and_number(
    state: ReaderState, name: str, tensor: Tensor, number: float, node: ast.AST
) -> Tensor:
    """tensor op number."""
    if not math.isfinite(number) or (name == "divide" and number == 0):
        return state.tensor("opaque", tensor, node=node, shape=tensor.shape)
    if name == "add":
        return affine(state, tensor, 1.0, number, node)
    if name == "subtract":
        return affine(state, tensor, 1.0, -number, node)
    if name == "multiply":
        return affine(state, tensor, number, 0.0, node)
    if name == "divide":
        return affine(state, tensor, 1 / number, 0.0, node)
    if name == "power" and number == 2:
        return state.tensor("square", tensor, node=node, shape=tensor.shape)
    if name == "floor_divide":
        reason = f"// {number:g} rounds down to integers"
        made = state.tensor("opaque", tensor, node=node, shape=tensor.shape, reason=reason)
        if pixels_of(tensor).source is not None:
            sentence = (
                f"Line {made.line}: // rounds down to integers, so nearly every pixel becomes 0."
            )
            state.note("fault", "integer_division", made.line, sentence, made, node)
        return made
    return state.tensor("opaque", tensor, node=node, shape=tensor.shape)


def number_and_tensor(
    state: ReaderState, name: str, number: float, tensor: Tensor, node: ast.AST
) -> Tensor:
    """number op tensor."""
    if name == "subtract":
        return affine(state, tensor, -1.0, number, node)
    if name in ("add", "multiply") and math.isfinite(number):
        return tensor_and_number(state, name, tensor, number, node)
    return state.tensor("opaque", tensor, node=node, shape=tensor.shape)


def _with_statistic(
    state: ReaderState, name: str, tensor: Tensor, statistic: LibraryObject, node: ast.AST
) -> Tensor:
    per_pixel = statistic.options["axis"] is not None
    if name == "subtract" and statistic.name == "mean":
        return state.tensor(
            "subtract_mean", tensor, node=node, shape=tensor.shape, per_pixel=per_pixel
        )
    if name == "divide" and statistic.name == "std":
        return state.tensor(
            "divide_std", tensor, node=node, shape=tensor.shape, per_pixel=per_pixel
        )
    if name == "divide" and statistic.name == "sum" and statistic.options["axis"] in (1, -1):
        return state.tensor("sum_to_one", tensor, node=node, shape=tensor.shape)
    reason = f"it uses the {statistic.name} of the data"
    return state.tensor("opaque", tensor, node=node, shape=tensor.shape, reason=reason)


def of_two_tensors(
    state: ReaderState, name: str, left: Tensor, right: Tensor, node: ast.AST
) -> Tensor:
    """`left op right` for two tensors."""
    if left.op == "random" and right.op != "random" and name in ("add", "multiply"):
        left, right = right, left
    if right.op == "random" and left.op != "random":
        is_mask = name == "multiply" and right.detail["kind"] == "masking"
        if is_mask or name in ("add", "subtract"):
            return state.tensor("noise", left, right, node=node, shape=left.shape, **right.detail)
    if right.op == "variable" and name == "add":
        return state.tensor("bias", left, right, node=node, shape=left.shape)
    if name == "matmul":
        return matmul(state, left, right, node)
    return state.tensor(
        name or "opaque", left, right, node=node, shape=_broadcast_shape(left, right)
    )


def _broadcast_shape(left: Tensor, right: Tensor) -> Shape | None:
    if left.shape and right.shape:
        return left.shape if len(left.shape) >= len(right.shape) else right.shape
    return left.shape or right.shape


def matmul(state: ReaderState, left: Tensor, right: Tensor, node: ast.AST) -> Tensor:
    """A matrix product; a layer of plain TensorFlow if the right operand is a variable."""
    units = right.shape[-1] if right.shape and len(right.shape) == 2 else None
    shape = (*left.shape[:-1], units) if left.shape else (None, units)
    made = state.tensor("matmul", left, right, node=node, shape=shape, units=units)
    made.detail["tied"] = bool(right.detail.get("tied"))
    return made


def transposed(state: ReaderState, weights: Tensor, node: ast.AST) -> Tensor:
    """Weights with rows and columns swapped."""
    shape = weights.shape[::-1] if weights.shape else None
    return state.tensor("variable", node=node, shape=shape, tied=weights.detail.get("tied", True))


def compare(state: ReaderState, op: ast.cmpop, left: Value, right: Value, node: ast.AST) -> Value:
    """Compare data with a number: black and white images, or a mask."""
    tensor, limit = (left, right) if isinstance(left, Tensor) else (right, left)
    greater = isinstance(op, (ast.Gt, ast.GtE)) == (tensor is left)
    if not is_number(limit) or not isinstance(op, (ast.Gt, ast.GtE, ast.Lt, ast.LtE)):
        return state.unknown(node)
    if tensor.op == "random":
        return _mask(state, tensor, limit, greater, node)
    if isinstance(op, (ast.GtE, ast.LtE)) == greater and float(limit).is_integer():
        limit -= 0.5  # for integers, >= 128 is the same as > 127
    low, high = (0.0, 1.0) if greater else (1.0, 0.0)
    return state.tensor(
        "threshold", tensor, node=node, shape=tensor.shape, limit=limit, low=low, high=high
    )


def _mask(state: ReaderState, tensor: Tensor, limit: float, greater: bool, node: ast.AST) -> Tensor:
    """Compare uniform random numbers with a limit: a mask that keeps some of the pixels."""
    is_uniform = tensor.detail.get("distribution") == "uniform" and 0 <= limit <= 1
    masked = (limit if greater else round(1 - limit, 9)) if is_uniform else None
    return state.tensor("random", node=node, shape=tensor.shape, kind="masking", level=masked)


def statistic(state: ReaderState, tensor: Tensor, name: str, axis: Value, node: ast.AST) -> Value:
    """A statistic of images, such as the mean; a number if it is known from the scaling."""
    found = pixels_of(tensor)
    if found.source is None or (found.problem and not found.centered):
        return state.tensor(name, tensor, node=node, axis=axis)
    has_ends = found.base in ("grey", "binary", "minmax") and not found.noise
    if axis is None and name in ("max", "min") and has_ends:
        return found.high if name == "max" else found.low
    return LibraryObject("statistic", name, tensor.line, options={"of": tensor, "axis": axis})
