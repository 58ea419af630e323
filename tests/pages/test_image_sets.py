"""Pages of a data set of one's own images, here and missing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.data.image_files.preparation import Options, prepare
from core.data.image_files.reading import read
from core.limits import PUBLIC
from core.metrics.image_set_preview import add
from core.store import RunStore
from core.variant import Variant
from pages.components.common import dataset_choices
from support.fake_trainer import FakeTrainer
from support.image_files import digits, given, npz_of
from support.runs import make_run

OpenLab = Callable[..., AppTest]
UNKNOWN = "images-" + "0" * 32


@pytest.fixture
def own(home: Path) -> str:
    """The name of 200 white images without labels, in a lab of its own."""
    found = read([given(npz_of(x=255 - digits(200)[0]))])
    return add(prepare(found, Options()), "paper", None).name


def html(app: AppTest) -> str:
    return re.sub(r"<.*?>", "", "\n".join(element.proto.body for element in app.get("html")))


def test_lab_of_own_images_shows_their_name_best_and_floor(open_lab: OpenLab, own: str) -> None:
    app = open_lab(dataset=own)
    assert not app.exception
    assert app.segmented_control(key="dataset").value == own
    assert "paper" in app.segmented_control(key="dataset").options
    assert "on 20 held-out images" in html(app)
    assert "Below the originals: the best reconstruction" in html(app)
    assert app.query_params["dataset"] == own


def test_without_labels_one_of_each_is_ten_that_differ_most(
    open_lab: OpenLab, own: str, store: RunStore
) -> None:
    store.put(make_run(Variant(dataset=own)))
    app = open_lab(dataset=own)
    choices = app.segmented_control(key="digits").options
    assert choices == ["Ten that differ most", "Best", "Worst", "Shuffle"]
    app = open_lab(dataset=own, digits="class", digit_class="3")
    assert not app.exception
    assert [one.value for one in app.caption if "No held-out image has this label" in one.value]


@pytest.mark.parametrize("page", ["matrix", "losses", "compare", "library", "status"])
def test_other_pages_open_with_own_images(
    trainer: FakeTrainer, store: RunStore, own: str, app_path: str, page: str
) -> None:
    store.put(make_run(Variant(dataset=own)))
    for name in (own, UNKNOWN):
        app = AppTest.from_file(app_path, default_timeout=60)
        app.switch_page(f"pages/{page}.py")
        app.query_params["dataset"] = name
        app.run()
        assert not app.exception


def test_link_to_images_that_are_not_here_says_where_to_add_them(
    open_lab: OpenLab, home: Path
) -> None:
    app = open_lab(dataset=UNKNOWN)
    assert not app.exception
    assert "Its images are not in this lab: add them under More settings, Your images…" in html(app)
    assert app.button(key="train").disabled
    assert app.query_params["dataset"] == UNKNOWN


def test_on_a_public_host_only_those_of_the_session_are_offered(
    trainer: FakeTrainer, open_lab: OpenLab, own: str
) -> None:
    trainer.limits = PUBLIC
    assert "paper" not in open_lab().segmented_control(key="dataset").options
    assert "paper" in open_lab(dataset=own).segmented_control(key="dataset").options
    assert not dataset_choices.is_visible(own)
    assert dataset_choices.is_visible("mnist")
