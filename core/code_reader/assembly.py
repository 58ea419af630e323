"""A network with its training -> settings, each with the line that says so."""

from __future__ import annotations

from typing import Any

from core.code_reader import loss_settings, training_settings
from core.code_reader.images import image_settings
from core.code_reader.network import Network, Unit
from core.code_reader.pixels import lineage
from core.code_reader.reader_state import ReaderState
from core.code_reader.reading import Setting
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


def settings_of(state: ReaderState, network: Network) -> dict[str, Setting]:
    """All settings that the lab has or will have, as far as they can be read.

    What the lab cannot do is added to the network's `unsupported`.
    """
    found = Settings()
    image_settings(state, network, found)
    _lost_inside(state, network)
    if network.units:
        _widths(state, network, found)
        _activations(network, found)
    loss_settings.loss(state, network, found)
    training_settings.optimizer_settings(network, found)
    training_settings.loop_settings(state, network, found)
    training = network.training
    if training.seed is not None:
        found.read("seed", training.seed, training.seed_line)
    else:
        found.assume("seed", 0, "The code sets no seed.")
    loss_settings.code_penalties(network, found)
    return found.found


def _lost_inside(state: ReaderState, network: Network) -> None:
    """Data that cannot be followed into a layer, where other layers may stand before it."""
    source = lineage(network.units[0].tensor)[0] if network.units else None
    if source is None or source.op != "lost" or not source.detail.get("inside"):
        return
    on_path = {id(unit.layer) for unit in network.units}
    if any(layer.kind == "dense" and id(layer) not in on_path for layer in state.layers):
        reason = source.detail["reason"]
        line = network.units[0].line
        network.refuse(line, f"Line {line}: what goes into the layer cannot be followed: {reason}.")


def _widths(state: ReaderState, network: Network, found: Settings) -> None:
    unknown = next((unit for unit in network.units if unit.width is None), None)
    if unknown is not None:
        line = unknown.line
        network.refuse(line, f"Line {line}: the width of {unknown.title} cannot be determined.")
        return
    last = network.units[-1]
    if not network.hidden:
        network.refuse(last.line, f"Line {last.line}: there is no hidden layer.")
        return
    if last.width != PIXELS and not network.foreign:
        sentence = (
            f"Line {last.line}: the last layer has {last.width} outputs; the lab's images have"
            f" {PIXELS} pixels."
        )
        network.refuse(last.line, sentence)
    widths = tuple(int(width) for width in network.widths if width is not None)
    training = network.training
    lines = [unit.layer.condition_line for unit in network.units if unit.layer]
    lines.append(getattr(training.model, "condition_line", 0))
    condition_lines = [line for line in lines if line not in (0, training.condition_line)]
    if condition_lines:
        reason = f"Line {condition_lines[0]} decides on the layers, and the text does not say how."
        found.assume("layers", widths, reason, network.units[0].line)
    else:
        found.read("layers", widths, network.units[0].line)
    if not network.foreign:
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
    names = dict.fromkeys(a.name for a in unit.activations if a.name != "linear")
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
