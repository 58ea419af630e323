"""The visitor's own image on the Compare page: through every run with weights."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from html import unescape

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.data import loading
from core.run import Layer, Run
from core.store import RunStore
from core.variant import Variant
from core.views.compare.comparison import link_query
from support.fake_trainer import FakeTrainer
from support.runs import make_run

PIXELS = 784
NETWORK = Variant(layers=(2,), epochs=2, activation="linear", loss="mean_squared_error")


def with_value(variant: Variant, value: float) -> Run:
    """A run whose network draws one value in every pixel, whatever it sees."""
    encoder = Layer(
        kernel=np.zeros((PIXELS, 2), np.float32), bias=np.zeros(2, np.float32), activation="relu"
    )
    decoder = Layer(
        kernel=np.zeros((2, PIXELS), np.float32),
        bias=np.full(PIXELS, value, np.float32),
        activation="linear",
    )
    return replace(make_run(variant), weights=(encoder, decoder))


@pytest.fixture
def runs(store: RunStore) -> list[Variant]:
    """A draws 0.5 everywhere, B draws 0.25, C has no weights, D is not trained."""
    variants = [replace(NETWORK, seed=seed) for seed in range(4)]
    store.put(with_value(variants[0], 0.5))
    store.put(with_value(variants[1], 0.25))
    store.put(replace(make_run(variants[2]), weights=None))
    return variants


def opened(app_path: str, *variants: Variant, is_open: bool = True) -> AppTest:
    app = AppTest.from_file(app_path, default_timeout=60)
    app.switch_page("pages/compare.py")
    for name, value in link_query(variants).items():
        app.query_params[name] = value
    app.session_state["compare-own-image-open"] = is_open
    return app.run()


def upload(app: AppTest, image: np.ndarray) -> None:
    target = io.BytesIO()
    Image.fromarray(image.reshape(28, 28)).save(target, "PNG")
    [uploader] = app.file_uploader
    uploader.upload("mine.png", target.getvalue(), "image/png").run()
    assert not app.exception


def figures(app: AppTest) -> dict[str, str]:
    """What is said of each image, by the bold first words of its caption."""
    html = "\n".join(element.proto.body for element in app.get("html"))
    found = re.findall(r"<figure>.*?<b[^>]*>(.*?)</b>.*?<p[^>]*>(.*?)</p></figure>", html)
    return {name: unescape(words) for name, words in found}


def test_an_image_goes_through_every_run_and_those_without_weights_say_so(
    trainer: FakeTrainer, app_path: str, runs: list[Variant]
) -> None:
    app = opened(app_path, *runs)
    assert figures(app) == {}
    digit = loading.load("mnist-sample").held_out[0]
    upload(app, digit)
    greys = digit / 255
    assert figures(app) == {
        "Your image": "28 × 28 pixels",
        "A": f"MSE {np.square(0.5 - greys).mean():.4f}",
        "B": f"MSE {np.square(0.25 - greys).mean():.4f}",
        "C": "Its weights are not stored. Train it again to draw your image.",
        "D": "Not trained yet.",
    }
    said = " ".join(element.value for element in app.caption)
    assert "It is 28 × 28 pixels already" in said
    assert "mine" not in str(app.query_params)


def test_each_data_set_has_its_own_preparation(
    trainer: FakeTrainer, app_path: str, store: RunStore
) -> None:
    garments = replace(NETWORK, dataset="fashion-mnist", epochs=2)
    store.put(with_value(NETWORK, 0.5))
    store.put(replace(make_run(garments), weights=None))
    app = opened(app_path, NETWORK, garments)
    assert app.file_uploader[0].label == "An image of a digit or a garment"
    upload(app, np.pad(np.full((20, 4), 255, np.uint8), ((4, 4), (12, 12))))
    # Uploaded as 28 x 28, it is taken as it is for both.
    assert list(figures(app)) == [
        "Your image, like MNIST sample",
        "A",
        "Your image, like Fashion-MNIST",
        "B",
    ]


def test_what_is_no_image_is_refused_once(
    trainer: FakeTrainer, app_path: str, runs: list[Variant]
) -> None:
    app = opened(app_path, *runs)
    [uploader] = app.file_uploader
    uploader.upload("mine.png", b"%PDF-1.7", "image/png").run()
    said = " ".join(element.value for element in app.markdown)
    assert said.count("This is not a PNG, JPEG, WebP or GIF image.") == 1
    assert figures(app) == {}


def test_the_pad_is_not_drawn_until_it_is_opened(
    trainer: FakeTrainer, app_path: str, runs: list[Variant]
) -> None:
    assert len(opened(app_path, *runs, is_open=False).file_uploader) == 0
