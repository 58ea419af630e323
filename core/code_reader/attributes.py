"""Attributes and subscripts: `value.name` and `value[index]`."""

from __future__ import annotations

import ast

from core.code_reader import names, numerics
from core.code_reader.elementwise import transposed
from core.code_reader.iteration import rows
from core.code_reader.keras_models import layers_of
from core.code_reader.models import input_shape
from core.code_reader.reader_state import ReaderState
from core.code_reader.values import (
    Arguments,
    Attribute,
    BoundMethod,
    Chain,
    Either,
    Function,
    Graph,
    ImageDataset,
    Instance,
    Layer,
    LibraryObject,
    Ref,
    Tensor,
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
    if isinstance(owner, (Chain, Graph)):
        return _of_model(state, owner, name, node)
    if isinstance(owner, Layer):
        return _of_layer(state, owner, name)
    if isinstance(owner, LibraryObject):
        return _of_thing(state, owner, name, node)
    if isinstance(owner, ImageDataset):
        return _of_set(state, owner, name, node)
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


def _of_model(state: ReaderState, owner: Chain | Graph, name: str, node: ast.AST) -> Value:
    if name == "optimizer" and owner.compiled is not None:
        return owner.compiled.optimizer
    if name == "layers":
        return layers_of(state, owner)
    if isinstance(owner, Graph):
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


def _end_of_chain(state: ReaderState, owner: Chain, name: str, node: ast.AST) -> Value:
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


def _of_thing(state: ReaderState, owner: LibraryObject, name: str, node: ast.AST) -> Value:
    if owner.kind == "optimizer" and name == "param_groups":
        line = getattr(node, "lineno", 0)
        sentence = f"What line {line} does to the optimizer's settings is ignored."
        state.note("ignored", "param_groups", line, sentence)
    if owner.kind in ("namespace", "splits", "split") and name in owner.options:
        return owner.options[name]
    return Attribute(owner, name)


def _of_set(state: ReaderState, owner: ImageDataset, name: str, node: ast.AST) -> Value:
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
    """`dataset.data`: the stored greys, without the transform."""
    while tensor.parents:
        tensor = tensor.parents[0]
    made = state.tensor("rows", tensor, node=node, shape=tensor.shape, stored=True)
    return made


def item(state: ReaderState, owner: Value, index: Value, node: ast.Subscript) -> Value:
    """The value of `owner[index]`."""
    if isinstance(owner, LibraryObject) and owner.kind == "table":
        return _columns(state, owner.options["of"], index, node)
    if isinstance(owner, Tensor):
        return _of_array(state, owner, index, node)
    if isinstance(owner, LibraryObject) and owner.kind == "order" and isinstance(index, slice):
        return _indices(state, owner, index, node)
    if isinstance(owner, dict):
        if isinstance(index, (str, int, float, bool)) and index in owner:
            return owner[index]
        return state.unknown(node)
    if isinstance(owner, LibraryObject) and isinstance(index, str) and index in owner.options:
        return owner.options[index]
    if isinstance(owner, (list, tuple, str, range)):
        return _of_sequence(state, owner, index, node)
    if isinstance(owner, ImageDataset):
        return owner.element
    if isinstance(owner, (Chain, Graph)):
        return _of_sequence(state, layers_of(state, owner), index, node)
    return state.unknown(node)


def _of_sequence(state: ReaderState, owner: Value, index: Value, node: ast.AST) -> Value:
    if isinstance(index, LibraryObject) and index.kind == "order":
        index = 0  # one element stands for all
    if isinstance(index, slice) and index.step == "unknown":
        return state.unknown(node)
    if isinstance(index, (int, slice)):
        try:
            return owner[index]
        except (IndexError, ValueError):
            return state.unknown(node)
    return state.unknown(node)


def _of_array(state: ReaderState, owner: Tensor, index: Value, node: ast.Subscript) -> Value:
    """Selected images of an array, or columns of a table."""
    if owner.detail.get("table"):
        return _columns(state, owner, index, node)
    if isinstance(index, tuple):
        kept = [i for i in index if i is not None and i is not Ellipsis]
        whole = all(i == slice(None) for i in kept[1:]) if len(kept) > 1 else True
        if index and any(i is None for i in index) and owner.shape and whole:
            return state.tensor("reshape", owner, node=node, shape=(*owner.shape, 1))
        if not whole:
            return _part(state, owner, kept, node)
        index = kept[0] if kept else slice(None)
    if isinstance(index, LibraryObject) and index.kind == "order":
        return rows(state, owner)
    if state.loops and isinstance(index, Tensor) and index.detail.get("kind") == "indices":
        return _drawn(state, owner, index, node)
    if isinstance(index, int) and owner.shape and len(owner.shape) == 1:
        return state.unknown(node)
    return rows(state, owner, index)


def _indices(state: ReaderState, order: LibraryObject, index: slice, node: ast.AST) -> Value:
    """`order[start:end]`: the next indices of a random order."""
    if index.step is not None or type(index.stop) is not int or index.stop < 0:
        return state.unknown(node)
    shape = (max(index.stop - (index.start or 0), 0),)
    return state.tensor("random", node=node, shape=shape, kind="indices", distribution="")


def _drawn(state: ReaderState, owner: Tensor, index: Tensor, node: ast.AST) -> Tensor:
    """A batch of randomly drawn images."""
    size = index.shape[0] if index.shape else None
    made = rows(state, owner)
    if size is None or not owner.shape:
        return made
    made.shape = (size, *owner.shape[1:])
    made.detail.update(batch_size=size, batch_line=index.line, count=owner.shape[0])
    return made


def _part(state: ReaderState, owner: Tensor, kept: list[Value], node: ast.AST) -> Tensor:
    if len(kept) == 2 and owner.width == 785 and kept[1] == slice(1, None):
        return state.tensor("rows", owner, node=node, shape=(None, 784))
    reason = "it uses a part of each image"
    return state.tensor("opaque", owner, node=node, reason=reason)


def _columns(state: ReaderState, owner: Tensor, index: Value, node: ast.AST) -> Value:
    """Columns of a CSV file: the first one is the label, the others are pixels."""
    second = index[1] if isinstance(index, tuple) and len(index) == 2 else None
    if index == "label" or second in (0, "label"):
        return state.tensor("labels", node=node)
    if isinstance(second, slice) and second.start == 1:
        return state.tensor("rows", owner, node=node, shape=(None, 784))
    if isinstance(index, tuple) and isinstance(second, slice) and second == slice(None):
        return state.tensor("rows", owner, node=node, shape=owner.shape)
    made = state.tensor("rows", owner, node=node, shape=owner.shape)
    made.detail["table"] = True
    return made


def _of_layer(state: ReaderState, owner: Layer, name: str) -> Value:
    """`layer.output`: of the last call of the layer."""
    if name in ("output", "input"):
        for tensor in reversed(state.tensors):
            if tensor.detail.get("layer") is owner:
                return tensor if name == "output" else tensor.parents[0]
        return Unknown("the layer was not applied yet", owner.line)
    if name == "units":
        return owner.units
    if name in ("weight", "kernel") and owner.kind == "dense":
        units = owner.units if isinstance(owner.units, int) else None
        fed = owner.fed if isinstance(owner.fed, int) else None
        return state.tensor("variable", line=owner.line, shape=(units, fed), tied=True)
    return Attribute(owner, name)
