"""The table of array functions, by the last part of their names in all libraries."""

from __future__ import annotations

import ast

from core.code_reader import elementwise, numerics
from core.code_reader.reader_state import Handler
from core.code_reader.values import Ref

FUNCTIONS: dict[str, Handler] = {
    **dict.fromkeys(("array", "asarray", "tensor", "as_tensor", "constant"), numerics.as_array),
    **dict.fromkeys(
        (
            *("ascontiguousarray", "copy", "from_numpy", "Variable", "convert_to_tensor", "cast"),
            *("float32", "float64", "to_float", "asfarray", "nan_to_num"),
            *("FloatTensor", "Tensor", "to_tensor", "astype", "float_power_", "asanyarray"),
        ),
        numerics.copy_or_cast,
    ),
    "stop_gradient": numerics.stop_gradient,
    "identity": numerics.identity,
    "reshape": numerics.reshape_function,
    "flatten": numerics.flatten,
    "batch_flatten": numerics.flatten,
    **dict.fromkeys(("expand_dims", "unsqueeze"), numerics.expand_dims),
    "squeeze": numerics.squeeze,
    **dict.fromkeys(("clip", "clamp", "clip_by_value"), numerics.clip),
    **dict.fromkeys(("concatenate", "vstack", "concat", "cat", "append"), numerics.concatenate),
    "where": numerics.where,
    **dict.fromkeys(("round", "rint"), numerics.rounded),
    **dict.fromkeys(("maximum", "minimum"), numerics.maximum_or_minimum),
    **dict.fromkeys(("prod", "reduce_prod"), numerics.product),
    **dict.fromkeys(("matmul", "mm", "dot"), numerics.matmul),
    **dict.fromkeys(("zeros", "ones", "empty", "full", "full_like"), numerics.filled),
    "arange": numerics.arange,
    **{
        name: numerics.unary(name)
        for name in ("square", "abs", "log", "exp", "sqrt", "ceil", "floor")
    },
    "absolute": numerics.unary("abs"),
    "log1p": numerics.unary("log1p"),
    **{name: numerics.unary(name) for name in elementwise.REDUCTIONS},
    **{
        f"reduce_{name}": numerics.unary(op)
        for name, op in {
            **{name: name for name in elementwise.REDUCTIONS},
            "variance": "var",
        }.items()
    },
    "amax": numerics.unary("max"),
    "amin": numerics.unary("min"),
    "add": numerics.binary(ast.Add()),
    **dict.fromkeys(("subtract", "sub"), numerics.binary(ast.Sub())),
    **dict.fromkeys(("multiply", "mul"), numerics.binary(ast.Mult())),
    **dict.fromkeys(("divide", "div", "true_divide", "truediv"), numerics.binary(ast.Div())),
    **dict.fromkeys(("pow", "power"), numerics.binary(ast.Pow())),
    "squared_difference": numerics.squared_difference,
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
