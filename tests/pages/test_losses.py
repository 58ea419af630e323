"""The Losses page: every section, every link, and what a moved slider says."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.text.glossary import GLOSSARY, help_for
from core.views.losses.losses_view import SECTIONS
from support.fake_trainer import FakeTrainer

OpenLosses = Callable[..., AppTest]
APP = Path(__file__).parents[2] / "app.py"
SECONDS = 60


@pytest.fixture
def open_losses(trainer: FakeTrainer) -> OpenLosses:
    """Opens the page of formulas with a query, as a link does."""

    def opened(**query: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=SECONDS)
        app.switch_page("pages/losses.py")
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return opened


def headline(app: AppTest) -> str:
    """The sentence at the one place where the page speaks; empty where it has none."""
    html = "\n".join(element.proto.body for element in app.get("html"))
    found = re.search(r'role="status">(.*?)</p>', html, re.DOTALL)
    return re.sub(r"<.*?>", "", found[1]).strip() if found else ""


def texts(app: AppTest) -> str:
    """All Markdown, captions and HTML on the page."""
    html = [element.proto.body for element in app.get("html")]
    return "\n".join([*(m.value for m in app.markdown), *(c.value for c in app.caption), *html])


def table(app: AppTest, place: int = 0) -> list[dict[str, str]]:
    """A table's rows."""
    return app.table[place].value.to_dict("records")


@pytest.mark.parametrize(
    ("section", "start"),
    [
        ("pixel", "Minimum at p = 0.30. The loss there is 0.6109, not 0."),
        ("gradient", "Sigmoid outputs 0.002 for a target of 0.30."),
        ("image", "Softmax outputs sum to 1."),
        ("data", "Every target lies in the range of sigmoid."),
        ("reading", "A loss alone says little. A perfect copy has a BCE of 0.0591, not 0."),
        ("terms", ""),
    ],
)
def test_every_section_opens_from_a_link_and_speaks_first(
    open_losses: OpenLosses, section: str, start: str
) -> None:
    app = open_losses(section=section)
    assert not app.exception
    assert headline(app).startswith(start)


def test_the_sections_of_the_link_are_the_buttons(open_losses: OpenLosses) -> None:
    app = open_losses()
    (choice,) = app.get("button_group")
    assert [option.content for option in choice.proto.options] == list(SECTIONS.values())


def test_moving_the_target_moves_headline_derivation_table_and_link(
    open_losses: OpenLosses,
) -> None:
    app = open_losses()
    app.slider(key="losses-y").set_value(0.5).run()
    assert headline(app) == "Minimum at p = 0.50. The loss there is 0.6931, not 0."
    assert table(app)[0]["for y = 0.50"] == "at p = 0.50: **H(y) = 0.6931**"
    costs = {row["Loss"]: row for row in table(app, 1)}
    assert costs["BCE"]["minimum"] == "0.6931"
    assert costs["MSE"]["0.2 too dark"] == costs["MSE"]["0.2 too bright"] == "0.0400"
    assert app.query_params["y"] == "0.5"


def test_raw_target_has_no_minimum(open_losses: OpenLosses) -> None:
    app = open_losses()
    app.toggle(key="losses-raw").set_value(True).run()
    assert headline(app).startswith("No minimum. With y = 200")
    assert table(app, 1)[0] == {
        "Loss": "BCE",
        "minimum": "-∞",
        "at p =": "–",
        "51 too dark": "–",
        "51 too bright": "–",
    }
    assert "BCE stops at -3,173" in texts(app)


def test_settings_of_a_section_survive_a_visit_to_another(
    open_losses: OpenLosses,
) -> None:
    app = open_losses()
    app.slider(key="losses-y").set_value(0.8).run()
    app.session_state["losses-section"] = "terms"
    app.run()
    assert not app.slider
    app.session_state["losses-section"] = "gradient"
    app.run()
    assert app.slider(key="losses-y").value == 0.8
    assert headline(app) == (
        "Sigmoid outputs 0.002 for a target of 0.80. The gradient of BCE is 0.7975, that of MSE"
        " 0.0039, 203"
        " times smaller."
    )


def test_gradients_that_are_0_are_called_so(open_losses: OpenLosses) -> None:
    app = open_losses(section="gradient", y="0.8", x="-6.0")
    rows = {row["Activation"]: row for row in table(app)}
    assert rows["sigmoid"]["BCE"] == "-0.7975"
    assert rows["relu"]["MSE"] == "0.0000 :red[stuck]"
    assert rows["linear"]["BCE"] == "0.0000 :red[stuck]"
    assert "exactly sigmoid's gradient" in texts(app)


def test_softmax_and_sigmoid_are_trained_on_the_same_loss(open_losses: OpenLosses) -> None:
    rows = {row["Output"]: row for row in table(open_losses(section="image"))}
    assert rows["softmax"]["Keras trains on"] == rows["sigmoid"]["Keras trains on"]
    assert rows["softmax"]["BCE per pixel"] != rows["sigmoid"]["BCE per pixel"]


def test_targets_out_of_reach_are_counted_and_have_no_floor(open_losses: OpenLosses) -> None:
    app = open_losses(section="data", normalization="symmetric")
    assert headline(app).startswith("Sigmoid cannot reach 87% of these targets.")
    rows = {row["Loss"]: row for row in table(app)}
    assert rows["BCE"]["Floor"] == "none"
    assert rows["MSE"]["Floor"] == "0.0000"


def test_the_floor_of_the_sample_is_the_mean_entropy_of_its_pixels(
    open_losses: OpenLosses,
) -> None:
    app = open_losses(section="data")
    rows = {row["Loss"]: row for row in table(app)}
    assert rows["BCE"] == {
        "Loss": "BCE",
        "Floor": "0.0591",
        "Check": "Output, loss and pixels fit together",
    }
    assert "Entropy H(y)" in texts(app)


def test_missing_data_set_is_reported(open_losses: OpenLosses, no_data: None) -> None:
    app = open_losses(section="data", dataset="fashion-mnist")
    assert not app.exception
    assert headline(app).startswith("Not downloaded yet.")


def test_all_black_is_nearly_as_accurate_as_a_perfect_copy(open_losses: OpenLosses) -> None:
    found = texts(open_losses(section="reading"))
    assert "All black scores 80.9%, a perfect copy 81.4%" in found
    assert "784 times as much" in found


def test_the_terms_hold_every_definition_and_find_some(open_losses: OpenLosses) -> None:
    app = open_losses(section="terms")
    for entry in GLOSSARY:
        assert f"<dt>{escape(entry.name)}" in texts(app)
    app.text_input(key="losses-find").set_value("decibel").run()
    assert re.findall(r"<dt>(.*?)</dt>", texts(app)) == ["PSNR"]
    app.text_input(key="losses-find").set_value("no such word").run()
    assert headline(app) == "No such term. Clear the field to see them all."


def test_invalid_parts_of_a_link_are_named_and_ignored(open_losses: OpenLosses) -> None:
    app = open_losses(section="nowhere", y="nan", colour="red", digit="7")
    assert not app.exception
    assert headline(app).startswith("Minimum at p = 0.30.")
    found = texts(app).replace("\\", "")
    assert "section cannot be 'nowhere'" in found
    assert "y cannot be 'nan'; allowed: numbers from 0 to 1." in found
    assert "There is no setting 'colour'." in found


def test_a_note_on_a_bad_link_goes_when_another_link_comes(open_losses: OpenLosses) -> None:
    app = open_losses(y="nan")
    assert "y cannot be" in texts(app)
    app.query_params["y"] = "0.7"
    app.run()
    assert "y cannot be" not in texts(app)
    assert headline(app).startswith("Minimum at p = 0.70.")


def test_markup_in_a_link_stays_text(open_losses: OpenLosses) -> None:
    app = open_losses(section="terms", find="<b>x</b>")
    assert not app.exception
    assert "<b>x</b>" not in texts(app)


def test_widgets_explain_their_terms(open_losses: OpenLosses) -> None:
    app = open_losses(section="gradient")
    assert app.slider(key="losses-x").help == help_for("logits")
    assert app.slider(key="losses-y").help == help_for("target")
