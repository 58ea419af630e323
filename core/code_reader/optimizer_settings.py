"""The settings of the optimizer: its name, learning rate, momentum and weight decay."""

from __future__ import annotations

from core.code_reader.model_values import Layer
from core.code_reader.network import Network
from core.code_reader.reading import Settings
from core.code_reader.values import LibraryObject, Value, is_number
from core.code_reader.vocabulary import TORCH_DECAY, OptimizerSpec


def optimizer_settings(network: Network, settings: Settings) -> None:
    """Add optimizer, learning rate, momentum and weight decay."""
    training = network.training
    optimizer = training.optimizer
    if not isinstance(optimizer, LibraryObject) or optimizer.kind != "optimizer":
        if optimizer is None:
            settings.assume("optimizer", "adam", "The code does not set the optimizer.")
            settings.assume("learning_rate", 0.001, "The code does not set the learning rate.")
        else:
            line = getattr(optimizer, "line", 0) or training.line
            network.add_unsupported(line, f"Line {line}: the optimizer cannot be determined.")
        return
    settings.read("optimizer", optimizer.name, optimizer.line)
    if optimizer.options.get("others"):
        names = ", ".join(optimizer.options["others"])
        network.add_ignored(
            optimizer.line, f"{names} of the optimizer is ignored: the lab uses Keras' default."
        )
    _check_parameters(network, optimizer)
    _rate(network, optimizer, settings)
    _momentum(network, optimizer, settings)
    _decay(network, optimizer, settings)


def _check_parameters(network: Network, optimizer: LibraryObject) -> None:
    """Note parameter groups, and layers whose weights are not passed to the optimizer."""
    given = [one.options.get("params") for one in (optimizer, *optimizer.options.get("joined", ()))]
    if not all(isinstance(part, list) for part in given):
        return
    weights: list[Value] = [weight for part in given if isinstance(part, list) for weight in part]
    groups = [part for part in weights if isinstance(part, dict)]
    line = optimizer.line
    if any(set(group) - {"params"} for group in groups):
        sentence = "Parameter groups are ignored: the lab uses the same settings for all weights."
        network.add_ignored(line, sentence)
    for group in groups:
        inner = group.get("params")
        weights = [*weights, *(inner if isinstance(inner, list) else [inner])]
    layers = [weight for weight in weights if not isinstance(weight, dict)]
    if not layers or not all(isinstance(layer, Layer) for layer in layers):
        return
    owned = {id(layer) for layer in layers}
    if any(unit.layer is not None and id(unit.layer) not in owned for unit in network.units):
        sentence = "the optimizer is not given the weights of all layers; the lab trains all layers"
        network.add_unsupported(line, f"Line {line}: {sentence}.")


def _rate(network: Network, optimizer: LibraryObject, settings: Settings) -> None:
    rate, spec = optimizer.options.get("learning_rate"), optimizer.options["spec"]
    line = optimizer.line
    if isinstance(rate, LibraryObject) and rate.kind == "schedule":
        network.add_ignored(
            rate.line, "The learning rate schedule is ignored: the rate stays constant."
        )
        rate, line = rate.options["start"], rate.line
    if is_number(rate):
        settings.read("learning_rate", float(rate), line)
        return
    if rate is not None:
        network.add_unsupported(line, f"Line {line}: the learning rate cannot be determined.")
        return
    default = _default_rate(spec, str(optimizer.options["framework"]))
    if default is None:
        network.add_unsupported(line, f"Line {line}: the learning rate is missing.")
        return
    whose = "PyTorch's" if optimizer.options["framework"] == "torch" else "Keras'"
    settings.assume(
        "learning_rate", default, f"The code does not set it; {default:g} is {whose} default.", line
    )


def _default_rate(spec: OptimizerSpec, framework: str) -> float | None:
    return spec.torch_rate if framework == "torch" else spec.keras_rate


def _momentum(network: Network, optimizer: LibraryObject, settings: Settings) -> None:
    momentum = optimizer.options.get("momentum")
    if momentum is None:
        return
    if not is_number(momentum):
        network.add_unsupported(
            optimizer.line, f"Line {optimizer.line}: the momentum cannot be determined."
        )
    elif momentum and optimizer.name != "sgd":
        network.add_unsupported(optimizer.line, f"Momentum is not supported for {optimizer.name}.")
    elif momentum:
        settings.read("momentum", float(momentum), optimizer.line)
        if optimizer.options.get("nesterov") is True:
            network.add_ignored(optimizer.line, "Nesterov momentum is ignored.")


def _decay(network: Network, optimizer: LibraryObject, settings: Settings) -> None:
    decay, framework = optimizer.options.get("weight_decay"), optimizer.options["framework"]
    line = optimizer.line
    if is_number(decay) and decay:
        settings.read("weight_decay", float(decay), line)
        if framework == "torch" and optimizer.name not in ("sgd", "adamw"):
            network.add_ignored(
                line,
                "PyTorch adds weight decay to the gradient; the lab applies it to the weights"
                " directly.",
            )
    elif is_number(decay) and optimizer.name == "adamw":
        settings.read("optimizer", "adam", line)  # equivalent to adamw without decay
    elif decay is not None and not is_number(decay):
        network.add_unsupported(line, f"Line {line}: the weight decay cannot be determined.")
    elif framework == "torch" and decay is None and optimizer.name in TORCH_DECAY:
        default = TORCH_DECAY[optimizer.name]
        reason = f"The code does not set it; {default:g} is PyTorch's default."
        settings.assume("weight_decay", default, reason, line)
    old = optimizer.options.get("decay")
    if is_number(old) and old:
        network.add_ignored(
            line, "The legacy argument decay, which lowers the learning rate, is ignored."
        )
