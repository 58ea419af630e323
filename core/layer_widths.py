"""The widths of the hidden layers: allowed values, and their form as text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

MAX_LAYERS = 21
MAX_WIDTH = 1024
LAYER_PRESETS: dict[str, tuple[int, ...]] = {
    "the question's": (128, 64, 28, 64, 128),
    "one layer of 32": (32,),
    "bottleneck of 2": (128, 64, 2, 64, 128),
    "wide": (512, 256, 128, 256, 512),
}
ALLOWED = f"allowed: 1 to {MAX_LAYERS} widths of 1 to {MAX_WIDTH} each, such as 128,64,28,64,128"
# Written after the widths of an encoder without decoder: otherwise a missing decoder is added.
END = "out"


def are_allowed(widths: Sequence[Any]) -> bool:
    """Whether a network may have these hidden layers."""
    return 1 <= len(widths) <= MAX_LAYERS and all(
        type(width) is int and 1 <= width <= MAX_WIDTH for width in widths
    )


def bottleneck(widths: Sequence[int]) -> int:
    """The index of the bottleneck: the first of the narrowest layers."""
    return min(range(len(widths)), key=widths.__getitem__)


def as_text(widths: Sequence[int]) -> str:
    """Widths as in links and options: "64-16-64"; "64-16-out" for an encoder without decoder."""
    end = [END] if _mirrored(widths) else []
    return "-".join([*map(str, widths), *end])


def parsed(text: str) -> tuple[int, ...]:
    """Widths from text, separated by commas or dashes; raises ValueError for anything else."""
    parts = _parts(text)
    return tuple(int(part) for part in (parts[:-1] if parts[-1] == END else parts))


def with_decoder(text: str) -> tuple[str, str | None]:
    """Add the decoder to the widths of an encoder.

    Args:
        text: widths, separated by commas or dashes.

    Returns:
        Text for `parsed`, and a sentence about what was added. Text that is not an encoder alone,
        or would become too long, is returned unchanged, with None.
    """
    try:
        full = None if _parts(text)[-1] == END else _mirrored(parsed(text))
    except ValueError:
        return text, None
    if full is None:
        return text, None
    given = "-".join(_parts(text))
    sentence = (
        f"{given} is an encoder; its decoder mirrors it: {as_text(full)}."
        f" Without one it is {given}-{END}."
    )
    return as_text(full), sentence


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.replace("-", ",").split(",")]


def _mirrored(widths: Sequence[int]) -> tuple[int, ...] | None:
    """An encoder with its mirrored decoder; None if the widths are not an encoder alone."""
    narrows = all(before >= after for before, after in pairwise(widths))
    is_symmetric = len(widths) % 2 == 1 and widths[len(widths) // 2] == widths[-1]
    full = (*widths, *reversed(widths[:-1]))
    return full if narrows and not is_symmetric and are_allowed(full) else None
