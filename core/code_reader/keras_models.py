"""Methods of models."""

from __future__ import annotations

from core.code_reader.budget import MAX_ITEMS
from core.code_reader.keras_layers import as_layer
from core.code_reader.keras_training import (
    KerasModel,
    Method,
    compile_,
    fit,
    fit_generator,
    mark_validation_data,
    train_on_batch,
)
from core.code_reader.model_values import FunctionalModel, Instance, Layer, SequentialModel, Tensor
from core.code_reader.models import apply_model
from core.code_reader.reader_state import ReaderState
from core.code_reader.values import Arguments, BoundMethod, Function, Unknown, Value


def add(state: ReaderState, model: KerasModel, args: Arguments) -> Value:
    """model.add(layer)."""
    if isinstance(model, SequentialModel):
        model.layers.append(as_layer(state, args.get(0, "layer")))
        model.condition_line = model.condition_line or state.condition_line
    return None


def predict(state: ReaderState, model: KerasModel, args: Arguments) -> Value:
    """model.predict(x)."""
    data = args.get(0, "x")
    made = apply_model(state, model, data, args)
    if isinstance(made, Tensor):
        state.shown.append(made)
    return made


def evaluate(state: ReaderState, model: KerasModel, args: Arguments) -> Value:
    """model.evaluate(x, y)."""
    mark_validation_data([args.get(0, "x")])
    return Unknown("a number known only at run time", args.line)


def get_layer(state: ReaderState, model: KerasModel, args: Arguments) -> Value:
    """model.get_layer(name)."""
    name, index = args.get(0, "name"), args.get(1, "index")
    layers = layers_of(state, model)
    if isinstance(index, int) and -len(layers) <= index < len(layers):
        return layers[index]
    for layer in layers:
        call = getattr(layer, "call", None)
        if call is not None and name is not None and call.get(None, "name") == name:
            return layer
    return Unknown("a layer that cannot be identified", args.line)


def layers_of(state: ReaderState, model: KerasModel) -> list[Value]:
    """model.layers."""
    if isinstance(model, SequentialModel):
        return [layer for layer in model.layers if getattr(layer, "kind", "") != "input"]
    if isinstance(model, FunctionalModel):
        found: list[Value] = []
        pending: list[Tensor] = list(model.outputs)
        while pending and len(found) < 60:
            tensor = pending.pop(0)
            layer = tensor.detail.get("layer")
            found.insert(0, layer if isinstance(layer, Layer) else tensor)
            pending.extend(tensor.parents[:1])
        return found
    return [
        v
        for v in model.attributes.values()
        if isinstance(v, (Layer, SequentialModel, FunctionalModel))
    ]


def _returns_none(state: ReaderState, model: KerasModel, args: Arguments) -> Value:
    return None


def layers_within(model: Value) -> list[Layer]:
    """All layers of a model, including those in lists and nested models."""
    pending, seen, found = [model], set[int](), list[Layer]()
    while pending and len(seen) < MAX_ITEMS:
        value = pending.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, Layer):
            found.append(value)
        elif isinstance(value, (Instance, dict)):
            parts = value.attributes if isinstance(value, Instance) else value
            pending.extend(parts.values())
        elif isinstance(value, (SequentialModel, list, tuple)):
            pending.extend(value.layers if isinstance(value, SequentialModel) else value)
    return found


def _parameters(state: ReaderState, model: KerasModel, args: Arguments) -> Value:
    """`model.parameters()`: the layers, in place of their weights."""
    return layers_within(model)


def _requires_grad(state: ReaderState, model: KerasModel, args: Arguments) -> Value:
    """`model.requires_grad_(False)`: freeze the layers."""
    if args.get(0, "requires_grad") is False and not state.trainings:
        for layer in layers_within(model):
            layer.options["frozen"] = True
    return model


def _itself(state: ReaderState, model: KerasModel, args: Arguments) -> Value:
    return model


def _unknown(state: ReaderState, model: KerasModel, args: Arguments) -> Value:
    return Unknown("", args.line)


def _apply(state: ReaderState, model: KerasModel, args: Arguments) -> Value:
    """`model.apply(function)`: call the function with one of the dense layers."""
    layer = next((one for one in reversed(state.layers) if one.kind == "dense"), None)
    if isinstance(args.get(0), (Function, BoundMethod)) and layer is not None:
        state.call(args.get(0), Arguments(args.node, [layer]))
    return model


def _pop(state: ReaderState, model: KerasModel, args: Arguments) -> Value:
    if isinstance(model, SequentialModel) and model.layers:
        return model.layers.pop()
    return None


def _add_loss(state: ReaderState, model: KerasModel, args: Arguments) -> Value:
    sentence = f"Line {args.line}: losses added with add_loss are not supported."
    state.note("unsupported", "add_loss", args.line, sentence, model)
    return None


METHODS: dict[str, Method] = {
    "add": add,
    "compile": compile_,
    "fit": fit,
    "fit_generator": fit_generator,
    "train_on_batch": train_on_batch,
    "predict": predict,
    "predict_on_batch": predict,
    "evaluate": evaluate,
    "get_layer": get_layer,
    "apply": _apply,
    "pop": _pop,
    "add_loss": _add_loss,
    **dict.fromkeys(("summary", "build", "save", "save_weights", "load_weights"), _returns_none),
    **dict.fromkeys(("to", "cuda", "cpu", "train", "eval", "float", "double", "half"), _itself),
    **dict.fromkeys(("parameters", "trainable_parameters"), _parameters),
    "requires_grad_": _requires_grad,
    **dict.fromkeys(("state_dict", "get_weights", "to_json", "named_parameters"), _unknown),
}
