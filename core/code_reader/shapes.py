"""Shapes: the batch size comes first; None is an unknown size."""

from __future__ import annotations

import math

from core.code_reader.values import Shape, Value


def flattened(shape: Shape | None) -> Shape | None:
    """(batch, 28, 28) -> (batch, 784)."""
    if not shape:
        return None
    sizes = shape[1:]
    return (shape[0], None if None in sizes else math.prod(n or 1 for n in sizes))


def reshaped(shape: Shape | None, wanted: Value) -> Shape | None:
    """The batch size followed by the new shape, with -1 resolved."""
    batch = shape[0] if shape else None
    if not isinstance(wanted, (list, tuple)):
        return (batch, wanted) if isinstance(wanted, int) else None
    sizes = [size if isinstance(size, int) else None for size in wanted]
    if sizes.count(-1) == 1 and shape and shape[1:] and None not in shape[1:]:
        others = math.prod(size for size in sizes if isinstance(size, int) and size != -1)
        total = math.prod(size or 1 for size in shape[1:])
        sizes = [total // max(others, 1) if size == -1 else size for size in sizes]
    return (batch, *(None if size == -1 else size for size in sizes))


def sizes_of(value: Value) -> Shape | None:
    """A shape, from a number or a sequence of numbers; None for anything else."""
    if isinstance(value, int):
        return (value,)
    if isinstance(value, (list, tuple)):
        return tuple(n if isinstance(n, int) else None for n in value)
    return None
