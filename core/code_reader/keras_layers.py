"""Constructors of Keras' layers and models."""

from __future__ import annotations

from core.code_reader import signatures
from core.code_reader.fallbacks import nearest, note_misspelt
from core.code_reader.layers import activation_of, apply_layer
from core.code_reader.model_values import (
    Activation,
    FunctionalModel,
    Layer,
    SequentialModel,
    Tensor,
)
from core.code_reader.reader_state import Handler, ReaderState
from core.code_reader.shapes import sizes_of
from core.code_reader.values import Arguments, LibraryObject, Unknown, Value, is_number
from core.code_reader.vocabulary import ACTIVATIONS


def input_shape(args: Arguments) -> Value:
    """The shape of one input, from a layer's arguments."""
    batched = args.get(None, "batch_input_shape", "batch_shape")
    if isinstance(batched, (list, tuple)):
        return sizes_of(batched[1:])
    shape = args.get(None, "input_shape")
    return sizes_of(args.get(None, "input_dim") if shape is None else shape)


def activation_argument(
    state: ReaderState, args: Arguments, position: int | None, name: str = "activation"
) -> Activation | None:
    """A layer's activation argument; notes a misspelt name."""
    alike = "" if name in args.keywords else signatures.similar_argument(args, name)
    value = args.get(position, alike or name)
    node = args.expression(position, alike or name)
    line = args.line_of(position, alike or name)
    found = activation_of(value, line, node)
    if found is not None and not found.name and isinstance(value, str):
        near = nearest(value.lower(), ACTIVATIONS)
        note_misspelt(state, f"there is no activation {value[:40]!r}", near, line, node)
        return Activation(near, line, node, None, value)
    return found


def dense(state: ReaderState, args: Arguments) -> Value:
    """`Dense(...)`."""
    signatures.check(state, "Dense", args)
    alike = "" if args.positional else signatures.similar_argument(args, "units")
    units = args.get(0, "units", "output_dim", alike or "units")
    options = {
        "input_shape": input_shape(args),
        "activity": args.get(None, "activity_regularizer"),
        "bias": args.get(2, "use_bias", "bias", default=True),
        "kernel_initializer": args.get(3, "kernel_initializer", "init"),
    }
    activation = activation_argument(state, args, 1)
    made = Layer("dense", "Dense", args.line, args, units, None, activation, options)
    return state.add_layer(made)


def _layer(kind: str, title: str) -> Handler:
    def handle(state: ReaderState, args: Arguments) -> Value:
        signatures.check(state, title, args)
        options = {"input_shape": input_shape(args), "rate": args.get(0, "rate", "p")}
        return state.add_layer(Layer(kind, title, args.line, args, options=options))

    return handle


def _activation(state: ReaderState, args: Arguments) -> Value:
    signatures.check(state, "Activation", args)
    activation = activation_argument(state, args, 0)
    return state.add_layer(
        Layer("activation", "Activation", args.line, args, activation=activation)
    )


# The layers' default slopes.
SLOPES = {"leaky_relu": 0.3, "elu": 1.0}


def _named_activation(name: str, title: str) -> Handler:
    def handle(state: ReaderState, args: Arguments) -> Value:
        signatures.check(state, title, args)
        slope = (
            args.get(0, "negative_slope", "alpha", default=SLOPES[name]) if name in SLOPES else None
        )
        made = Activation(name, args.line, args.node, slope if is_number(slope) else None, title)
        if name == "relu" and any(v is not None for v in args.keywords.values()):
            made = Activation("relu6", args.line, args.node, None, title)
        return state.add_layer(Layer("activation", title, args.line, args, activation=made))

    return handle


def _reshape(state: ReaderState, args: Arguments) -> Value:
    signatures.check(state, "Reshape", args)
    shape = args.get(0, "target_shape", "dims")
    if isinstance(shape, int):
        shape = (shape,)
    options = {"shape": shape, "input_shape": input_shape(args)}
    return state.add_layer(Layer("reshape", "Reshape", args.line, args, options=options))


def _noise(state: ReaderState, args: Arguments) -> Value:
    level = args.get(0, "stddev", "sigma")
    options = {"kind": "gaussian", "level": level if is_number(level) else None}
    return state.add_layer(Layer("noise", "GaussianNoise", args.line, args, options=options))


def _rescale(state: ReaderState, args: Arguments) -> Value:
    options = {"scale": args.get(0, "scale"), "offset": args.get(1, "offset", default=0)}
    options["input_shape"] = input_shape(args)
    return state.add_layer(Layer("rescale", "Rescaling", args.line, args, options=options))


def _lambda(state: ReaderState, args: Arguments) -> Value:
    options = {"function": args.get(0, "function")}
    return state.add_layer(Layer("lambda", "Lambda", args.line, args, options=options))


def _regularization(state: ReaderState, args: Arguments) -> Value:
    options = {"l1": args.get(0, "l1", default=0), "l2": args.get(1, "l2", default=0)}
    return state.add_layer(
        Layer("ignored", "ActivityRegularization", args.line, args, options=options)
    )


def keras_input(state: ReaderState, args: Arguments) -> Value:
    """`Input(...)`: a symbolic tensor."""
    signatures.check(state, "Input", args)
    if isinstance(args.get(None, "tensor"), Tensor):
        return args.get(None, "tensor")
    batched = args.get(None, "batch_shape")
    given = batched[1:] if isinstance(batched, (list, tuple)) else args.get(0, "shape")
    shape = sizes_of(given)
    return state.tensor("input", node=args.node, shape=shape and (None, *shape), call=args)


def _input_layer(state: ReaderState, args: Arguments) -> Value:
    shape = input_shape(args)
    options = {"input_shape": sizes_of(args.get(0, "shape")) if shape is None else shape}
    return state.add_layer(Layer("input", "InputLayer", args.line, args, options=options))


def model(state: ReaderState, args: Arguments) -> Value:
    """Model(inputs, outputs)."""
    signatures.check(state, "Model", args)
    inputs = args.get(0, "inputs", "input")
    outputs = args.get(1, "outputs", "output")
    made = FunctionalModel(line=args.line, inputs=_tensors(inputs), outputs=_tensors(outputs))
    if not made.outputs:
        return Unknown("the outputs of the model cannot be traced", args.line)
    for tensor in made.outputs:
        tensor.detail["discarded"] = False
    state.add_model(made)
    return made


def _tensors(value: Value) -> list[Tensor]:
    parts = value if isinstance(value, (list, tuple)) else [value]
    return [part for part in parts if isinstance(part, Tensor)]


def sequential(state: ReaderState, args: Arguments) -> Value:
    """Sequential([...])."""
    given = args.get(0, "layers")
    made = SequentialModel(
        line=args.line, layers=list(given) if isinstance(given, (list, tuple)) else []
    )
    if given is not None and not isinstance(given, (list, tuple)):
        made.layers = [given]
    made.layers = [as_layer(state, layer) for layer in made.layers]
    state.add_model(made)
    return made


def as_layer(state: ReaderState, value: Value) -> Value:
    """Convert the tensor of `Input(...)` in a Sequential to a layer with its shape."""
    if isinstance(value, Tensor) and value.op == "input" and value.shape:
        options = {"input_shape": value.shape[1:]}
        args = value.detail["call"]
        return Layer("input", "Input", value.line, args, options=options)
    return value


def _merge(title: str) -> Handler:
    def handle(state: ReaderState, args: Arguments) -> Value:
        made = state.add_layer(Layer("merge", title, args.line, args))
        if title.islower():  # the function `add([a, b])` is applied at once
            return apply_layer(state, made, args.get(0, "inputs"), args)
        return made

    return handle


def _regularizer(name: str) -> Handler:
    def handle(state: ReaderState, args: Arguments) -> Value:
        first = args.get(0, "l", name, default=0.01)
        options: dict[str, Value] = {name: first}
        if name == "l1_l2":
            options = {"l1": args.get(0, "l1", default=0), "l2": args.get(1, "l2", default=0)}
        return LibraryObject("regularizer", name, args.line, args, options)

    return handle


UNSUPPORTED = (
    *("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "Conv1DTranspose", "Convolution2D"),
    *("SeparableConv2D", "DepthwiseConv2D", "MaxPooling2D", "MaxPool2D", "AveragePooling2D"),
    *("GlobalAveragePooling2D", "GlobalMaxPooling2D", "UpSampling2D", "UpSampling1D"),
    *("MaxPooling1D", "MaxPool1D", "ZeroPadding2D", "Cropping2D", "LSTM", "GRU", "SimpleRNN"),
    *("Bidirectional", "TimeDistributed", "RepeatVector", "Embedding", "MultiHeadAttention"),
    *("Attention", "LocallyConnected1D", "Permute", "Masking", "Maxout", "Highway"),
)
IGNORED = (
    *("BatchNormalization", "LayerNormalization", "GroupNormalization", "UnitNormalization"),
    "SpectralNormalization",
)
LAYERS: dict[str, Handler] = {
    "Dense": dense,
    "Activation": _activation,
    "ReLU": _named_activation("relu", "ReLU"),
    "LeakyReLU": _named_activation("leaky_relu", "LeakyReLU"),
    "ELU": _named_activation("elu", "ELU"),
    "PReLU": _named_activation("prelu", "PReLU"),
    "ThresholdedReLU": _named_activation("thresholded_relu", "ThresholdedReLU"),
    "Softmax": _named_activation("softmax", "Softmax"),
    "Flatten": _layer("flatten", "Flatten"),
    "Reshape": _reshape,
    "Dropout": _layer("dropout", "Dropout"),
    "AlphaDropout": _layer("dropout", "AlphaDropout"),
    "GaussianDropout": _layer("dropout", "GaussianDropout"),
    "SpatialDropout1D": _layer("dropout", "SpatialDropout1D"),
    "GaussianNoise": _noise,
    "Rescaling": _rescale,
    "Lambda": _lambda,
    "ActivityRegularization": _regularization,
    "Input": keras_input,
    "InputLayer": _input_layer,
    **{name: _layer("ignored", name) for name in IGNORED},
    **{name: _layer("unsupported", name) for name in UNSUPPORTED},
    **{
        name: _merge(name)
        for name in (
            *("Add", "Concatenate", "Subtract", "Multiply", "Average", "Maximum", "Dot", "Merge"),
            *("add", "concatenate", "subtract", "multiply", "average", "dot", "merge"),
        )
    },
}
HANDLERS: dict[str, Handler] = {
    **{f"keras.layers.{name}": handler for name, handler in LAYERS.items()},
    "keras.models.Model": model,
    "keras.models.Sequential": sequential,
    **{
        f"keras.regularizers.{name}": _regularizer(short)
        for name, short in {
            **{n: n for n in ("l1", "l2", "l1_l2")},
            "L1": "l1",
            "L2": "l2",
            "L1L2": "l1_l2",
            "activity_l1": "l1",
            "activity_l2": "l2",
        }.items()
    },
}
