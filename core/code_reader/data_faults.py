"""Faults of the data: unused scaling, noisy targets, or labels as targets."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from core.code_reader.data_edits import image_arrays, remove_division
from core.code_reader.model_values import Tensor
from core.code_reader.network import Network
from core.code_reader.pixels import WHITE, ancestors, is_close, lineage, pixels_of
from core.code_reader.reader_state import ReaderState
from core.code_reader.reading import Edit, Fault, Setting
from core.code_reader.text import Text
from core.code_reader.values import Arguments, LibraryObject

SCALING = {"affine", "minmax", "standard", "divide_std", "sum_to_one", "threshold"}


def labels_as_target(
    state: ReaderState, network: Network, settings: Mapping[str, Setting], text: Text
) -> list[Fault]:
    """`fit(x, y)` with labels as targets."""
    target = _target(network)
    if target is None or lineage(target)[0].op != "labels":
        return []
    line = network.training.line
    sentence = (
        f"Line {line}: the targets are the labels; an autoencoder's targets are the images"
        " themselves."
    )
    return [
        Fault(
            code="labels_as_target",
            line=line,
            sentence=sentence,
            edits=tuple(
                _set_target(
                    network, text, _input_text(network, text), "The images are the targets."
                )
            ),
        )
    ]


def different_scaling(
    state: ReaderState, network: Network, settings: Mapping[str, Setting], text: Text
) -> list[Fault]:
    """Inputs and targets with different scaling."""
    inputs, targets = network.inputs, network.targets
    if inputs.source is None or targets.source is None or inputs.problem or targets.problem:
        return []
    if inputs.scaling_key == targets.scaling_key:
        return []
    line = network.training.line
    sentence = (
        f"Line {line}: the inputs range from {inputs.low:.3g} to {inputs.high:.3g}, the targets"
        f" from {targets.low:.3g} to {targets.high:.3g}."
    )
    reason = "Inputs and targets must be scaled the same way."
    if len(targets.steps) >= len(inputs.steps):
        edits = _set_input(network, text, _target_text(network, text), reason)
    else:
        edits = _set_target(network, text, _input_text(network, text), reason)
    return [Fault(code="different_scaling", line=line, sentence=sentence, edits=tuple(edits))]


def scaled_twice(
    state: ReaderState, network: Network, settings: Mapping[str, Setting], text: Text
) -> list[Fault]:
    """Images that are divided by 255 twice."""
    tensors = [network.input_tensor, *image_arrays(state, network)]
    seconds = {id(step): step for t in tensors if t is not None for step in _second_division(t)}
    if not seconds:
        return []
    edits = [edit for step in seconds.values() for edit in remove_division(step, text)]
    line = next(iter(seconds.values())).line
    sentence = (
        f"Line {line} divides by 255 a second time: the pixels range from 0 to 0.0039, so the"
        " images are almost black."
    )
    unique = tuple(edit for n, edit in enumerate(edits) if edit not in edits[:n])
    return [Fault(code="scaled_twice", line=line, sentence=sentence, edits=unique)]


def _second_division(tensor: Tensor) -> list[Tensor]:
    found = pixels_of(tensor)
    steps = [step for step in found.steps if step.op == "affine"]
    is_twice = found.base == "grey" and is_close(found.scale * WHITE * WHITE, 1) and not found.shift
    return steps[-1:] if is_twice and len({id(step.node) for step in steps}) > 1 else []


def unused_scaling(
    state: ReaderState, network: Network, settings: Mapping[str, Setting], text: Text
) -> list[Fault]:
    """Scaled images that are not used, while training uses unscaled ones."""
    if network.inputs.source is None or network.inputs.steps:
        return []
    source = network.inputs.source
    faults: list[Fault] = []
    for tensor in _unused_scalings(state, network, source):
        if tensor.detail.get("discarded"):
            faults.append(_discarded_scaling(tensor, network, text))
        elif tensor.name:
            faults.append(_unused_variable(tensor, network, text))
    return faults[:1]


def _unused_scalings(state: ReaderState, network: Network, source: Tensor) -> Iterator[Tensor]:
    """The last step of each scaling whose result is not used."""
    used = _used_tensors(state, network)
    for tensor in state.tensors:
        if tensor.op in SCALING and id(tensor) not in used and lineage(tensor)[0] is source:
            later = [t for t in state.tensors if tensor in t.parents]
            if not any(t.op in SCALING for t in later):
                yield _last_conversion(state, tensor)


def _last_conversion(state: ReaderState, tensor: Tensor) -> Tensor:
    """The last tensor derived from this one by casts, reshapes and selections."""
    for later in state.tensors:
        if tensor in later.parents and later.op in ("cast", "reshape", "rows"):
            return _last_conversion(state, later)
    return tensor


def _used_tensors(state: ReaderState, network: Network) -> set[int]:
    """The ids of all tensors that the training depends on."""
    roots = [t for t in (network.training.loss, network.training.inputs) if t is not None]
    return {id(step) for root in roots for step in ancestors(root)}


def _discarded_scaling(tensor: Tensor, network: Network, text: Text) -> Fault:
    line = tensor.line
    name = next((t.name for t in reversed(lineage(tensor)) if t.name), "")
    edits: list[Edit] = []
    node = tensor.node
    statement = text.statement(node) if node is not None else None
    if name and isinstance(statement, ast.Expr):
        edits = text.wrap(statement, f"{name} = ", "", "The result must be assigned.")
    sentence = f"Line {line} scales the images, but the result is discarded."
    return Fault(code="unused_scaling", line=line, sentence=sentence, edits=tuple(edits))


def _unused_variable(tensor: Tensor, network: Network, text: Text) -> Fault:
    line, name = tensor.line, tensor.name
    sentence = (
        f"Line {line} assigns the scaled images to {name}, but line {network.training.line} trains"
        " on the unscaled ones."
    )
    reason = f"{name} contains the scaled images."
    edits = _set_input(network, text, name, reason) + _set_target(network, text, name, reason)
    return Fault(code="unused_scaling", line=line, sentence=sentence, edits=tuple(edits))


def unused_transform(
    state: ReaderState, network: Network, settings: Mapping[str, Setting], text: Text
) -> list[Fault]:
    """A torchvision transform that is not passed to the data set, or is bypassed."""
    source = network.inputs.source
    if source is None or "set" not in source.detail:
        return []
    loading = source.detail["set"].call
    if source.detail["transform"] is not None:
        return _bypassed_transform(state, network, source)
    for name, value in state.module.names.items():
        is_transform = isinstance(value, LibraryObject) and value.kind == "transform"
        if is_transform and not value.options.get("used") and isinstance(loading.node, ast.Call):
            sentence = (
                f"Line {value.line} defines the transform {name}, but the data set in line"
                f" {source.line} does not use it."
            )
            edits = text.add_argument(
                loading.node, f"transform={name}", "The transform was not used."
            )
            return [
                Fault(
                    code="unused_transform", line=value.line, sentence=sentence, edits=tuple(edits)
                )
            ]
    return []


def _bypassed_transform(state: ReaderState, network: Network, source: Tensor) -> list[Fault]:
    if not any(step.detail.get("stored") for step in lineage(network.input_tensor or source)):
        return []
    if network.inputs.steps:
        return []
    line = source.line
    sentence = (
        f"Line {line}: the transform is applied to the elements of the data set, but training"
        " uses .data, which contains the stored grey values."
    )
    return [Fault(code="unused_transform", line=line, sentence=sentence)]


def noisy_target(
    state: ReaderState, network: Network, settings: Mapping[str, Setting], text: Text
) -> list[Fault]:
    """Noisy images as targets."""
    if not network.targets.noise:
        return []
    noise = network.targets.noise[0].tensor
    clean = next((t.name for t in reversed(lineage(noise.parents[0])) if t.name), "")
    line = network.training.line
    sentence = (
        f"Line {line}: the targets are noisy too, so the network learns to reproduce the noise; to"
        " learn to remove it, it needs the clean images as targets."
    )
    edits = _set_target(network, text, clean, "The clean images are the targets.") if clean else []
    return [Fault(code="noisy_target", line=line, sentence=sentence, edits=tuple(edits))]


def _target(network: Network) -> Tensor | None:
    return network.comparison.target if network.comparison else network.training.targets


def _expressions(network: Network) -> tuple[ast.expr | None, ast.expr | None]:
    """The expressions of inputs and targets: in `fit`, or in the call of the loss."""
    call = network.training.call
    if call is not None:
        return call.expression(0, "x"), call.expression(1, "y")
    comparison = network.comparison
    node = comparison.tensor.node if comparison else None
    if comparison is None or not isinstance(node, ast.Call):
        return None, None
    args = Arguments(node)
    is_torch = network.training.framework == "torch"
    target = args.expression(1 if is_torch else 0, "target", "labels", "y_true")
    return None, target


def _input_text(network: Network, text: Text) -> str:
    given = _expressions(network)[0]
    if given is not None:
        return text.of(given)
    named = network.input_tensor
    return next((t.name for t in reversed(lineage(named)) if t.name), "") if named else ""


def _target_text(network: Network, text: Text) -> str:
    return text.of(_expressions(network)[1])


def _set_target(network: Network, text: Text, new: str, reason: str) -> list[Edit]:
    node = _expressions(network)[1]
    return text.replace(node, new, reason) if new and node is not None else []


def _set_input(network: Network, text: Text, new: str, reason: str) -> list[Edit]:
    node = _expressions(network)[0]
    return text.replace(node, new, reason) if new and node is not None else []
