"""Evaluation of attributes: `value.name`."""

from __future__ import annotations

import ast

from core.code_reader import names, numerics
from core.code_reader.elementwise import transposed
from core.code_reader.keras_models import layers_of
from core.code_reader.model_values import (
    FunctionalModel,
    ImageDataset,
    Instance,
    Layer,
    SequentialModel,
    Tensor,
)
from core.code_reader.models import input_shape
from core.code_reader.reader_state import ReaderState
from core.code_reader.values import (
    Arguments,
    Attribute,
    BoundMethod,
    Either,
    Function,
    LibraryObject,
    Ref,
    Unknown,
    UserClass,
    Value,
)

CONSTANTS: dict[str, Value] = {
    "numpy.pi": 3.141592653589793,
    "math.pi": 3.141592653589793,
    "numpy.newaxis": None,
    "sys.argv": ["script.py"],
    "numpy.inf": float("inf"),
}


def attribute(state: ReaderState, owner: Value, name: str, node: ast.AST) -> Value:
    """The value of `owner.name`."""
    if isinstance(owner, Ref):
        found = names.member(owner, name)
        return CONSTANTS.get(found.path, found)
    if isinstance(owner, Tensor):
        return _of_tensor(state, owner, name, node)
    if isinstance(owner, Instance):
        return _of_instance(state, owner, name, node)
    if isinstance(owner, UserClass):
        return _of_class(owner, name, node)
    if isinstance(owner, (SequentialModel, FunctionalModel)):
        return _of_model(state, owner, name, node)
    if isinstance(owner, Layer):
        return _of_layer(state, owner, name)
    if isinstance(owner, LibraryObject):
        return _of_object(state, owner, name, node)
    if isinstance(owner, ImageDataset):
        return _of_dataset(state, owner, name, node)
    if isinstance(owner, Unknown) and name == "backward":
        return Attribute(owner, name)
    if isinstance(owner, (Unknown, Either)) or owner is None:
        return state.unknown(node, getattr(owner, "reason", ""))
    return Attribute(owner, name)


def _of_tensor(state: ReaderState, owner: Tensor, name: str, node: ast.AST) -> Value:
    if name == "shape":
        return _shape(state, owner, node)
    if name in ("T", "mT") and owner.op == "variable":
        return transposed(state, owner, node)
    if name == "T":
        return state.tensor("transpose", owner, node=node)
    if name == "data":
        return numerics.detached(state, owner, node)
    if name == "values":
        return owner
    if name == "iloc" or name == "loc":
        return LibraryObject("table", name, owner.line, options={"of": owner})
    if name == "ndim":
        return len(owner.shape) if owner.shape else state.unknown(node)
    return Attribute(owner, name)


def _shape(state: ReaderState, owner: Tensor, node: ast.AST) -> Value:
    if owner.shape is None:
        return state.unknown(node, "the shape of the data cannot be determined")
    return tuple(
        state.unknown(node, "the number of images cannot be determined") if size is None else size
        for size in owner.shape
    )


def _of_instance(state: ReaderState, owner: Instance, name: str, node: ast.AST) -> Value:
    if name in owner.attributes:
        return owner.attributes[name]
    found = owner.cls.find(name) if owner.cls else None
    if isinstance(found, Function):
        if found.kind == "property":
            return state.call(BoundMethod(found, owner), Arguments(_expression(node)))
        return found if found.kind == "static" else BoundMethod(found, owner)
    if found is not None:
        return found
    if name == "optimizer" and owner.compiled is not None:
        return owner.compiled.optimizer
    if name == "__class__":
        return owner.cls
    if name == "hparams":
        return LibraryObject("namespace", "hparams", owner.line, options=dict(owner.given))
    return Attribute(owner, name)


def _expression(node: ast.AST) -> ast.expr:
    return node if isinstance(node, ast.expr) else ast.Constant(None, lineno=0, col_offset=0)


def _of_class(owner: UserClass, name: str, node: ast.AST) -> Value:
    found = owner.find(name)
    if isinstance(found, Function) and found.kind == "class":
        return BoundMethod(found, owner)
    if found is None and name not in owner.members:
        return Unknown("", getattr(node, "lineno", 0))
    return found


def _of_model(
    state: ReaderState, owner: SequentialModel | FunctionalModel, name: str, node: ast.AST
) -> Value:
    if name == "optimizer" and owner.compiled is not None:
        return owner.compiled.optimizer
    if name == "layers":
        return layers_of(state, owner)
    if isinstance(owner, FunctionalModel):
        if name in ("output", "outputs"):
            return owner.outputs[0] if name == "output" else owner.outputs
        if name in ("input", "inputs") and owner.inputs:
            return owner.inputs[0] if name == "input" else owner.inputs
        if name in ("input_shape", "output_shape"):
            tensors = owner.inputs if name == "input_shape" else owner.outputs
            return tensors[0].shape if tensors and tensors[0].shape else state.unknown(node)
        return Attribute(owner, name)
    if name in ("input", "inputs", "output", "outputs"):
        return _end_of_chain(state, owner, name, node)
    return Attribute(owner, name)


def _end_of_chain(state: ReaderState, owner: SequentialModel, name: str, node: ast.AST) -> Value:
    start = owner.__dict__.get("start")
    if start is None:
        shape = input_shape(owner)
        start = state.tensor(
            "input", node=node, shape=(None, *shape) if isinstance(shape, tuple) else None
        )
        owner.__dict__["start"] = start
    if name.startswith("input"):
        return start
    return state.call(owner, Arguments(_expression(node), [start]))


def _of_object(state: ReaderState, owner: LibraryObject, name: str, node: ast.AST) -> Value:
    if owner.kind == "optimizer" and name == "param_groups":
        line = getattr(node, "lineno", 0)
        sentence = f"Line {line} changes the optimizer's settings; this is ignored."
        state.note("ignored", "param_groups", line, sentence)
    if owner.kind in ("namespace", "splits", "split") and name in owner.options:
        return owner.options[name]
    return Attribute(owner, name)


def _of_dataset(state: ReaderState, owner: ImageDataset, name: str, node: ast.AST) -> Value:
    element = owner.element
    is_pair = isinstance(element, (tuple, list)) and element and isinstance(element[0], Tensor)
    if is_pair and name in ("targets", "train_labels", "test_labels"):
        return element[1] if len(element) > 1 else state.unknown(node)
    if is_pair and name in ("data", "train_data", "test_data"):
        return _stored(state, element[0], node)
    if name == "dataset":
        return owner
    if name == "batch_size":
        return owner.batch_size
    return Attribute(owner, name)


def _stored(state: ReaderState, tensor: Tensor, node: ast.AST) -> Tensor:
    """`dataset.data`: the stored grey values, without the transform."""
    while tensor.parents:
        tensor = tensor.parents[0]
    return state.tensor("rows", tensor, node=node, shape=tensor.shape, stored=True)


def _of_layer(state: ReaderState, owner: Layer, name: str) -> Value:
    """`layer.output` and `layer.input` of the last call, `layer.units` and `layer.weight`."""
    if name in ("output", "input"):
        for tensor in reversed(state.tensors):
            if tensor.detail.get("layer") is owner:
                return tensor if name == "output" else tensor.parents[0]
        return Unknown("the layer has not been called yet", owner.line)
    if name == "units":
        return owner.units
    if name in ("weight", "kernel") and owner.kind == "dense":
        units = owner.units if isinstance(owner.units, int) else None
        in_features = owner.in_features if isinstance(owner.in_features, int) else None
        return state.tensor("variable", line=owner.line, shape=(units, in_features), tied=True)
    return Attribute(owner, name)
