"""PyTorch's transforms, data sets and data loaders."""

from __future__ import annotations

from core.code_reader import elementwise
from core.code_reader.data_sources import TORCH_DATASETS, torch_dataset
from core.code_reader.iteration import elements, rows, select_rows
from core.code_reader.model_values import ImageDataset, Instance, Tensor
from core.code_reader.reader_state import Handler, ReaderState, constructor
from core.code_reader.values import (
    Arguments,
    BoundMethod,
    Function,
    LibraryObject,
    Unknown,
    Value,
    is_number,
)


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
        sentence = f"{transform.name} is ignored: the lab does not augment images."
        state.note("ignored", "augmentation", transform.line, sentence)
        return value
    reason = f"the transform {transform.name} is not supported"
    return state.tensor("opaque", value, node=node, reason=reason)


def _normalize(state: ReaderState, transform: LibraryObject, value: Tensor, node: Value) -> Tensor:
    mean, std = transform.options["first"], transform.options["second"]
    means = list(mean) if isinstance(mean, (list, tuple)) else [mean]
    stds = list(std) if isinstance(std, (list, tuple)) else [std]
    if not all(map(is_number, (*means, *stds))) or not means or not stds or 0 in stds:
        return state.tensor(
            "opaque", value, node=node, reason="the mean or std of Normalize is unknown"
        )
    if len(means) == 3:
        line = transform.line
        sentence = (
            f"Line {line}: Normalize has values for three channels, but the images have one: the"
            " result has three channels, or PyTorch raises an error."
        )
        state.note("fault", "normalize_channels", line, sentence, value, node)
    scaled = elementwise.affine(state, value, 1 / stds[0], -means[0] / stds[0], node)
    scaled.detail["transform"] = transform
    return scaled


def _loader(state: ReaderState, args: Arguments) -> Value:
    source = args.get(0, "dataset")
    size = args.get(1, "batch_size", default=1)
    line = args.line_of(1, "batch_size")
    if args.get(None, "drop_last") is True and _has_incomplete_batch(source, size):
        sentence = "drop_last is ignored: the lab trains on the last, smaller batch too."
        state.note("ignored", "drop_last", args.line, sentence)
    if isinstance(source, ImageDataset):
        made = ImageDataset(source.element, size, line, source.count, args)
        if args.get(3, "sampler") is not None:
            return select_rows(state, made, part=True)
        if args.get(2, "shuffle", default=False) in (False, None):
            return select_rows(state, made, unshuffled=args.line)
        return made
    if isinstance(source, Instance) and source.cls is not None:
        getter = source.cls.find("__getitem__")
        if isinstance(getter, Function):
            one_of_all = LibraryObject("permutation", "index", args.line, args)
            index = Arguments(args.node, [one_of_all])
            return ImageDataset(
                state.call(BoundMethod(getter, source), index), size, line, call=args
            )
    if isinstance(source, Tensor):
        return ImageDataset(rows(state, source), size, line, call=args)
    if isinstance(source, (list, tuple)) and source and isinstance(source[0], Tensor):
        return ImageDataset(tuple(source), size, line, call=args)
    return ImageDataset(Unknown("the data of the loader cannot be traced", args.line), size, line)


def _has_incomplete_batch(source: Value, size: Value) -> bool:
    """Whether the last batch of an epoch is or may be incomplete."""
    count = source.count if isinstance(source, ImageDataset) else None
    if not isinstance(count, int) or not isinstance(size, int) or size < 1:
        return True
    return bool(count % size)


def _tensor_dataset(state: ReaderState, args: Arguments) -> Value:
    element = tuple(
        rows(state, value) if isinstance(value, Tensor) else value for value in args.positional
    )
    return ImageDataset(element, None, args.line, call=args)


def _subset(state: ReaderState, args: Arguments) -> Value:
    source, indices = args.get(0, "dataset"), elements(state, args.get(1, "indices"))
    return _subset_of(state, source, True if indices is None else len(indices))


def _split(state: ReaderState, args: Arguments) -> Value:
    source, sizes = args.get(0, "dataset"), args.get(1, "lengths")
    parts = sizes[:5] if isinstance(sizes, (list, tuple)) else [True, True]
    return [_subset_of(state, source, size) for size in parts]


def _subset_of(state: ReaderState, source: Value, size: Value) -> Value:
    """A subset of a data set, given by a number or a fraction of its images."""
    if not isinstance(source, ImageDataset):
        return source
    if isinstance(size, float) and source.count is not None:
        size = int(size * source.count)
    return select_rows(state, source, part=size if type(size) is int else True)


def _dataset(name: str) -> Handler:
    return lambda state, args: torch_dataset(state, name, args)


TRANSFORMS = (
    *("Compose", "Normalize", "Lambda", "Resize", "ToImage", "PILToTensor", "ToDtype"),
    *("ConvertImageDtype", "Grayscale", "RandomHorizontalFlip", "RandomRotation", "RandomAffine"),
    *("RandomCrop", "RandomErasing", "CenterCrop", "Pad", "ToPILImage", "RandomResizedCrop"),
)


HANDLERS: dict[str, Handler] = {
    **{f"torchvision.datasets.{name}": _dataset(name) for name in TORCH_DATASETS},
    "torchvision.transforms.ToTensor": constructor("transform", "ToTensor"),
    **{f"torchvision.transforms.{name}": _transform(name) for name in TRANSFORMS},
    "torch.utils.data.DataLoader": _loader,
    "torch.utils.data.TensorDataset": _tensor_dataset,
    "torch.utils.data.Subset": _subset,
    "torch.utils.data.random_split": _split,
}
