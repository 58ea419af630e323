"""The Inside page: which run it shows, and what it says where there is nothing to look into."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.run import Run
from core.store import RunStore
from core.store.shipped import EXPLORABLE, TWO_UNITS
from core.variant import Variant
from core.views.inside import latent_map
from core.views.inside.inside_view import InsideState
from pages.components.common import services
from support.fake_trainer import FakeTrainer
from support.opened_app import opened_app
from support.runs import make_run

SECONDS = 60
OpenInside = Callable[..., AppTest]


@pytest.fixture
def open_inside(trainer: FakeTrainer, app_path: str, monkeypatch: pytest.MonkeyPatch) -> OpenInside:
    """Opens the page with a query; here it has the shipped runs, too."""
    monkeypatch.setattr(services, "run_of", services.library().get)

    def opened(**query: str) -> AppTest:
        return opened_app("inside", query)

    return opened


def captions(app: AppTest) -> str:
    return " ".join(caption.value for caption in app.caption)


def texts(app: AppTest) -> str:
    return " ".join([captions(app), *(text.value for text in app.markdown)])


def html_of(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


def query_of(variant: Variant) -> dict[str, str]:
    return {name: str(value) for name, value in variant.to_query().items()}


def test_a_fresh_lab_opens_with_a_run_that_can_be_explored(open_inside: OpenInside) -> None:
    app = open_inside()
    assert "The code has 28 units." in captions(app)
    assert "46% of its variance" in captions(app)
    assert "inside-latent" in [element.key for element in app.get("bidi_component")]
    assert app.selectbox(key="inside-run").value == Variant()


def test_all_shipped_runs_with_weights_can_be_chosen(open_inside: OpenInside) -> None:
    app = open_inside()
    app.selectbox(key="inside-run").set_value(TWO_UNITS[0]).run()
    assert not app.exception
    assert "The code has two units, which are the axes of the map." in captions(app)
    assert app.query_params["layers"] == "128-64-2-64-128"
    assert len(app.selectbox(key="inside-run").options) == len(EXPLORABLE)


def test_the_map_can_be_that_of_pca(open_inside: OpenInside) -> None:
    app = open_inside(axes="pca")
    assert "explain 17% of the variance" in captions(app)
    app.button_group(key="inside-axes").set_value("code").run()
    assert "axes" not in app.query_params
    assert "The code has 28 units." in captions(app)


def test_a_link_has_the_point_and_a_new_run_starts_at_its_centre(open_inside: OpenInside) -> None:
    app = open_inside(x="2.5", y="-1", decodes="1")
    assert app.query_params["x"] == "2.5"
    app.selectbox(key="inside-run").set_value(TWO_UNITS[1]).run()
    assert "x" not in app.query_params
    assert app.query_params["decodes"] == "1"


def test_a_new_run_has_no_sliders_and_images_of_the_last(open_inside: OpenInside) -> None:
    app = open_inside(sliders="3.0.5", position="0.5", first="7", draw="1")
    assert app.query_params["sliders"] == "3.0.5"
    app.selectbox(key="inside-run").set_value(TWO_UNITS[1]).run()
    assert not {"sliders", "position", "first"} & set(app.query_params)
    assert app.query_params["draw"] == "1"


def test_images_that_the_map_does_not_have_are_named(
    open_inside: OpenInside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(latent_map, "MAX_POINTS", 40)
    st.cache_resource.clear()
    app = open_inside(**InsideState(first=30, second=40).to_query())
    assert "whole numbers from 0 to 39." in texts(app).partition("second cannot be 40; ")[2]
    assert "first cannot be" not in texts(app)
    st.cache_resource.clear()


def data_of(app: AppTest) -> dict[str, Any]:
    [component] = [one for one in app.get("bidi_component") if one.key == "inside-latent"]
    data: dict[str, Any] = json.loads(component.proto.json)
    return data


def test_the_training_of_a_shipped_run_is_replayed(open_inside: OpenInside) -> None:
    app = open_inside(epoch="2")
    data = data_of(app)
    said = "Replay of the training: 200 held-out images and the ten digits at 9 stored epochs."
    assert data["replayNote"] == said
    assert data["epoch"] == 2
    assert data["map"]["replay"]["names"] == ["0", "0.49", "1", "2", "4", "8", "16", "32", "67"]
    app.selectbox(key="inside-run").set_value(TWO_UNITS[1]).run()
    assert "epoch" not in app.query_params
    app.button_group(key="inside-axes").set_value("pca").run()
    assert data_of(app)["map"]["replay"] is None
    assert "PCA is not trained in epochs" in data_of(app)["replayNote"]


def test_a_run_of_an_earlier_version_says_that_it_cannot_be_replayed(
    open_inside: OpenInside, store: RunStore
) -> None:
    store.put(make_run(Variant(seed=3), code_frames=None))
    data = data_of(open_inside(seed="3"))
    assert data["map"]["replay"] is None
    assert "The codes of earlier epochs are not stored with this run" in data["replayNote"]


def test_a_replay_of_fewer_images_says_so(open_inside: OpenInside, store: RunStore) -> None:
    store.put(make_run(Variant(seed=3)))  # with the codes of 20 images
    data = data_of(open_inside(seed="3"))
    assert "Replay of the training: 20 held-out images" in data["replayNote"]
    assert "A run stores the codes of at most 200 images, and 300 kB." in data["replayNote"]


def test_units_are_shown_with_a_verdict_that_names_the_layer(open_inside: OpenInside) -> None:
    app = open_inside(part="units", layer="2", unit="9")
    assert "40 of 128 units of Encoder 1 are dead." in html_of(app)
    assert "Activations for 500 held-out images: mean 21.2, and 0 for 0% of them." in captions(app)
    assert app.selectbox(key="inside-unit").options[1] == "unit 1, dead"
    app.selectbox(key="inside-layer").set_value(5).run()
    assert not app.exception
    assert app.selectbox(key="inside-unit").value == 0
    assert app.query_params["layer"] == "5"


def test_the_network_can_be_broken(open_inside: OpenInside) -> None:
    app = open_inside(part="units")
    assert "MSE of these ten digits: 0.0107 before, 0.0107 now." in captions(app)
    app.selectbox(key="inside-off").set_value(9).run()
    assert app.query_params["off"] == "9"
    assert "0.0107 before, 0.0107 now" not in captions(app)
    app.slider(key="inside-input_noise").set_value(0.3).run()
    assert not app.exception
    assert "MSE of these ten digits: 0.0107 before, 0.1132 now." in captions(app)
    app.selectbox(key="inside-run").set_value(TWO_UNITS[0]).run()
    assert not app.exception
    assert app.selectbox(key="inside-off").value == -1


def test_the_training_of_each_layer_is_shown(open_inside: OpenInside) -> None:
    app = open_inside(part="training")
    assert "Gradient norm in the last epoch:" in captions(app)
    app.button_group(key="inside-measure").set_value("update").run()
    assert not app.exception
    assert "Relative update in the last epoch:" in captions(app)
    assert app.query_params["measure"] == "update"


def test_a_run_without_evidence_says_so(open_inside: OpenInside, store: RunStore) -> None:
    store.put(replace(make_run(Variant(seed=3)), layer_evidence=()))
    app = open_inside(seed="3", part="training")
    assert "without recording its layers" in captions(app)


def test_what_a_link_says_wrongly_is_named(open_inside: OpenInside) -> None:
    app = open_inside(part="outside", x="far", colour="red")
    for said in ("part cannot be 'outside'", "x cannot be 'far'", "There is no setting 'colour'"):
        assert said in texts(app)


def test_a_run_without_weights_is_trained_with_a_click(
    open_inside: OpenInside, trainer: FakeTrainer
) -> None:
    wanted = Variant(activation="tanh")
    app = open_inside(**query_of(wanted))
    assert "The weights of this run are not stored" in texts(app)
    app.button(key="inside-train").click().run()
    assert not app.exception
    assert trainer.requested == [wanted]


def test_settings_without_a_run_are_trained_with_a_click(open_inside: OpenInside) -> None:
    app = open_inside(seed="5")
    assert "There is no run with these settings yet." in texts(app)
    assert app.button(key="inside-train").label.startswith("Train to explore")


def test_a_run_that_diverged_says_that_it_cannot_be_computed(
    open_inside: OpenInside, store: RunStore
) -> None:
    store.put(beyond_float16(make_run(Variant(seed=3))))
    app = open_inside(seed="3")
    assert "too large to compute with" in captions(app)


def beyond_float16(run: Run) -> Run:
    first, *rest = run.weights or ()
    return replace(run, weights=(replace(first, kernel=first.kernel * 1e7), *rest))
