"""Labels on a line: inside it and apart from each other, whatever the values and the width."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.charts.label_positions import GAP, label_positions

WIDTHS = st.lists(st.integers(4, 25), min_size=1, max_size=6)
# A character of the ruler is about 6 CSS pixels wide, so this is 1920 of them.
LONGEST = 320


@given(widths=WIDTHS, data=st.data())
def test_labels_stay_inside_the_line_and_apart(widths: list[int], data: st.DataObject) -> None:
    shares = sorted(data.draw(st.floats(0, 1)) for _ in widths)
    needed = sum(widths) + GAP * (len(widths) - 1)
    length = data.draw(st.floats(needed, max(LONGEST, needed)))
    positions = [position.at(length) for position in label_positions(shares, widths)]
    boxes = [(at - width / 2, at + width / 2) for at, width in zip(positions, widths, strict=True)]
    assert boxes[0][0] >= -1e-6
    assert boxes[-1][1] <= length + 1e-6
    assert all(right[0] - left[1] >= GAP - 1e-6 for left, right in pairwise(boxes))


def test_labels_with_room_stand_at_their_marks() -> None:
    positions = label_positions([0.25, 0.75], [10, 10])
    assert [position.at(100) for position in positions] == [25, 75]


def test_labels_of_the_same_mark_are_side_by_side() -> None:
    # The last reaches the end of the line: 100 - 10 / 2, then 10 + 1.5 to its left.
    assert [position.at(100) for position in label_positions([1, 1], [10, 10])] == [83.5, 95]
    # And from the start: 10 / 2, then 10 + 1.5 to its right.
    assert [position.at(100) for position in label_positions([0, 0], [10, 10])] == [5, 16.5]


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_css_says_the_same(share: float) -> None:
    [position] = label_positions([share], [10])
    assert position.css() == f"max(5ch,min({100 * share:.2f}% - 0ch,100.00% - 5ch))"
