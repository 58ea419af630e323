"""Faults noted while the script was evaluated, with their repairs."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from core.code_reader.data_edits import flatten_edits
from core.code_reader.model_values import Layer, Model
from core.code_reader.network import Network
from core.code_reader.reader_state import Note, ReaderState
from core.code_reader.reading import Edit, Fault, Setting
from core.code_reader.text import Text

Repair = Callable[[ReaderState, Network, Note, Text], list[Edit]]


def faults_from_notes(
    state: ReaderState, network: Network, settings: Mapping[str, Setting], text: Text
) -> list[Fault]:
    """Misspelt and missing names, shape mismatches, accuracy as a metric, and others."""
    return [
        Fault(
            code=note.code,
            line=note.line,
            sentence=note.sentence,
            edits=tuple(REPAIRS[note.code](state, network, note, text)),
        )
        for note in state.notes
        if note.kind == "fault" and _is_about(network, note)
    ]


def _is_about(network: Network, note: Note) -> bool:
    """Whether a note is about this autoencoder, not another one in the script."""
    about = note.about
    if isinstance(about, Layer):
        return any(unit.layer is about for unit in network.units)
    if isinstance(about, Model):
        return about is network.training.model
    return True


def _argument(state: ReaderState, network: Network, note: Note, text: Text) -> list[Edit]:
    wrong, _, right = note.suggestion.partition("=")
    if not isinstance(note.node, ast.Call) or not right:
        return []
    for keyword in note.node.keywords:
        span = text.span(keyword)
        if keyword.arg == wrong and span is not None:
            reason = f"The argument is called {right}."
            return [Edit(start=span[0], end=span[0] + len(wrong), text=right, reason=reason)]
    return []


def _string(state: ReaderState, network: Network, note: Note, text: Text) -> list[Edit]:
    if not note.suggestion or not isinstance(note.node, ast.Constant):
        return []
    return text.replace(
        note.node, text.quoted(note.suggestion, note.node), f"The name is {note.suggestion}."
    )


def _name(state: ReaderState, network: Network, note: Note, text: Text) -> list[Edit]:
    if not note.suggestion or not isinstance(note.node, ast.AST):
        return []
    wrong, _, right = note.suggestion.partition("=")
    return [
        edit
        for node in ast.walk(text.tree)
        if isinstance(node, ast.Name) and node.id == wrong and node.lineno == note.line
        for edit in text.replace(node, right, f"The name is {right}.")
    ]


def _import(state: ReaderState, network: Network, note: Note, text: Text) -> list[Edit]:
    return text.insert_import(note.suggestion, "The import is missing.")


def _module(state: ReaderState, network: Network, note: Note, text: Text) -> list[Edit]:
    """Replace the module in a dotted name or an import."""
    wrong, _, right = note.suggestion.partition("=")
    name, reason = right.rpartition(".")[2], "It is in another module."
    called = note.node.func if isinstance(note.node, ast.Call) else None
    if isinstance(called, ast.Attribute):
        rest = right.removeprefix(wrong.rpartition(".")[0])
        return text.replace(called, f"{text.of(called.value)}{rest}", reason)
    for node in ast.walk(text.tree):
        if isinstance(node, ast.ImportFrom) and [alias.name for alias in node.names] == [name]:
            alias = f" as {node.names[0].asname}" if node.names[0].asname else ""
            module = right.rpartition(".")[0]
            return text.replace(node, f"from {module} import {name}{alias}", reason)
    return []


def _accuracy(state: ReaderState, network: Network, note: Note, text: Text) -> list[Edit]:
    compiled = network.training.compiled_call
    if compiled is None or not isinstance(compiled.node, ast.Call):
        return []
    reason = "Accuracy is meaningless for grey values."
    call = compiled.node
    given = compiled.expression(2, "metrics")
    if isinstance(given, (ast.List, ast.Tuple)) and len(given.elts) > 1:
        wrong = [
            e for e in given.elts if isinstance(e, ast.Constant) and e.value in ("accuracy", "acc")
        ]
        return text.remove_item(list(given.elts), wrong[0], reason) if wrong else []
    for keyword in call.keywords:
        if keyword.arg == "metrics":
            return text.remove_argument(call, keyword, reason)
    return text.remove_argument(call, given, reason) if given is not None else []


def _in_features(state: ReaderState, network: Network, note: Note, text: Text) -> list[Edit]:
    layer = note.about
    if not isinstance(layer, Layer):
        return []
    width = next(
        (
            tensor.parents[0].width
            for tensor in reversed(state.tensors)
            if tensor.detail.get("layer") is layer and tensor.parents
        ),
        None,
    )
    node = layer.call.expression(0, "in_features")
    if width is None or node is None:
        return []
    return text.replace(node, str(width), f"The previous layer has {width} outputs.")


def _flatten(state: ReaderState, network: Network, note: Note, text: Text) -> list[Edit]:
    return flatten_edits(state, network, text)


def _division(state: ReaderState, network: Network, note: Note, text: Text) -> list[Edit]:
    node = note.node
    if isinstance(node, ast.BinOp):
        return text.operator(node, "//", "/", "/ divides; // rounds down to integers.")
    if isinstance(node, ast.AugAssign):
        return text.operator(node, "//=", "/=", "/ divides; // rounds down to integers.")
    return []


def _channels(state: ReaderState, network: Network, note: Note, text: Text) -> list[Edit]:
    node = note.node
    if not isinstance(node, ast.Call):
        return []
    edits: list[Edit] = []
    for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
        if isinstance(argument, (ast.Tuple, ast.List)) and argument.elts:
            first = text.of(argument.elts[0])
            one = f"({first},)" if isinstance(argument, ast.Tuple) else f"[{first}]"
            edits += text.replace(argument, one, "Grey images have one channel.")
    return edits


REPAIRS: dict[str, Repair] = {
    "misspelt_argument": _argument,
    "misspelt_name": _string,
    "undefined_name": _name,
    "missing_import": _import,
    "wrong_module": _module,
    "accuracy_metric": _accuracy,
    "shape_clash": _in_features,
    "input_shape": _flatten,
    "integer_division": _division,
    "normalize_channels": _channels,
}
