"""Functions of plain TensorFlow: variables, placeholders, sessions and gradient tapes."""

from __future__ import annotations

from core.code_reader.layers import activation_of, apply_layer
from core.code_reader.losses import tensorflow_function
from core.code_reader.model_values import ImageDataset, Layer, Tensor
from core.code_reader.models import replayed
from core.code_reader.reader_state import Handler, ReaderState, Training, constructor
from core.code_reader.shapes import sizes_of
from core.code_reader.torch_layers import activation_function
from core.code_reader.torch_training import earliest_layer
from core.code_reader.values import Arguments, LibraryObject, Unknown, Value
from core.code_reader.vocabulary import ACTIVATIONS, TENSORFLOW_LOSSES


def _variable(state: ReaderState, args: Arguments) -> Value:
    start, shape = args.get(0, "initial_value"), args.get(None, "shape")
    if isinstance(start, Tensor):
        shape = start.shape
    elif isinstance(start, (int, float)):
        shape = ()
    return state.tensor("variable", node=args.node, shape=sizes_of(shape))


def _get_variable(state: ReaderState, args: Arguments) -> Value:
    return state.tensor("variable", node=args.node, shape=sizes_of(args.get(1, "shape")))


def _placeholder(state: ReaderState, args: Arguments) -> Value:
    return state.tensor("input", node=args.node, shape=sizes_of(args.get(1, "shape")))


def _bias_add(state: ReaderState, args: Arguments) -> Value:
    value, bias = args.get(0, "value"), args.get(1, "bias")
    if isinstance(value, Tensor) and isinstance(bias, Tensor):
        return state.tensor("bias", value, bias, node=args.node, shape=value.shape)
    return Unknown("", args.line)


def _dense(position: int, *names: str, default: str | None = None) -> Handler:
    def handle(state: ReaderState, args: Arguments) -> Value:
        given = args.get(position, *names, default=default)
        node = args.expression(position, *names)
        activation = activation_of(given, args.line_of(position, *names), node)
        units = args.get(1, "units", "num_outputs")
        layer = Layer("dense", "dense", args.line, args, units, None, activation)
        state.add_layer(layer)
        return apply_layer(state, layer, args.get(0, "inputs"), args)

    return handle


def _xw_plus_b(state: ReaderState, args: Arguments) -> Value:
    value, weights = args.get(0, "x"), args.get(1, "weights")
    if not isinstance(value, Tensor) or not isinstance(weights, Tensor):
        return Unknown("", args.line)
    units = weights.shape[-1] if weights.shape else None
    return state.tensor("matmul", value, weights, node=args.node, shape=(None, units), units=units)


def _loss(name: str) -> Handler:
    return lambda state, args: tensorflow_function(state, name, args)


def minimize(state: ReaderState, optimizer: LibraryObject, args: Arguments) -> Value:
    """optimizer.minimize(loss)."""
    loss = args.get(0, "loss")
    if not isinstance(loss, Tensor):
        made = state.call(loss, Arguments(args.node, [])) if callable_(loss) else None
        if isinstance(made, Tensor):
            _train(state, made, optimizer, args)
        return LibraryObject("train_op", "minimize", args.line, args)
    return LibraryObject(
        "train_op", "minimize", args.line, args, {"loss": loss, "optimizer": optimizer}
    )


def callable_(value: Value) -> bool:
    """Whether a value is a function of the script."""
    return type(value).__name__ in ("Function", "BoundMethod")


def _train(state: ReaderState, loss: Tensor, optimizer: Value, args: Arguments) -> None:
    training = Training(args.line, "tensorflow", earliest_layer(loss), loss, optimizer)
    state.train(training)


def gradient(state: ReaderState, tape: LibraryObject, args: Arguments) -> Value:
    """tape.gradient(loss, variables)."""
    loss = args.get(0, "target")
    if isinstance(loss, Tensor):
        _train(state, loss, None, args)
    return LibraryObject("gradients", "gradients", args.line, args)


def apply_gradients(state: ReaderState, optimizer: LibraryObject, args: Arguments) -> Value:
    """optimizer.apply_gradients(...)."""
    state.optimize("tensorflow", optimizer)
    return None


def run(state: ReaderState, session: LibraryObject, args: Arguments) -> Value:
    """`session.run(fetches, feed_dict)`, which trains if a train op is fetched."""
    fetched, feed = args.get(0, "fetches"), args.get(1, "feed_dict")
    parts = fetched if isinstance(fetched, (list, tuple)) else [fetched]
    known = {}
    if isinstance(feed, dict):
        known = {id(k): v for k, v in feed.items() if isinstance(v, Tensor)}
    results: list[Value] = []
    for part in parts:
        if isinstance(part, LibraryObject) and part.kind == "train_op" and "loss" in part.options:
            loss = replayed(state, part.options["loss"], dict(known))
            _train(state, loss, part.options["optimizer"], args)
            results.append(None)
        elif isinstance(part, Tensor):
            results.append(replayed(state, part, dict(known)))
        else:
            results.append(Unknown("a number known only at run time", args.line))
    return results if isinstance(fetched, (list, tuple)) else results[0]


def _from_slices(state: ReaderState, args: Arguments) -> Value:
    return ImageDataset(args.get(0, "tensors"), None, args.line, call=args)


HANDLERS: dict[str, Handler] = {
    "tensorflow.Variable": _variable,
    "tensorflow.get_variable": _get_variable,
    "tensorflow.placeholder": _placeholder,
    "keras.backend.placeholder": _placeholder,
    "tensorflow.nn.bias_add": _bias_add,
    "tensorflow.nn.xw_plus_b": _xw_plus_b,
    "tensorflow.GradientTape": constructor("tape", "GradientTape"),
    **dict.fromkeys(
        ("tensorflow.Session", "tensorflow.InteractiveSession"), constructor("session", "Session")
    ),
    "tensorflow.layers.dense": _dense(2, "activation"),
    "tensorflow.contrib.layers.fully_connected": _dense(2, "activation_fn", default="relu"),
    "tensorflow.data.Dataset.from_tensor_slices": _from_slices,
    **{
        f"{prefix}{name}": activation_function(ACTIVATIONS[name], "alpha", 0.2)
        for prefix in (
            *("tensorflow.nn.", "tensorflow.", "tensorflow.math."),
            *("keras.backend.", "keras.activations.", "keras.ops.", "keras.ops.nn."),
        )
        for name in ACTIVATIONS
        if name.islower() and name != "identity"
    },
    **{
        f"{prefix}{name}": _loss(name)
        for name in TENSORFLOW_LOSSES
        for prefix in ("tensorflow.nn.", "tensorflow.losses.")
    },
}
