"""The Lab page: every state, every setting, every link."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.jobs import TrainerStatus
from core.jobs.job import TrainerState
from core.store import RunStore
from core.variant import FIELDS, Variant
from pages.components.common.run_status import RunStatus, look
from support.fake_trainer import FakeTrainer
from support.runs import make_run

OpenLab = Callable[..., AppTest]


def html(app: AppTest) -> str:
    """All HTML on the page, which is where headline, digits and ruler are."""
    return "\n".join(element.proto.body for element in app.get("html"))


def headline(app: AppTest) -> str:
    found = re.search(r'role="status">(.*?)</p>', html(app), re.DOTALL)
    assert found, "the page has no headline"
    return re.sub(r"<.*?>", "", found[1]).strip()


def labels(app: AppTest) -> list[str]:
    """The labels of the rows of digits."""
    found = re.findall(r'class="label"><span>(.*?)</span>(?:<small|</div)', html(app))
    return [re.sub(r"<.*?>", "", label) for label in found]


def train(app: AppTest) -> AppTest:
    return app.button(key="train").click().run()


def test_before_any_training_it_shows_the_best_that_the_choice_could_ever_show(open_lab: OpenLab):
    app = open_lab()
    assert not app.exception
    assert headline(app).startswith("Not trained yet.")
    assert labels(app) == ["Original", "Best possible"]
    assert app.button(key="train").label == "Train"


def test_the_opening_settings_are_in_the_url_in_full(open_lab: OpenLab):
    query = dict(open_lab().query_params.items())
    assert query == Variant().to_query()
    assert query["epochs"] == "67"


def test_a_link_sets_every_setting(open_lab: OpenLab):
    variant = Variant(
        normalization="symmetric",
        layers=(200, 32, 200),
        hidden_activation="sigmoid",
        activation="tanh",
        loss="huber",
        loss_from="outputs",
        optimizer="rmsprop",
        learning_rate=0.0005,
        batch_size=32,
        epochs=3,
        seed=7,
    )
    app = open_lab(**variant.to_query())
    assert dict(app.query_params.items()) == variant.to_query()
    assert app.session_state.activation == "tanh"
    assert app.text_input(key="layers").value == "200-32-200"
    assert app.number_input(key="learning_rate").value == 0.0005


def test_setting_can_be_changed_after_a_complete_link(open_lab: OpenLab):
    app = open_lab(**Variant(activation="tanh").to_query())
    app.button_group(key="activation").set_value("relu").run()
    assert app.session_state.activation == "relu"
    assert app.query_params["activation"] == "relu"


def test_another_link_in_the_same_tab_is_followed(open_lab: OpenLab):
    app = open_lab(activation="tanh")
    app.button_group(key="activation").set_value("relu").run()
    app.query_params["activation"] = "linear"
    app.run()
    assert app.session_state.activation == "linear"


def test_invalid_parts_of_a_link_are_named_and_ignored(open_lab: OpenLab):
    app = open_lab(loss="hinge", epochs="many", digits="all", colour="red", activation="tanh")
    assert not app.exception
    texts = said_on_the_page(app)
    assert "loss cannot be 'hinge'" in texts
    assert "epochs cannot be 'many'; allowed: whole numbers from 1 to 1000." in texts
    assert "digits cannot be 'all'" in texts
    assert "There is no setting 'colour'." in texts
    assert app.session_state.activation == "tanh"
    assert app.query_params["loss"] == "binary_crossentropy"
    assert "colour" not in app.query_params
    assert "cannot be" in " ".join(element.value for element in app.run().markdown)
    app.button_group(key="loss").set_value("huber").run()
    assert "cannot be" not in " ".join(element.value for element in app.markdown)


def said_on_the_page(app: AppTest) -> str:
    return " ".join(element.value for element in app.markdown).replace("\\", "")


def said_at_fields(app: AppTest) -> str:
    return unescape(" ".join(re.findall(r'role="alert">(.*?)</p>', html(app))))


@pytest.mark.parametrize("widths", ["abc", "0,1,0", "5000", "", "1-" * 40])
def test_refused_widths_are_named_and_the_last_allowed_ones_stay(open_lab: OpenLab, widths: str):
    app = open_lab(layers="64-16-64")
    app.text_input(key="layers").set_value(widths).run()
    assert not app.exception
    assert "784-64-16-64-784" in " ".join(caption.value for caption in app.caption)
    for said in (said_at_fields(app), said_on_the_page(app)):
        assert "allowed: 1 to 21 widths of 1 to 1024 each" in said
        assert "Used instead: 64-16-64." in said
    assert app.query_params["layers"] == "64-16-64"


@pytest.mark.parametrize(
    ("field", "value", "used"),
    [
        ("learning_rate", 50.0, "0.001"),
        ("batch_size", 0, "100"),
        ("epochs", 2000, "67"),
        ("seed", -1, "0"),
    ],
)
def test_refused_number_is_named_at_its_field_and_on_the_page(
    open_lab: OpenLab, trainer: FakeTrainer, field: str, value: float, used: str
):
    app = open_lab()
    app.number_input(key=field).set_value(value).run()
    assert app.number_input(key=field).value == value
    for said in (said_at_fields(app), said_on_the_page(app)):
        assert f"{field} cannot be {value}; allowed:" in said
        assert f"Used instead: {used}." in said
    assert train(app).query_params[field] == used
    assert trainer.requested == [Variant()]
    app.number_input(key=field).set_value(type(value)(1)).run()
    assert "Used instead:" not in said_on_the_page(app)


def test_refused_value_of_a_link_names_what_the_run_uses(open_lab: OpenLab):
    app = open_lab(learning_rate="50", layers="64-16-64")
    for said in (said_at_fields(app), said_on_the_page(app)):
        assert "cannot be 50.0; allowed: numbers from 1e-06 to 10. Used instead: 0.001." in said


def test_encoder_alone_gets_its_decoder(open_lab: OpenLab):
    app = open_lab()
    app.text_input(key="layers").set_value("100,50,20").run()
    added = "100-50-20 is an encoder; its decoder mirrors it: 100-50-20-50-100."
    assert added in said_at_fields(app)
    assert added in said_on_the_page(app)
    assert app.query_params["layers"] == "100-50-20-50-100"
    followed = open_lab(layers="100-50-20")
    assert added in said_on_the_page(followed)
    assert followed.text_input(key="layers").value == "100-50-20-50-100"


def test_encoder_alone_stays_one_where_the_text_says_so(open_lab: OpenLab):
    app = open_lab(layers="100-50-20-out")
    assert app.query_params["layers"] == "100-50-20-out"
    assert "784-100-50-20-784" in " ".join(caption.value for caption in app.caption)


def test_adadelta_is_offered_the_rate_that_it_was_published_with(open_lab: OpenLab):
    app = open_lab(optimizer="adadelta")
    [offer] = [button for button in app.button if button.label.startswith("Use rate 1,")]
    offer.click().run()
    assert app.query_params["learning_rate"] == "1.0"
    assert not [button for button in app.button if button.label.startswith("Use rate 1,")]


def test_rare_settings_that_are_changed_are_named_beside_the_others(open_lab: OpenLab):
    app = open_lab(noise="masking", noise_level="0.5", bottleneck_activation="linear")
    captions = [caption.value for caption in app.caption]
    assert "Rare settings: bottleneck linear, noise masking, noise level 0.5." in captions
    assert any("· bottleneck linear · noise masking ·" in caption for caption in captions)


def test_note_about_a_limit_stays_while_a_value_is_refused(open_lab: OpenLab, trainer: FakeTrainer):
    trainer.is_full = True
    app = open_lab()
    app.text_input(key="layers").set_value("abc").run()
    assert "2 runs waiting" in said_on_the_page(train(app))


def test_own_widths_may_be_written_with_commas(open_lab: OpenLab):
    app = open_lab()
    app.text_input(key="layers").set_value("100,10,100").run()
    assert app.query_params["layers"] == "100-10-100"


def test_a_preset_of_the_network_fills_in_its_widths(open_lab: OpenLab):
    app = open_lab()
    app.selectbox(key="layers-preset").set_value("bottleneck of 2").run()
    assert app.text_input(key="layers").value == "128-64-2-64-128"
    assert "custom widths" not in app.selectbox(key="layers-preset").options
    app.text_input(key="layers").set_value("50-5-50").run()
    assert app.selectbox(key="layers-preset").value == "custom widths"
    app.selectbox(key="layers-preset").set_value("wide").run()
    assert app.text_input(key="layers").value == "512-256-128-256-512"


def test_a_finding_changes_the_setting_with_one_click(open_lab: OpenLab):
    app = open_lab(activation="softmax")
    [remedy] = [button for button in app.button if button.label == "Use sigmoid"]
    remedy.click().run()
    assert app.query_params["activation"] == "sigmoid"
    assert not [button for button in app.button if button.label == "Use sigmoid"]


def test_train_asks_for_exactly_these_settings(open_lab: OpenLab, trainer: FakeTrainer):
    app = train(open_lab(activation="linear", loss="mean_squared_error", seed="4"))
    assert trainer.requested == [Variant(activation="linear", loss="mean_squared_error", seed=4)]
    assert headline(app) == "Second in the queue. About 4 s."
    assert app.button(key="train").label == "Stop"


def test_while_the_trainer_warms_up_it_says_what_it_waits_for(
    open_lab: OpenLab, trainer: FakeTrainer
):
    trainer.status = TrainerStatus(state="warming", seconds_left=3.4)
    assert headline(train(open_lab())) == "Waiting for the trainer. About 4 s."


@pytest.mark.parametrize(
    ("status", "said", "badge"),
    [
        (
            TrainerStatus(state="warming", seconds_starting=94.2),
            "Waiting for the trainer. The machine is busy: the trainer has been starting for"
            " 95\N{NO-BREAK SPACE}s.",
            "Trainer is starting, 95 s so far",
        ),
        (
            TrainerStatus(state="restarting", seconds_starting=240, message="It failed."),
            "Waiting for the trainer. It failed. 4\N{NO-BREAK SPACE}min so far.",
            "Trainer is restarting, 4 min so far",
        ),
        (
            TrainerStatus(state="warming", seconds_starting=1, seconds_left=4),
            "Waiting for the trainer. About 4 s.",
            "Trainer is starting, 4 s",
        ),
        (
            TrainerStatus(state="warming", seconds_starting=1),
            "Waiting for the trainer.",
            "Trainer is starting",
        ),
    ],
)
def test_a_start_that_takes_long_says_how_long_it_has_been(
    open_lab: OpenLab, trainer: FakeTrainer, status: TrainerStatus, said: str, badge: str
):
    trainer.status = status
    app = train(open_lab())
    assert headline(app) == said
    assert any(f"{badge}]" in element.value for element in app.markdown)


def test_a_training_shows_its_curve_its_digits_and_its_progress(
    open_lab: OpenLab, trainer: FakeTrainer
):
    app = train(open_lab(epochs="5"))
    trainer.report(trainer.jobs()[0], make_run().history)
    app.run()
    assert headline(app).startswith("Training.")
    assert labels(app) == ["Original", "Reconstruction"]
    assert "after 3 epochs" in html(app)
    assert "this run 0.0140" in html(app)


def test_stop_is_for_this_visitor_only(open_lab: OpenLab, trainer: FakeTrainer):
    app = train(open_lab())
    job = trainer.jobs()[0]
    trainer.report(job, make_run().history)
    job.watch("somebody else")
    app.run().button(key="train").click().run()
    assert job.state == "training"
    assert headline(app) == "Training. Other visitors are watching it, so it continues."
    assert app.button(key="train").disabled


@pytest.mark.parametrize(
    ("state", "first"), [("warming", "Waiting for the trainer."), ("ready", "Second in the queue.")]
)
def test_visitor_who_cannot_stop_a_queued_run_reads_why(
    open_lab: OpenLab, trainer: FakeTrainer, state: TrainerState, first: str
):
    trainer.status = TrainerStatus(state=state)
    trainer.train(Variant(), "somebody else")
    app = open_lab()
    app.button(key="train").click().run()
    assert headline(app) == f"{first} Other visitors are watching it, so it continues."
    assert app.button(key="train").disabled
    reloaded = open_lab()
    assert headline(reloaded) == headline(app)


def test_the_last_watcher_stops_a_training(open_lab: OpenLab, trainer: FakeTrainer):
    app = train(open_lab())
    job = trainer.jobs()[0]
    trainer.report(job, make_run().history)
    app.run().button(key="train").click().run()
    assert job.state == "stopping"
    assert headline(app) == "Stopping. The weights so far will be kept."


def test_a_run_that_ends_is_shown_with_its_verdict(open_lab: OpenLab, trainer: FakeTrainer):
    app = train(open_lab())
    trainer.finish(trainer.jobs()[0])
    app.run()
    assert app.button(key="train").label == "Train again"
    assert not headline(app).startswith(("Not", "Second", "Training"))
    assert app.table[0].value.loc["This run", "MSE"] == "**0.0141**"
    ranked = ["This run", "Mean image", "Median image", "All black"]
    assert list(app.table[0].value.index) == ranked


def test_each_level_of_the_loss_curve_can_be_switched_off(open_lab: OpenLab):
    app = open_lab(loss="mean_squared_error", level_grey="0")
    switches = {
        toggle.label: toggle.value
        for toggle in app.toggle
        if (toggle.key or "").startswith("level")
    }
    assert switches == {"Floor": True, "Mean image": True, "All grey": False, "PCA": True}
    app.toggle(key="level_pca").set_value(False).run()
    assert app.query_params["level_pca"] == "0"
    assert app.query_params["level_grey"] == "0"


def test_a_changed_setting_shows_the_stored_run_at_once(open_lab: OpenLab, store: RunStore):
    store.put(make_run(Variant(activation="tanh", normalization="symmetric")))
    app = open_lab(activation="tanh")
    assert headline(app).startswith("Not trained yet.")
    app.button_group(key="normalization").set_value("symmetric").run()
    assert app.button(key="train").label == "Train again"


def test_a_run_that_was_stopped_says_so(open_lab: OpenLab, store: RunStore):
    store.put(make_run(status="stopped"))
    assert headline(open_lab()) == "Stopped in epoch 4. The weights from before the stop are kept."


def test_a_training_that_fails_says_why_and_can_be_tried_again(
    open_lab: OpenLab, trainer: FakeTrainer
):
    app = train(open_lab())
    job = trainer.jobs()[0]
    trainer.report(job, make_run().history)
    trainer.fail(job, "The trainer died in epoch 3. Its curve and images up to then are kept.")
    app.run()
    assert headline(app) == (
        "Not finished. The trainer died in epoch 3. Its curve and images up to then are kept."
    )
    assert labels(app) == ["Original", "Reconstruction"]
    assert app.button(key="train").label == "Train"


def test_without_a_trainer_stored_runs_stay_open(
    open_lab: OpenLab, trainer: FakeTrainer, store: RunStore
):
    trainer.status = TrainerStatus(state="unavailable", message="There is no memory for a worker.")
    app = open_lab()
    assert headline(app) == (
        "No trainer. There is no memory for a worker. Stored runs and checks still work."
    )
    assert app.button(key="train").disabled
    store.put(make_run())
    assert not headline(app.run()).startswith("No trainer")


def test_full_queue_is_reported_and_nothing_is_requested(open_lab: OpenLab, trainer: FakeTrainer):
    trainer.is_full = True
    app = train(open_lab())
    assert any("2 runs waiting" in element.value for element in app.markdown)
    assert trainer.requested == []


def test_data_that_cannot_be_had_leave_the_sample_selected(open_lab: OpenLab, trainer: FakeTrainer):
    app = train(open_lab(dataset="fashion-mnist"))
    trainer.fail(trainer.jobs()[0], "Fashion-MNIST could not be downloaded.")
    app.run()
    assert app.session_state.dataset == "mnist-sample"
    assert app.session_state.epochs == 67
    texts = " ".join(element.value for element in app.markdown)
    assert "Fashion-MNIST could not be downloaded. The sample stays selected." in texts
    app.run()  # the widgets behind "More settings" are left out once
    app.button_group(key="dataset").set_value("fashion-mnist").run()
    assert app.session_state.dataset == "fashion-mnist"


def test_another_data_set_brings_its_epochs_unless_they_were_chosen(open_lab: OpenLab):
    app = open_lab()
    app.button_group(key="dataset").set_value("fashion-mnist").run()
    assert app.number_input(key="epochs").value == 5
    app.number_input(key="epochs").set_value(9).run()
    app.button_group(key="dataset").set_value("mnist-sample").run()
    assert app.number_input(key="epochs").value == 9


@pytest.mark.parametrize("digits", ["best", "worst", "class", "shuffle"])
def test_other_held_out_digits_can_be_chosen_once_it_is_trained(
    open_lab: OpenLab, store: RunStore, digits: str
):
    store.put(make_run())
    app = open_lab(digits=digits)
    assert "after training" in html(app)
    assert app.query_params["digits"] == digits


def test_without_weights_one_button_trains_the_run_and_then_others_can_be_chosen(
    open_lab: OpenLab, store: RunStore, trainer: FakeTrainer
):
    store.put(replace(make_run(), weights=None))
    trainer.seconds = 11.2
    app = open_lab(digits="worst", digit_class="3")
    assert "after 3 epochs" in html(app)
    assert "Only these ten are stored." in " ".join(caption.value for caption in app.caption)
    assert not [row for row in app.button_group if row.key == "digits"]
    explore = app.button(key="lab-explore")
    assert explore.label == "Train to explore · about 12 s"
    explore.click().run()
    assert trainer.requested == [Variant()]
    trainer.finish(trainer.jobs()[0])
    app.run()
    assert not [button for button in app.button if button.key == "lab-explore"]
    assert app.button_group(key="digits").value == "worst"
    assert not app.button_group(key="digits").disabled
    assert app.selectbox(key="digit_class").value == 3
    assert "after training" in html(app)


def test_without_a_trainer_nothing_can_be_trained_to_explore(
    open_lab: OpenLab, store: RunStore, trainer: FakeTrainer
):
    store.put(replace(make_run(), weights=None))
    trainer.status = TrainerStatus(state="unavailable", message="There is no memory for a worker.")
    assert open_lab().button(key="lab-explore").disabled


def test_the_replay_goes_back_to_an_earlier_epoch_and_a_link_does_too(
    open_lab: OpenLab, store: RunStore
):
    store.put(make_run())
    app = open_lab(epoch="1")
    assert "after 1 epoch<" in html(app)
    app.slider[0].set_value(2.0).run()
    assert "after 2 epochs<" in html(app)
    assert app.query_params["epoch"] == "2"
    app.slider[0].set_value(3.0).run()
    assert "epoch" not in app.query_params


def test_a_chosen_digit_is_enlarged_and_stands_in_the_link(open_lab: OpenLab, store: RunStore):
    store.put(make_run())
    app = open_lab()
    assert len(app.get("plotly_chart")) == 0
    app.button_group(key="enlarge-lab").set_value(5).run()
    assert len(app.get("plotly_chart")) == 2
    assert app.query_params["digit"] == "5"
    assert len(open_lab(digit="5").get("plotly_chart")) == 2


def test_an_own_scale_says_what_it_hides(open_lab: OpenLab, store: RunStore):
    store.put(make_run())
    app = open_lab(own_scale="1", difference="1")
    assert labels(app) == ["Original", "Reconstruction", "Difference"]
    assert any("This hides how dark or pale" in caption.value for caption in app.caption)


def test_values_outside_of_the_scale_are_counted(open_lab: OpenLab, store: RunStore):
    run = make_run()
    pixels = run.history.frames[-1].pixels.copy()
    pixels[:, :98] = -0.2  # an eighth of 784
    run.history.frames[-1] = replace(run.history.frames[-1], pixels=pixels)
    store.put(run)
    assert "12% clipped" in html(open_lab()) or "13% clipped" in html(open_lab())


def test_every_picture_has_a_text_that_says_what_it_shows(open_lab: OpenLab, store: RunStore):
    store.put(make_run())
    texts = re.findall(r'<img alt="(.*?)"', html(open_lab(difference="1")))
    assert texts[0] == "10 held-out images as they are."
    assert texts[1].startswith("Reconstruction, after 3 epochs. Pixel MSE of each: ")
    assert len(texts) == 3


def test_no_setting_is_missing_from_the_page(open_lab: OpenLab):
    app = open_lab()
    widgets = [*app.button_group, *app.selectbox, *app.text_input, *app.number_input]
    assert set(FIELDS) <= {widget.key for widget in widgets}


def test_a_link_cannot_put_its_own_markup_on_the_page(open_lab: OpenLab):
    app = open_lab(loss="[x](https://example.org)<img>")
    [said] = [element.value for element in app.markdown if "cannot be" in element.value]
    assert r"\[x\](https\://example.org)\<img\>" in said


@pytest.mark.parametrize(
    ("viewers", "tick"),
    # 0.16 s for each viewer, up to the next of 0.16 s, 0.32 s, 0.64 s ...; at most 8 s.
    [(1, 0.16), (2, 0.32), (5, 1.28), (20, 5.12), (100, 8.0)],
)
def test_ticks_slow_down_as_viewers_grow(trainer: FakeTrainer, viewers: int, tick: float):
    job = trainer.train(Variant(), "viewer 0")
    moment = RunStatus(state="training", run=None, job=job, trainer=trainer.status, viewers=viewers)
    assert moment.tick == tick


@pytest.mark.parametrize(("viewers", "tick"), [(1, 1.28), (20, 5.12)])
def test_waiting_run_is_updated_less_often(trainer: FakeTrainer, viewers: int, tick: float):
    job = trainer.train(Variant(), "viewer 0")
    moment = RunStatus(state="queued", run=None, job=job, trainer=trainer.status, viewers=viewers)
    assert moment.tick == tick


def test_visitor_who_watches_other_runs_counts_as_viewer(trainer: FakeTrainer):
    jobs = [trainer.train(Variant(seed=seed), "viewer 0") for seed in range(4)]
    for number in range(20):
        jobs[number % 4].watch(f"viewer {number}")
    assert look(Variant(seed=3)).viewers == 21


def test_damaged_data_are_named_and_the_page_stands(
    open_lab: OpenLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "mnist.npz").write_bytes(b"no archive at all")
    monkeypatch.setenv("AUTOENCODER_LAB_DATA", str(tmp_path))
    app = open_lab(dataset="mnist")
    assert not app.exception
    assert headline(app) == "Not trained yet. Its data set cannot be read."
    texts = " ".join(element.value for element in app.markdown)
    assert "mnist.npz" in texts
