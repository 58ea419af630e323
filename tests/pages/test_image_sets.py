"""Pages of a data set of one's own images, here and missing."""

from __future__ import annotations

import math
import os
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data import image_sets, loading
from core.data.image_files.preparation import Options, prepare
from core.data.image_files.reading import read
from core.diagnostics.evidence import MEASURES
from core.diagnostics.setting_facts import FACTS
from core.export.export_files import exports
from core.limits import PUBLIC, UNLIMITED
from core.run import Run, Scores
from core.store import RunStore, image_set_sizes
from core.store.image_set_storage import add_image_set
from core.store.library import Library
from core.store.shipped import Gallery
from core.variant import Variant
from core.views.compare.comparison import link_query
from pages.components.common import dataset_choices, services
from pages.components.server import image_set_expiry
from support.fake_trainer import FakeTrainer
from support.image_files import digits, given, npy_of, npz_of
from support.opened_app import opened_app
from support.runs import make_run

OpenLab = Callable[..., AppTest]
UNKNOWN = "images-" + "0" * 32


# The errors of runs by their seeds, where the mean image has none.
ERRORS = ((0, 0.0), (1, 0.01))


def equal_run(part: loading.HeldOut, variant: Variant, mse: float) -> Run:
    """A run on images that are all equal, so that the mean image has no error."""
    exact = Scores(mse=0.0, mae=0.0, psnr=math.inf, ssim=1.0)
    black = Scores(mse=0.0008, mae=0.0275, psnr=31.2, ssim=0.1)
    return make_run(
        variant,
        pinned=loading.pinned(part),
        scores=Scores(mse=mse, mae=mse, psnr=20.0, ssim=0.9),
        baselines={"all black": black, "mean image": exact, "median image": exact},
        evidence=dict.fromkeys((*MEASURES, *FACTS), 0.0) | {"variation": None},
    )


@pytest.fixture
def own(home: Path) -> str:
    """The name of 200 white images without labels, in a lab of its own."""
    found = read([given(npz_of(x=255 - digits(200)[0]))])
    return add_image_set(prepare(found, Options()), "paper", None).name


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
    pinned = loading.pinned(loading.load_held_out(own))
    store.put(make_run(Variant(dataset=own), pinned=pinned))
    app = open_lab(dataset=own)
    assert app.button(key="train").label == "Train again"
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
        opened_app(page, {"dataset": name})


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


def test_dialog_previews_the_example_and_takes_it_with_fitting_settings(
    open_lab: OpenLab, home: Path
) -> None:
    app = open_lab()
    app.button(key="own-images").click().run()
    app.button(key="own-example").click().run()
    assert not app.exception
    assert "270 to train on, 30 held out by seed 0. The originals are 40 × 40" in words(app)
    assert "Your images are 8" in words(app)
    app.toggle(key="own-invert").set_value(True).run()
    assert "what holds for MNIST mostly holds for them" in words(app)
    app.text_input(key=name_key(app)).set_value("my <b>shapes</b>").run()
    app.button(key="own-use").click().run()
    assert not app.exception
    [info] = image_sets.list_all()
    assert info.label == "my b shapes b"
    query = app.query_params
    assert (query["dataset"], query["epochs"], query["batch_size"]) == (info.name, "100", "10")
    assert "There are few, so the batch is 10 images now." in words(app)
    assert not [path for path in (home / "images" / "pending").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.npy", npy_of(np.zeros((20, 300), np.uint8)), "An image has 300 values, which is not"),
        ("<b>.zip", b"PK\x05\x06" + bytes(18), "The zip file contains no PNG, JPEG or WebP"),
        ("a.csv", b"a,b\nc,d\n", "The table has 2 columns"),
    ],
)
def test_dialog_refuses_a_file_in_one_sentence_and_keeps_nothing(
    open_lab: OpenLab, home: Path, name: str, content: bytes, sentence: str
) -> None:
    app = open_lab()
    app.button(key="own-images").click().run()
    uploader = app.file_uploader(key="own-files-0")
    uploader.upload(name, content, "application/octet-stream").run()
    assert not app.exception
    assert sentence in words(app)
    assert image_sets.list_all() == []


def test_equal_images_are_taken_and_shown_without_shares_of_an_error_of_0(
    open_lab: OpenLab, store: RunStore, app_path: str
) -> None:
    app = open_lab()
    app.button(key="own-images").click().run()
    content = npy_of(np.full((30, 28, 28), 7, np.uint8))
    app.file_uploader(key="own-files-0").upload("a.npy", content, "application/x").run()
    assert "All images are equal: the mean image has no error" in words(app)
    app.button(key="own-use").click().run()
    assert not app.exception
    [info] = image_sets.list_all()
    part = loading.load_held_out(info.name)
    runs = [equal_run(part, Variant(dataset=info.name, seed=seed), mse) for seed, mse in ERRORS]
    runs.append(equal_run(part, Variant(dataset=info.name, activation="softmax"), 0.04))
    for run in runs:
        store.put(run)
    app = open_lab(**runs[0].variant.to_query())
    assert not app.exception
    assert "Pixel error 0.0000; the held-out images are equal" in html(app)
    for page in ("library", "matrix", "losses"):
        opened_app(page, {} if page == "library" else {"dataset": info.name})
    app = opened_app("compare", link_query([runs[0].variant, runs[2].variant]))
    assert "Pixel error 0.0000 with sigmoid (A), 0.0400 with softmax (B)." in html(app)
    assert "of the mean image's" not in html(app)


def test_public_host_limits_the_upload_and_names_no_set_by_what_was_typed(
    trainer: FakeTrainer, open_lab: OpenLab, home: Path
) -> None:
    trainer.limits = PUBLIC
    app = open_lab()
    app.button(key="own-images").click().run()
    assert app.file_uploader(key="own-files-0").proto.max_upload_size_mb == 20
    assert "Up to 20,000 images. Kept while this page is open and for 60 minutes" in words(app)
    app.button(key="own-example").click().run()
    app.button(key="own-use").click().run()
    assert not app.exception
    [info] = image_sets.list_all()
    assert info.label == f"Images {info.name[7:11]}"


def test_library_deletes_images_with_their_runs(
    trainer: FakeTrainer, store: RunStore, own: str, app_path: str
) -> None:
    store.put(make_run(Variant(dataset=own)))
    app = AppTest.from_file(app_path, default_timeout=60)
    app.switch_page("pages/library.py").run()
    size = image_set_sizes.size_of(own) / 1e6
    assert f" of 500 MB used, {size:.0f} MB of it by your images." in words(app)
    assert f"200 images, {size:.1f} MB, 1 run" in words(app)
    app.button(key=f"library-delete-{own}").click().run()
    assert not app.exception
    assert "paper and 1 run." in words(app)
    assert image_sets.list_all() == []
    assert store.keys() == []


def test_runs_of_others_images_are_in_no_list_of_a_public_host(
    trainer: FakeTrainer, store: RunStore, own: str, app_path: str
) -> None:
    store.put(make_run(Variant(dataset=own)))
    listed = {}
    for limits in (UNLIMITED, PUBLIC):
        trainer.limits = limits
        app = AppTest.from_file(app_path, default_timeout=60)
        app.switch_page("pages/library.py").run()
        assert not app.exception
        listed[limits] = app.dataframe[0].value.astype(str).to_csv()
    assert "paper" in listed[UNLIMITED]
    assert "paper" not in listed[PUBLIC]


def test_after_a_reload_a_browser_still_has_its_images_and_another_has_not(
    trainer: FakeTrainer,
    open_lab: OpenLab,
    store: RunStore,
    own: str,
    app_path: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trainer.limits = PUBLIC
    store.put(make_run(Variant(dataset=own)))

    def library(browser: str | None) -> AppTest:
        monkeypatch.setattr(services, "browser", lambda: browser)
        app = AppTest.from_file(app_path, default_timeout=60)
        return app.switch_page("pages/library.py").run()

    monkeypatch.setattr(services, "browser", lambda: "a browser")
    open_lab(dataset=own)
    # Each is a session of its own, as after a reload.
    assert f"library-delete-{own}" in [one.key for one in library("a browser").button]
    for browser in ("another browser", None):
        assert f"library-delete-{own}" not in [one.key for one in library(browser).button]
    library("a browser").button(key=f"library-delete-{own}").click().run()
    assert image_set_expiry.of_browser("a browser") == []


def words(app: AppTest) -> str:
    """All Markdown on the page, without its escapes."""
    texts = [one.value for kind in (app.markdown, app.caption) for one in kind]
    return " ".join(texts).replace("\\", "")


def name_key(app: AppTest) -> str:
    return next(str(one.key) for one in app.text_input if str(one.key).startswith("own-name-"))


def test_sets_of_open_sessions_stay_and_others_go_after_their_time(
    own: str, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    active = {"a session"}
    monkeypatch.setattr(image_set_expiry, "_names", defaultdict(set, {"a session": {own}}))
    runtime = SimpleNamespace(is_active_session=active.__contains__)
    monkeypatch.setattr(image_set_expiry, "Runtime", SimpleNamespace(instance=lambda: runtime))
    store.put(make_run(Variant(dataset=own)))
    os.utime(image_sets.path(own), (1_000_000, 1_000_000))
    # The session is open: its set counts as just used.
    assert image_set_expiry.expire(store, 3600) == []
    active.clear()
    assert image_set_expiry.expire(store, 3600) == []
    os.utime(image_sets.path(own), (1_000_000, 1_000_000))
    assert image_set_expiry.expire(store, 3600) == [own]
    assert image_sets.list_all() == []
    assert store.keys() == []


def test_sentences_call_own_images_images(open_lab: OpenLab, store: RunStore, own: str) -> None:
    run = make_run(Variant(dataset=own), pinned=loading.pinned(loading.load_held_out(own)))
    store.put(run)
    app = open_lab(dataset=own)
    sliders = [one.label for one in app.slider if one.label.startswith("Epoch of")]
    assert sliders == ["Epoch of the images below"]
    labels = {file.name: file.label for file in exports(Library(store, Gallery()), [run.variant])}
    assert (labels["png"], labels["svg"]) == ("Images (PNG)", "Images (SVG)")
