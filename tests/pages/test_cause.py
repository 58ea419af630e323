"""Find the cause: the neighbours of a bad run are trained, and what each of them removes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.diagnostics import verdict
from core.diagnostics.neighbours import neighbours
from core.store import RunStore
from core.store.library import Library
from core.store.shipped import Gallery
from core.variant import Variant
from pages.components.common import services
from support.fake_trainer import FakeTrainer
from support.runs import run_with_error

OpenLab = Callable[..., AppTest]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    """A store that judges, as the lab's does."""
    store = RunStore(tmp_path / "store", judge=verdict)
    library = Library(store, Gallery())
    monkeypatch.setattr(services, "store", lambda: store)
    monkeypatch.setattr(services, "library", lambda: library)
    monkeypatch.setattr(services, "run_of", store.get)
    return store


SLOW = Variant(optimizer="sgd", learning_rate=0.001, epochs=100, seed=3)  # not shipped


def text(app: AppTest) -> str:
    return " ".join(element.value for element in app.markdown)


def rows(app: AppTest) -> list[tuple[str, str]]:
    """What each row of digits is, and its number."""
    html = "\n".join(element.proto.body for element in app.get("html"))
    found = re.findall(r'class="change"><span>(.*?)</span><b>(.*?)</b>', html)
    return [(unescape(label), unescape(number)) for label, number in found]


def keys(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button}


def open_slow(open_lab: OpenLab, store: RunStore) -> AppTest:
    store.put(run_with_error(SLOW, 0.06))
    return open_lab(**SLOW.to_query())


def finish(trainer: FakeTrainer, errors: dict[str, float]) -> None:
    """End every job; those that change a setting named here have that error, others 0.059."""
    for job in trainer.jobs():
        changed = [f for f in SLOW.to_dict() if getattr(job.variant, f) != getattr(SLOW, f)]
        error = min((errors[field] for field in changed if field in errors), default=0.059)
        trainer.finish(job, run_with_error(job.variant, error))


def test_only_a_run_that_failed_has_a_cause_to_find(open_lab: OpenLab, store: RunStore):
    store.put(run_with_error(SLOW, 0.02))
    assert "lab-cause-find" not in keys(open_lab(**SLOW.to_query()))
    app = open_slow(open_lab, store)
    assert app.button(key="lab-cause-find").label == "Find the cause"


def test_neighbours_are_trained_behind_the_visitors_own_runs(
    open_lab: OpenLab, store: RunStore, trainer: FakeTrainer
):
    app = open_slow(open_lab, store)
    assert trainer.requested == []
    app.button(key="lab-cause-find").click().run()
    assert not app.exception
    assert trainer.requested == list(neighbours(run_with_error(SLOW, 0.06)))
    assert all(job.in_background for job in trainer.jobs())
    assert app.get("progress")[0].proto.text == f"0 of {len(trainer.requested)} trained · 4 s left"


def test_stored_runs_count(open_lab: OpenLab, store: RunStore, trainer: FakeTrainer):
    faster = replace(SLOW, learning_rate=5.0)
    store.put(run_with_error(faster, 0.0114))
    app = open_slow(open_lab, store)
    app.button(key="lab-cause-find").click().run()
    assert faster not in trainer.requested
    assert rows(app) == [
        ("Original", ""),
        ("This run", "0.0600"),
        ("Best. Learning rate: 0.001 → 5", "0.0114, removes 81%"),
    ]


def test_the_change_that_helps_most_is_named_and_opened_with_one_click(
    open_lab: OpenLab, store: RunStore, trainer: FakeTrainer
):
    app = open_slow(open_lab, store)
    app.button(key="lab-cause-find").click().run()
    asked = len(trainer.requested)
    finish(trainer, {"optimizer": 0.0114})
    app.run()
    assert len(trainer.requested) == asked  # it is repaired: no pairs
    said = (
        "Changing only the optimizer (sgd → adam) removes 81% of the error; changing the loss, 2%."
    )
    assert f"**{said}**" in text(app)
    app.button(key="lab-cause-open").click().run()
    assert app.session_state.optimizer == "adam"
    assert app.query_params["optimizer"] == "adam"
    assert "lab-cause-find" not in keys(app)


def test_pairs_of_the_best_follow_where_no_single_change_repairs(
    open_lab: OpenLab, store: RunStore, trainer: FakeTrainer
):
    app = open_slow(open_lab, store)
    app.button(key="lab-cause-find").click().run()
    singles = len(trainer.requested)
    finish(trainer, {"optimizer": 0.04, "epochs": 0.05, "loss": 0.055})
    app.run()
    pairs = trainer.requested[singles:]
    assert pairs == [
        replace(SLOW, optimizer="adam", epochs=400),
        replace(SLOW, optimizer="adam", loss="mean_squared_error"),
        replace(SLOW, epochs=400, loss="mean_squared_error"),
    ]
    for job in trainer.jobs():
        trainer.finish(job, run_with_error(job.variant, 0.012 if job.variant == pairs[0] else 0.05))
    app.run()
    assert (
        "**No single change repairs it; the best, the optimizer, removes 33%. Changing the"
        " optimizer (sgd → adam) and the number of epochs (100 → 400) removes 80% of the error.**"
    ) in text(app)


def test_stopped_variant_is_trained_only_when_requested_again(
    open_lab: OpenLab, store: RunStore, trainer: FakeTrainer
):
    app = open_slow(open_lab, store)
    app.button(key="lab-cause-find").click().run()
    asked = len(trainer.requested)
    app.button(key="lab-cause-stop").click().run()
    for job in trainer.jobs():
        trainer.drop(job)
    app.run()
    assert len(trainer.requested) == asked
    assert app.button(key="lab-cause-find").label == f"Train the missing {asked}"
    app.button(key="lab-cause-find").click().run()
    assert len(trainer.requested) == 2 * asked


def test_refusal_is_shown_and_not_requested_again(
    open_lab: OpenLab, store: RunStore, trainer: FakeTrainer
):
    app = open_slow(open_lab, store)
    trainer.is_full = True
    app.button(key="lab-cause-find").click().run()
    assert not app.exception
    assert "You have 2 runs waiting" in text(app)
    assert app.run().button(key="lab-cause-find").label.startswith("Train the missing")


def test_failures_are_reported_and_do_not_stop_the_others(
    open_lab: OpenLab, store: RunStore, trainer: FakeTrainer
):
    app = open_slow(open_lab, store)
    app.button(key="lab-cause-find").click().run()
    first, *others = trainer.jobs()
    trainer.fail(first, "The worker died.")
    for job in others:
        trainer.finish(job, run_with_error(job.variant, 0.02))
    app.run()
    assert "The worker died." in text(app)
    assert "removes 67% of the error" in text(app)


def test_comparison_has_the_run_and_its_best_neighbour(
    open_lab: OpenLab, store: RunStore, trainer: FakeTrainer
):
    store.put(run_with_error(replace(SLOW, optimizer="adam"), 0.0114))
    app = open_slow(open_lab, store)
    app.button(key="lab-cause-find").click().run()
    links: list[Any] = [link.proto for link in app.get("page_link")]
    [both] = [link for link in links if link.label == "Compare both"]
    assert both.query_string == ("a=optimizer.sgd~epochs.100~seed.3&b=epochs.100~seed.3")
