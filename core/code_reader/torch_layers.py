"""PyTorch's layers, functions and losses."""

from __future__ import annotations

import ast

from core.code_reader import elementwise
from core.code_reader.layers import activate
from core.code_reader.losses import torch_function, torch_object
from core.code_reader.model_values import Activation, Layer, SequentialModel, Tensor
from core.code_reader.numerics import first_tensor, tensor_function
from core.code_reader.reader_state import Handler, ReaderState
from core.code_reader.values import Arguments, Unknown, Value, is_number
from core.code_reader.vocabulary import ACTIVATIONS, TORCH_LOSSES


def _linear(state: ReaderState, args: Arguments) -> Value:
    options = {"bias": args.get(2, "bias", default=True)}
    made = Layer(
        "dense",
        "Linear",
        args.line,
        args,
        args.get(1, "out_features"),
        args.get(0, "in_features"),
        None,
        options,
        "torch",
    )
    return state.add_layer(made)


def _lazy_linear(state: ReaderState, args: Arguments) -> Value:
    made = Layer(
        "dense", "LazyLinear", args.line, args, args.get(0, "out_features"), framework="torch"
    )
    return state.add_layer(made)


def _activation(title: str) -> Handler:
    name = ACTIVATIONS[title.lower()]

    def handle(state: ReaderState, args: Arguments) -> Value:
        slope = None
        if name == "leaky_relu":
            slope = args.get(0, "negative_slope", default=0.01)
        made = Activation(name, args.line, args.node, slope if is_number(slope) else None, title)
        layer = Layer("activation", title, args.line, args, activation=made, framework="torch")
        return state.add_layer(layer)

    return handle


def _layer(kind: str, title: str) -> Handler:
    def handle(state: ReaderState, args: Arguments) -> Value:
        options = {"rate": args.get(0, "p", default=0.5)} if kind == "dropout" else {}
        layer = Layer(kind, title, args.line, args, options=options, framework="torch")
        return state.add_layer(layer)

    return handle


def _unflatten(state: ReaderState, args: Arguments) -> Value:
    options = {"shape": args.get(1, "unflattened_size")}
    layer = Layer("reshape", "Unflatten", args.line, args, options=options, framework="torch")
    return state.add_layer(layer)


def _sequential(state: ReaderState, args: Arguments) -> Value:
    layers = list(args.positional)
    if len(layers) == 1 and isinstance(layers[0], (dict, list)):
        items = layers[0]
        layers = list(items.values()) if isinstance(items, dict) else list(items)
        if layers and all(isinstance(x, tuple) and len(x) == 2 for x in layers):
            layers = [layer for _, layer in layers]
    made = SequentialModel(line=args.line, framework="torch", layers=layers)
    state.add_model(made)
    return made


def _initialize(name: str) -> Handler:
    """The handler of an initializer in `torch.nn.init` other than xavier_uniform_."""

    def handle(state: ReaderState, args: Arguments) -> Value:
        sentence = f"The initializer {name} is ignored: the lab uses glorot_uniform."
        state.note("ignored", "initial_weights", args.line, sentence)
        return args.get(0)

    return handle


def _wrapped_model(state: ReaderState, args: Arguments) -> Value:
    """`torch.compile(model)`, `nn.DataParallel(model)`: the same network."""
    return args.get(0, "model", "module", "obj")


def _module_list(state: ReaderState, args: Arguments) -> Value:
    given = args.get(0, "modules")
    return list(given) if isinstance(given, (list, tuple)) else []


def _parameter(state: ReaderState, args: Arguments) -> Value:
    tensor = first_tensor(args)
    return state.tensor("variable", node=args.node, shape=tensor.shape if tensor else None)


def activation_function(
    name: str, slope_name: str = "negative_slope", slope: float = 0.01
) -> Handler:
    """The handler of an activation function; `slope` is the default slope of leaky relu."""

    @tensor_function
    def handle(state: ReaderState, tensor: Tensor, args: Arguments) -> Value:
        given = args.get(1, slope_name, default=slope) if name == "leaky_relu" else None
        made = Activation(name, args.line, args.node, given if is_number(given) else None, name)
        return activate(state, tensor, made, args.node)

    return handle


def _functional_linear(state: ReaderState, args: Arguments) -> Value:
    tensor, weight = args.get(0, "input"), args.get(1, "weight")
    if not isinstance(tensor, Tensor):
        return Unknown("", args.line)
    if not isinstance(weight, Tensor):
        weight = state.tensor("variable", node=args.node)
    return elementwise.matmul(state, tensor, transposed_once(state, weight), args.node)


def transposed_once(state: ReaderState, weight: Tensor) -> Tensor:
    """Weights transposed for a matrix product; tied weights stay tied."""
    made = elementwise.transposed(state, weight, weight.node or ast.Pass())
    made.detail["tied"] = weight.detail.get("tied", False)
    return made


@tensor_function
def _dropout(state: ReaderState, tensor: Tensor, args: Arguments) -> Value:
    return state.tensor("dropout", tensor, node=args.node, shape=tensor.shape)


def _object(name: str) -> Handler:
    return lambda state, args: torch_object(state, name, args)


def _loss(name: str) -> Handler:
    return lambda state, args: torch_function(state, name, args)


UNSUPPORTED = (
    *("Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "MaxPool2d", "MaxPool1d"),
    *("AvgPool2d", "AdaptiveAvgPool2d", "MaxUnpool2d", "Upsample", "UpsamplingNearest2d"),
    *("LSTM", "GRU", "RNN", "LSTMCell", "Embedding", "MultiheadAttention", "TransformerEncoder"),
    *("TransformerEncoderLayer", "PixelShuffle", "Bilinear"),
)
INITIAL = (
    *("kaiming_normal_", "kaiming_uniform_", "xavier_normal_", "normal_", "uniform_"),
    *("trunc_normal_", "orthogonal_", "sparse_", "kaiming_normal", "kaiming_uniform"),
)
IGNORED = ("BatchNorm1d", "BatchNorm2d", "LayerNorm", "InstanceNorm1d", "GroupNorm")
TORCH_ACTIVATIONS = (
    *("ReLU", "LeakyReLU", "ELU", "SELU", "Tanh", "Sigmoid", "Softmax", "LogSoftmax", "GELU"),
    *("SiLU", "Softplus", "Softsign", "Hardtanh", "Hardsigmoid", "ReLU6", "PReLU", "Mish", "CELU"),
    *("LogSigmoid", "Identity"),
)
HANDLERS: dict[str, Handler] = {
    **{f"torch.nn.init.{name}": _initialize(name) for name in INITIAL},
    "torch.nn.Linear": _linear,
    "torch.nn.LazyLinear": _lazy_linear,
    "torch.nn.Sequential": _sequential,
    **dict.fromkeys(
        (
            *("torch.compile", "torch.jit.script", "torch.jit.trace", "torch.nn.DataParallel"),
            "torch.nn.parallel.DistributedDataParallel",
        ),
        _wrapped_model,
    ),
    "torch.nn.ModuleList": _module_list,
    "torch.nn.ParameterList": _module_list,
    "torch.nn.Flatten": _layer("flatten", "Flatten"),
    "torch.nn.Unflatten": _unflatten,
    "torch.nn.Parameter": _parameter,
    "torch.nn.functional.dropout": _dropout,
    "torch.dropout": _dropout,
    **{f"torch.nn.{name}": _activation(name) for name in TORCH_ACTIVATIONS},
    **{f"torch.nn.{name}": _layer("dropout", name) for name in ("Dropout", "AlphaDropout")},
    **{f"torch.nn.{name}": _layer("ignored", name) for name in IGNORED},
    **{f"torch.nn.{name}": _layer("unsupported", name) for name in UNSUPPORTED},
    **{
        f"torch.nn.functional.{name}": activation_function(ACTIVATIONS[name])
        for name in ACTIVATIONS
        if name.islower()
    },
    "torch.nn.functional.linear": _functional_linear,
    **{f"torch.nn.{name}": _object(name) for name in TORCH_LOSSES if name[0].isupper()},
    **{f"torch.nn.functional.{name}": _loss(name) for name in TORCH_LOSSES if name.islower()},
}
