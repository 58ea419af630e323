"""Predict first on the Lab page: a guess before Train, and the tally."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.store import RunStore
from core.variant import Variant
from support.runs import run_with_error

OpenLab = Callable[..., AppTest]
# Softmax, so that there is a finding that tells what will come out.
FIRST = Variant(activation="softmax", seed=41)
TOLD = "At most one pixel could become white."


def texts(app: AppTest) -> str:
    shown = [*app.markdown, *app.caption]
    return " ".join([e.value for e in shown] + [e.proto.body for e in app.get("html")])


def predict(app: AppTest, outcome: str) -> AppTest:
    [control] = [each for each in app.button_group if "guess" in str(each.key)]
    control.set_value(outcome).run()
    assert not app.exception
    return app


def test_it_is_off_and_nothing_is_asked(open_lab: OpenLab) -> None:
    app = open_lab(**FIRST.to_query())
    assert not app.toggle(key="lab-predict").value
    assert TOLD in texts(app)
    assert [each for each in app.button_group if "guess" in str(each.key)] == []


def test_a_guess_is_judged_when_the_run_is_done_and_counted_once(
    open_lab: OpenLab, store: RunStore
) -> None:
    app = open_lab(**FIRST.to_query())
    app.toggle(key="lab-predict").set_value(True).run()
    assert not app.exception
    assert TOLD not in texts(app)  # findings wait for the guess, as do the best possible digits
    assert "Best possible" not in texts(app)
    assert "Say what will come out, or train it." in texts(app)
    assert "Or train it without a prediction." in texts(app)
    predict(app, "black")
    assert TOLD in texts(app)
    assert "Best possible" in texts(app)
    assert "Now train it." in texts(app)
    # 0.0100 of the mean image's 0.0673 is an error of 15%: it works.
    store.put(run_with_error(FIRST, 0.0100))
    app.run()
    assert "Not that one." in texts(app)
    assert "0 of 1 right" in texts(app)
    app.run()
    assert "0 of 1 right" in texts(app)
    app.number_input(key="seed").set_value(42).run()
    predict(app, "works")
    store.put(run_with_error(Variant(activation="softmax", seed=42), 0.0100))
    app.run()
    assert "Right." in texts(app)
    assert "1 of 2 right" in texts(app)


def test_a_stored_run_is_not_asked_about(open_lab: OpenLab, store: RunStore) -> None:
    store.put(run_with_error(FIRST, 0.0100))
    app = open_lab(**FIRST.to_query())
    app.toggle(key="lab-predict").set_value(True).run()
    assert "This run is stored already. Change a setting to predict another." in texts(app)
    assert "of 1 right" not in texts(app)
