"""The location on the map in a link and in a browser's report."""

from __future__ import annotations

from typing import Any

import pytest

from core.views.inside.inside_view import InsideState, reported_location


def test_location_in_a_link_is_read_back() -> None:
    state = InsideState(
        x=1.5, sliders=((3, 0.5), (12, -1.25e-7)), position=0.25, first=7, second=499, draw=True
    )
    query = state.to_query()
    assert query["sliders"] == "3.0.5~12.-1.25e-07"
    assert InsideState.from_query(query) == (state, [])


def test_the_centre_of_the_map_leaves_the_link_as_it_is() -> None:
    names = {"x", "y", "sliders", "position", "first", "second", "draw"}
    assert not names & set(InsideState().to_query())


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("sliders", "3", "sliders cannot be '3'; allowed: values of units, such as 3.0.5~12.-1."),
        ("sliders", "3.nan", "sliders cannot be '3.nan'"),
        ("sliders", "3.1~3.2", "sliders cannot be '3.1~3.2'"),
        ("sliders", "~".join(f"{unit}.1" for unit in range(9)), "sliders cannot be"),
        ("sliders", "28.1", "sliders cannot be '28'; allowed: units from 0 to 27."),
        ("position", "1.5", "position cannot be '1.5'; allowed: numbers from 0 to 1."),
        ("first", "500", "first cannot be '500'; allowed: whole numbers from 0 to 499."),
        ("second", "-1", "second cannot be '-1'; allowed: whole numbers from 0 to 499."),
        ("draw", "yes", "draw cannot be 'yes'; allowed: 0 and 1."),
    ],
)
def test_nonsense_in_a_link_is_named_and_ignored(name: str, text: str, sentence: str) -> None:
    state, problems = InsideState.from_query({name: text})
    assert state == InsideState()
    assert len(problems) == 1
    assert str(problems[0]).startswith(sentence)


def test_the_map_of_pca_has_two_components_for_sliders() -> None:
    state, problems = InsideState.from_query({"axes": "pca", "sliders": "1.3~2.4"})
    assert state.sliders == ()
    assert str(problems[0]) == "sliders cannot be '2'; allowed: units from 0 to 1."


def test_a_report_of_a_browser_becomes_fields_of_the_state() -> None:
    kept = {"point": [1, -2.5], "sliders": [[3, 0.5]], "position": None, "first": 4, "second": None}
    assert reported_location(kept) == {
        "x": 1.0,
        "y": -2.5,
        "sliders": ((3, 0.5),),
        "position": None,
        "first": 4,
        "second": 1,
    }


@pytest.mark.parametrize(
    "changed",
    [
        {"point": None},
        {"point": [1]},
        {"point": [1, "x"]},
        {"point": [float("nan"), 0]},
        {"sliders": "3.1"},
        {"sliders": [[3]]},
        {"sliders": [[-1, 2]]},
        {"sliders": [[{}, []]]},
        {"position": 2},
        {"first": [1]},
        {"second": 1.5},
    ],
)
def test_invalid_report_is_no_location(changed: dict[str, Any]) -> None:
    kept: dict[str, Any] = {"point": [1, 2], "sliders": [], "position": 0.5, "first": 0}
    assert reported_location(kept) is not None
    if changed == {"sliders": "3.1"}:  # not a list, so that there are none
        assert reported_location(kept | changed) == reported_location(kept)
    else:
        assert reported_location(kept | changed) is None
