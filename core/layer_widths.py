"""The widths of the hidden layers: which are allowed, and as text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

MOST_LAYERS = 9
WIDEST_LAYER = 1024
LAYER_PRESETS: dict[str, tuple[int, ...]] = {
    "the question's": (128, 64, 28, 64, 128),
    "one layer of 32": (32,),
    "bottleneck of 2": (128, 64, 2, 64, 128),
    "wide": (512, 256, 128, 256, 512),
}
ALLOWED = (
    f"allowed are an odd number of widths, up to {MOST_LAYERS}, of 1 to {WIDEST_LAYER}"
    " each, the narrowest in the middle, such as 128,64,28,64,128"
)


def are_allowed(widths: Sequence[Any]) -> bool:
    """Whether a network may have these hidden layers."""
    return (
        len(widths) % 2 == 1
        and len(widths) <= MOST_LAYERS
        and all(type(width) is int and 1 <= width <= WIDEST_LAYER for width in widths)
        and min(widths) == widths[len(widths) // 2]
    )


def bottleneck(widths: Sequence[int]) -> int:
    """The index of the bottleneck: the narrowest layer, of several the first."""
    return min(range(len(widths)), key=widths.__getitem__)


def as_text(widths: Sequence[int]) -> str:
    """Widths as a URL and the command line have them."""
    return "-".join(map(str, widths))


def parsed(text: str) -> tuple[int, ...]:
    """Widths from text with commas or dashes between them; a ValueError where that fails."""
    return tuple(int(width) for width in text.replace("-", ",").split(","))


def with_decoder(text: str) -> tuple[str, str | None]:
    """The hidden layers that a person wrote, with the decoder where it was left out.

    Args:
        text: widths with commas or dashes between them.

    Returns:
        The text that `parsed` reads, and a sentence that says what was added. A text that is no
        encoder, or whose decoder would make it too long, comes back as it is, with None.
    """
    try:
        given = parsed(text)
    except ValueError:
        return text, None
    whole = (*given, *reversed(given[:-1]))
    narrows = all(before >= after for before, after in pairwise(given))
    if are_allowed(given) or not (narrows and are_allowed(whole)):
        return text, None
    completed = as_text(whole)
    return completed, f"{as_text(given)} is an encoder; its decoder mirrors it: {completed}."
