"""The link to the page of formulas: there and back unchanged, and nothing wrong taken over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.datasets import DATASETS
from core.data.normalization import NORMALIZATIONS
from core.objectives.activations import ACTIVATIONS
from core.views.losses.losses_view import EXTENTS, OTHER_LOSSES, SECTIONS, LossesView

VIEWS = st.builds(
    LossesView,
    section=st.sampled_from(list(SECTIONS)),
    y=st.floats(0, 1),
    raw=st.booleans(),
    grey=st.integers(0, 255),
    x=st.floats(-18, 18),
    extent=st.sampled_from(list(EXTENTS)),
    loss_from=st.sampled_from(["keras", "outputs", "logits"]),
    other=st.sampled_from(OTHER_LOSSES),
    digit=st.integers(0, 9),
    scale=st.floats(0.1, 20),
    dataset=st.sampled_from(list(DATASETS)),
    normalization=st.sampled_from(list(NORMALIZATIONS)),
    activation=st.sampled_from(list(ACTIVATIONS)),
    find=st.text(max_size=40),
)


@given(view=VIEWS)
def test_a_view_goes_to_a_query_and_back_unchanged(view: LossesView) -> None:
    assert LossesView.from_query(view.to_query()) == (view, [])


def test_defaults_are_not_in_the_link() -> None:
    assert LossesView().to_query() == {}
    assert LossesView(section="data", raw=True).to_query() == {"section": "data", "raw": "1"}


@pytest.mark.parametrize(
    ("name", "text", "allowed"),
    [
        ("y", "nan", "numbers from 0 to 1"),
        ("y", "1.01", "numbers from 0 to 1"),
        ("x", "-inf", "numbers from -18 to 18"),
        ("grey", "12.5", "whole numbers from 0 to 255"),
        ("digit", "10", "whole numbers from 0 to 9"),
        ("raw", "yes", "0 and 1"),
        ("extent", "9", "8, 18"),
        ("section", "pixels", "pixel, gradient, image, data, reading, terms"),
        ("find", "a" * 41, "up to 40 letters"),
    ],
)
def test_a_value_that_is_not_allowed_is_named_and_takes_its_default(
    name: str, text: str, allowed: str
) -> None:
    view, problems = LossesView.from_query({name: text})
    assert view == LossesView()
    assert [str(problem) for problem in problems] == [
        f"{name} cannot be {text[:40]!r}; allowed: {allowed}."
    ]


def test_a_name_that_is_no_setting_is_named() -> None:
    view, problems = LossesView.from_query({"why": "1", "digit": "7"})
    assert view == LossesView(digit=7)
    assert [str(problem) for problem in problems] == ["There is no setting 'why'."]


@given(query=st.dictionaries(st.sampled_from([*LossesView().__dict__, "other name"]), st.text()))
def test_no_query_breaks_it(query: dict[str, str]) -> None:
    view, problems = LossesView.from_query(query)
    again, none = LossesView.from_query(view.to_query())
    assert again == view
    assert none == []
    assert len(problems) <= len(query)
