"""Functions that load data sets."""

from __future__ import annotations

import re

from core.code_reader.model_values import ImageDataset, Tensor
from core.code_reader.reader_state import Handler, ReaderState
from core.code_reader.values import Arguments, LibraryObject, Unknown, Value
from core.data.datasets import DATASETS, SAMPLE

COUNTS = {info.name: (info.training_count, info.held_out_count) for info in DATASETS.values()}
KERAS_DATASETS = {
    "mnist": "mnist",
    "fashion_mnist": "fashion-mnist",
    "cifar10": "CIFAR-10",
    "cifar100": "CIFAR-100",
}
TORCH_DATASETS = {
    "MNIST": "mnist",
    "FashionMNIST": "fashion-mnist",
    "CIFAR10": "CIFAR-10",
    "CIFAR100": "CIFAR-100",
    "EMNIST": "EMNIST",
    "KMNIST": "KMNIST",
    "QMNIST": "QMNIST",
    "SVHN": "SVHN",
    "CelebA": "CelebA",
    "ImageFolder": "a folder of images",
    "STL10": "STL-10",
    "Omniglot": "Omniglot",
    "USPS": "USPS",
}
SIDES = {"CIFAR-10": (32, 32, 3), "CIFAR-100": (32, 32, 3)}


def images(
    state: ReaderState,
    dataset: str,
    split: str,
    args: Arguments,
    *,
    flat: bool = False,
    **detail: Value,
) -> Tensor:
    """The images of a data set as stored, with grey values 0-255."""
    count = COUNTS.get(dataset, (None, None))[split != "train"]
    sides = SIDES.get(dataset, (28, 28) if dataset in COUNTS else ())
    shape = (count, 784) if flat else (count, *sides)
    return state.tensor(
        "pixels",
        node=args.node,
        shape=shape if sides else None,
        dataset=dataset,
        split=split,
        **detail,
    )


def labels(state: ReaderState, args: Arguments) -> Tensor:
    """The labels of a data set."""
    return state.tensor("labels", node=args.node)


def _keras(dataset: str) -> Handler:
    def handle(state: ReaderState, args: Arguments) -> Value:
        return tuple(
            (images(state, dataset, split, args), labels(state, args))
            for split in ("train", "test")
        )

    return handle


def read_data_sets(state: ReaderState, args: Arguments) -> Value:
    """TensorFlow 1's `input_data.read_data_sets`, with flat images in [0, 1]."""
    made: dict[str, Value] = {}
    where = args.get(0, "train_dir")
    name = "fashion-mnist" if isinstance(where, str) and "fashion" in where.lower() else "mnist"
    flat = args.get(None, "reshape") is not False
    held_out = args.get(None, "validation_size", default=5_000)
    held_out = held_out if isinstance(held_out, int) else 5_000
    for split, count in (("train", 60_000 - held_out), ("validation", held_out), ("test", 10_000)):
        kind = "train" if split != "test" else "test"
        pictures = images(state, name, kind, args, flat=flat, scale=1 / 255)
        pictures.shape = (count, *(pictures.shape or ())[1:])
        options = {
            "images": pictures,
            "labels": labels(state, args),
            "num_examples": count,
            "_num_examples": count,
        }
        made[split] = LibraryObject("split", split, args.line, args, options)
    return LibraryObject("splits", "mnist", args.line, args, made)


def next_batch(state: ReaderState, split: LibraryObject, args: Arguments) -> Value:
    """`mnist.train.next_batch(100)`."""
    pictures = split.options["images"]
    size = args.get(0, "batch_size")
    made = state.tensor(
        "rows",
        pictures,
        node=args.node,
        shape=(size if isinstance(size, int) else None, *pictures.shape[1:]),
        batch_size=size,
        batch_line=args.line,
        count=split.options["num_examples"],
    )
    return (made, split.options["labels"])


def _openml(state: ReaderState, args: Arguments) -> Value:
    name = args.get(0, "name", "data_id")
    known = {"mnist_784": "mnist", "MNIST original": "mnist", "Fashion-MNIST": "fashion-mnist"}
    known["MNIST Original"] = "mnist"
    if name == 554:
        name = "mnist_784"
    if name not in known:
        return Unknown(f"the data set {str(name)[:40]!r} is not in the lab", args.line)
    pictures = images(state, known[name], "train", args, flat=True)
    pictures.shape = (70_000, 784)
    target = labels(state, args)
    if args.get(None, "return_X_y") is True:
        return (pictures, target)
    return LibraryObject(
        "namespace", "bunch", args.line, args, {"data": pictures, "target": target}
    )


CSV = re.compile(r"(fashion)?[-_/]?(?:mnist|digit|train|test)", re.IGNORECASE)


def _read_csv(state: ReaderState, args: Arguments) -> Value:
    path = args.get(0, "filepath_or_buffer", "fname")
    text = path if isinstance(path, str) else ""
    if not CSV.search(text):
        return Unknown(f"the file {text[:40]!r} cannot be read", args.line)
    name = "fashion-mnist" if "fashion" in text.lower() else "mnist"
    guess = f"{text[:60]!r} was assumed to be {name} with a label and 784 grey values per row."
    split = "test" if "test" in text.lower() else "train"
    made = images(state, name, split, args, flat=True, table=True, guess=guess)
    made.shape = (None, 785 if split == "train" else None)
    return made


def _np_load(state: ReaderState, args: Arguments) -> Value:
    path = args.get(0, "file")
    text = path if isinstance(path, str) else ""
    name = None
    if "mnist_5k" in text:
        name = SAMPLE
    elif "fashion" in text.lower():
        name = "fashion-mnist"
    elif "mnist" in text.lower():
        name = "mnist"
    if name is None:
        return Unknown(f"the file {text[:40]!r} cannot be read", args.line)
    made: dict[str, Value] = {}
    guess = f"{text[:60]!r} was assumed to be {name} by its name."
    detail: dict[str, Value] = {} if name == SAMPLE or text == "mnist.npz" else {"guess": guess}
    for split in ("train", "test"):
        for key in (f"x_{split}", f"{split}_images", f"{split}_x", f"X_{split}"):
            made[key] = images(state, name, split, args, **detail)
            if name == SAMPLE:
                made[key].shape = (COUNTS[name][split != "train"], 784)
        for key in (f"y_{split}", f"{split}_labels", f"{split}_y"):
            made[key] = labels(state, args)
    return made


def _tfds(state: ReaderState, args: Arguments) -> Value:
    name = args.get(0, "name")
    known = {"mnist": "mnist", "fashion_mnist": "fashion-mnist"}
    if not isinstance(name, str) or name.split(":")[0] not in known:
        return Unknown(f"the data set {str(name)[:40]!r} is not in the lab", args.line)
    split = args.get(1, "split")
    pair = args.get(None, "as_supervised") is True

    def one(part: Value) -> ImageDataset:
        kind = "test" if isinstance(part, str) and part.startswith("test") else "train"
        pictures = images(state, known[str(name).split(":")[0]], kind, args)
        pictures.shape = (None, 28, 28, 1)
        if isinstance(part, str) and "[" in part:
            pictures.detail["part"] = True
        target = labels(state, args)
        element: Value = (pictures, target) if pair else {"image": pictures, "label": target}
        batch_size = args.get(None, "batch_size")
        return ImageDataset(element, batch_size, args.line, call=args)

    made: Value
    if isinstance(split, (list, tuple)):
        made = [one(part) for part in split]
    elif split is None:
        made = {"train": one("train"), "test": one("test")}
    else:
        made = one(split)
    return (made, Unknown("", args.line)) if args.get(None, "with_info") is True else made


def torch_dataset(state: ReaderState, name: str, args: Arguments) -> Value:
    """`torchvision.datasets.MNIST(...)`."""
    dataset = TORCH_DATASETS[name]
    train = args.get(1, "train", default=True)
    transform = args.get(2, "transform")
    split = "test" if train is False else "train"
    raw = images(state, dataset, split, args)
    picture = raw if transform is None else _transformed(state, transform, raw, args)
    made = ImageDataset((picture, labels(state, args)), None, args.line, call=args)
    made.count = COUNTS.get(dataset, (None, None))[split != "train"]
    raw.detail["transform"] = transform
    raw.detail["set"] = made
    return made


def _transformed(state: ReaderState, transform: Value, raw: Tensor, args: Arguments) -> Tensor:
    if isinstance(transform, LibraryObject):
        transform.options["used"] = True
    one = state.tensor("cast", raw, node=args.node, shape=raw.shape)
    one.shape = (None, *(raw.shape or ())[1:]) if raw.shape else None
    made = state.call(transform, Arguments(args.node, [one]))
    if isinstance(made, Tensor):
        return made
    return state.tensor("opaque", raw, node=args.node, reason="its transform cannot be traced")


HANDLERS: dict[str, Handler] = {
    **{
        f"keras.datasets.{module}.load_data": _keras(name)
        for module, name in KERAS_DATASETS.items()
    },
    "tensorflow.examples.tutorials.mnist.input_data.read_data_sets": read_data_sets,
    "tensorflow.examples.mnist.read_data_sets": read_data_sets,
    "tensorflow.contrib.learn.datasets.mnist.read_data_sets": read_data_sets,
    "input_data.read_data_sets": read_data_sets,
    "sklearn.datasets.fetch_openml": _openml,
    "sklearn.datasets.fetch_mldata": _openml,
    "pandas.read_csv": _read_csv,
    "numpy.loadtxt": _read_csv,
    "numpy.genfromtxt": _read_csv,
    "numpy.load": _np_load,
    "tensorflow_datasets.load": _tfds,
}
