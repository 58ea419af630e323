"""The Keras model in the export menu, or why there is none."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.limits import Limits
from core.store import RunStore
from core.variant import Variant
from support.fake_trainer import FakeTrainer
from support.runs import make_run

OpenLab = Callable[..., AppTest]

VARIANT = Variant(seed=31)


def captions(app: AppTest) -> str:
    return " ".join(element.value for element in app.caption)


def downloads(app: AppTest) -> list[str]:
    return [element.proto.label for element in app.get("download_button")]


def test_the_model_of_a_run_with_weights_is_the_last_file(
    open_lab: OpenLab, store: RunStore, trainer: FakeTrainer
) -> None:
    store.put(make_run(VARIANT))
    app = open_lab(**VARIANT.to_query())
    assert downloads(app)[-2:] == ["Archive for another lab", "Keras model"]
    assert "Keras model" not in captions(app)
    assert trainer.jobs() == []


def test_a_run_without_weights_says_why_it_has_no_model(open_lab: OpenLab, store: RunStore) -> None:
    store.put(make_run(VARIANT, weights=None))
    app = open_lab(**VARIANT.to_query())
    assert "Keras model" not in downloads(app)
    assert (
        "This run's weights are not stored, so it has no Keras model. Train it again."
        in captions(app)
    )


def test_a_model_too_large_for_a_public_lab_is_refused_with_the_archive(
    open_lab: OpenLab, store: RunStore, trainer: FakeTrainer
) -> None:
    store.put(make_run(VARIANT))
    trainer.limits = Limits(archive_bytes=100_000)
    app = open_lab(**VARIANT.to_query())
    assert not {"Keras model", "Archive for another lab"} & set(downloads(app))
    assert "No archive and no Keras models: These runs have 1 MB;" in captions(app)
    assert "this public lab exports up to 0.1 MB at once. Select fewer." in captions(app)


def test_the_model_does_not_need_a_trainer(
    open_lab: OpenLab, store: RunStore, trainer: FakeTrainer
) -> None:
    trainer.is_full = True
    store.put(make_run(VARIANT))
    assert "Keras model" in downloads(open_lab(**VARIANT.to_query()))
