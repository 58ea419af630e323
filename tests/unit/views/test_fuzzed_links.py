"""Ten thousand links through all parsers: no exception, and all that is wrong is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.variant import CHOICES, FIELDS, RANGES, Variant
from core.views.compare.comparison import BETWEEN_NAME_AND_VALUE, BETWEEN_SETTINGS, Comparison
from core.views.inside.inside_view import PARAMETERS, InsideState
from core.views.lab.lab_view import VIEW_FIELDS, LabState
from core.views.library.library_query import FILTERS, Query
from core.views.losses.losses_view import LossesView
from core.views.matrix.matrix_view import MatrixView
from core.views.story.story_state import StoryState
from core.views.url_codec import BETWEEN_VALUES

# Of each parser there is a class with `from_query`; all together read 10,000 links.
# Those that make many variants of a link read fewer.
CASES: dict[Any, int] = {
    Variant: 1_500,
    LabState: 1_000,
    InsideState: 500,
    LossesView: 2_500,
    StoryState: 2_000,
    Query: 1_000,
    MatrixView: 500,
    Comparison: 1_000,
}

NAMES = sorted(
    {
        *FIELDS,
        *VIEW_FIELDS,
        *PARAMETERS,
        *LossesView().__dict__,
        *MatrixView().__dict__,
        *StoryState().__dict__,
        *FILTERS,
        *("a", "b", "f", "g", "digit", "measure", "search", "sort", "page"),
        *("run", "runs", "keys", "seeds", "play", "embed", "__proto__", "../x", ""),
    }
)
# What a hand or a program may put in place of a value.
NUMBERS = ["0", "-0", "1e999", "-1e999", "nan", "inf", "1_0", "٣", "0x10", "2147483648", "9" * 400]
ODD = ["", " ", "\x00", "\ud800", "<script>alert(1)</script>", "../../etc/passwd", "%00", "-", ","]
EDGES = [str(edge) for edges in RANGES.values() for edge in edges]
PARTS = [
    f"{name}{BETWEEN_NAME_AND_VALUE}{value}"
    for name in ("activation", "epochs", "layers", "unknown", "")
    for value in ("softmax", "3", "9-2-9", "", "nan", "~", "<b>")
]
values = st.one_of(
    st.sampled_from(
        [*NUMBERS, *ODD, *EDGES, *(c for choices in CHOICES.values() for c in choices)]
    ),
    st.text(max_size=40),
    st.lists(st.integers(-1, 2000), max_size=12).map(lambda widths: "-".join(map(str, widths))),
    # A run in a link that compares, and several values of a filter.
    st.lists(st.sampled_from(PARTS), max_size=4).map(BETWEEN_SETTINGS.join),
    st.lists(st.sampled_from(CHOICES["loss"]), max_size=4).map(BETWEEN_VALUES.join),
)
queries = st.dictionaries(st.sampled_from(NAMES), values, max_size=8)


def reader(parser: Any) -> Callable[[Mapping[str, str]], tuple[Any, list[Any]]]:
    read: Callable[[Mapping[str, str]], tuple[Any, list[Any]]] = parser.from_query
    return read


@pytest.mark.timeout(400)
@pytest.mark.parametrize("parser", CASES, ids=lambda parser: parser.__name__)
def test_every_link_is_read_and_what_was_read_goes_to_a_sound_link(parser: Any) -> None:
    read = reader(parser)

    @settings(max_examples=CASES[parser])
    @given(queries)
    def check(query: dict[str, str]) -> None:
        understood, problems = read(query)
        assert all(0 < len(str(problem)) < 500 for problem in problems)
        assert read(understood.to_query()) == (understood, [])

    check()
