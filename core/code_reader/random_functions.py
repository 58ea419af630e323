"""Random functions: noise, masks, initial weights, indices and permutations."""

from __future__ import annotations

from core.code_reader.iteration import rows
from core.code_reader.model_values import Tensor
from core.code_reader.numerics import first_tensor
from core.code_reader.reader_state import Handler, ReaderState, constructor
from core.code_reader.shapes import sizes_of
from core.code_reader.values import Arguments, LibraryObject, Shape, Value, is_number


def _random(
    state: ReaderState,
    args: Arguments,
    *,
    shape: Shape | None,
    kind: str,
    level: float | None = None,
    distribution: str = "",
) -> Tensor:
    detail: dict[str, Value] = {"kind": kind, "level": level, "distribution": distribution}
    return state.tensor("random", node=args.node, shape=shape, **detail)


def _distribution(kind: str, distribution: str, level_at: int | None, shape_at: int) -> Handler:
    """The handler of a random function with parameters.

    Args:
        level_at, shape_at: positions of the standard deviation or probability, and of the shape.
    """

    def handle(state: ReaderState, args: Arguments) -> Value:
        level = args.get(level_at, "stddev", "scale", "std", "p", default=1.0)
        middle = args.get(None if level_at is None else level_at - 1, "loc", "mean")
        is_shifted = distribution == "normal" and is_number(middle) and middle != 0
        if distribution == "binomial":
            level = round(1 - level, 9) if is_number(level) else None
        shape = args.get(shape_at, "shape", "size")
        if shape is None and all(isinstance(n, int) for n in args.positional):
            shape = tuple(args.positional)
        return _random(
            state,
            args,
            shape=sizes_of(shape),
            kind=f"off-center {kind}" if is_shifted else kind,
            level=level if is_number(level) else None,
            distribution=distribution,
        )

    return handle


def _rand_like(kind: str, distribution: str) -> Handler:
    def handle(state: ReaderState, args: Arguments) -> Value:
        tensor = first_tensor(args)
        return _random(
            state,
            args,
            shape=tensor.shape if tensor else None,
            kind=kind,
            level=1.0,
            distribution=distribution,
        )

    return handle


def _bernoulli(state: ReaderState, args: Arguments) -> Value:
    """`torch.bernoulli(torch.full_like(x, 0.7))`: a mask that keeps some of the pixels."""
    kept = args.get(0, "input")
    share = kept.detail.get("value") if isinstance(kept, Tensor) else None
    return _random(
        state,
        args,
        shape=kept.shape if isinstance(kept, Tensor) else None,
        kind="masking",
        level=round(1 - share, 9) if is_number(share) else None,
    )


def _sizes_given(kind: str, distribution: str) -> Handler:
    """The handler of `np.random.randn(10, 784)` or `torch.rand(x.size())`."""

    def handle(state: ReaderState, args: Arguments) -> Value:
        sizes: Value = args.positional
        if len(sizes) == 1 and not isinstance(sizes[0], int):  # a shape, or *shape
            sizes = sizes[0]
        return _random(
            state, args, shape=sizes_of(sizes), kind=kind, level=1.0, distribution=distribution
        )

    return handle


def initialized(state: ReaderState, initializer: LibraryObject, args: Arguments) -> Value:
    """The weights returned by an initializer."""
    shape = sizes_of(args.get(0, "shape"))
    return _random(state, args, shape=shape, kind="gaussian", level=None, distribution="normal")


INITIALIZERS = (
    *("RandomNormal", "RandomUniform", "TruncatedNormal", "GlorotUniform", "GlorotNormal"),
    *("HeNormal", "HeUniform", "Zeros", "Ones", "VarianceScaling"),
)


def _indices(at: int) -> Handler:
    """The handler of random indices, which select a batch of images; `at` is that of the size."""

    def handle(state: ReaderState, args: Arguments) -> Value:
        size = args.get(at, "size")
        if isinstance(size, (list, tuple)) and len(size) == 1:
            size = size[0]
        shape = (size if isinstance(size, int) else None,)
        return _random(state, args, shape=shape, kind="indices")

    return handle


def _order(state: ReaderState, args: Arguments) -> Value:
    """All images in a random order, or the indices of such an order."""
    first = args.get(0)
    if isinstance(first, Tensor):
        return rows(state, first)
    return LibraryObject("permutation", "permutation", args.line, args)


HANDLERS: dict[str, Handler] = {
    **{
        f"{prefix}{name}": constructor("initializer", "initializer")
        for prefix in ("tensorflow.initializers.", "keras.initializers.")
        for name in INITIALIZERS
    },
    "numpy.random.permutation": _order,
    "torch.randperm": _order,
    "numpy.random.normal": _distribution("gaussian", "normal", 1, 2),
    "numpy.random.uniform": _distribution("uniform", "uniform", 9, 2),
    "numpy.random.binomial": _distribution("masking", "binomial", 1, 2),
    "numpy.random.randint": _indices(2),
    "numpy.random.integers": _indices(2),
    "numpy.random.choice": _indices(1),
    "torch.randint": _indices(2),
    "numpy.random.randn": _sizes_given("gaussian", "normal"),
    "numpy.random.standard_normal": _sizes_given("gaussian", "normal"),
    "numpy.random.rand": _sizes_given("uniform", "uniform"),
    "numpy.random.random": _sizes_given("uniform", "uniform"),
    "torch.randn": _sizes_given("gaussian", "normal"),
    "torch.rand": _sizes_given("uniform", "uniform"),
    "torch.randn_like": _rand_like("gaussian", "normal"),
    "torch.rand_like": _rand_like("uniform", "uniform"),
    "torch.bernoulli": _bernoulli,
    "torch.normal": _distribution("gaussian", "normal", 1, 2),
    **{
        f"{prefix}{name}": _distribution("gaussian", "normal", 2, 0)
        for prefix in ("tensorflow.", "tensorflow.random.", "keras.backend.", "keras.random.")
        for name in ("random_normal", "normal", "truncated_normal")
    },
    **{
        name: _distribution("uniform", "uniform", 9, 0)
        for name in (
            *("tensorflow.random_uniform", "tensorflow.random.uniform"),
            *("keras.backend.random_uniform", "keras.random.uniform"),
        )
    },
}
