"""The visitor's own image on the Lab page: through the weights, or a sentence why not."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.data import loading, uploaded_image
from core.limits import PUBLIC
from core.run import Layer, Run
from core.store import RunStore
from core.variant import Variant
from pages.components.common import drawing as pad
from support.fake_trainer import FakeTrainer
from support.runs import make_run

OpenLab = Callable[..., AppTest]
PIXELS = 784


def grey_everywhere() -> Run:
    """A run whose network draws 0.5 in every pixel, whatever it sees."""
    run = make_run(Variant(layers=(2,)))
    weights = tuple(
        Layer(
            kernel=np.zeros(shape, np.float32),
            bias=np.zeros(shape[1], np.float32),
            activation=activation,
        )
        for shape, activation in (((PIXELS, 2), "relu"), ((2, PIXELS), "sigmoid"))
    )
    return replace(run, weights=weights)


def png(greys: np.ndarray) -> bytes:
    target = io.BytesIO()
    Image.fromarray(greys).save(target, "PNG")
    return target.getvalue()


def digit() -> bytes:
    return png(loading.load("mnist-sample").held_out[0].reshape(28, 28))


def upload(app: AppTest, content: bytes) -> None:
    [uploader] = app.file_uploader
    uploader.upload("mine.png", content, "image/png").run()
    assert not app.exception


def said(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption])


def grids(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


def test_uploaded_image_is_reconstructed_and_scored_with_baselines(
    open_lab: OpenLab, store: RunStore
) -> None:
    store.put(grey_everywhere())
    app = open_lab(layers="2")
    assert "Your image" not in grids(app)
    upload(app, digit())
    assert "Your image as the network gets it." in grids(app)
    # Half of 784 pixels of 0.5 each.
    assert "<span>392</span>" in grids(app)
    greys = loading.load("mnist-sample").held_out[0] / 255
    own, shared = app.table[0].value, app.table[1].value
    assert own.loc["This run", "MSE"].strip("*") == f"{np.square(0.5 - greys).mean():.4f}"
    assert own.loc["All black", "MSE"].strip("*") == f"{np.square(greys).mean():.4f}"
    # The run is as an earlier version stored it, without PCA.
    assert set(own.index) == {*shared.index, "PCA, 2 components"}
    assert "It is 28 × 28 pixels already" in said(app)
    assert "mine.png" not in str(app.query_params)


def test_nothing_of_an_image_is_kept_on_disk(open_lab: OpenLab, store: RunStore) -> None:
    store.put(grey_everywhere())
    before = sorted(store.root.rglob("*"))
    upload(open_lab(layers="2"), digit())
    assert sorted(store.root.rglob("*")) == before


def test_without_weights_the_page_says_so_and_what_to_do(
    open_lab: OpenLab, store: RunStore
) -> None:
    store.put(replace(grey_everywhere(), weights=None))
    app = open_lab(layers="2")
    upload(app, digit())
    assert "weights are not stored, so it cannot draw your image. Train it again." in said(app)
    assert "Your image as the network gets it." not in grids(app)


def test_before_any_training_the_page_asks_for_one(open_lab: OpenLab) -> None:
    app = open_lab(layers="2")
    upload(app, digit())
    assert "It goes through the trained network, so train it first." in said(app)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7", "This is not a PNG, JPEG, WebP or GIF image."),
        (b"<img src=x onerror=alert(1)>", "This is not a PNG, JPEG, WebP or GIF image."),
        (digit()[:200], "The image is damaged or truncated. Save it again."),
        (png(np.zeros((10, 10), np.uint8)), "have the same value"),
        (bytes(100_000_000), "The file has 100 MB; up to 20 are allowed."),
    ],
    ids="pdf markup cut grey 100MB".split(),
)
def test_file_that_is_not_an_image_is_refused_in_a_sentence(
    open_lab: OpenLab, store: RunStore, content: bytes, sentence: str
) -> None:
    store.put(grey_everywhere())
    app = open_lab(layers="2")
    upload(app, content)
    assert sentence in said(app)
    upload(app, digit())
    assert sentence not in said(app)
    assert "Your image as the network gets it." in grids(app)


def test_strangers_may_upload_less(open_lab: OpenLab, trainer: FakeTrainer) -> None:
    trainer.limits = PUBLIC
    app = open_lab(layers="2")
    assert app.file_uploader[0].proto.max_upload_size_mb == 5
    upload(app, bytes(6_000_000))
    assert "The file has 6.0 MB; this public lab takes up to 5 MB." in said(app)


def data_url(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()


def drawing() -> bytes:
    """A thick vertical stroke on black, as the pad reports it."""
    canvas = np.zeros((280, 280), np.uint8)
    canvas[40:240, 60:82] = 255
    return png(canvas)


def test_a_drawing_is_made_like_the_digits_of_the_data_set(monkeypatch: pytest.MonkeyPatch) -> None:
    report(monkeypatch, data_url(drawing()))
    read = uploaded_image.read(pad.content(), "mnist-sample")
    rows, columns = np.nonzero(read.image.reshape(28, 28))
    # MNIST's digits fill 20 of 28 pixels; 22 of 200 pixels of width are 2 of 20.
    assert (rows.min(), rows.max()) == (4, 23)
    assert columns.max() - columns.min() + 1 == 2
    # Its centre of mass is in the middle, not where it was drawn.
    assert 13 <= columns.mean() < 15


@pytest.mark.parametrize(
    "reported", ["", "data:image/png;base64,###", 7, None, ["a"], "A" * 500_000]
)
def test_a_report_that_is_no_drawing_is_none(
    monkeypatch: pytest.MonkeyPatch, reported: object
) -> None:
    report(monkeypatch, reported)
    assert pad.content() == b""


def report(monkeypatch: pytest.MonkeyPatch, reported: object) -> None:
    monkeypatch.setattr(pad, "component_value", lambda key, name: reported)
