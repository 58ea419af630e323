"""Calls of library functions and objects: the table of all known functions."""

from __future__ import annotations

from core.code_reader import (
    array_functions,
    data_sources,
    keras_layers,
    losses,
    optimizers,
    preprocessing,
    program_settings,
    python_functions,
    random_functions,
    tensorflow_functions,
    torch_data,
    torch_layers,
    torch_training,
)
from core.code_reader.fallbacks import opaque
from core.code_reader.layers import activate, activation_of
from core.code_reader.model_values import Layer, Tensor
from core.code_reader.reader_state import Handler, ReaderState
from core.code_reader.values import Arguments, LibraryObject, Ref, Value
from core.code_reader.vocabulary import KERAS_LOSSES


def _loss(name: str) -> Handler:
    if name[0].isupper() and name not in ("MSE", "MAE", "KLD", "MSLE", "MAPE", "BCE"):
        return lambda state, args: losses.keras_object(state, name, args)
    return lambda state, args: losses.keras_function(state, name, args)


def _set_value(state: ReaderState, args: Arguments) -> Value:
    sentence = f"The value set in line {args.line}, such as a learning rate, is ignored."
    state.note("ignored", "set_value", args.line, sentence)
    return None


HANDLERS: dict[str, Handler] = {
    **python_functions.HANDLERS,
    **program_settings.HANDLERS,
    **data_sources.HANDLERS,
    **preprocessing.HANDLERS,
    **{
        f"{module}.{name}": _loss(name)
        for module in ("keras.losses", "keras.backend", "tensorflow.losses")
        for name in KERAS_LOSSES
    },
    "keras.backend.set_value": _set_value,
    **dict.fromkeys(
        ("keras.activations.get", "keras.losses.get", "keras.optimizers.get"),
        lambda _, args: args.get(0),
    ),
    **optimizers.HANDLERS,
    **keras_layers.HANDLERS,
    **torch_layers.HANDLERS,
    **torch_data.HANDLERS,
    **torch_training.HANDLERS,
    **tensorflow_functions.HANDLERS,
    **random_functions.HANDLERS,
}


def call(state: ReaderState, ref: Ref, args: Arguments) -> Value:
    """The value of calling a function or class of a library."""
    handler = HANDLERS.get(ref.path) or array_functions.function_for(ref)
    if handler is None and (right := _submodule_path(ref.path)):
        module, _, name = ref.path.rpartition(".")
        sentence = f"Line {args.line}: {module} has no {name}; it is {right}."
        suggestion = f"{ref.path}={right}"
        state.note("fault", "wrong_module", args.line, sentence, None, args.node, suggestion)
        handler = HANDLERS[right]
    if handler is not None:
        return handler(state, args)
    library = ref.path.split(".")[0]
    if library == "keras" and ref.path.startswith("keras.layers."):
        return _unknown_layer(state, ref, args)
    return opaque(state, args, f"{ref.path.rpartition('.')[2]} is not a known function")


def _submodule_path(path: str) -> str:
    """The path with the same name in a submodule: torch.utils.data.DataLoader; "" for none."""
    module, _, name = path.rpartition(".")
    if module.split(".")[0] not in ("torch", "torchvision", "keras") or not name[:1].isupper():
        return ""
    below = [known for known in HANDLERS if known.startswith(f"{module}.")]
    found = [known for known in below if known.rpartition(".")[2] == name]
    return found[0] if len(found) == 1 else ""


def _unknown_layer(state: ReaderState, ref: Ref, args: Arguments) -> Value:
    title = ref.path.rpartition(".")[2]
    return state.add_layer(Layer("unsupported", title, args.line, args))


def call_object(state: ReaderState, called: LibraryObject, args: Arguments) -> Value:
    """The value of calling an object of a library."""
    if called.kind == "loss":
        return losses.call_loss(state, called, args)
    if called.kind == "transform":
        return torch_data.call_transform(state, called, args)
    if called.kind == "initializer":
        return random_functions.initialized(state, called, args)
    if called.kind == "partial":
        inner = Arguments(
            args.node,
            [*called.options["rest"], *args.positional],
            {**called.options["keywords"], **args.keywords},
        )
        return state.call(called.options["function"], inner)
    first = args.get(0)
    if called.kind == "activation" and isinstance(first, Tensor):
        return activate(state, first, activation_of(called, args.line, None), args.node)
    return opaque(state, args, f"{called.name} cannot be called")
