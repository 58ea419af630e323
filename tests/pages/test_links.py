"""Links as hands and programs write them: no page breaks, and each says what it has ignored."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from core.errors import InvalidVariant
from core.variant import FIELDS, RANGES, Variant
from core.views.compare.comparison import Comparison
from core.views.inside.inside_view import PARAMETERS, InsideState
from core.views.lab.lab_view import VIEW_FIELDS, LabState
from core.views.library.library_query import FILTERS, Query
from core.views.losses.losses_view import LossesView
from core.views.matrix.matrix_view import MatrixView
from core.views.story.story_state import StoryState
from pages.components.common import services
from pages.components.common.settings_state import setting_value
from support.fake_trainer import FakeTrainer

APP = Path(__file__).parents[2] / "app.py"
CASES = 36  # for each page; more than 200 together

Problems = list[InvalidVariant]
Reader = Callable[[Mapping[str, str]], tuple[Any, Problems]]


def lab(query: Mapping[str, str]) -> tuple[Variant, Problems]:
    """What the Lab understands of a link."""
    state, problems = LabState.from_query(query)
    return state.variant, problems


def inside(query: Mapping[str, str]) -> tuple[Variant, Problems]:
    """What the Inside page understands of a link."""
    state, problems = InsideState.from_query(query)
    return state.variant, problems


# Script, names in its links, and what reads them.
PAGES: dict[str, tuple[list[str], Reader]] = {
    "app.py": (["step", "present"], StoryState.from_query),
    "pages/lab.py": ([*FIELDS, *VIEW_FIELDS], lab),
    "pages/inside.py": ([*FIELDS, *PARAMETERS], inside),
    "pages/compare.py": (["a", "b", "c", "epoch", "digit", "measure"], Comparison.from_query),
    "pages/matrix.py": ([*FIELDS, *MatrixView().texts()], MatrixView.from_query),
    "pages/losses.py": ([*LossesView().__dict__], LossesView.from_query),
    "pages/library.py": (["search", "sort", "page", *FILTERS], Query.from_query),
}
EDGES = [str(edge) for edges in RANGES.values() for edge in edges]
values = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.sampled_from(["1", "nan", "1e999", "-1", "mnist", "raw", "<b>x</b>", "seed", "layers"]),
    st.sampled_from(["activation.softmax", "loss.mse~x.y", "default", "mse~huber", "", *EDGES]),
)


def words(text: str) -> str:
    """A text without the signs that Markdown would want escaped, and white space as one."""
    return " ".join(re.sub(r"\\", "", text).split())


@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", PAGES)
def test_no_link_breaks_a_page_and_what_it_ignores_is_named(
    page: str, trainer: FakeTrainer
) -> None:
    assert services.trainer() is trainer
    known, read = PAGES[page]
    names = st.sampled_from([*known, *known, "unknown", "<i>", "__class__"])

    @settings(max_examples=CASES, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(names, values, max_size=4))
    def check(query: dict[str, str]) -> None:
        app = AppTest.from_file(str(APP), default_timeout=60)
        if page != "app.py":
            app.switch_page(page)
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        understood, problems = read(query)
        said = words(" ".join(element.value for element in app.markdown))
        for problem in problems:
            assert words(str(problem)) in said
        if page == "pages/lab.py":
            shown = {field: app.session_state[field] for field in FIELDS}
            assert shown == {f: setting_value(understood, f) for f in FIELDS}

    check()
