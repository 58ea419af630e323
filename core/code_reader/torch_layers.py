"""PyTorch's layers, functions, transforms and data loaders."""

from __future__ import annotations

import ast

from core.code_reader import elementwise
from core.code_reader.data_sources import TORCH_SETS, torch_set
from core.code_reader.iteration import elements, rows, selected
from core.code_reader.layers import activate
from core.code_reader.losses import torch_function, torch_object
from core.code_reader.numerics import first_tensor, of_tensor
from core.code_reader.reader_state import Handler, ReaderState
from core.code_reader.values import (
    Activation,
    Arguments,
    BoundMethod,
    Chain,
    Function,
    ImageDataset,
    Instance,
    Layer,
    LibraryObject,
    Tensor,
    Unknown,
    Value,
    is_number,
)
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
    made = Chain(line=args.line, framework="torch", layers=layers)
    state.add_model(made)
    return made


def _initialize(name: str) -> Handler:
    """The handler of `nn.init.name`: biases do not matter, and glorot_uniform is the lab's."""

    def handle(state: ReaderState, args: Arguments) -> Value:
        sentence = f"The initial weights, {name}, are ignored: the lab uses glorot_uniform."
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
    """The handler of an activation that is a function; the slope is that of leaky relu."""

    @of_tensor
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


@of_tensor
def _dropout(state: ReaderState, tensor: Tensor, args: Arguments) -> Value:
    return state.tensor("dropout", tensor, node=args.node, shape=tensor.shape)


def _to_tensor(state: ReaderState, args: Arguments) -> Value:
    return LibraryObject("transform", "ToTensor", args.line, args)


def _transform(name: str) -> Handler:
    def handle(state: ReaderState, args: Arguments) -> Value:
        options = {"first": args.get(0, "transforms", "mean", "lambd", "size", "dtype")}
        options["second"] = args.get(1, "std", "scale")
        if name == "Compose" and isinstance(options["first"], (list, tuple)):
            for step in options["first"]:
                if isinstance(step, LibraryObject):
                    step.options["used"] = True
        return LibraryObject("transform", name, args.line, args, options)

    return handle


def call_transform(state: ReaderState, transform: LibraryObject, args: Arguments) -> Value:
    """Apply a transform to images."""
    value, first = args.get(0), transform.options.get("first")
    if not isinstance(value, Tensor):
        return Unknown("", args.line)
    node = transform.call.node if transform.call else args.node
    if transform.name == "Compose":
        for step in first if isinstance(first, (list, tuple)) else []:
            value = state.call(step, Arguments(args.node, [value]))
        return value
    if transform.name == "ToTensor" or (
        transform.name in ("ToDtype", "ConvertImageDtype")
        and (transform.options["second"] is True or transform.name == "ConvertImageDtype")
    ):
        made = elementwise.affine(state, value, 1 / 255, 0.0, node)
        sides = (value.shape or (None, 28, 28))[1:]
        made.shape = (None, 1, *sides[:2]) if len(sides) == 2 else (None, *sides)
        made.detail["transform"] = transform
        return made
    if transform.name == "Normalize":
        return _normalize(state, transform, value, node)
    if transform.name == "Lambda":
        return state.call(first, Arguments(node, [value]))
    if transform.name in ("ToImage", "PILToTensor", "Grayscale", "ToDtype", "ToPILImage"):
        return value
    if transform.name == "Resize" and first in (28, (28, 28), [28, 28]):
        return value
    if transform.name.startswith("Random"):
        sentence = f"{transform.name} is ignored: the lab shows the images as they are."
        state.note("ignored", "augmentation", transform.line, sentence)
        return value
    reason = f"the transform {transform.name} cannot be followed"
    return state.tensor("opaque", value, node=node, reason=reason)


def _normalize(state: ReaderState, transform: LibraryObject, value: Tensor, node: Value) -> Tensor:
    mean, std = transform.options["first"], transform.options["second"]
    means = list(mean) if isinstance(mean, (list, tuple)) else [mean]
    stds = list(std) if isinstance(std, (list, tuple)) else [std]
    if not all(map(is_number, (*means, *stds))) or not means or not stds or 0 in stds:
        return state.tensor("opaque", value, node=node, reason="Normalize with unknown numbers")
    if len(means) == 3:
        line = transform.line
        sentence = (
            f"Line {line}: Normalize has three channels, but the images have one: the result has"
            " three, or it is an error."
        )
        state.note("fault", "normalize_channels", line, sentence, value, node)
    scaled = elementwise.affine(state, value, 1 / stds[0], -means[0] / stds[0], node)
    scaled.detail["transform"] = transform
    return scaled


def _loader(state: ReaderState, args: Arguments) -> Value:
    source = args.get(0, "dataset")
    size = args.get(1, "batch_size", default=1)
    line = args.line_of(1, "batch_size")
    if args.get(None, "drop_last") is True and _has_a_rest(source, size):
        sentence = "drop_last is ignored: the lab trains on the last, smaller batch too."
        state.note("ignored", "drop_last", args.line, sentence)
    if isinstance(source, ImageDataset):
        made = ImageDataset(source.element, size, line, source.count, args)
        if args.get(3, "sampler") is not None:
            return selected(state, made, part=True)
        if args.get(2, "shuffle", default=False) in (False, None):
            return selected(state, made, ordered=args.line)
        return made
    if isinstance(source, Instance) and source.cls is not None:
        getter = source.cls.find("__getitem__")
        if isinstance(getter, Function):
            one_of_all = LibraryObject("order", "index", args.line, args)
            index = Arguments(args.node, [one_of_all])
            return ImageDataset(
                state.call(BoundMethod(getter, source), index), size, line, call=args
            )
    if isinstance(source, Tensor):
        return ImageDataset(rows(state, source), size, line, call=args)
    if isinstance(source, (list, tuple)) and source and isinstance(source[0], Tensor):
        return ImageDataset(tuple(source), size, line, call=args)
    return ImageDataset(Unknown("the data of the loader cannot be followed", args.line), size, line)


def _has_a_rest(source: Value, size: Value) -> bool:
    """Whether the last batch of an epoch is, or may be, smaller than the others."""
    count = source.count if isinstance(source, ImageDataset) else None
    if not isinstance(count, int) or not isinstance(size, int) or size < 1:
        return True
    return bool(count % size)


def _tensor_set(state: ReaderState, args: Arguments) -> Value:
    element = tuple(
        rows(state, value) if isinstance(value, Tensor) else value for value in args.positional
    )
    return ImageDataset(element, None, args.line, call=args)


def _subset(state: ReaderState, args: Arguments) -> Value:
    source, indices = args.get(0, "dataset"), elements(state, args.get(1, "indices"))
    return _some(state, source, True if indices is None else len(indices))


def _split(state: ReaderState, args: Arguments) -> Value:
    source, sizes = args.get(0, "dataset"), args.get(1, "lengths")
    parts = sizes[:5] if isinstance(sizes, (list, tuple)) else [True, True]
    return [_some(state, source, size) for size in parts]


def _some(state: ReaderState, source: Value, size: Value) -> Value:
    """A part of a data set: a number of images, or a share of them."""
    if not isinstance(source, ImageDataset):
        return source
    if isinstance(size, float) and source.count is not None:
        size = int(size * source.count)
    return selected(state, source, part=size if type(size) is int else True)


def _object(name: str) -> Handler:
    return lambda state, args: torch_object(state, name, args)


def _loss(name: str) -> Handler:
    return lambda state, args: torch_function(state, name, args)


def _set(name: str) -> Handler:
    return lambda state, args: torch_set(state, name, args)


FOREIGN = (
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
TRANSFORMS = (
    *("Compose", "Normalize", "Lambda", "Resize", "ToImage", "PILToTensor", "ToDtype"),
    *("ConvertImageDtype", "Grayscale", "RandomHorizontalFlip", "RandomRotation", "RandomAffine"),
    *("RandomCrop", "RandomErasing", "CenterCrop", "Pad", "ToPILImage", "RandomResizedCrop"),
)
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
    **{f"torch.nn.{name}": _layer("foreign", name) for name in FOREIGN},
    **{
        f"torch.nn.functional.{name}": activation_function(ACTIVATIONS[name])
        for name in ACTIVATIONS
        if name.islower()
    },
    "torch.nn.functional.linear": _functional_linear,
    **{f"torch.nn.{name}": _object(name) for name in TORCH_LOSSES if name[0].isupper()},
    **{f"torch.nn.functional.{name}": _loss(name) for name in TORCH_LOSSES if name.islower()},
    **{f"torchvision.datasets.{name}": _set(name) for name in TORCH_SETS},
    "torchvision.transforms.ToTensor": _to_tensor,
    **{f"torchvision.transforms.{name}": _transform(name) for name in TRANSFORMS},
    "torch.utils.data.DataLoader": _loader,
    "torch.utils.data.TensorDataset": _tensor_set,
    "torch.utils.data.Subset": _subset,
    "torch.utils.data.random_split": _split,
}
