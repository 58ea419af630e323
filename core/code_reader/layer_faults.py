"""Faults of the network: bypassed layers, unused and duplicate activations."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from core.code_reader.model_values import FunctionalModel, Instance, Layer, SequentialModel, Tensor
from core.code_reader.network import Network, Unit
from core.code_reader.pixels import lineage
from core.code_reader.reader_state import ReaderState
from core.code_reader.reading import Edit, Fault, Setting
from core.code_reader.text import Text
from core.code_reader.values import Value

SATURATING = {"sigmoid", "softmax", "tanh"}


def bypassed(
    state: ReaderState, network: Network, settings: Mapping[str, Setting], text: Text
) -> list[Fault]:
    """Dense layers whose output is not used, or that are never called."""
    if not network.is_traced:
        return []
    on_path = {id(unit.layer) for unit in network.units}
    consumed = _consumed(state)
    found: list[Fault] = []
    for tensor in state.tensors:
        layer = tensor.detail.get("layer")
        is_dead = tensor.op in ("layer", "activation") and id(tensor) not in consumed
        if not is_dead or not isinstance(layer, Layer) or id(layer) in on_path:
            continue
        if layer.kind == "dense" and _has_same_root(network, tensor):
            found.append(_dead_layer(network, tensor, layer, text))
    found += [_unused(layer, text) for layer in _never_called(state, network, "dense")]
    return found


def _consumed(state: ReaderState) -> set[int]:
    """The ids of tensors that are used by other tensors, models, losses or plots."""
    used = {id(parent) for tensor in state.tensors for parent in tensor.parents}
    used |= {
        id(t) for model in state.models if isinstance(model, FunctionalModel) for t in model.outputs
    }
    used |= {id(tensor) for tensor in state.shown}
    for training in state.trainings:
        used |= {id(t) for t in (training.loss, training.output) if t is not None}
    used |= {id(t) for t in state.tensors if "replay" in t.detail or t.detail.get("returned")}
    return used


def _has_same_root(network: Network, tensor: Tensor) -> bool:
    """Whether an unused tensor depends on the same data as the network."""
    first = network.units[0].tensor
    roots = {id(step) for step in lineage(first)}
    if (original := first.detail.get("replay")) is not None:
        roots |= {id(step) for step in lineage(original)}
    return bool(roots & {id(step) for step in lineage(tensor)})


def _dead_layer(network: Network, tensor: Tensor, layer: Layer, text: Text) -> Fault:
    line = tensor.line
    sentence = (
        f"Line {line}: the {layer.title} layer with {layer.units} units is bypassed: its output is"
        " not used."
    )
    edits = _reconnect(network, tensor, text)
    return Fault(code="bypassed_layer", line=line, sentence=sentence, edits=tuple(edits))


def _reconnect(network: Network, tensor: Tensor, text: Text) -> list[Edit]:
    """Pass a layer's output to the next layer that has the same input."""
    if not tensor.name or not tensor.parents:
        return []
    source = tensor.parents[0]
    path = [t for unit in network.units for t in (unit.tensor.detail.get("replay") or unit.tensor,)]
    for later in sorted(path, key=lambda t: t.serial):
        if later.serial > tensor.serial and later.parents and later.parents[0] is source:
            call = later.node
            if isinstance(call, ast.Call) and len(call.args) == 1:
                reason = f"{tensor.name} is the output of the previous layer."
                return text.replace(call.args[0], tensor.name, reason)
    return []


def _never_called(state: ReaderState, network: Network, kind: str) -> Iterator[Layer]:
    """Layers that are attributes of the network but never called."""
    called = {id(tensor.detail.get("layer")) for tensor in state.tensors}
    on_path = {id(unit.layer) for unit in network.units}
    for model in state.models:
        if not isinstance(model, Instance):
            continue
        own = [layer for value in model.attributes.values() for layer in _layers(value)]
        if any(id(layer) in on_path for layer in own):
            yield from (one for one in own if one.kind == kind and id(one) not in called)


def _layers(value: Value) -> Iterator[Layer]:
    if isinstance(value, Layer):
        yield value
    elif isinstance(value, SequentialModel):
        for part in value.layers:
            yield from _layers(part)
    elif isinstance(value, (list, tuple)):
        for part in value[:40]:
            yield from _layers(part)


def _unused(layer: Layer, text: Text) -> Fault:
    sentence = (
        f"Line {layer.line}: the {layer.title} layer with {layer.units} units is defined but never"
        " called."
    )
    statement = text.statement(layer.call.node)
    edits: list[Edit] = []
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Attribute):
        edits = text.remove_line(statement, "It is never called.")
    return Fault(code="bypassed_layer", line=layer.line, sentence=sentence, edits=tuple(edits))


def unused_activation(
    state: ReaderState, network: Network, settings: Mapping[str, Setting], text: Text
) -> list[Fault]:
    """An activation that is never called, or whose result is not used."""
    if not network.is_traced:
        return []
    found = list(_discarded_activations(state, network, text))
    for layer in _never_called(state, network, "activation"):
        units = _intended_layers(network, layer)
        if units:
            found.append(_uncalled_activation(state, network, layer, units, text))
    return found


def _intended_layers(network: Network, layer: Layer) -> list[Unit]:
    """The layers without activation for which an unused one was probably meant."""
    name = layer.activation.name if layer.activation else ""
    if name in ("sigmoid", "softmax") or (name == "tanh" and _others_have_one(network)):
        return [unit for unit in network.units[-1:] if not unit.activations]
    code = network.hidden[network.bottleneck] if network.hidden else None
    return [
        u
        for u in network.hidden
        if not u.activations and (u is not code or len(network.hidden) == 1)
    ]


def _others_have_one(network: Network) -> bool:
    return any(unit.activations for unit in network.hidden)


def _uncalled_activation(
    state: ReaderState, network: Network, layer: Layer, units: list[Unit], text: Text
) -> Fault:
    line = layer.line
    sentence = f"Line {line}: {layer.title} is defined but never called."
    name = _attribute_name(state, layer)
    reason = f"{layer.title} was never called."
    if units[-1] is not network.units[-1]:
        # Linear hidden layers reach the error of PCA, which those with relu may not.
        reason += " The layer is no longer linear, which may not lower the error."
    edits: list[Edit] = []
    for unit in units if name else []:
        node = unit.tensor.node
        if isinstance(node, ast.Call):
            edits += text.wrap(node, f"self.{name}(", ")", reason)
    return Fault(code="unused_activation", line=line, sentence=sentence, edits=tuple(edits))


def _attribute_name(state: ReaderState, layer: Layer) -> str:
    for model in state.models:
        if isinstance(model, Instance):
            for name, value in model.attributes.items():
                if value is layer:
                    return name
    return ""


def _discarded_activations(state: ReaderState, network: Network, text: Text) -> Iterator[Fault]:
    consumed = _consumed(state)
    for tensor in state.tensors:
        is_discarded = tensor.op == "activation" and tensor.detail.get("discarded")
        if not is_discarded or id(tensor) in consumed or not _has_same_root(network, tensor):
            continue
        line, name = tensor.line, tensor.parents[0].name
        sentence = f"Line {line}: the result of the activation is discarded."
        statement = text.statement(tensor.node) if tensor.node is not None else None
        edits: list[Edit] = []
        if name and isinstance(statement, ast.Expr):
            reason = "The result must be assigned. This may not lower the error."
            edits = text.wrap(statement, f"{name} = ", "", reason)
        yield Fault(code="unused_activation", line=line, sentence=sentence, edits=tuple(edits))


def activation_twice(
    state: ReaderState, network: Network, settings: Mapping[str, Setting], text: Text
) -> list[Fault]:
    """A sigmoid applied twice."""
    found: list[Fault] = []
    for unit in network.units:
        names = [a.name for a in unit.activations if a.name != "linear"]
        twice = next((n for n in names if names.count(n) > 1 and n in SATURATING), None)
        if twice is None:
            continue
        last = unit.activations[-1]
        tensor = unit.last
        line = tensor.line if tensor is not None else last.line
        sentence = f"Line {last.line or line}: {twice} is applied twice."
        edits = _remove(unit, tensor, text) if tensor is not None else []
        found.append(
            Fault(
                code="activation_twice",
                line=last.line or line,
                sentence=sentence,
                edits=tuple(edits),
            )
        )
    return found


def _remove(unit: Unit, tensor: Tensor, text: Text) -> list[Edit]:
    """Remove one of the activations."""
    reason = "It must be applied only once."
    first = unit.activations[0]
    own = unit.layer.call.node if unit.layer is not None else None
    if unit.layer is not None and unit.layer.activation is first and isinstance(own, ast.Call):
        for keyword in own.keywords:
            if keyword.arg == "activation":
                return text.remove_argument(own, keyword, reason)
    node = tensor.node
    if isinstance(node, ast.Call) and len(node.args) >= 1:
        return text.replace(node, text.of(node.args[0]), reason)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return text.replace(node, text.of(node.func.value), reason)
    return []


def output_width(
    state: ReaderState, network: Network, settings: Mapping[str, Setting], text: Text
) -> list[Fault]:
    """A number of outputs that differs from the number of pixels."""
    last = network.units[-1] if network.units else None
    target = network.comparison.target if network.comparison else None
    if last is None or target is None or target.width is None or last.width is None:
        return []
    shape = target.shape or ()
    is_flat = len(shape) == 2
    if not is_flat or target.width == last.width or network.after:
        return []
    line = last.line
    sentence = f"Line {line}: {last.width} outputs are compared with {target.width} pixels."
    edits: list[Edit] = []
    if last.layer is not None:
        position, names = (
            (1, ("out_features",)) if last.layer.framework == "torch" else (0, ("units",))
        )
        node = last.layer.call.expression(position, *names)
        edits = text.replace(node, str(target.width), "The network needs one output per pixel.")
    return [Fault(code="output_width", line=line, sentence=sentence, edits=tuple(edits))]
