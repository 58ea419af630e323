"""A network with its training -> settings, each with the line that says so."""

from __future__ import annotations

from typing import Any

from core.code_reader import training_settings
from core.code_reader.comparison import code_penalty
from core.code_reader.images import image_settings
from core.code_reader.machine import Machine
from core.code_reader.network import OF_LAYERS, Network, Unit
from core.code_reader.pixels import way_back
from core.code_reader.reading import Setting
from core.code_reader.values import Tensor, Thing, is_number
from core.code_reader.vocabulary import last_name
from core.objectives.activations import LEAKY_SLOPE

PIXELS = 784


class Settings:
    """Settings, as they are gathered."""

    def __init__(self) -> None:
        self.found: dict[str, Setting] = {}

    def read(self, name: str, value: Any, line: int) -> None:
        """The code says so."""
        self.found[name] = Setting(name=name, value=value, line=line)

    def assume(self, name: str, value: Any, reason: str, line: int | None = None) -> None:
        """The code is silent, or not quite clear."""
        self.found[name] = Setting(name=name, value=value, line=line, reason=reason)


def settings_of(machine: Machine, network: Network) -> dict[str, Setting]:
    """All settings that the lab has or will have, as far as they can be read.

    What the lab cannot do is added to the network's `unsupported`.
    """
    found = Settings()
    image_settings(machine, network, found)
    _lost_inside(machine, network)
    if network.units:
        _widths(machine, network, found)
        _activations(network, found)
    _loss(network, found)
    _display(machine, network, found)
    training_settings.optimizer_settings(network, found)
    training_settings.loop_settings(machine, network, found)
    if machine.seed is not None:
        found.read("seed", machine.seed, machine.seed_line)
    else:
        found.assume("seed", 0, "The code sets no seed.")
    _code_penalty(network, found)
    return found.found


def _lost_inside(machine: Machine, network: Network) -> None:
    """Data that cannot be followed into a layer, where other layers may stand before it."""
    source = way_back(network.units[0].tensor)[0] if network.units else None
    if source is None or source.op != "lost" or not source.detail.get("inside"):
        return
    on_path = {id(unit.layer) for unit in network.units}
    if any(layer.kind == "dense" and id(layer) not in on_path for layer in machine.layers):
        reason = source.detail["reason"]
        line = network.units[0].line
        network.refuse(line, f"Line {line}: what goes into the layer cannot be followed: {reason}.")


def _widths(machine: Machine, network: Network, found: Settings) -> None:
    unknown = next((unit for unit in network.units if unit.width is None), None)
    if unknown is not None:
        line = unknown.line
        network.refuse(line, f"Line {line}: the width of {unknown.title} cannot be determined.")
        return
    last = network.units[-1]
    if not network.hidden:
        network.refuse(last.line, f"Line {last.line}: there is no hidden layer.")
        return
    if last.width != PIXELS:
        sentence = (
            f"Line {last.line}: the last layer has {last.width} outputs; the lab's images have"
            f" {PIXELS} pixels."
        )
        network.refuse(last.line, sentence)
    widths = tuple(int(width) for width in network.widths if width is not None)
    doubts = [unit.layer.doubt for unit in network.units if unit.layer and unit.layer.doubt]
    doubts += [doubt] if (doubt := getattr(network.training.model, "doubt", 0)) else []
    doubts = [line for line in doubts if line != network.training.doubt]
    if doubts:
        reason = f"Line {doubts[0]} decides on the layers, and the text does not say how."
        found.assume("layers", widths, reason, network.units[0].line)
    else:
        found.read("layers", widths, network.units[0].line)
    _rows(network)


def _rows(network: Network) -> None:
    """Layers that see one row of an image at a time."""
    tensor = network.input_tensor
    if tensor is None or tensor.shape is None:
        return
    sides = [size for size in tensor.shape[1:] if size is not None]
    if len(sides) > 1 and sides[-1] != PIXELS and len(sides) == len(tensor.shape) - 1:
        line = network.units[0].line
        sentence = (
            f"Line {line}: the images come as {' × '.join(map(str, sides))} and are not flattened,"
            f" so the layer sees {sides[-1]} values at a time."
        )
        network.refuse(line, sentence)


def _activations(network: Network, found: Settings) -> None:
    for unit in network.units:
        _one_activation(network, unit)
    output = network.units[-1].activation
    found.read("activation", output.name, output.line)
    if not network.hidden:
        return
    code = network.hidden[network.bottleneck]
    others = [unit for unit in network.hidden if unit is not code] or [code]
    names = [unit.activation.name for unit in others]
    found.read("hidden_activation", names[0], others[0].activation.line)
    found.read("bottleneck_activation", code.activation.name, code.activation.line)
    different = next((unit for unit in others if unit.activation.name != names[0]), None)
    if different is not None:
        line = different.activation.line or different.line
        network.refuse(
            line,
            f"Line {line}: the hidden layers have different activations, {names[0]} and"
            f" {different.activation.name}.",
        )


def _one_activation(network: Network, unit: Unit) -> None:
    unknown = next((a for a in unit.activations if not a.name), None)
    if unknown is not None:
        network.refuse(unknown.line, f"Line {unknown.line}: the activation cannot be determined.")
    names = {a.name for a in unit.activations if a.name != "linear"}
    if len(names) > 1:
        network.refuse(
            unit.line, f"Line {unit.line}: the layer has two activations, {' and '.join(names)}."
        )
    used = unit.activation
    usual = {"leaky_relu": LEAKY_SLOPE, "elu": 1.0}.get(used.name)
    if usual is not None and used.slope not in (None, usual):
        network.leave_out(
            used.line,
            f"Below 0, {used.name} has a slope of {used.slope:g} here and of {usual:g} in the lab.",
        )
    options = unit.layer.options if unit.layer is not None else {}
    if options.get("frozen"):
        network.refuse(
            unit.line, f"Line {unit.line}: the layer is frozen; the lab trains them all."
        )
    start = last_name(options.get("kernel_initializer"))
    if start.lower().replace("_", "") not in ("", "glorotuniform"):
        network.leave_out(
            unit.line, f"The initial weights, {start}, are ignored: the lab uses glorot_uniform."
        )
    if options.get("bias") is False:
        network.leave_out(unit.line, f"Line {unit.line} has no bias; the lab's layers have one.")


def _loss(network: Network, found: Settings) -> None:
    comparison = network.comparison
    if comparison is None:
        return
    loss = comparison.loss
    if not comparison.name:
        reason = (loss.options.get("reason") if loss else "") or "the loss cannot be determined"
        network.refuse(comparison.line, f"Line {comparison.line}: {reason}.")
        return
    line = comparison.line
    found.read("loss", comparison.name, line)
    found.read("loss_from", _loss_from(network), line)
    if comparison.root:
        network.refuse(line, f"Line {line}: the square root of the loss is not supported.")
    if comparison.is_sum or abs(comparison.factor - 1) > 1e-9:
        what = "a sum" if comparison.is_sum else f"multiplied by {comparison.factor:g}"
        network.leave_out(
            line,
            f"The loss is {what} here and the mean per pixel in the lab: the number differs, and"
            " with sgd the step too.",
        )
    if loss is not None and loss.options.get("delta") not in (None, 1, 1.0):
        network.refuse(line, f"Line {line}: the lab's Huber loss has a delta of 1.")
    if loss is not None and is_number(loss.options.get("smoothing")) and loss.options["smoothing"]:
        network.refuse(line, f"Line {line}: label smoothing is not supported.")
    if loss is not None and loss.options.get("weight") is not None:
        network.refuse(line, f"Line {line}: weights of the loss are not supported.")


def _loss_from(network: Network) -> str:
    """Whether Keras finds the logits of the outputs."""
    comparison = network.comparison
    assert comparison is not None
    if comparison.loss_from != "keras" or comparison.by_hand:
        is_entropy = comparison.name == "binary_crossentropy"
        if comparison.loss_from == "logits" and _leaves_logits(network):
            return "logits" if network.training.framework == "torch" else "keras"
        return comparison.loss_from if is_entropy or comparison.loss_from == "logits" else "keras"
    if any(tensor.op in ("identity", "reshape", "cast", "opaque") for tensor in network.after):
        return "outputs"
    return "keras"


def _display(machine: Machine, network: Network, found: Settings) -> None:
    """Whether logits are shown as they are, or through a sigmoid."""
    loss_from = found.found.get("loss_from")
    if loss_from is None or loss_from.value != "logits" or not network.units:
        return
    if network.units[-1].activation.name != "linear":
        return
    layer = network.units[-1].layer
    outputs = [t for t in machine.tensors if layer and t.detail.get("layer") is layer]
    shown = {id(tensor) for tensor in machine.shown}
    for tensor in machine.tensors:
        activation = tensor.detail.get("activation")
        is_sigmoid = tensor.op == "activation" and activation and activation.name == "sigmoid"
        if is_sigmoid and any(step in outputs for step in way_back(tensor)):
            found.read("displayed", "sigmoid", tensor.line)
            return
    raw = next((tensor for tensor in outputs if id(tensor) in shown), None)
    if raw is not None:
        found.read("displayed", "raw", raw.line)
    else:
        reason = "The text does not say how the logits are displayed: a sigmoid was assumed."
        found.assume("displayed", "sigmoid", reason)


def _leaves_logits(network: Network) -> bool:
    activation = network.units[-1].activation.name if network.units else ""
    return activation in ("sigmoid", "softmax") and not network.after


def _code_penalty(network: Network, found: Settings) -> None:
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
        kernel = options.get("kernel")
        if isinstance(kernel, Thing) and kernel.kind == "regularizer":
            network.leave_out(
                unit.line, f"The penalty on the weights of line {unit.line} is ignored."
            )


def _strength(network: Network, found: Settings, penalty: Tensor) -> float | None:
    """What the mean over the images of the sum of their codes is multiplied by."""
    known = code_penalty(penalty)
    if known is None or not network.hidden:
        return None
    punished, factor, kind = known
    code = network.hidden[network.bottleneck]
    last = [step for step in way_back(punished) if step.op in OF_LAYERS][-1]
    if last is not code.tensor and (
        code.layer is None or last.detail.get("layer") is not code.layer
    ):
        return None
    if kind == "mean":
        return factor / code.width if code.width else None
    batch = found.found.get("batch_size")
    return factor * (batch.value if kind == "sum" and batch is not None else 1)


def _activity(network: Network, found: Settings, index: int, unit: Unit, penalty: object) -> None:
    if not isinstance(penalty, Thing) or penalty.kind != "regularizer":
        if penalty is not None:
            network.leave_out(unit.line, f"The penalty of line {unit.line} is ignored.")
        return
    first, second = penalty.options.get("l1", 0), penalty.options.get("l2", 0)
    is_code = bool(network.hidden) and index == network.bottleneck
    if is_code and is_number(first) and first and not second:
        found.read("code_l1", float(first), unit.line)
    else:
        network.refuse(unit.line, f"Line {unit.line}: this penalty on activities is not supported.")
