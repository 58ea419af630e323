"""Evaluation of subscripts: `value[index]`."""

from __future__ import annotations

import ast

from core.code_reader.iteration import rows
from core.code_reader.keras_models import layers_of
from core.code_reader.model_values import FunctionalModel, ImageDataset, SequentialModel, Tensor
from core.code_reader.reader_state import ReaderState
from core.code_reader.values import LibraryObject, Value


def item(state: ReaderState, owner: Value, index: Value, node: ast.Subscript) -> Value:
    """The value of `owner[index]`."""
    if isinstance(owner, LibraryObject) and owner.kind == "table":
        return _columns(state, owner.options["of"], index, node)
    if isinstance(owner, Tensor):
        return _of_array(state, owner, index, node)
    if (
        isinstance(owner, LibraryObject)
        and owner.kind == "permutation"
        and isinstance(index, slice)
    ):
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
    if isinstance(owner, (SequentialModel, FunctionalModel)):
        return _of_sequence(state, layers_of(state, owner), index, node)
    return state.unknown(node)


def _of_sequence(state: ReaderState, owner: Value, index: Value, node: ast.AST) -> Value:
    if isinstance(index, LibraryObject) and index.kind == "permutation":
        index = 0  # all elements are alike
    if isinstance(index, slice) and index.step == "unknown":
        return state.unknown(node)
    if isinstance(index, (int, slice)):
        try:
            return owner[index]
        except (IndexError, ValueError):
            return state.unknown(node)
    return state.unknown(node)


def _of_array(state: ReaderState, owner: Tensor, index: Value, node: ast.Subscript) -> Value:
    """Images selected from an array, or columns of a table."""
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
    if isinstance(index, LibraryObject) and index.kind == "permutation":
        return rows(state, owner)
    if state.loops and isinstance(index, Tensor) and index.detail.get("kind") == "indices":
        return _random_batch(state, owner, index, node)
    if isinstance(index, int) and owner.shape and len(owner.shape) == 1:
        return state.unknown(node)
    return rows(state, owner, index)


def _indices(state: ReaderState, order: LibraryObject, index: slice, node: ast.AST) -> Value:
    """`order[start:end]`: the next indices of a random order."""
    if index.step is not None or type(index.stop) is not int or index.stop < 0:
        return state.unknown(node)
    shape = (max(index.stop - (index.start or 0), 0),)
    return state.tensor("random", node=node, shape=shape, kind="indices", distribution="")


def _random_batch(state: ReaderState, owner: Tensor, index: Tensor, node: ast.AST) -> Tensor:
    """A batch of images at random indices."""
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
    reason = "it uses only part of each image"
    return state.tensor("opaque", owner, node=node, reason=reason)


def _columns(state: ReaderState, owner: Tensor, index: Value, node: ast.AST) -> Value:
    """Columns of a CSV file with the label in the first column and pixels in the others."""
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
