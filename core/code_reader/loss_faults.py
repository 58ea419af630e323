"""Faults of the loss, the optimizer and the training step."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from core.code_reader.model_values import Layer
from core.code_reader.network import Network
from core.code_reader.reader_state import ReaderState
from core.code_reader.reading import Edit, Fault, Setting
from core.code_reader.setting_edits import (
    move_activation_after,
    set_activation,
    set_loss,
    set_loss_without_logits,
)
from core.code_reader.text import Text
from core.code_reader.values import LibraryObject
from core.objectives.losses import OWN_ACTIVATION

OUTPUT_RANGES = {
    "linear": "unbounded",
    "tanh": "between -1 and 1",
    "relu": "0 or more",
    "elu": "above -1",
    "leaky_relu": "unbounded",
    "selu": "above -1.76",
}


def sigmoid_twice(
    state: ReaderState, network: Network, settings: Mapping[str, Setting], text: Text
) -> list[Fault]:
    """A loss from logits, computed from the outputs of a sigmoid or softmax."""
    comparison = network.comparison
    if comparison is None or comparison.loss_from != "logits" or not network.units:
        return []
    activation = network.units[-1].activation.name
    if activation not in ("sigmoid", "softmax") or comparison.name != "binary_crossentropy":
        return []
    line = comparison.line
    sentence = (
        f"Line {line}: from_logits=True, but {activation} has already been applied to the outputs."
    )
    if settings["loss_from"].value == "logits":
        sentence = (
            f"Line {line}: this loss applies a sigmoid, but {activation} has already been applied"
            " to the outputs. An output of 0 becomes 0.5 in the loss, so the images turn black."
        )
    edits = set_loss_without_logits(network, text, "The outputs are already probabilities.")
    return [Fault(code="sigmoid_twice", line=line, sentence=sentence, edits=tuple(edits))]


def outside_of_bce(
    state: ReaderState, network: Network, settings: Mapping[str, Setting], text: Text
) -> list[Fault]:
    """PyTorch's BCELoss with outputs outside [0, 1], which raise an error."""
    comparison = network.comparison
    if comparison is None or comparison.loss_from != "outputs" or comparison.loss is None:
        return []
    activation = network.units[-1].activation.name if network.units else ""
    if comparison.loss.options.get("framework") != "torch" or activation not in OUTPUT_RANGES:
        return []
    line = comparison.line
    sentence = (
        f"Line {line}: BCELoss raises an error for outputs outside [0, 1]; the outputs of"
        f" {activation} are {OUTPUT_RANGES[activation]}."
    )
    edits = set_activation(state, network, "sigmoid", text, "Sigmoid has outputs between 0 and 1.")
    return [Fault(code="outside_of_bce", line=line, sentence=sentence, edits=tuple(edits))]


def cross_entropy(
    state: ReaderState, network: Network, settings: Mapping[str, Setting], text: Text
) -> list[Fault]:
    """A loss for classification."""
    comparison = network.comparison
    loss = comparison.loss if comparison else None
    if comparison is None or loss is None or loss.options.get("framework") == "keras":
        return []
    if comparison.name not in ("categorical_crossentropy", "negative_log_likelihood"):
        return []
    line = comparison.line
    sentence = (
        f"Line {line}: this is a loss for classification: it treats the pixels of an image as one"
        " probability distribution, so their brightness is lost."
    )
    edits = set_loss(network, "mean_squared_error", text, "MSE compares images pixel by pixel.")
    return [
        Fault(code="cross_entropy_reconstruction", line=line, sentence=sentence, edits=tuple(edits))
    ]


def lost_logits(
    state: ReaderState, network: Network, settings: Mapping[str, Setting], text: Text
) -> list[Fault]:
    """A Reshape or Lambda after the activation, so that Keras does not find the logits."""
    comparison = network.comparison
    if comparison is None or network.training.framework != "keras" or not network.units:
        return []
    entropy = comparison.name in ("binary_crossentropy", "categorical_crossentropy")
    activation = network.units[-1].activation.name
    if not entropy or comparison.loss_from != "keras" or activation not in ("sigmoid", "softmax"):
        return []
    behind = next(
        (t for t in network.after if t.op == "reshape" or t.detail.get("by") == "Lambda"), None
    )
    if behind is None:
        return []
    is_own = OWN_ACTIVATION[comparison.name] == activation
    layer = behind.detail.get("layer")
    line = layer.line if layer is not None else behind.line
    title = layer.title if layer is not None else "reshape"
    inside = "Inside, the gradient is the same." if is_own else "This is a different loss."
    sentence = (
        f"Line {line}: after {title}, Keras does not find the logits of {activation}; it computes"
        " the loss from the outputs, clipped to [0.0000001, 0.9999999], and outputs outside get"
        f" no gradient. {inside}"
    )
    edits: list[Edit] = []
    if is_own and isinstance(layer, Layer) and layer.kind == "reshape":
        reason = (
            f"Keras finds the logits if {activation} comes after {title}. This may not lower the"
            " error."
        )
        edits = move_activation_after(network, layer, text, reason)
    reason = "MSE does not use logits. This may not lower the error."
    edits = edits or set_loss(network, "mean_squared_error", text, reason)
    return [Fault(code="lost_logits", line=line, sentence=sentence, edits=tuple(edits))]


def adadelta(
    state: ReaderState, network: Network, settings: Mapping[str, Setting], text: Text
) -> list[Fault]:
    """Adadelta with Keras' default learning rate, which is too small."""
    optimizer = network.training.optimizer
    if not isinstance(optimizer, LibraryObject) or optimizer.name != "adadelta":
        return []
    if optimizer.options["framework"] != "keras":
        return []
    if optimizer.options.get("learning_rate") is not None:
        return []
    line = optimizer.line
    sentence = (
        f"Line {line}: Adadelta was published with a learning rate of 1.0; with Keras' default"
        " of 0.001 it learns very slowly."
    )
    edits = _rate_of_adadelta(network, optimizer, text)
    return [Fault(code="adadelta_rate", line=line, sentence=sentence, edits=tuple(edits))]


def _rate_of_adadelta(network: Network, optimizer: LibraryObject, text: Text) -> list[Edit]:
    reason = "1.0 is the rate that Adadelta was published with."
    if not optimizer.options.get("by_name"):
        call = optimizer.call.node if optimizer.call else None
        if isinstance(call, ast.Call):
            return text.add_argument(call, "learning_rate=1.0", reason)
        return []
    compiled = network.training.compiled_call
    given = compiled.expression(0, "optimizer") if compiled else None
    if given is None:
        return []
    edits = text.replace(given, "Adadelta(learning_rate=1.0)", reason)
    return edits + text.insert_keras_import("optimizers", "Adadelta", reason)


def optimizer_steps(
    state: ReaderState, network: Network, settings: Mapping[str, Setting], text: Text
) -> list[Fault]:
    """`backward` without `step` or without `zero_grad`."""
    training = network.training
    if training.framework != "torch" or training.call is not None or training.epochs is not None:
        return []
    names = {
        name: value
        for name, value in state.module.names.items()
        if isinstance(value, LibraryObject) and value.kind == "optimizer"
    }
    if len(names) != 1:
        return []
    name = next(iter(names))
    statement = next(
        (
            s
            for s, _, _ in text.statement_spans
            if isinstance(s, ast.Expr) and s.lineno == training.line
        ),
        None,
    )
    line = training.line
    if training.optimizer is None:
        sentence = (
            f"Line {line}: no optimizer.step() follows backward(), so the weights never change."
        )
        reason = "step() updates the weights."
        edits = text.insert_line(statement, f"{name}.step()", reason) if statement else []
        return [Fault(code="no_step", line=line, sentence=sentence, edits=tuple(edits))]
    if "zero_grad" not in text.text:
        sentence = (
            f"Line {line}: zero_grad() is never called, so the gradients accumulate over the steps."
        )
        reason = "Each step must start with zero gradients."
        edits = text.insert_before(statement, f"{name}.zero_grad()", reason) if statement else []
        return [Fault(code="no_zero_grad", line=line, sentence=sentence, edits=tuple(edits))]
    return []
