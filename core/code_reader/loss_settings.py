"""The settings of the loss and its penalties."""

from __future__ import annotations

from typing import Any

from core.code_reader.comparison import code_penalty
from core.code_reader.model_values import Tensor
from core.code_reader.network import LAYER_OPS, Network, Unit
from core.code_reader.pixels import lineage
from core.code_reader.reader_state import ReaderState
from core.code_reader.reading import Settings
from core.code_reader.values import LibraryObject, is_number
from core.objectives.losses import OWN_ACTIVATION

# Functions that draw images, and functions that may be or be part of a sigmoid.
DRAWING_FUNCTIONS = ("imshow", "matshow", "save_image", "make_grid")
SIGMOID_FUNCTIONS = ("expit", "exp", "sigmoid", "logistic")


def loss(state: ReaderState, network: Network, settings: Settings) -> None:
    """Add the loss, `loss_from`, and the activation with which logits are displayed."""
    comparison = network.comparison
    if comparison is None:
        return
    made = comparison.loss
    if not comparison.name:
        reason = (made.options.get("reason") if made else "") or "the loss cannot be determined"
        network.add_unsupported(comparison.line, f"Line {comparison.line}: {reason}.")
        return
    line = comparison.line
    settings.read("loss", comparison.name, line)
    settings.read("loss_from", _loss_from(network), line)
    if comparison.swapped:
        network.add_unsupported(
            line, f"Line {line}: outputs and targets are swapped in the call of the loss."
        )
    if comparison.root:
        network.add_unsupported(line, f"Line {line}: the square root of the loss is not supported.")
    if comparison.is_sum or abs(comparison.factor - 1) > 1e-9:
        what = "a sum" if comparison.is_sum else f"multiplied by {comparison.factor:g}"
        network.add_ignored(
            line,
            f"The loss is {what} here and a mean per pixel in the lab: its value differs, and with"
            " sgd the step size too.",
        )
    if made is not None and made.options.get("delta") not in (None, 1, 1.0):
        network.add_unsupported(line, f"Line {line}: the lab's Huber loss has a delta of 1.")
    if made is not None and is_number(made.options.get("smoothing")) and made.options["smoothing"]:
        network.add_unsupported(line, f"Line {line}: label smoothing is not supported.")
    if made is not None and made.options.get("weight") is not None:
        network.add_unsupported(line, f"Line {line}: loss weights are not supported.")
    _loss_from_logits(state, network, settings)


def _loss_from(network: Network) -> str:
    """The value of `loss_from` that gives the same gradient."""
    comparison = network.comparison
    assert comparison is not None
    if comparison.loss_from == "logits":
        return "keras" if _keras_finds_logits(network) else "logits"
    # Other losses do not use logits, so a reshape after the outputs has no effect on them.
    is_entropy = comparison.name in OWN_ACTIVATION
    if comparison.loss_from != "keras" or comparison.by_hand:
        return comparison.loss_from if is_entropy else "keras"
    hiding = ("identity", "reshape", "cast", "opaque") if is_entropy else ("identity",)
    return "outputs" if any(tensor.op in hiding for tensor in network.after) else "keras"


def _keras_finds_logits(network: Network) -> bool:
    """Whether a loss from logits uses hidden logits, as Keras' losses do, instead of outputs."""
    loss = network.comparison.loss if network.comparison else None
    is_keras = loss is not None and loss.options.get("framework") == "keras"
    activation = network.units[-1].activation.name if network.units else ""
    return is_keras and activation in ("sigmoid", "softmax") and not network.after


def _loss_from_logits(state: ReaderState, network: Network, settings: Settings) -> None:
    """Check a loss from logits, and add the activation with which they are displayed."""
    loss_from, comparison = settings.by_name.get("loss_from"), network.comparison
    if comparison is None or loss_from is None or loss_from.value != "logits":
        return
    line = comparison.line
    own = OWN_ACTIVATION.get(comparison.name)
    if own is None:
        network.add_unsupported(
            line, f"Line {line}: the loss takes log-probabilities; the lab's takes outputs."
        )
    elif network.units:
        _display(state, network, settings, own)
    is_torch = comparison.loss is not None and comparison.loss.options.get("framework") == "torch"
    if own == "softmax" and is_torch and _value(settings, "normalization") != "sum_to_one":
        network.add_unsupported(
            line,
            f"Line {line}: for pixels that do not sum to 1, the gradient of TensorFlow's"
            " cross-entropy differs from PyTorch's.",
        )


def _value(settings: Settings, name: str) -> Any:
    setting = settings.by_name.get(name)
    return None if setting is None else setting.value


def _display(state: ReaderState, network: Network, settings: Settings, own: str) -> None:
    """Add whether logits are displayed as they are or after the loss's own activation."""
    last = network.units[-1]
    outputs = {id(t) for t in state.tensors if last.layer and t.detail.get("layer") is last.layer}
    after = [t for t in state.tensors if any(id(step) in outputs for step in lineage(t))]
    usual = sum(activation.name != "linear" for activation in last.activations)
    through = next(
        (t for t in after if _activated_as(t) == own and _activations(t, outputs) > usual), None
    )
    if last.activation.name != "linear":
        if through is not None:
            sentence = f"{own} is applied to the outputs of {last.activation.name}"
            network.add_unsupported(through.line, f"Line {through.line}: {sentence}.")
        return
    if through is not None:
        settings.read("displayed", own, through.line)
        return
    is_clear = not any(t.op == "exp" or _function(t) in SIGMOID_FUNCTIONS for t in after)
    shown = {id(tensor) for tensor in state.shown}
    raw = next((t for t in after if id(t) in shown or _function(t) in DRAWING_FUNCTIONS), None)
    if raw is not None and is_clear:
        settings.read("displayed", "raw", raw.line)
    else:
        reason = f"The code does not display the logits; {own} was assumed."
        settings.assume("displayed", own, reason)


def _activations(tensor: Tensor, outputs: set[int]) -> int:
    """The number of activations from the last layer up to and including a tensor."""
    path = lineage(tensor)
    last = max(place for place, step in enumerate(path) if id(step) in outputs)
    return sum(_activated_as(step) not in ("", "linear") for step in path[last:])


def _activated_as(tensor: Tensor) -> str:
    activation = tensor.detail.get("activation")
    return str(activation.name) if tensor.op == "activation" and activation else ""


def _function(tensor: Tensor) -> str:
    """The name of an unknown function."""
    return str(tensor.detail.get("reason", "")).partition(" ")[0] if tensor.op == "opaque" else ""


def code_penalties(network: Network, settings: Settings) -> None:
    """Add L1 penalties on the code, and remarks about other penalties and constraints."""
    for penalty in network.comparison.penalties if network.comparison else []:
        strength = _strength(network, settings, penalty)
        line = penalty.line or network.training.line
        if strength is not None:
            settings.read("code_l1", strength, line)
        else:
            network.add_unsupported(
                line, f"Line {line}: the term added to the loss is not supported."
            )
    for index, unit in enumerate(network.units):
        options = unit.layer.options if unit.layer else {}
        _activity(network, settings, index, unit, options.get("activity"))
        for name, given in (unit.layer.call.keywords if unit.layer else {}).items():
            if given is None or name == "activity_regularizer":
                continue
            if name.endswith("_regularizer"):
                sentence = f"The weight regularizer in line {unit.line} is ignored."
                network.add_ignored(unit.line, sentence)
            elif name.endswith("_constraint"):
                network.add_ignored(
                    unit.line, f"The weight constraint in line {unit.line} is ignored."
                )


def _strength(network: Network, settings: Settings, penalty: Tensor) -> float | None:
    """The factor of the mean over images of the sum of the code's absolute values."""
    known = code_penalty(penalty)
    if known is None or not network.hidden:
        return None
    punished, factor, kind = known
    code = network.hidden[network.bottleneck]
    last = [step for step in lineage(punished) if step.op in LAYER_OPS][-1]
    if last is not code.tensor and (
        code.layer is None or last.detail.get("layer") is not code.layer
    ):
        return None
    if kind == "mean":
        return factor / code.width if code.width else None
    batch = settings.by_name.get("batch_size")
    return factor * (batch.value if kind == "sum" and batch is not None else 1)


def _activity(
    network: Network, settings: Settings, index: int, unit: Unit, penalty: object
) -> None:
    if not isinstance(penalty, LibraryObject) or penalty.kind != "regularizer":
        if penalty is not None:
            network.add_ignored(
                unit.line, f"The activity regularizer in line {unit.line} is ignored."
            )
        return
    first, second = penalty.options.get("l1", 0), penalty.options.get("l2", 0)
    is_code = bool(network.hidden) and index == network.bottleneck
    if is_code and is_number(first) and first and not second:
        settings.read("code_l1", float(first), unit.line)
    else:
        network.add_unsupported(
            unit.line, f"Line {unit.line}: this activity regularizer is not supported."
        )
