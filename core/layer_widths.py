"""The widths of the hidden layers: which are allowed, and as text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

MOST_LAYERS = 21
WIDEST_LAYER = 1024
LAYER_PRESETS: dict[str, tuple[int, ...]] = {
    "the question's": (128, 64, 28, 64, 128),
    "one layer of 32": (32,),
    "bottleneck of 2": (128, 64, 2, 64, 128),
    "wide": (512, 256, 128, 256, 512),
}
ALLOWED = (
    f"allowed: 1 to {MOST_LAYERS} widths of 1 to {WIDEST_LAYER} each, such as 128,64,28,64,128"
)
# Behind the widths of an encoder alone: without it, its decoder is taken to be left out.
END = "out"


def are_allowed(widths: Sequence[Any]) -> bool:
    """Whether a network may have these hidden layers."""
    return 1 <= len(widths) <= MOST_LAYERS and all(
        type(width) is int and 1 <= width <= WIDEST_LAYER for width in widths
    )


def bottleneck(widths: Sequence[int]) -> int:
    """The index of the bottleneck: the narrowest layer, of several the first."""
    return min(range(len(widths)), key=widths.__getitem__)


def as_text(widths: Sequence[int]) -> str:
    """Widths as links and the command line have them: "64-16-64", or "64-16-out" for these two."""
    end = [END] if _mirrored(widths) else []
    return "-".join([*map(str, widths), *end])


def parsed(text: str) -> tuple[int, ...]:
    """Widths from text with commas or dashes between them; a ValueError where that fails."""
    parts = _parts(text)
    return tuple(int(part) for part in (parts[:-1] if parts[-1] == END else parts))


def with_decoder(text: str) -> tuple[str, str | None]:
    """The hidden layers that a person wrote, with the decoder where it was left out.

    Args:
        text: widths with commas or dashes between them.

    Returns:
        The text that `parsed` reads, and a sentence that says what was added. A text that is no
        encoder, or whose decoder would make it too long, comes back as it is, with None.
    """
    try:
        whole = None if _parts(text)[-1] == END else _mirrored(parsed(text))
    except ValueError:
        return text, None
    if whole is None:
        return text, None
    given = "-".join(_parts(text))
    sentence = (
        f"{given} is an encoder; its decoder mirrors it: {as_text(whole)}."
        f" Without one it is {given}-{END}."
    )
    return as_text(whole), sentence


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.replace("-", ",").split(",")]


def _mirrored(widths: Sequence[int]) -> tuple[int, ...] | None:
    """An encoder with the decoder that mirrors it; None where these are no encoder alone."""
    narrows = all(before >= after for before, after in pairwise(widths))
    is_symmetric = len(widths) % 2 == 1 and widths[len(widths) // 2] == widths[-1]
    whole = (*widths, *reversed(widths[:-1]))
    return whole if narrows and not is_symmetric and are_allowed(whole) else None
