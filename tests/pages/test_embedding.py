"""Parts of pages for frames: what they show, and which addresses may be framed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from core.store.library import Library
from core.store.shipped import Gallery
from pages.components.common import services
from pages.components.common.markdown import escaped
from pages.components.server.framing import may_be_framed
from support.fake_trainer import FakeTrainer
from support.opened_app import opened_app

COMPARED = {"a": "default", "b": "activation.softmax"}


@pytest.fixture
def open_part(
    trainer: FakeTrainer, app_path: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., AppTest]:
    """Opens a page with a query, as a frame does; the shipped runs are there."""
    library = Library(services.store(), Gallery())
    monkeypatch.setattr(services, "library", lambda: library)
    monkeypatch.setattr(services, "run_of", library.get)

    def opened(page: str, **query: str) -> AppTest:
        return opened_app(page, query)

    return opened


def html(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


@pytest.mark.parametrize(
    ("page", "query", "sentence", "charts", "images"),
    [
        ("lab", {"view": "curve", "activation": "softmax"}, "The loss looks fine (0.1078)", 1, 0),
        ("lab", {"view": "digits", "activation": "softmax"}, "The loss looks fine (0.1078)", 0, 2),
        ("compare", {"view": "curve"} | COMPARED, "Only the output activation differs.", 1, 0),
        ("compare", {"view": "digits"} | COMPARED, "Only the output activation differs.", 0, 3),
        ("matrix", {"view": "map"}, "sigmoid + BCE, unit 0–1: It works.", 0, 0),
    ],
)
def test_a_part_stands_alone_with_its_sentence(
    open_part: Callable[..., AppTest],
    page: str,
    query: dict[str, str],
    sentence: str,
    charts: int,
    images: int,
) -> None:
    app = open_part(page, **query)
    assert sentence in html(app)
    assert len(app.get("echarts_chart")) == charts
    assert html(app).count("data:image/png") == images
    # Nothing in it leads to another page within the frame, or changes anything.
    assert app.get("page_link") == []
    assert (len(app.button), len(app.get("download_button")), len(app.get("popover"))) == (0, 0, 0)
    [link] = [each.value for each in app.caption if "Open in" in each.value]
    assert link.startswith(f"[Open in Autoencoder Lab]({page}?")
    assert "view=" not in link
    assert app.query_params["view"] == query["view"]


def test_a_part_of_a_comparison_without_runs_says_so(open_part: Callable[..., AppTest]) -> None:
    captions = [each.value for each in open_part("compare", view="digits").caption]
    assert captions[0] == "This link names no runs."


@pytest.mark.parametrize(
    ("page", "view", "sentence"),
    [
        ("lab", "map", "view cannot be 'map'; allowed: curve, digits."),
        ("compare", "<b>", "view cannot be '<b>'; allowed: curve, digits."),
        ("matrix", "", "view cannot be ''; allowed: map."),
        ("losses", "curve", "There is no setting 'view'."),
    ],
)
def test_a_part_that_a_page_does_not_have_is_named_and_the_page_shown(
    open_part: Callable[..., AppTest], page: str, view: str, sentence: str
) -> None:
    app = open_part(page, view=view)
    shown = " ".join([html(app), *(each.value for each in app.markdown)])
    assert escaped(sentence) in shown
    assert len(app.get("page_link")) > 6
    assert "view" not in app.query_params


FRAMED = [("/lab", "view=curve"), ("/compare", "a=default&view=digits&embed=true")]
NOT_FRAMED = [
    ("/", "view=curve"),
    ("/lab", ""),
    ("/lab", "view=map"),
    ("/lab", "view=curve&view=digits"),
    ("/lab", "view=curve&view="),
    # Streamlit shows its first page for these.
    ("/Lab", "view=curve"),
    ("/%6Cab", "view=curve"),
    ("/lab/", "view=curve"),
    ("/x/lab", "view=curve"),
    ("/library", "view=curve"),
]


@pytest.mark.parametrize(("path", "query"), FRAMED)
def test_addresses_of_parts_may_be_framed(path: str, query: str) -> None:
    assert may_be_framed(path, query)


@pytest.mark.parametrize(("path", "query"), NOT_FRAMED)
def test_no_other_address_may_be_framed(path: str, query: str) -> None:
    assert not may_be_framed(path, query)


def test_the_path_before_all_pages_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "get_option", {"server.baseUrlPath": "/under/this/"}.__getitem__)
    assert may_be_framed("/under/this/matrix", "view=map")
    assert not may_be_framed("/matrix", "view=map")
