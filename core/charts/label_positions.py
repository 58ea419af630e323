"""Labels beside marks on a line: none leaves the line, no two overlap, at any width of it.

The server does not know how wide a line is on the screen, so a place is not a number but the
largest and smallest of a few: a browser takes them as CSS, a test at a width of its choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

# Between two labels, in characters.
GAP = 1.5


@dataclass(frozen=True, kw_only=True)
class LabelPosition:
    """Where the middle of a label lies: max(lowest, min(limits)).

    Attributes:
        lowest: in characters from the left end of the line.
        limits: each a share of the line and the characters left of it.
    """

    lowest: float
    limits: tuple[tuple[float, float], ...]

    def at(self, length: float) -> float:
        """The place on a line of so many characters."""
        return max(self.lowest, min(share * length - back for share, back in self.limits))

    def css(self) -> str:
        """The place for `left`; a character is as wide as a 0."""
        limits = ",".join(f"{100 * share:.2f}% - {back:g}ch" for share, back in self.limits)
        return f"max({self.lowest:g}ch,min({limits}))"


def label_positions(shares: Sequence[float], widths: Sequence[float]) -> list[LabelPosition]:
    """Places as near to the marks as fits.

    Args:
        shares: where the marks are, from 0 to 1 along the line, rising.
        widths: of the labels, in characters.

    Returns:
        One for each label. On a line that is at least as long as all widths and gaps together, the
        labels are `GAP` apart and between its ends.
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
