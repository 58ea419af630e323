"""Losses given as strings, functions or objects, applied to outputs and targets."""

from __future__ import annotations

import ast

from core.code_reader.fallbacks import nearest, note_misspelt
from core.code_reader.model_values import Instance, Tensor
from core.code_reader.reader_state import ReaderState
from core.code_reader.values import (
    Arguments,
    Attribute,
    BoundMethod,
    Function,
    LibraryObject,
    Ref,
    Unknown,
    Value,
)
from core.code_reader.vocabulary import KERAS_LOSSES, TENSORFLOW_LOSSES, TORCH_LOSSES, LossSpec


def keras_loss(
    state: ReaderState, given: Value, output: Value, target: Value, args: Arguments
) -> Value:
    """The loss of `compile(loss=given)`.

    Args:
        given: a string, a loss of Keras, or a function of the script.
        output, target: the values compared.
        args: the arguments of `compile`.
    """
    if isinstance(given, (list, tuple)) and len(given) == 1:
        given = given[0]
    node = args.expression(1, "loss") or args.node
    if isinstance(given, (Function, BoundMethod, Instance)):
        return state.call(given, Arguments(args.node, [target, output]))
    if isinstance(given, Attribute):
        return unknown_loss(
            state, output, target, node, "the loss is a method of an unknown object"
        )
    if isinstance(given, LibraryObject) and given.kind == "loss":
        return loss_tensor(state, given, output, target, node)
    if isinstance(given, Ref):
        given = given.path.rpartition(".")[2]
    if isinstance(given, str):
        return _by_name(state, given, output, target, node, args)
    return unknown_loss(state, output, target, node, "the loss cannot be determined")


def _by_name(
    state: ReaderState, name: str, output: Value, target: Value, node: ast.AST, args: Arguments
) -> Value:
    spec = KERAS_LOSSES.get(name)
    if spec is None:
        problem, line = f"Keras has no loss {name[:40]!r}", getattr(node, "lineno", args.line)
        note_misspelt(state, problem, nearest(name, KERAS_LOSSES), line, node)
        return unknown_loss(state, output, target, node, problem)
    made = LibraryObject("loss", spec.name, args.line, None, {"spec": spec, "framework": "keras"})
    return loss_tensor(state, made, output, target, node)


def loss_tensor(
    state: ReaderState, loss: LibraryObject, output: Value, target: Value, node: ast.AST
) -> Value:
    """The tensor of a loss of outputs and targets."""
    parents = tuple(value for value in (output, target) if isinstance(value, Tensor))
    if not isinstance(output, Tensor):
        return Unknown("the outputs in the loss cannot be traced", loss.line)
    if len(parents) < 2:
        reason = getattr(target, "reason", "") or "the target cannot be traced"
        parents = (*parents, state.tensor("untraced", node=node, reason=reason))
    return state.tensor("loss", *parents, node=node, loss=loss)


def unknown_loss(
    state: ReaderState, output: Value, target: Value, node: ast.AST, reason: str
) -> Value:
    """The tensor of an unknown loss."""
    line = getattr(node, "lineno", 0)
    loss = LibraryObject("loss", "", line, options={"spec": LossSpec(""), "reason": reason})
    return loss_tensor(state, loss, output, target, node)


def keras_object(state: ReaderState, name: str, args: Arguments) -> LibraryObject:
    """`keras.losses.BinaryCrossentropy(...)`."""
    spec = KERAS_LOSSES[name]
    options = {
        "spec": spec,
        "framework": "keras",
        "from_logits": args.get(0, "from_logits", default=False),
        "reduction": args.get(None, "reduction"),
        "smoothing": args.get(1, "label_smoothing", default=0),
        "delta": args.get(0, "delta", default=1.0) if spec.name == "huber" else None,
    }
    if spec.name not in ("binary_crossentropy", "categorical_crossentropy"):
        options["from_logits"] = args.get(None, "from_logits", default=False)
    return LibraryObject("loss", spec.name, args.line, args, options)


def keras_function(state: ReaderState, name: str, args: Arguments) -> Value:
    """`keras.losses.binary_crossentropy(targets, outputs)`, or that of the backend."""
    if not args.positional and not args.keywords:
        return keras_object(state, name, args)
    target = args.get(0, "y_true", "target")
    output = args.get(1, "y_pred", "output")
    made = keras_object(state, name, Arguments(args.node, [], args.keywords))
    made.call = args
    return loss_tensor(state, made, output, target, args.node)


def torch_object(state: ReaderState, name: str, args: Arguments) -> LibraryObject:
    """`nn.BCELoss(...)`."""
    spec = TORCH_LOSSES[name]
    options = {
        "spec": spec,
        "framework": "torch",
        "reduction": args.get(None, "reduction", default="mean"),
        "delta": args.get(None, "beta", "delta", default=1.0) if spec.name == "huber" else None,
        "weight": args.get(None, "weight", "pos_weight"),
    }
    if args.get(None, "size_average") is False:
        options["reduction"] = "sum"
    return LibraryObject("loss", spec.name, args.line, args, options)


def torch_function(state: ReaderState, name: str, args: Arguments) -> Value:
    """`F.binary_cross_entropy(outputs, targets)`."""
    made = torch_object(state, name, Arguments(args.node, [], args.keywords))
    output, target = args.get(0, "input"), args.get(1, "target")
    return loss_tensor(state, made, output, target, args.node)


def tensorflow_function(state: ReaderState, name: str, args: Arguments) -> Value:
    """`tf.nn.sigmoid_cross_entropy_with_logits(labels=, logits=)`, `tf.losses.*`."""
    spec = TENSORFLOW_LOSSES[name]
    made = LibraryObject(
        "loss", spec.name, args.line, args, {"spec": spec, "framework": "tensorflow"}
    )
    target = args.get(0, "labels", "targets", "multi_class_labels", "onehot_labels")
    output = args.get(1, "logits", "predictions")
    return loss_tensor(state, made, output, target, args.node)


def call_loss(state: ReaderState, loss: LibraryObject, args: Arguments) -> Value:
    """The tensor of a loss object; outputs come first in PyTorch, targets in Keras."""
    if loss.options.get("framework") == "torch":
        return loss_tensor(state, loss, args.get(0, "input"), args.get(1, "target"), args.node)
    output, target = args.get(1, "y_pred"), args.get(0, "y_true")
    return loss_tensor(state, loss, output, target, args.node)
