"""The loss and what is added to it, as settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.code_reader.comparison import code_penalty
from core.code_reader.network import OF_LAYERS, Network, Unit
from core.code_reader.pixels import lineage
from core.code_reader.reader_state import ReaderState
from core.code_reader.values import LibraryObject, Tensor, is_number
from core.objectives.losses import OWN_ACTIVATION

if TYPE_CHECKING:
    from core.code_reader.assembly import Settings

# Functions that draw what they are given, and those by which a sigmoid may be made by hand.
DRAWN = ("imshow", "matshow", "save_image", "make_grid")
SIGMOIDS = ("expit", "exp", "sigmoid", "logistic")


def loss(state: ReaderState, network: Network, found: Settings) -> None:
    """The loss, what it is computed from, and how logits are displayed."""
    comparison = network.comparison
    if comparison is None:
        return
    made = comparison.loss
    if not comparison.name:
        reason = (made.options.get("reason") if made else "") or "the loss cannot be determined"
        network.refuse(comparison.line, f"Line {comparison.line}: {reason}.")
        return
    line = comparison.line
    found.read("loss", comparison.name, line)
    found.read("loss_from", _loss_from(network), line)
    if comparison.swapped:
        network.refuse(line, f"Line {line}: the loss takes the images for the outputs.")
    if comparison.root:
        network.refuse(line, f"Line {line}: the square root of the loss is not supported.")
    if comparison.is_sum or abs(comparison.factor - 1) > 1e-9:
        what = "a sum" if comparison.is_sum else f"multiplied by {comparison.factor:g}"
        network.leave_out(
            line,
            f"The loss is {what} here and the mean per pixel in the lab: the number differs, and"
            " with sgd the step too.",
        )
    if made is not None and made.options.get("delta") not in (None, 1, 1.0):
        network.refuse(line, f"Line {line}: the lab's Huber loss has a delta of 1.")
    if made is not None and is_number(made.options.get("smoothing")) and made.options["smoothing"]:
        network.refuse(line, f"Line {line}: label smoothing is not supported.")
    if made is not None and made.options.get("weight") is not None:
        network.refuse(line, f"Line {line}: weights of the loss are not supported.")
    _as_logits(state, network, found)


def _loss_from(network: Network) -> str:
    """What the loss takes the outputs as, and whether Keras finds their logits."""
    comparison = network.comparison
    assert comparison is not None
    if comparison.loss_from == "logits":
        return "keras" if _keras_finds_logits(network) else "logits"
    # No other loss looks for logits: a shape changed after the outputs then means nothing.
    is_entropy = comparison.name in OWN_ACTIVATION
    if comparison.loss_from != "keras" or comparison.by_hand:
        return comparison.loss_from if is_entropy else "keras"
    hiding = ("identity", "reshape", "cast", "opaque") if is_entropy else ("identity",)
    return "outputs" if any(tensor.op in hiding for tensor in network.after) else "keras"


def _keras_finds_logits(network: Network) -> bool:
    """Keras' own losses take hidden logits whatever `from_logits` says; others do not look."""
    loss = network.comparison.loss if network.comparison else None
    is_keras = loss is not None and loss.options.get("framework") == "keras"
    activation = network.units[-1].activation.name if network.units else ""
    return is_keras and activation in ("sigmoid", "softmax") and not network.after


def _as_logits(state: ReaderState, network: Network, found: Settings) -> None:
    """What the lab cannot do with a loss from logits, and how the logits are displayed."""
    loss_from, comparison = found.found.get("loss_from"), network.comparison
    if comparison is None or loss_from is None or loss_from.value != "logits":
        return
    line = comparison.line
    own = OWN_ACTIVATION.get(comparison.name)
    if own is None:
        network.refuse(
            line, f"Line {line}: the loss takes logarithms; the lab's takes the outputs."
        )
    elif network.units:
        _display(state, network, found, own)
    is_torch = comparison.loss is not None and comparison.loss.options.get("framework") == "torch"
    if own == "softmax" and is_torch and _value(found, "normalization") != "sum_to_one":
        network.refuse(
            line,
            f"Line {line}: of pixels that do not sum to 1, TensorFlow's cross-entropy has another"
            " gradient than PyTorch's.",
        )


def _value(found: Settings, name: str) -> Any:
    setting = found.found.get(name)
    return None if setting is None else setting.value


def _display(state: ReaderState, network: Network, found: Settings, own: str) -> None:
    """Whether logits are shown as they are, or through the activation that the loss applies."""
    last = network.units[-1]
    outputs = {id(t) for t in state.tensors if last.layer and t.detail.get("layer") is last.layer}
    after = [t for t in state.tensors if any(id(step) in outputs for step in lineage(t))]
    usual = sum(activation.name != "linear" for activation in last.activations)
    through = next(
        (t for t in after if _activated_as(t) == own and _activations(t, outputs) > usual), None
    )
    if last.activation.name != "linear":
        if through is not None:
            sentence = f"{own} is applied to what {last.activation.name} gives"
            network.refuse(through.line, f"Line {through.line}: {sentence}.")
        return
    if through is not None:
        found.read("displayed", own, through.line)
        return
    is_clear = not any(t.op == "exp" or _function(t) in SIGMOIDS for t in after)
    shown = {id(tensor) for tensor in state.shown}
    raw = next((t for t in after if id(t) in shown or _function(t) in DRAWN), None)
    if raw is not None and is_clear:
        found.read("displayed", "raw", raw.line)
    else:
        reason = f"The text does not say how the logits are displayed: {own} was assumed."
        found.assume("displayed", own, reason)


def _activations(tensor: Tensor, outputs: set[int]) -> int:
    """How many activations stand between the last layer and a tensor, itself included."""
    way = lineage(tensor)
    last = max(place for place, step in enumerate(way) if id(step) in outputs)
    return sum(_activated_as(step) not in ("", "linear") for step in way[last:])


def _activated_as(tensor: Tensor) -> str:
    activation = tensor.detail.get("activation")
    return str(activation.name) if tensor.op == "activation" and activation else ""


def _function(tensor: Tensor) -> str:
    """What an unknown function is called."""
    return str(tensor.detail.get("reason", "")).partition(" ")[0] if tensor.op == "opaque" else ""


def code_penalties(network: Network, found: Settings) -> None:
    """L1 penalties on the code, and others that the lab has not."""
    for penalty in network.comparison.penalties if network.comparison else []:
        strength = _strength(network, found, penalty)
        line = penalty.line or network.training.line
        if strength is not None:
            found.read("code_l1", strength, line)
        else:
            network.refuse(line, f"Line {line}: the term added to the loss is not supported.")
    for index, unit in enumerate(network.units):
        options = unit.layer.options if unit.layer else {}
        _activity(network, found, index, unit, options.get("activity"))
        for name, given in (unit.layer.call.keywords if unit.layer else {}).items():
            if given is None or name == "activity_regularizer":
                continue
            if name.endswith("_regularizer"):
                sentence = f"The penalty on the weights of line {unit.line} is ignored."
                network.leave_out(unit.line, sentence)
            elif name.endswith("_constraint"):
                network.leave_out(unit.line, f"The constraint of line {unit.line} is ignored.")


def _strength(network: Network, found: Settings, penalty: Tensor) -> float | None:
    """What the mean over the images of the sum of their codes is multiplied by."""
    known = code_penalty(penalty)
    if known is None or not network.hidden:
        return None
    punished, factor, kind = known
    code = network.hidden[network.bottleneck]
    last = [step for step in lineage(punished) if step.op in OF_LAYERS][-1]
    if last is not code.tensor and (
        code.layer is None or last.detail.get("layer") is not code.layer
    ):
        return None
    if kind == "mean":
        return factor / code.width if code.width else None
    batch = found.found.get("batch_size")
    return factor * (batch.value if kind == "sum" and batch is not None else 1)


def _activity(network: Network, found: Settings, index: int, unit: Unit, penalty: object) -> None:
    if not isinstance(penalty, LibraryObject) or penalty.kind != "regularizer":
        if penalty is not None:
            network.leave_out(unit.line, f"The penalty of line {unit.line} is ignored.")
        return
    first, second = penalty.options.get("l1", 0), penalty.options.get("l2", 0)
    is_code = bool(network.hidden) and index == network.bottleneck
    if is_code and is_number(first) and first and not second:
        found.read("code_l1", float(first), unit.line)
    else:
        network.refuse(unit.line, f"Line {unit.line}: this penalty on activities is not supported.")
