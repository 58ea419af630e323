"""Edits of the preprocessing of images."""

from __future__ import annotations

import ast

from core.code_reader.model_values import Layer, Tensor
from core.code_reader.network import Network
from core.code_reader.pixels import lineage
from core.code_reader.reader_state import ReaderState
from core.code_reader.reading import Edit
from core.code_reader.text import Text

FLATTEN = ".reshape(-1, 784)"


def image_arrays(state: ReaderState, network: Network) -> list[Tensor]:
    """The distinct arrays of images that the script passes to the network or the loss."""
    tensors = [network.training.inputs, network.training.targets, network.input_tensor]
    if network.comparison is not None:
        tensors.append(network.comparison.target)
    tensors += [tensor for tensor in state.tensors if tensor.detail.get("is_model_input")]
    found: list[Tensor] = []
    for tensor in tensors:
        if tensor is not None and tensor not in found and lineage(tensor)[0].op == "pixels":
            found.append(tensor)
    return found


def assigned(tensor: Tensor) -> ast.Assign | None:
    """The last simple assignment among the ancestors of a tensor."""
    for step in reversed(lineage(tensor)):
        node = step.detail.get("assigned")
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            return node
    return None


def transform_edits(
    state: ReaderState, network: Network, text: Text, suffix: str, reason: str
) -> list[Edit]:
    """Append to the expressions of the images: `x = x.reshape(...)` -> `... / 255`."""
    edits: list[Edit] = []
    bare: list[tuple[Tensor, str]] = []
    for tensor in image_arrays(state, network):
        statement = assigned(tensor)
        if statement is None:
            name = _bound_name(tensor)
            if name and (tensor, name) not in bare:
                bare.append((tensor, name))
            continue
        for edit in text.append(statement.value, suffix, reason):
            if edit not in edits:
                edits.append(edit)
    return edits + _after_loading(bare, text, suffix, reason)


def _bound_name(tensor: Tensor) -> str:
    for step in reversed(lineage(tensor)):
        if step.name:
            return step.name
    return ""


def _after_loading(
    bare: list[tuple[Tensor, str]], text: Text, suffix: str, reason: str
) -> list[Edit]:
    """Insert lines after those that load the images."""
    names: dict[int, list[str]] = {}
    statements: dict[int, ast.stmt] = {}
    for tensor, name in bare:
        source = lineage(tensor)[0]
        statement = text.statement(source.node) if source.node is not None else None
        if statement is not None:
            statements[id(statement)] = statement
            known = names.setdefault(id(statement), [])
            if name not in known:
                known.append(name)
    edits: list[Edit] = []
    for key, statement in statements.items():
        left, right = ", ".join(names[key]), ", ".join(f"{n}{suffix}" for n in names[key])
        edits += text.insert_line(statement, f"{left} = {right}", reason)
    return edits


def flatten_edits(state: ReaderState, network: Network, text: Text) -> list[Edit]:
    """Flatten the images."""
    reason = "The network takes an image as a vector of 784 values."
    return transform_edits(state, network, text, FLATTEN, reason)


def divide_edits(state: ReaderState, network: Network, text: Text) -> list[Edit]:
    """Divide the images by 255."""
    reason = "Pixels from 0 to 255 must be scaled to 0 to 1."
    return transform_edits(state, network, text, " / 255", reason)


def remove_division(step: Tensor, text: Text) -> list[Edit]:
    """Remove a division of images: `x / 255` -> `x`, or the whole statement."""
    reason, node = "The images have already been divided by 255.", step.node
    layer = step.detail.get("layer")
    if isinstance(layer, Layer) and (edits := text.remove_from_sequence(layer.call.node, reason)):
        return edits
    is_alone = ";" not in text.lines[step.line - 1]
    if isinstance(node, ast.AugAssign):
        return text.remove_line(node, reason) if is_alone else []
    if not isinstance(node, ast.BinOp) or isinstance(node.left, ast.Constant):
        return []
    kept, statement = text.of(node.left), text.statement(node)
    if (
        is_alone
        and isinstance(statement, ast.Assign)
        and [text.of(t) for t in statement.targets] == [kept]
    ):
        return text.remove_line(statement, reason)
    return text.replace(node, kept, reason)
