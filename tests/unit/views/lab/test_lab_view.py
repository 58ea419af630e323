"""Views: to a URL's query and back, and what is done with nonsense."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.progress import Frame, History, Stage
from core.variant import FIELDS
from core.views.lab.lab_view import (
    AXES,
    DIGIT_CHOICES,
    LARGEST_SHUFFLE,
    SMOOTHINGS,
    VIEW_FIELDS,
    View,
    frame_at,
)

VIEWS = st.builds(
    View,
    digits=st.sampled_from(list(DIGIT_CHOICES)),
    digit_class=st.integers(0, 9),
    shuffle=st.integers(0, LARGEST_SHUFFLE),
    difference=st.booleans(),
    own_scale=st.booleans(),
    axis=st.sampled_from(list(AXES)),
    smoothing=st.sampled_from(list(SMOOTHINGS)),
    epoch=st.none() | st.integers(0, 10_000).map(lambda tenths: tenths / 10),
    digit=st.none() | st.integers(0, 9),
)


@given(VIEWS)
def test_a_view_goes_into_a_query_and_back_unchanged(view):
    assert View.from_query(view.to_query()) == (view, [])


def test_defaults_are_not_in_the_query():
    assert View().to_query() == {}
    assert View(digits="worst", difference=True, epoch=2.5).to_query() == {
        "digits": "worst",
        "difference": "1",
        "epoch": "2.5",
    }


@given(st.dictionaries(st.sampled_from(VIEW_FIELDS), st.text(max_size=20)))
def test_no_query_raises_and_each_refused_field_is_named_once(query):
    view, problems = View.from_query(query)
    assert {problem.field for problem in problems} <= set(query)
    assert len({problem.field for problem in problems}) == len(problems)
    for problem in problems:
        assert getattr(view, problem.field) == getattr(View(), problem.field)


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("digits", "all", "digits cannot be 'all'; allowed: each, class, best, worst, shuffle."),
        ("digit_class", "10", "digit_class cannot be '10'; allowed: whole numbers from 0 to 9."),
        ("epoch", "nan", "epoch cannot be 'nan'; allowed: numbers from 0 to 1000."),
        ("difference", "yes", "difference cannot be 'yes'; allowed: 0 and 1."),
        ("smoothing", "3", "smoothing cannot be '3'; allowed: 1, 9, 25."),
    ],
)
def test_refusal_lists_allowed_values(field, text, message):
    _, problems = View.from_query({field: text})
    assert [str(problem) for problem in problems] == [message]


def test_views_and_variants_share_no_names():
    assert not set(VIEW_FIELDS) & set(FIELDS)


@pytest.mark.parametrize(
    ("epoch", "step"), [(0.0, 0), (0.19, 0), (0.2, 9), (1.0, 45), (1.9, 45), (2.0, 90), (9.0, 90)]
)
def test_the_replay_shows_the_latest_frame_that_is_not_after_its_epoch(epoch, step):
    history = History()
    history.add(Stage(name="training", steps_per_epoch=45, total_steps=90))
    for told in (0, 9, 45, 90):
        history.add(Frame(step=told, pixels=np.zeros((10, 784), np.float32)))
    assert frame_at(history, epoch).step == step
