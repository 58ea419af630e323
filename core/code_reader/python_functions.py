"""Functions of Python and its standard library."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

from core.code_reader.arithmetic import truth
from core.code_reader.budget import MAX_ITEMS
from core.code_reader.iteration import elements, next_batch
from core.code_reader.model_values import ImageDataset, Instance, Layer, Tensor
from core.code_reader.reader_state import Handler, ReaderState, constructor
from core.code_reader.values import (
    Arguments,
    LibraryObject,
    Ref,
    Unknown,
    UserClass,
    Value,
    is_number,
)


def _range(state: ReaderState, args: Arguments) -> Value:
    given = [int(n) if isinstance(n, float) and n.is_integer() else n for n in args.positional]
    if given and all(type(n) is int and abs(n) < 10**12 for n in given) and len(given) <= 3:
        try:
            return range(*given)
        except ValueError:
            return Unknown("", args.line)
    return Unknown("", args.line)


def _length(state: ReaderState, args: Arguments) -> Value:
    value = args.get(0)
    if isinstance(value, (list, tuple, dict, str, range)):
        return len(value)
    if isinstance(value, Tensor) and value.shape and value.shape[0] is not None:
        return value.shape[0]
    if isinstance(value, ImageDataset) and value.count is not None:
        size = value.batch_size
        return value.count if not isinstance(size, int) else -(-value.count // max(size, 1))
    return Unknown("", args.line)


def wrapped(name: str) -> Handler:
    """The handler of `enumerate`, `tqdm` and other functions that wrap an iterable."""

    def handle(state: ReaderState, args: Arguments) -> Value:
        start = args.get(1, "start", default=0)
        options = {"of": args.get(0, "iterable"), "start": start if isinstance(start, int) else 0}
        return LibraryObject("wrapped", name, args.line, args, options)

    return handle


def _zip(state: ReaderState, args: Arguments) -> Value:
    columns = [elements(state, value) for value in args.positional]
    if not columns or any(column is None for column in columns):
        if any(isinstance(value, ImageDataset) for value in args.positional):
            return ImageDataset(tuple(getattr(v, "element", v) for v in args.positional))
        return Unknown("", args.line)
    return list(zip(*(c for c in columns if c is not None), strict=False))


def _product(state: ReaderState, args: Arguments) -> Value:
    columns = [elements(state, value) or [] for value in args.positional]
    if args.keywords or not all(columns) or math.prod(map(len, columns)) > MAX_ITEMS:
        return Unknown("", args.line)
    return list(itertools.product(*columns))


def _sorted(reverse: bool | None) -> Handler:
    def handle(state: ReaderState, args: Arguments) -> Value:
        items = elements(state, args.get(0))
        if items is None:
            return Unknown("", args.line)
        if reverse is None:
            return items[::-1]
        if not all(is_number(n) for n in items):
            return Unknown("", args.line)
        return sorted(items, reverse=args.get(None, "reverse") is True)

    return handle


def _sequence(make: Callable[[list[Value]], Value]) -> Handler:
    def handle(state: ReaderState, args: Arguments) -> Value:
        if not args.positional:
            return make([])
        value = args.get(0)
        items = elements(state, value)
        if items is None:
            return value if isinstance(value, ImageDataset) else Unknown("", args.line)
        return make(items)

    return handle


def _number(make: Callable[[Value], Value]) -> Handler:
    def handle(state: ReaderState, args: Arguments) -> Value:
        value = args.get(0)
        if isinstance(value, str) and len(value) > 40:
            return Unknown("", args.line)
        if isinstance(value, (int, float, str, bool)):
            try:
                return make(value)
            except (ValueError, OverflowError):
                return Unknown("", args.line)
        return Unknown("", args.line)

    return handle


def _of_numbers(make: Callable[..., Value]) -> Handler:
    def handle(state: ReaderState, args: Arguments) -> Value:
        given = args.positional
        if len(given) == 1:
            items = elements(state, given[0])
            given = items if items is not None else given
        if given and all(is_number(n) for n in given):
            return make(given)
        return Unknown("", args.line)

    return handle


def _round(state: ReaderState, args: Arguments) -> Value:
    value, digits = args.get(0), args.get(1, default=0)
    if is_number(value) and isinstance(digits, int) and abs(digits) < 20:
        return round(value, digits) if digits else round(value)
    return Unknown("", args.line)


def _dict(state: ReaderState, args: Arguments) -> Value:
    first = args.get(0)
    made = dict(first) if isinstance(first, dict) else {}
    if isinstance(first, (list, tuple)) and all(
        isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str) for pair in first
    ):
        made = dict(first)
    made.update(args.keywords)
    return made


def _getattr(state: ReaderState, args: Arguments) -> Value:
    from core.code_reader.attributes import attribute

    name = args.get(1)
    if not isinstance(name, str):
        return Unknown("", args.line)
    return attribute(state, args.get(0), name, args.node)


def _setattr(state: ReaderState, args: Arguments) -> Value:
    owner, name = args.get(0), args.get(1)
    if isinstance(owner, Instance) and isinstance(name, str):
        owner.attributes[name] = args.get(2)
    return None


def _isinstance(state: ReaderState, args: Arguments) -> Value:
    value, kind = args.get(0), args.get(1)
    if isinstance(value, Instance) and isinstance(kind, UserClass):
        return value.cls is kind
    if isinstance(value, Layer) and isinstance(kind, Ref):
        return value.title == kind.path.rpartition(".")[2]
    names = {"int": int, "float": float, "str": str, "list": list, "tuple": tuple, "dict": dict}
    if isinstance(kind, Ref) and isinstance(value, (int, float, str, list, tuple, dict)):
        wanted = names.get(kind.path.removeprefix("builtins."))
        return isinstance(value, wanted) if wanted else Unknown("", args.line)
    return Unknown("", args.line)


def _map(state: ReaderState, args: Arguments) -> Value:
    items = elements(state, args.get(1))
    if items is None or len(items) > 60:
        return Unknown("", args.line)
    return [state.call(args.get(0), type(args)(args.node, [item])) for item in items]


def _returns_none(state: ReaderState, args: Arguments) -> Value:
    return None


def _any(state: ReaderState, args: Arguments) -> Value:
    items = elements(state, args.get(0))
    known = [truth(item) for item in items] if items is not None else [None]
    return Unknown("", args.line) if None in known else any(known)


def _partial(state: ReaderState, args: Arguments) -> Value:
    options = {"function": args.get(0), "rest": args.positional[1:], "keywords": args.keywords}
    return LibraryObject("partial", "partial", args.line, args, options)


def _first(state: ReaderState, args: Arguments) -> Value:
    """`next(iter(x))`: the first element."""
    value = args.get(0)
    if isinstance(value, ImageDataset):
        return next_batch(state, value)
    if isinstance(value, LibraryObject) and value.kind == "iterator":
        of = value.options["of"]
        if isinstance(of, ImageDataset):
            return next_batch(state, of)
        items = elements(state, of)
        return items[0] if items else Unknown("", args.line)
    return Unknown("", args.line)


def _iterator(state: ReaderState, args: Arguments) -> Value:
    return LibraryObject("iterator", "iter", args.line, args, {"of": args.get(0)})


HANDLERS: dict[str, Handler] = {
    "builtins.range": _range,
    "builtins.xrange": _range,
    "builtins.len": _length,
    "builtins.enumerate": wrapped("enumerate"),
    **dict.fromkeys(
        ("tqdm.tqdm", "tqdm.auto.tqdm", "tqdm.notebook.tqdm", "tqdm.tqdm_notebook", "tqdm"),
        wrapped("tqdm"),
    ),
    **dict.fromkeys(("tqdm.trange", "tqdm.auto.trange", "tqdm.notebook.trange"), _range),
    "builtins.zip": _zip,
    "builtins.reversed": _sorted(None),
    "builtins.sorted": _sorted(False),
    "builtins.list": _sequence(list),
    "builtins.tuple": _sequence(tuple),
    "builtins.set": _sequence(list),
    "builtins.int": _number(int),
    "builtins.float": _number(float),
    "builtins.str": _number(lambda value: str(value)[:200]),
    "builtins.bool": _number(bool),
    "builtins.min": _of_numbers(min),
    "builtins.max": _of_numbers(max),
    "builtins.sum": _of_numbers(sum),
    "builtins.abs": _number(abs),
    "builtins.round": _round,
    "builtins.dict": _dict,
    "collections.OrderedDict": _dict,
    "builtins.getattr": _getattr,
    "builtins.setattr": _setattr,
    "builtins.isinstance": _isinstance,
    "builtins.map": _map,
    "builtins.any": _any,
    "builtins.print": _returns_none,
    "builtins.iter": _iterator,
    "itertools.cycle": _iterator,
    "itertools.product": _product,
    "builtins.next": _first,
    "functools.partial": _partial,
    "numpy.random.default_rng": constructor("rng", "rng"),
    "numpy.random.RandomState": constructor("rng", "rng"),
    **dict.fromkeys(
        ("torch.cuda.is_available", "torch.backends.mps.is_available"), lambda state, args: False
    ),
    "torch.device": lambda state, args: "cpu",
    "tensorflow.test.is_gpu_available": lambda state, args: False,
}
