"""The settings of a traced network and its training."""

from __future__ import annotations

from core.code_reader import loss_settings
from core.code_reader.images import image_settings
from core.code_reader.loop_settings import loop_settings
from core.code_reader.network import Network, Unit
from core.code_reader.optimizer_settings import optimizer_settings
from core.code_reader.pixels import lineage
from core.code_reader.reader_state import ReaderState
from core.code_reader.reading import Setting, Settings
from core.code_reader.vocabulary import last_name
from core.objectives.activations import LEAKY_SLOPE

PIXELS = 784


def settings_of(state: ReaderState, network: Network) -> dict[str, Setting]:
    """All settings by name; remarks are added to the network's `ignored` and `unsupported`."""
    settings = Settings()
    image_settings(state, network, settings)
    _check_input_of_first_layer(state, network)
    if network.units:
        _widths(state, network, settings)
        _activations(network, settings)
    loss_settings.loss(state, network, settings)
    optimizer_settings(network, settings)
    loop_settings(network, settings)
    training = network.training
    if training.seed is not None:
        settings.read("seed", training.seed, training.seed_line)
    else:
        settings.assume("seed", 0, "The code does not set a seed.")
    loss_settings.code_penalties(network, settings)
    return settings.by_name


def _check_input_of_first_layer(state: ReaderState, network: Network) -> None:
    """Reject an untraced input of the first layer if other layers may precede it."""
    source = lineage(network.units[0].tensor)[0] if network.units else None
    if source is None or source.op != "untraced" or not source.detail.get("inside"):
        return
    on_path = {id(unit.layer) for unit in network.units}
    if any(layer.kind == "dense" and id(layer) not in on_path for layer in state.layers):
        reason = source.detail["reason"]
        line = network.units[0].line
        network.add_unsupported(
            line, f"Line {line}: the input of the layer cannot be traced: {reason}."
        )


def _widths(state: ReaderState, network: Network, settings: Settings) -> None:
    unknown = next((unit for unit in network.units if unit.width is None), None)
    if unknown is not None:
        line = unknown.line
        network.add_unsupported(
            line, f"Line {line}: the width of {unknown.title} cannot be determined."
        )
        return
    last = network.units[-1]
    if not network.hidden:
        network.add_unsupported(last.line, f"Line {last.line}: there is no hidden layer.")
        return
    if last.width != PIXELS and not network.has_unsupported_layers:
        sentence = (
            f"Line {last.line}: the last layer has {last.width} outputs; the lab's images have"
            f" {PIXELS} pixels."
        )
        network.add_unsupported(last.line, sentence)
    widths = tuple(int(width) for width in network.widths if width is not None)
    training = network.training
    lines = [unit.layer.condition_line for unit in network.units if unit.layer]
    lines.append(getattr(training.model, "condition_line", 0))
    condition_lines = [line for line in lines if line not in (0, training.condition_line)]
    if condition_lines:
        reason = (
            f"The layers depend on the condition in line {condition_lines[0]}, which cannot be"
            " evaluated."
        )
        settings.assume("layers", widths, reason, network.units[0].line)
    else:
        settings.read("layers", widths, network.units[0].line)
    if not network.has_unsupported_layers:
        _check_flattened(network)


def _check_flattened(network: Network) -> None:
    """Reject layers that are applied to single rows of an image."""
    tensor = network.input_tensor
    if tensor is None or tensor.shape is None:
        return
    sides = [size for size in tensor.shape[1:] if size is not None]
    if len(sides) > 1 and sides[-1] != PIXELS and len(sides) == len(tensor.shape) - 1:
        line = network.units[0].line
        sentence = (
            f"Line {line}: the images are {' × '.join(map(str, sides))} and not flattened, so the"
            f" layer is applied to {sides[-1]} values at a time."
        )
        network.add_unsupported(line, sentence)


def _activations(network: Network, settings: Settings) -> None:
    for unit in network.units:
        _check_activation(network, unit)
    output = network.units[-1].activation
    settings.read("activation", output.name, output.line)
    if not network.hidden:
        return
    code = network.hidden[network.bottleneck]
    others = [unit for unit in network.hidden if unit is not code] or [code]
    names = [unit.activation.name for unit in others]
    settings.read("hidden_activation", names[0], others[0].activation.line)
    settings.read("bottleneck_activation", code.activation.name, code.activation.line)
    different = next((unit for unit in others if unit.activation.name != names[0]), None)
    if different is not None:
        line = different.activation.line or different.line
        network.add_unsupported(
            line,
            f"Line {line}: the hidden layers have different activations, {names[0]} and"
            f" {different.activation.name}.",
        )


def _check_activation(network: Network, unit: Unit) -> None:
    unknown = next((a for a in unit.activations if not a.name), None)
    if unknown is not None:
        network.add_unsupported(
            unknown.line, f"Line {unknown.line}: the activation cannot be determined."
        )
    names = dict.fromkeys(a.name for a in unit.activations if a.name != "linear")
    if len(names) > 1:
        network.add_unsupported(
            unit.line, f"Line {unit.line}: the layer has two activations, {' and '.join(names)}."
        )
    used = unit.activation
    usual = {"leaky_relu": LEAKY_SLOPE, "elu": 1.0}.get(used.name)
    if usual is not None and used.slope not in (None, usual):
        network.add_ignored(
            used.line,
            f"The slope of {used.name} below 0 is {used.slope:g} here and {usual:g} in the lab.",
        )
    options = unit.layer.options if unit.layer is not None else {}
    if options.get("frozen"):
        network.add_unsupported(
            unit.line, f"Line {unit.line}: the layer is frozen; the lab trains all layers."
        )
    start = last_name(options.get("kernel_initializer"))
    if start.lower().replace("_", "") not in ("", "glorotuniform"):
        network.add_ignored(
            unit.line, f"The initializer {start} is ignored: the lab uses glorot_uniform."
        )
    if options.get("bias") is False:
        network.add_ignored(
            unit.line, f"The layer in line {unit.line} has no bias; the lab's layers have one."
        )
