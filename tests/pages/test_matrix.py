"""The Matrix page: what it shows of the stored runs, its widgets, its links and its sweeps."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from core.diagnostics import verdict
from core.jobs import TrainerStatus
from core.limits import PUBLIC, Limits
from core.run import Scores
from core.store import RunStore
from core.store.library import Library
from core.store.shipped import Gallery
from core.variant import Variant
from pages.components.common import services
from support.fake_trainer import FakeTrainer
from support.opened_app import opened_app
from support.runs import make_run

OpenMatrix = Callable[..., AppTest]
APP = Path(__file__).parents[2] / "app.py"
SMALL = {"rows": "seed", "row_values": "0~1", "columns": "optimizer", "column_values": "adam~sgd"}


@pytest.fixture
def open_matrix(
    trainer: FakeTrainer, store: RunStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> OpenMatrix:
    """Opens the matrix with a query, as a link does; nothing is shipped."""
    library = Library(store, Gallery(tmp_path / "nothing.zip"))
    monkeypatch.setattr(services, "library", lambda: library)

    def opened(**query: str) -> AppTest:
        return opened_app("matrix", query)

    return opened


def the_map(app: AppTest) -> dict[str, Any]:
    """What the grid of buttons is given to draw."""
    components = app.get("bidi_component")
    [element] = [one for one in components if one.proto.component_name.endswith("lab_matrix")]
    found: dict[str, Any] = json.loads(element.proto.json)
    return found


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def headline(app: AppTest) -> str:
    [found] = re.findall(r'role="status">(.*?)</p>', html(app), re.DOTALL)
    return re.sub(r"<.*?>", "", found).strip()


def query_of(app: AppTest) -> dict[str, str]:
    return dict(app.query_params.items())


def texts(app: AppTest) -> str:
    return " ".join(element.value for element in app.markdown)


def fields(app: AppTest) -> list[Any]:
    return [*app.text_input, *app.number_input]


def test_it_opens_with_every_output_activation_and_loss_and_a_short_link(open_matrix: OpenMatrix):
    app = open_matrix()
    shown = the_map(app)
    assert shown["rows"] == ["sigmoid", "linear", "tanh", "relu", "softmax"]
    assert shown["columns"] == ["BCE", "MSE", "MAE", "CCE", "Huber"]
    assert len(shown["cells"]) == 25
    assert shown["selected"] == 0
    assert query_of(app) == {}


def test_before_any_training_each_cell_says_what_the_checks_say(open_matrix: OpenMatrix):
    app = open_matrix(normalization="raw")
    cells = the_map(app)["cells"]
    assert cells[0]["untrained"]
    assert cells[0]["number"] == ""
    assert cells[0]["word"] == "No floor"
    assert cells[0]["alt"] == "sigmoid, BCE: Not trained yet, the checks find: No floor"
    assert headline(app).startswith("Not trained yet.")
    assert "Best possible" in html(app)


def test_a_trained_cell_shows_error_word_colour_and_digit(open_matrix: OpenMatrix, store: RunStore):
    store.put(make_run(scores=Scores(mse=0.0673, mae=0.1, psnr=11.7, ssim=0.25)))
    app = open_matrix()
    cell, other = the_map(app)["cells"][:2]
    # The mean image of `make_run` has a pixel MSE of 0.0673 too: 100 % is the scale's middle.
    assert cell["number"] == "100%"
    assert cell["colour"] == "#F3F1EA"
    assert cell["picture"].startswith("data:image/png;base64,")
    assert cell["word"] == "Trained"  # a store without a judge keeps no verdict
    assert other["colour"] is None
    assert other["picture"] is None


@pytest.mark.parametrize(
    ("colour", "number"), [("ssim", "0.81"), ("gap", "0.0000"), ("excess", "0.0430")]
)
def test_metric_can_be_chosen(open_matrix: OpenMatrix, store: RunStore, colour: str, number: str):
    store.put(make_run())  # SSIM 0.8123; held-out loss 0.1017 both ways, its floor 0.0587
    app = open_matrix()
    app.segmented_control(key="matrix-colour").set_value(colour).run()
    assert the_map(app)["cells"][0]["number"] == number
    assert query_of(app) == {"colour": colour}


def test_the_selected_cell_has_its_verdict_digits_and_numbers_beside_the_map(
    open_matrix: OpenMatrix, store: RunStore
):
    run = make_run(Variant(activation="tanh", loss="huber"))
    store.put(run)
    app = open_matrix(activation="tanh", loss="huber")
    said = verdict(run)
    assert headline(app) == f"{said.word} {said.sentence}"
    assert "**tanh + Huber, unit 0–1**" in texts(app)
    assert html(app).count("<img") == 2
    [numbers] = app.table
    assert numbers.value[""]["Pixel error (MSE)"] == "0.0141"
    assert numbers.value[""]["Error, mean image = 100%"] == "21%"  # 0.0141 / 0.0673
    assert numbers.value[""]["Loss floor"] == "0.0587 (excess 0.0430)"
    assert any("Trained here · MNIST sample, 67 epochs" in c.value for c in app.caption)


def links(app: AppTest) -> dict[str, dict[str, str]]:
    """The queries of the page's links, by their labels."""
    found = [element.proto for element in app.get("page_link")]
    return {link.label: dict(parse_qsl(link.query_string)) for link in found}


def test_a_cell_leads_to_the_lab_and_joins_the_comparison(open_matrix: OpenMatrix, store: RunStore):
    app = open_matrix(activation="softmax")
    assert links(app)["Open in the lab"] == Variant(activation="softmax").to_query()
    assert links(app).get("Compare") == {}  # the navigation's: there is no run to compare yet
    store.put(make_run(Variant(activation="softmax")))
    app.run()
    assert links(app)["Compare"] == {"a": "activation.softmax"}


def test_the_cause_can_be_helped_with_one_click(open_matrix: OpenMatrix):
    app = open_matrix(activation="softmax")
    [remedy] = [button for button in app.button if button.label == "Use sigmoid"]
    remedy.click().run()
    assert not app.exception
    assert "**sigmoid + BCE, unit 0–1**" in texts(app)
    assert query_of(app) == {}


def test_any_two_settings_can_be_the_axes(open_matrix: OpenMatrix):
    app = open_matrix()
    app.selectbox(key="matrix-rows").set_value("learning_rate").run()
    app.selectbox(key="matrix-columns").set_value("layers").run()
    app.multiselect(key="matrix-row_values").set_value(["0.001", "0.01"]).run()
    assert not app.exception
    shown = the_map(app)
    assert shown["rows"] == ["rate 0.001", "rate 0.01"]
    assert shown["columns"][0] == "bottleneck 2"
    assert query_of(app) == {
        "rows": "learning_rate",
        "row_values": "0.001~0.01",
        "columns": "layers",
    }


def test_the_settings_that_are_no_axis_can_be_chosen(open_matrix: OpenMatrix):
    app = open_matrix(rows="optimizer", columns="learning_rate")
    app.selectbox(key="matrix-activation").set_value("linear").run()
    app.number_input(key="matrix-epochs").set_value(3).run()
    assert query_of(app)["activation"] == "linear"
    assert query_of(app)["epochs"] == "3"


def test_another_data_set_brings_its_own_number_of_epochs(open_matrix: OpenMatrix):
    app = open_matrix()
    app.selectbox(key="matrix-dataset").set_value("mnist").run()
    assert query_of(app) == {"dataset": "mnist"}
    assert app.number_input(key="matrix-epochs").value == 5


@pytest.mark.parametrize(
    ("key", "value", "refused", "used"),
    [
        ("layers", "8,0", "layers cannot be 8,0", "128-64-28-64-128"),
        ("learning_rate", 50.0, "learning_rate cannot be 50.0", "0.001"),
        ("batch_size", 0, "batch_size cannot be 0", "100"),
    ],
)
def test_refused_value_is_named_at_its_field_and_on_the_page(
    open_matrix: OpenMatrix, key: str, value: Any, refused: str, used: str
):
    app = open_matrix(**SMALL)
    [field] = [widget for widget in fields(app) if widget.key == f"matrix-{key}"]
    field.set_value(value).run()
    assert not app.exception
    at_fields = " ".join(re.findall(r'role="alert">(.*?)</p>', html(app)))
    for said in (texts(app).replace("\\", ""), at_fields):
        assert refused in said
        assert f"Used instead: {used}." in said
    [field] = [widget for widget in fields(app) if widget.key == f"matrix-{key}"]
    assert str(field.value) == used
    assert query_of(app) == SMALL


def test_encoder_alone_gets_its_decoder_in_every_cell(open_matrix: OpenMatrix):
    app = open_matrix(**SMALL)
    app.text_input(key="matrix-layers").set_value("64,8").run()
    assert "64-8 is an encoder; its decoder mirrors it" in texts(app)
    assert query_of(app) == {**SMALL, "layers": "64-8-64"}


def test_invalid_parts_of_a_link_are_named_and_ignored(open_matrix: OpenMatrix):
    app = open_matrix(
        rows="seed", row_values="1,two", columns="price", colour="red", loss="hinge", size="9"
    )
    said = texts(app).replace("\\", "")
    assert "seed cannot be 'two'" in said
    assert "columns cannot be 'price'" in said
    assert "colour cannot be 'red'" in said
    assert "loss cannot be 'hinge'" in said
    assert "There is no setting 'size'." in said
    assert the_map(app)["columns"][0] == "BCE"


def test_the_way_back_to_the_page_leads_to_what_was_there(open_matrix: OpenMatrix):
    app = open_matrix(**SMALL)
    app.switch_page("pages/lab.py").run()
    app.query_params.clear()
    app.switch_page("pages/matrix.py").run()
    assert not app.exception
    assert the_map(app)["rows"] == ["seed 0", "seed 1"]


def test_a_sweep_asks_for_what_is_missing_in_the_background(
    open_matrix: OpenMatrix, store: RunStore, trainer: FakeTrainer
):
    store.put(make_run())  # seed 0, adam
    app = open_matrix(**SMALL)
    button = app.button(key="matrix-train")
    assert button.label == "Train the missing 3"
    button.click().run()
    assert [(v.seed, v.optimizer) for v in trainer.requested] == [
        (0, "sgd"),
        (1, "adam"),
        (1, "sgd"),
    ]
    assert all(job.in_background for job in trainer.jobs())
    cells = the_map(app)["cells"]
    assert [cell["number"] for cell in cells[1:]] == ["Waiting"] * 3
    assert app.button(key="matrix-stop").label == "Stop"


def test_the_map_fills_in_as_cells_finish_and_the_rest_can_be_stopped_and_resumed(
    open_matrix: OpenMatrix, trainer: FakeTrainer
):
    app = open_matrix(**SMALL)
    app.button(key="matrix-train").click().run()
    first, second, *_ = trainer.jobs()
    trainer.finish(first)
    trainer.report(second, make_run(second.variant).history)
    app.run()
    cells = the_map(app)["cells"]
    assert cells[0]["number"] == "21%"
    assert [cell["number"] for cell in cells[1:]] == ["Training", "Waiting", "Waiting"]
    app.button(key="matrix-stop").click().run()
    assert [job.state for job in trainer.jobs()] == ["stopping"] * 3
    for job in trainer.jobs():
        trainer.drop(job)
    app.run()
    assert app.button(key="matrix-train").label == "Train the missing 3"
    asked = len(trainer.requested)
    app.button(key="matrix-train").click().run()
    again = [(v.seed, v.optimizer) for v in trainer.requested[asked:]]
    assert again == [(0, "sgd"), (1, "adam"), (1, "sgd")]


@pytest.mark.parametrize("in_background", [False, True])
def test_sweep_of_another_visitor_is_shown_and_cannot_be_stopped(
    open_matrix: OpenMatrix, trainer: FakeTrainer, in_background: bool
):
    trainer.train(Variant(seed=1), "another visitor", in_background=in_background)
    app = open_matrix(**SMALL)
    assert the_map(app)["cells"][2]["number"] == "Waiting"
    assert app.button(key="matrix-train").label == "Train the missing 3"
    assert not [button for button in app.button if button.label == "Stop"]


def test_stop_leaves_the_cells_that_another_visitor_sweeps_too(
    open_matrix: OpenMatrix, trainer: FakeTrainer
):
    app = open_matrix(**SMALL)
    app.button(key="matrix-train").click().run()
    first, *rest = trainer.jobs()
    first.add_owner("another visitor", sweeps=True)
    app.button(key="matrix-stop").click().run()
    assert [job.state for job in (first, *rest)] == ["queued"] + ["stopping"] * 3
    for job in rest:
        trainer.drop(job)
    app.run()
    assert the_map(app)["cells"][0]["number"] == "Waiting"
    assert not [button for button in app.button if button.label == "Stop"]
    assert app.button(key="matrix-train").label == "Train the missing 3"


@pytest.mark.parametrize("page", ["pages/matrix.py", "pages/losses.py"])
def test_visitor_on_any_page_watches_only_their_own_sweep(trainer: FakeTrainer, page: str):
    mine = trainer.train(Variant(seed=1), "this visitor", in_background=True)
    others = trainer.train(Variant(seed=2), "another visitor", in_background=True)
    app = AppTest.from_file(str(APP), default_timeout=60).switch_page(page).run()
    assert not app.exception
    # The older of the two is the one that was looked at last.
    assert mine.seconds_unwatched < others.seconds_unwatched


def test_a_public_host_says_when_a_sweep_ends_that_was_left(
    open_matrix: OpenMatrix, trainer: FakeTrainer
):
    def captions() -> str:
        return " ".join(caption.value for caption in open_matrix(**SMALL).caption)

    assert "you left" not in captions()
    trainer.limits = PUBLIC
    assert "You can stop and resume at any time. A sweep ends 15 min after you leave." in captions()


def test_a_sweep_that_this_host_does_not_allow_says_so(
    open_matrix: OpenMatrix, trainer: FakeTrainer
):
    trainer.limits = Limits(sweep_runs=3)
    app = open_matrix(**SMALL)
    app.button(key="matrix-train").click().run()
    assert trainer.requested == []
    assert "A sweep of 4 runs is" in texts(app)
    app.run()
    assert "A sweep of 4 runs is" in texts(app)
    app.text_input(key="matrix-layers").set_value("8").run()
    assert "A sweep of 4 runs is" not in texts(app)


def test_cells_that_failed_say_why_and_are_offered_again(
    open_matrix: OpenMatrix, trainer: FakeTrainer
):
    app = open_matrix(**SMALL)
    app.button(key="matrix-train").click().run()
    for job in trainer.jobs():
        trainer.fail(job, "The trainer died in epoch 2.")
    app.run()
    assert "4 not finished" in texts(app)
    assert "The trainer died in epoch 2." in texts(app)
    assert app.button(key="matrix-train").label == "Train the missing 4"
    assert headline(app) == "Not finished. The trainer died in epoch 2."


def test_without_a_trainer_the_stored_runs_are_there_and_nothing_can_be_asked_for(
    open_matrix: OpenMatrix, store: RunStore, trainer: FakeTrainer
):
    trainer.status = TrainerStatus(state="unavailable", message="No worker could be started.")
    store.put(replace(make_run(), weights=None))
    app = open_matrix()
    assert the_map(app)["cells"][0]["number"] == "21%"
    assert app.button(key="matrix-train").disabled


def test_data_that_are_not_here_leave_the_checks_unknown(
    open_matrix: OpenMatrix, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("AUTOENCODER_LAB_DATA", raising=False)
    app = open_matrix(dataset="fashion-mnist")
    assert "not on this machine; Train downloads it." in headline(app)
    assert the_map(app)["cells"][0]["word"] == "Unknown"


@pytest.fixture
def open_shipped(open_matrix: OpenMatrix, monkeypatch: pytest.MonkeyPatch) -> OpenMatrix:
    """Opens the matrix with the shipped runs."""
    library = Library(services.store(), Gallery())
    monkeypatch.setattr(services, "library", lambda: library)
    monkeypatch.setattr(services, "run_of", library.get)
    return open_matrix


def sent(app: AppTest) -> str:
    """All elements as they are sent to the browser."""
    protos = (getattr(node, "proto", None) for node in app.main)
    content = b"".join(proto.SerializeToString() for proto in protos if proto is not None)
    return unescape(content.decode(errors="replace"))


def test_predict_first_hides_every_outcome_until_it_was_predicted(open_shipped: OpenMatrix) -> None:
    app = open_shipped(activation="softmax", loss="mean_squared_error")
    run = services.run_of(Variant(activation="softmax", loss="mean_squared_error").key)
    assert run is not None
    found = verdict(run)
    told = ("Black", "162%", found.sentence, "At most one pixel could become white.", "Use sigmoid")
    assert [text for text in told if text not in sent(app)] == []
    app.toggle(key="matrix-predict").set_value(True).run()
    assert not app.exception
    assert headline(app) == "Which image will come out? Trained for 67 epochs."
    assert [text for text in told if text in sent(app)] == []
    assert {cell["number"] for cell in the_map(app)["cells"]} == {"?"}
    assert [cell["picture"] for cell in the_map(app)["cells"]] == [None] * 25
    assert the_map(app)["cells"][21]["alt"] == "softmax, MSE: not predicted yet"
    assert "All cells as a table" not in [expander.label for expander in app.expander]
    app.button(key="prediction-W").click().run()
    assert [text for text in told if text not in sent(app)] == []
    assert [cell["number"] for cell in the_map(app)["cells"]].count("?") == 24
    assert re.search(r"[01] of 1 right", html(app))
    app.toggle(key="matrix-predict").set_value(False).run()
    assert "?" not in {cell["number"] for cell in the_map(app)["cells"]}
    assert "of 1 right" not in html(app)


def test_a_prediction_on_the_map_can_be_skipped(open_shipped: OpenMatrix) -> None:
    app = open_shipped()
    app.toggle(key="matrix-predict").set_value(True).run()
    app.button(key="prediction-skip").click().run()
    assert headline(app).startswith("It works.")
    assert "Right." not in html(app)
    assert "of 1 right" not in html(app)


def test_a_cell_without_other_images_to_choose_from_is_shown(
    open_matrix: OpenMatrix, store: RunStore
) -> None:
    store.put(make_run(Variant()))
    app = open_matrix(**SMALL)
    app.toggle(key="matrix-predict").set_value(True).run()
    assert not app.exception
    assert "Which image" not in html(app)
