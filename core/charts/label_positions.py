"""Positions of labels along a line: within the line and without overlap, at any width.

The server does not know how wide the line is on the screen, so a position is a `max(min(...))` of
a few lengths, which the browser evaluates as CSS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

# The distance between two labels, in characters.
GAP = 1.5


@dataclass(frozen=True, kw_only=True)
class LabelPosition:
    """The position of a label's middle: max(lowest, min(limits)).

    Attributes:
        lowest: characters from the left end of the line.
        limits: pairs (share of the line, characters to subtract).
    """

    lowest: float
    limits: tuple[tuple[float, float], ...]

    def at(self, length: float) -> float:
        """The position on a line of `length` characters, in characters."""
        return max(self.lowest, min(share * length - offset for share, offset in self.limits))

    def css(self) -> str:
        """The position as a CSS length for `left`, in `ch` and per cent."""
        limits = ",".join(f"{100 * share:.2f}% - {offset:g}ch" for share, offset in self.limits)
        return f"max({self.lowest:g}ch,min({limits}))"


def label_positions(shares: Sequence[float], widths: Sequence[float]) -> list[LabelPosition]:
    """The positions nearest to the marks at which labels do not overlap.

    Args:
        shares: positions of the marks along the line, from 0 to 1, increasing.
        widths: the widths of the labels, in characters.

    Returns:
        One position per label. If the line is at least as long as all widths and gaps together,
        labels are at least `GAP` apart and do not leave the line.
    """
    steps = [(left + right) / 2 + GAP for left, right in pairwise(widths)]
    middles = list(accumulate(steps, initial=widths[0] / 2)) if widths else []
    positions = []
    for at, middle in enumerate(middles):
        marks = [
            (share, other - middle) for share, other in zip(shares[at:], middles[at:], strict=True)
        ]
        end = (1.0, middles[-1] + widths[-1] / 2 - middle)
        positions.append(LabelPosition(lowest=middle, limits=(*marks, end)))
    return positions
