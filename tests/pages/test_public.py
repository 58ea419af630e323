"""What pages say on a host for strangers, and the status page of whoever runs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.limits import PUBLIC
from core.variant import Variant
from pages.components.common import services
from support.fake_trainer import FakeTrainer
from support.runs import make_run

OpenLab = Callable[..., AppTest]
APP = Path(__file__).parents[2] / "app.py"


def said(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.caption])


def test_a_run_beyond_the_limit_is_refused_and_the_limit_is_named(
    open_lab: OpenLab, trainer: FakeTrainer
) -> None:
    trainer.limits = PUBLIC
    app = open_lab(epochs="101")
    app.button(key="train").click().run()
    assert not app.exception
    assert trainer.requested == []
    assert "101 epochs are more than this public lab allows" in said(app)
    assert "100 at most." in said(app)


def test_a_run_that_a_limit_on_time_ended_says_so(open_lab: OpenLab, trainer: FakeTrainer) -> None:
    app = open_lab()
    app.button(key="train").click().run()
    job = trainer.find(Variant().key)
    assert job is not None
    job.run = make_run(job.variant, status="stopped")
    job.error = (
        "Runs on this public lab are limited to 300 s, and this one was stopped at the limit."
    )
    job.change("finished")
    app.run()
    assert "Runs on this public lab are limited to 300 s" in said(app)
    assert not app.exception


def test_status_page_shows_worker_queue_memory_versions_and_limits(
    trainer: FakeTrainer,
) -> None:
    trainer.limits = PUBLIC
    trainer.train(Variant(seed=5), "ann")
    app = AppTest.from_file(str(APP), default_timeout=60).switch_page("pages/status.py").run()
    assert not app.exception
    rows: dict[str, str] = {}
    for table in app.table:
        rows |= table.value[""].to_dict()
    assert rows["State"] == "ready"
    assert rows["Waiting"] == "1"
    assert rows["Page process 1"].endswith(" MB")
    assert rows["Stored runs"] == "0, 0 MB"
    assert rows["Epochs"] == "100"
    assert rows["Delete and import"] == "no"
    assert rows["Run time with no page open"].endswith(" s")
    assert rows["streamlit"].startswith("1.67.")


def links(app: AppTest) -> list[str]:
    return [part.proto.label for part in app.get("page_link")]


@pytest.mark.parametrize("page", ["app.py", "pages/matrix.py", "pages/losses.py", "pages/lab.py"])
def test_every_page_shows_the_visitors_own_run(page: str, trainer: FakeTrainer) -> None:
    job = trainer.train(Variant(seed=5), services.visitor())
    trainer.train(Variant(seed=6), "another visitor")
    app = AppTest.from_file(str(APP), default_timeout=60)
    app = app.run() if page == "app.py" else app.switch_page(page).run()
    assert "Your run: second in the queue" in links(app)
    trainer.report(job, make_run(job.variant).history)
    assert "Your run: 100% trained" in links(app.run())
    trainer.finish(job)
    assert not [label for label in links(app.run()) if label.startswith("Your run")]
    assert not app.exception


def test_the_lab_does_not_lead_to_the_run_that_it_shows(
    open_lab: OpenLab, trainer: FakeTrainer
) -> None:
    trainer.train(Variant(seed=5), services.visitor())
    assert not [label for label in links(open_lab(seed="5")) if label.startswith("Your run")]
