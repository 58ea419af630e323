"""scikit-learn's scalers and other preprocessing functions."""

from __future__ import annotations

import math

from core.code_reader.iteration import rows
from core.code_reader.model_values import Tensor
from core.code_reader.numerics import first_tensor, tensor_function
from core.code_reader.reader_state import Handler, ReaderState
from core.code_reader.values import Arguments, LibraryObject, Unknown, Value, is_number


def _scaler(op: str, title: str) -> Handler:
    def handle(state: ReaderState, args: Arguments) -> Value:
        options: dict[str, Value] = {"op": op}
        if op == "minmax":
            options["range"] = args.get(0, "feature_range", default=(0, 1))
        if op == "standard":
            options["std"] = args.get(None, "with_std", default=True)
            options["mean"] = args.get(None, "with_mean", default=True)
        return LibraryObject("scaler", title, args.line, args, options)

    return handle


def fit(state: ReaderState, scaler: LibraryObject, args: Arguments) -> Value:
    """scaler.fit(x)."""
    return scaler


def transform(state: ReaderState, scaler: LibraryObject, args: Arguments) -> Value:
    """scaler.transform(x), scaler.fit_transform(x)."""
    tensor = first_tensor(args)
    if tensor is None:
        return Unknown("", args.line)
    op = scaler.options["op"]
    if op == "opaque" or scaler.options.get("std") is False or scaler.options.get("mean") is False:
        reason = f"{scaler.name} is not supported"
        return state.tensor("opaque", tensor, node=args.node, shape=tensor.shape, reason=reason)
    made = state.tensor(op, tensor, node=args.node, shape=tensor.shape, scaler=scaler)
    ends = scaler.options.get("range")
    low, high = ends if isinstance(ends, (list, tuple)) and len(ends) == 2 else (0, 1)
    if not (is_number(low) and is_number(high)) or (low, high) == (0, 1):
        return made
    detail: dict[str, Value] = {"scale": float(high - low), "shift": float(low)}
    return state.tensor("affine", made, node=args.node, shape=tensor.shape, **detail)


def inverse(state: ReaderState, scaler: LibraryObject, args: Arguments) -> Value:
    """scaler.inverse_transform(x)."""
    tensor = first_tensor(args)
    if tensor is None:
        return Unknown("", args.line)
    return state.tensor("opaque", tensor, node=args.node, shape=tensor.shape)


def _split(state: ReaderState, args: Arguments) -> Value:
    made: list[Value] = []
    for value in args.positional:
        if isinstance(value, Tensor):
            count = value.shape[0] if value.shape else None
            made.extend(rows(state, value, part=part) for part in _parts(count, args))
        else:
            made.extend((value, value))
    return made


def _parts(count: int | None, args: Arguments) -> tuple[int | bool, int | bool]:
    """The numbers of training and test images; True if they are unknown."""
    test, train = args.get(None, "test_size"), args.get(None, "train_size")
    if test is None and train is None:
        test = 0.25
    if count is None or not all(size is None or is_number(size) for size in (test, train)):
        return True, True
    tested = math.ceil(test * count) if isinstance(test, float) else test
    trained = int(train * count) if isinstance(train, float) else train
    trained = count - tested if trained is None else trained
    return trained, count - trained if tested is None else tested


def _shuffle(state: ReaderState, args: Arguments) -> Value:
    made = [rows(state, v) if isinstance(v, Tensor) else v for v in args.positional]
    return made[0] if len(made) == 1 else made


@tensor_function
def _normalize_rows(state: ReaderState, tensor: Tensor, args: Arguments) -> Value:
    reason = "each image is divided by its own norm"
    return state.tensor("opaque", tensor, node=args.node, shape=tensor.shape, reason=reason)


@tensor_function
def _scale(state: ReaderState, tensor: Tensor, args: Arguments) -> Value:
    op = "minmax" if args.get(1, "feature_range") is not None else "standard"
    return state.tensor(op, tensor, node=args.node, shape=tensor.shape)


def _generator(state: ReaderState, args: Arguments) -> Value:
    options = {"rescale": args.get(None, "rescale")}
    return LibraryObject("generator", "ImageDataGenerator", args.line, args, options)


HANDLERS: dict[str, Handler] = {
    "sklearn.preprocessing.MinMaxScaler": _scaler("minmax", "MinMaxScaler"),
    "sklearn.preprocessing.StandardScaler": _scaler("standard", "StandardScaler"),
    "sklearn.preprocessing.RobustScaler": _scaler("opaque", "RobustScaler"),
    "sklearn.preprocessing.MaxAbsScaler": _scaler("minmax", "MaxAbsScaler"),
    "sklearn.preprocessing.Normalizer": _scaler("opaque", "Normalizer"),
    "sklearn.preprocessing.minmax_scale": _scale,
    "sklearn.preprocessing.scale": _scale,
    "sklearn.preprocessing.normalize": _normalize_rows,
    "keras.utils.normalize": _normalize_rows,
    "sklearn.model_selection.train_test_split": _split,
    "sklearn.utils.shuffle": _shuffle,
    "keras.preprocessing.image.ImageDataGenerator": _generator,
}
