"""Faults of the loss and the training step."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from core.code_reader.network import Network
from core.code_reader.reader_state import ReaderState
from core.code_reader.reading import Edit, Fault, Setting
from core.code_reader.setting_edits import (
    activate_after,
    plain_loss,
    set_activation,
    set_loss,
)
from core.code_reader.text import Text
from core.code_reader.values import Layer, LibraryObject
from core.objectives.losses import OWN_ACTIVATION

OUTPUT_RANGES = {
    "linear": "any number",
    "tanh": "-1 to 1",
    "relu": "0 and more",
    "elu": "more than -1",
    "leaky_relu": "any number",
    "selu": "any number",
}


def sigmoid_twice(
    state: ReaderState, network: Network, settings: Mapping[str, Setting], text: Text
) -> list[Fault]:
    """A loss from logits, computed from outputs of a sigmoid."""
    comparison = network.comparison
    if comparison is None or comparison.loss_from != "logits" or not network.units:
        return []
    activation = network.units[-1].activation.name
    if activation not in ("sigmoid", "softmax") or comparison.name != "binary_crossentropy":
        return []
    line = comparison.line
    sentence = (
        f"Line {line}: from_logits=True, but the outputs have already gone through {activation}."
    )
    if settings["loss_from"].value == "logits":
        sentence = (
            f"Line {line}: this loss applies a sigmoid itself, and the outputs have already gone"
            f" through {activation}. A black output is 0.5 to it, so the images turn black."
        )
    edits = plain_loss(network, text, "The outputs are probabilities already.")
    return [Fault(code="sigmoid_twice", line=line, sentence=sentence, edits=tuple(edits))]


def outside_of_bce(
    state: ReaderState, network: Network, settings: Mapping[str, Setting], text: Text
) -> list[Fault]:
    """PyTorch's BCELoss with outputs outside [0, 1], for which it raises an error."""
    comparison = network.comparison
    if comparison is None or comparison.loss_from != "outputs" or comparison.loss is None:
        return []
    activation = network.units[-1].activation.name if network.units else ""
    if comparison.loss.options.get("framework") != "torch" or activation not in OUTPUT_RANGES:
        return []
    line = comparison.line
    sentence = (
        f"Line {line}: BCELoss takes outputs from 0 to 1 and raises an error for others;"
        f" {activation} outputs {OUTPUT_RANGES[activation]}."
    )
    edits = set_activation(state, network, "sigmoid", text, "Sigmoid outputs 0 to 1.")
    return [Fault(code="outside_of_bce", line=line, sentence=sentence, edits=tuple(edits))]


def cross_entropy(
    state: ReaderState, network: Network, settings: Mapping[str, Setting], text: Text
) -> list[Fault]:
    """A classification loss instead of a loss of pixels."""
    comparison = network.comparison
    loss = comparison.loss if comparison else None
    if comparison is None or loss is None or loss.options.get("framework") == "keras":
        return []
    if comparison.name not in ("categorical_crossentropy", "negative_log_likelihood"):
        return []
    line = comparison.line
    sentence = (
        f"Line {line}: this loss is for classes; it treats the pixels as one distribution over"
        " the image, and their brightness is lost."
    )
    edits = set_loss(network, "mean_squared_error", text, "MSE compares pixel by pixel.")
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
    elsewhere = "Elsewhere the gradient is the same." if is_own else "That is another loss."
    sentence = (
        f"Line {line}: after {title}, Keras does not find the logits of {activation}; it"
        " computes the loss from the outputs, clipped to 0.0000001 to 0.9999999, and outputs"
        f" beyond get no gradient. {elsewhere}"
    )
    edits: list[Edit] = []
    if is_own and isinstance(layer, Layer) and layer.kind == "reshape":
        reason = (
            f"Keras finds the logits if {activation} comes after {title}. The error need not fall."
        )
        edits = activate_after(network, layer, text, reason)
    reason = "MSE is the same with and without logits. The error need not fall."
    edits = edits or set_loss(network, "mean_squared_error", text, reason)
    return [Fault(code="lost_logits", line=line, sentence=sentence, edits=tuple(edits))]


def adadelta(
    state: ReaderState, network: Network, settings: Mapping[str, Setting], text: Text
) -> list[Fault]:
    """Adadelta with the default learning rate, which hardly learns."""
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
        " of 0.001 it hardly learns."
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
    made = "Adadelta(learning_rate=1.0)"
    library = "tensorflow.keras" if "tensorflow" in text.text else "keras"
    edits = text.replace(given, made, reason)
    return edits + text.insert_import(f"from {library}.optimizers import Adadelta", reason)


def steps(
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
            f"Line {line}: backward is not followed by a step of the optimizer, so nothing is"
            " learned."
        )
        reason = "The step changes the weights."
        edits = text.insert_line(statement, f"{name}.step()", reason) if statement else []
        return [Fault(code="no_step", line=line, sentence=sentence, edits=tuple(edits))]
    if "zero_grad" not in text.text:
        sentence = f"Line {line}: the gradients are never set to zero, so they add up step by step."
        reason = "Each step must start from zero gradients."
        edits = text.insert_before(statement, f"{name}.zero_grad()", reason) if statement else []
        return [Fault(code="no_zero_grad", line=line, sentence=sentence, edits=tuple(edits))]
    return []
