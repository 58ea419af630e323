"""Edits that change output activation, loss or normalization."""

from __future__ import annotations

import ast
import re

from core.code_reader.data_edits import divide_edits, image_arrays, transform_edits
from core.code_reader.model_values import Layer
from core.code_reader.network import Network, Unit
from core.code_reader.pixels import lineage
from core.code_reader.reader_state import ReaderState
from core.code_reader.reading import Edit
from core.code_reader.text import Text
from core.code_reader.values import LibraryObject

TORCH_CLASSES = {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "ReLU", "softmax": "Softmax"}
TORCH_LOSSES = {
    "mean_squared_error": ("MSELoss", "mse_loss"),
    "binary_crossentropy": ("BCELoss", "binary_cross_entropy"),
    "mean_absolute_error": ("L1Loss", "l1_loss"),
    "huber": ("HuberLoss", "huber_loss"),
}
WITHOUT_LOGITS = {
    "BCEWithLogitsLoss": "BCELoss",
    "binary_cross_entropy_with_logits": "binary_cross_entropy",
}
SCALED = {"affine", "subtract_mean", "divide_std"}
# Suffixes of expressions that convert one normalization to another.
CONVERSIONS = {
    ("raw", "unit"): " / 255",
    ("raw", "symmetric"): " / 127.5 - 1",
    ("raw", "binarized"): " > 127",
}


def set_activation(
    state: ReaderState, network: Network, name: str, text: Text, reason: str
) -> list[Edit]:
    """Change the activation after the last layer."""
    last = network.units[-1]
    current = last.activations[-1] if last.activations else None
    if current is None:
        return _new_activation(last, name, text, reason)
    if isinstance(current.node, ast.Constant):
        return text.replace(current.node, text.quoted(name, current.node), reason)
    layer = last.last.detail.get("layer") if last.last is not None else None
    node = last.last.node if last.last is not None else None
    if isinstance(layer, Layer) and layer.kind == "activation":
        return _other_layer(layer, name, text, reason)
    if current.node is not None and last.layer is not None and last.layer.activation is current:
        return text.replace(current.node, text.quoted(name, None), reason)
    return _other_call(node, name, text, reason)


def _new_activation(last: Unit, name: str, text: Text, reason: str) -> list[Edit]:
    call = last.layer.call.node if last.layer is not None else None
    if not isinstance(call, ast.Call) or last.layer is None or name == "linear":
        return []
    if last.layer.framework == "keras":
        return text.add_argument(call, f"activation={text.quoted(name, None)}", reason)
    applied = last.tensor.node
    if applied is not None and applied is not call and _is_own_call(applied, call, text):
        return text.wrap(applied, f"torch.{name}(", ")", reason)
    return text.wrap(call, "", f", {text.prefix(call)}{TORCH_CLASSES[name]}()", reason)


def _is_own_call(applied: ast.AST, made: ast.Call, text: Text) -> bool:
    """Whether the layer is called by name in `forward`, not by a Sequential."""
    statement = text.statement(made)
    is_attribute = isinstance(statement, ast.Assign) and statement.value is made
    return isinstance(applied, ast.Call) and is_attribute and "torch" in text.text


def _other_layer(layer: Layer, name: str, text: Text, reason: str) -> list[Edit]:
    call = layer.call.node
    if not isinstance(call, ast.Call):
        return []
    if layer.framework == "keras":
        given = layer.call.expression(0, "activation")
        if layer.title == "Activation" and given is not None:
            return text.replace(given, text.quoted(name, given), reason)
        title = f"Activation({text.quoted(name, None)})"
    else:
        title = "Identity()" if name == "linear" else f"{TORCH_CLASSES[name]}()"
    return text.replace(call, f"{text.prefix(call)}{title}", reason)


def _other_call(node: ast.AST | None, name: str, text: Text, reason: str) -> list[Edit]:
    """`F.softmax(x, dim=1)` -> `F.sigmoid(x)`."""
    if not isinstance(node, ast.Call):
        return []
    prefix, _, last = text.of(node.func).rpartition(".")
    is_method = isinstance(node.func, ast.Attribute) and last in (
        "softmax",
        "sigmoid",
        "tanh",
        "relu",
    )
    if is_method and not re.fullmatch(r"[A-Za-z_][\w.]*", prefix):
        return text.replace(node, f"{prefix}.{name}()" if name != "linear" else prefix, reason)
    if not node.args:
        return []
    inner = text.of(node.args[0])
    return text.replace(node, inner if name == "linear" else f"{prefix}.{name}({inner})", reason)


def move_activation_after(network: Network, reshape: Layer, text: Text, reason: str) -> list[Edit]:
    """Move the activation of the last layer after a Reshape, where Keras finds its logits."""
    last, call = network.units[-1].layer, reshape.call.node
    if last is None or last.activation is None or not isinstance(call, ast.Call):
        return []
    given = next((k for k in _call(last).keywords if k.arg == "activation"), None)
    if given is None or len(network.after) != 1 or not isinstance(given.value, ast.Constant):
        return []
    moved = f"{text.prefix(call)}Activation({text.of(given.value)})"
    removed = text.remove_argument(_call(last), given, reason)
    imported: list[Edit] = []
    if not text.prefix(call):
        imported = text.insert_keras_import("layers", "Activation", reason)
    for parent in ast.walk(text.tree):
        if isinstance(parent, (ast.List, ast.Tuple)) and call in parent.elts:
            return removed + text.wrap(call, "", f", {moved}", reason) + imported
        if isinstance(parent, ast.Call) and parent.func is call:
            start, end = text.span(parent) or (0, 0)
            before = Edit(start=start, end=start, text=f"{moved}(", reason=reason)
            after = Edit(start=end, end=end, text=")", reason=reason)
            return [*removed, before, after, *imported]
        if isinstance(parent, ast.Call) and call in parent.args and _is_add(parent):
            statement = text.statement(parent)
            line = f"{text.of(parent.func)}({moved})"
            added = text.insert_line(statement, line, reason) if statement is not None else []
            return removed + added + imported if added else []
    return []


def _call(layer: Layer) -> ast.Call:
    node = layer.call.node
    return node if isinstance(node, ast.Call) else ast.Call(node, [], [])


def _is_add(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "add"


def set_loss(network: Network, name: str, text: Text, reason: str) -> list[Edit]:
    """Change the loss."""
    compiled = network.training.compiled_call
    if compiled is not None:
        given = compiled.expression(1, "loss")
        return text.replace(given, text.quoted(name, given), reason) if given is not None else []
    comparison = network.comparison
    loss = comparison.loss if comparison else None
    call = loss.call.node if isinstance(loss, LibraryObject) and loss.call else None
    if not isinstance(call, ast.Call) or name not in TORCH_LOSSES:
        return []
    class_name, function = TORCH_LOSSES[name]
    last = text.of(call.func).rpartition(".")[2]
    return text.last_part(call.func, class_name if last[:1].isupper() else function, reason)


def set_loss_without_logits(network: Network, text: Text, reason: str) -> list[Edit]:
    """Replace a loss from logits with the same loss from probabilities."""
    made = network.comparison.loss if network.comparison else None
    call = made.call.node if made is not None and made.call else None
    if not isinstance(call, ast.Call):
        return []
    for keyword in call.keywords:
        if keyword.arg == "from_logits":
            return text.replace(keyword.value, "False", reason)
    last = text.of(call.func).rpartition(".")[2]
    return text.last_part(call.func, WITHOUT_LOGITS[last], reason) if last in WITHOUT_LOGITS else []


def set_normalization(
    state: ReaderState, network: Network, current: str, name: str, text: Text, reason: str
) -> list[Edit]:
    """Change the range of the pixels."""
    if (current, name) == ("raw", "unit"):
        return divide_edits(state, network, text)
    if name == "unit":
        return _without_normalize(network, text, reason) or _divided(state, network, text, reason)
    if (current, name) in CONVERSIONS:
        return transform_edits(state, network, text, CONVERSIONS[current, name], reason)
    return []


def _divided(state: ReaderState, network: Network, text: Text, reason: str) -> list[Edit]:
    """Replace scalings of images with a division: `(x - mean) / std` -> `x / 255`."""
    edits: list[Edit] = []
    for tensor in image_arrays(state, network):
        steps = [step for step in lineage(tensor) if step.op in SCALED]
        if not steps or not all(isinstance(step.node, ast.BinOp) for step in steps):
            return []
        first, last = steps[0].node, steps[-1].node
        assert isinstance(first, ast.BinOp)
        inner, outer = text.span(first.left), text.span(last) if last is not None else None
        is_inside = inner and outer and outer[0] <= inner[0] and inner[1] <= outer[1]
        if not is_inside or isinstance(first.left, ast.Constant):
            return []
        operand = text.of(first.left)
        operand = f"({operand})" if isinstance(first.left, ast.BinOp) else operand
        for edit in text.replace(last, f"{operand} / 255", reason):
            if edit not in edits:
                edits.append(edit)
    return edits


def _without_normalize(network: Network, text: Text, reason: str) -> list[Edit]:
    """Remove torchvision's Normalize; the pixels then range from 0 to 1, as after ToTensor."""
    for step in network.inputs.steps:
        transform = step.detail.get("transform")
        if not isinstance(transform, LibraryObject) or transform.name != "Normalize":
            continue
        if transform.call and (edits := text.remove_from_sequence(transform.call.node, reason)):
            return edits
    return []
