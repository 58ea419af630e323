"""The Keras model of a run: asked for, waited for, taken home; or why there is none."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.jobs import ModelExport, TrainerStatus, model_export_key
from core.limits import Limits
from core.store import RunStore
from core.variant import Variant
from support.fake_trainer import FakeTrainer
from support.runs import make_run

OpenLab = Callable[..., AppTest]

VARIANT = Variant(seed=31)


@pytest.fixture
def open_with_run(open_lab: OpenLab, store: RunStore) -> Callable[[], AppTest]:
    """Opens the lab on a stored run with weights."""
    store.put(make_run(VARIANT))
    return lambda: open_lab(**VARIANT.to_query())


def captions(app: AppTest) -> str:
    return " ".join(element.value for element in app.caption)


def downloads(app: AppTest) -> list[str]:
    return [element.proto.label for element in app.get("download_button")]


def test_a_model_is_asked_for_waited_for_and_offered(
    open_with_run: Callable[[], AppTest], trainer: FakeTrainer, store: RunStore
) -> None:
    app = open_with_run()
    assert "Download Keras model" not in downloads(app)
    assert app.button(key="lab-export-make-model").label == "Prepare Keras model"
    app.button(key="lab-export-make-model").click().run()
    assert not app.exception
    assert "Number 2 in the trainer's queue, about 2 s." in captions(app)
    assert app.button(key="lab-export-make-model").disabled
    run = store.get(VARIANT.key)
    assert run
    job = trainer.find(model_export_key([(VARIANT.key, run.provenance.created)]))
    assert isinstance(job, ModelExport)
    job.file = b"a model"
    job.change("finished")
    app.run()
    assert "Download Keras model" in downloads(app)
    assert "lab-export-make-model" not in [button.key for button in app.button]


def test_a_model_that_made_room_for_others_can_be_asked_for_again(
    open_with_run: Callable[[], AppTest], trainer: FakeTrainer
) -> None:
    app = open_with_run()
    app.button(key="lab-export-make-model").click().run()
    [job] = trainer.jobs()
    assert isinstance(job, ModelExport)
    job.file = b"a model"
    job.change("finished")
    app.run()
    trainer.forget(job)
    app.get("download_button")[-1].click().run()
    assert not app.exception
    assert "The file was dropped to make room for others. Prepare it again." in captions(app)
    assert not app.button(key="lab-export-make-model").disabled


def test_models_of_too_many_runs_for_a_public_lab_are_refused(
    open_with_run: Callable[[], AppTest], trainer: FakeTrainer
) -> None:
    trainer.limits = Limits(archive_bytes=100_000)
    app = open_with_run()
    app.button(key="lab-export-make-model").click().run()
    assert "this public lab exports up to 0.1 MB at once. Select fewer." in captions(app)
    assert trainer.jobs() == []


def test_trainer_that_is_not_ready_is_reported(
    open_with_run: Callable[[], AppTest], trainer: FakeTrainer
) -> None:
    trainer.status = TrainerStatus(state="warming")
    app = open_with_run()
    assert "The trainer makes this file, and it is starting." in captions(app)
    assert not app.button(key="lab-export-make-model").disabled
    trainer.status = TrainerStatus(state="unavailable", message="There is no TensorFlow.")
    app.run()
    assert "and it is not there. There is no TensorFlow." in captions(app)
    assert app.button(key="lab-export-make-model").disabled


def test_a_failed_or_refused_request_says_why(
    open_with_run: Callable[[], AppTest], trainer: FakeTrainer
) -> None:
    trainer.is_full = True
    app = open_with_run()
    app.button(key="lab-export-make-model").click().run()
    assert "You have 2 runs waiting" in captions(app)
    trainer.is_full = False
    app.button(key="lab-export-make-model").click().run()
    trainer.fail(trainer.jobs()[0], "The trainer died. Request the file again.")
    app.run()
    assert "The trainer died. Request the file again." in captions(app)
    assert not app.button(key="lab-export-make-model").disabled


def test_a_run_without_weights_says_so_and_can_be_trained_here(
    open_lab: OpenLab, store: RunStore, trainer: FakeTrainer
) -> None:
    store.put(make_run(VARIANT, weights=None))
    app = open_lab(**VARIANT.to_query())
    assert "This run has no weights here, so no Keras model" in captions(app)
    assert "lab-export-make-model" not in [button.key for button in app.button]
    app.button(key="lab-export-train").click().run()
    assert trainer.requested == [VARIANT]
