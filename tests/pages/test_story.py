"""The story page: links to every step, the row on top, and the way into the lab."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.store.shipped import Gallery
from core.views.story import story_steps
from core.views.story.story_questions import step_question
from core.views.story.story_state import STEPS
from core.views.story.symptoms import SYMPTOMS
from support.fake_trainer import FakeTrainer

APP = Path(__file__).parents[2] / "app.py"
SECONDS = 60


def open_story(**query: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=SECONDS)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


@pytest.mark.parametrize("place", STEPS)
def test_a_link_opens_its_step_with_its_title_number_and_digits(
    trainer: FakeTrainer, place: int
) -> None:
    app = open_story(step=str(place))
    step = story_steps.step(place, Gallery())
    assert step is not None
    assert not app.exception
    assert f">{step.title}</h1>" in html(app)
    assert f">{step.number}</div>" in html(app)
    assert html(app).count("data:image/png") == 1 + len(step.rows) + len(SYMPTOMS)


def test_next_and_back_turn_the_pages_and_end_at_the_ends(trainer: FakeTrainer) -> None:
    app = open_story()
    assert app.button(key="story-back").disabled
    app.button(key="story-next").click().run()
    assert app.query_params["step"] == "2"
    assert "The loss looks fine" in html(app)
    app.button(key="story-back").click().run()
    assert app.query_params["step"] == "1"
    assert open_story(step="6").button(key="story-next").disabled


def test_presenting_leaves_the_navigation_out(trainer: FakeTrainer) -> None:
    def links(app: AppTest) -> list[str]:
        return [link.proto.label for link in app.get("page_link")]

    assert links(open_story())[:3] == ["Autoencoder Lab", "Story", "Lab"]
    assert links(open_story(present="1")) == ["Try it in the lab"]


def test_it_leads_to_the_lab_with_exactly_its_settings(trainer: FakeTrainer) -> None:
    (link,) = [link for link in open_story(step="1").get("page_link") if "Try" in link.proto.label]
    assert "activation=softmax" in link.proto.query_string
    assert "normalization=raw" in link.proto.query_string


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"step": "7"}, "step cannot be '7'; allowed: 1, 2, 3, 4, 5, 6."),
        ({"step": "<b>"}, "step cannot be '<b>'"),
        ({"present": "yes"}, "present cannot be 'yes'; allowed: 0 and 1."),
        ({"colour": "red"}, "There is no setting 'colour'."),
    ],
)
def test_nonsense_in_a_link_is_named_and_the_story_begins(
    trainer: FakeTrainer, query: dict[str, str], sentence: str
) -> None:
    app = open_story(**query)
    assert not app.exception
    said = html(app) + "\n".join(element.value for element in (*app.markdown, *app.caption))
    assert sentence in said.replace("&lt;", "<").replace("&gt;", ">").replace(
        "&#x27;", "'"
    ).replace("\\", "")
    assert "The loss falls without bound" in html(app)


def captions(app: AppTest) -> str:
    return " ".join(caption.value for caption in app.caption)


def test_first_page_says_what_the_lab_is_for_and_what_its_words_mean(trainer: FakeTrainer) -> None:
    app = open_story()
    assert "An autoencoder is a neural network that" in html(app)
    assert "**The question's network**: 784-128-64-28-64-128-784" in captions(app)
    # 4,500 / 100 steps an epoch, 67 times; 60,000 / 100, 5 times.
    assert "That is 3,015 steps of 100 digits" in captions(app)
    assert "5 epochs of all 60,000 (3,000)." in captions(app)
    assert "Autoencoder Lab contributors under the MIT licence." in captions(app)


def test_presenting_shows_the_step_alone(trainer: FakeTrainer) -> None:
    app = open_story(present="1")
    assert "An autoencoder is a neural network that" not in html(app)
    assert captions(app) == ""


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "The source is in the folder that this lab runs from"),
        ("https://example.org/lab", "[Source](https://example.org/lab)"),
        ("javascript:alert(1)", "set it to the address of a web page."),
        ("https://example.org/) [x](", "set it to the address of a web page."),
    ],
)
def test_source_is_linked_where_its_address_is_known(
    trainer: FakeTrainer, monkeypatch: pytest.MonkeyPatch, address: str, said: str
) -> None:
    monkeypatch.setenv("AUTOENCODER_LAB_SOURCE", address)
    app = open_story()
    assert said in captions(app)
    assert ("javascript" in captions(app)) == ("javascript" in address)


def test_key_that_arrives_after_its_page_was_left_changes_nothing() -> None:
    # The browser's report of a component that this script run does not draw.
    def page_without_components() -> None:
        import streamlit as st

        from pages.components.common import presenter
        from pages.components.matrix import map_grid
        from pages.components.story.story_link import STORY

        st.query_params["step"] = "3"
        STORY.read()
        presenter._turn(STORY, 6)
        map_grid._select(lambda index: st.write(f"selected {index}"))
        st.write(f"step {STORY.now.step}")

    app = AppTest.from_function(page_without_components).run()
    assert not app.exception
    assert [element.value for element in app.markdown] == ["step 3"]


def test_symptoms_lead_to_the_runs_that_show_them(trainer: FakeTrainer) -> None:
    app = open_story()
    links = {link.proto.label: link.proto.query_string for link in app.get("page_link")}
    assert "normalization=raw" in links["Negative loss"]
    assert "activation=softmax" in links["Black"]
    assert set(SYMPTOMS) <= set(links)
    assert 'alt="Grey: reconstructed digits, sigmoid + MSE, symmetric ±1."' in html(app)


def test_presenting_shows_no_symptoms(trainer: FakeTrainer) -> None:
    assert "What do you see?" not in html(open_story(present="1"))


def sent(app: AppTest) -> str:
    """All elements as they are sent to the browser."""
    protos = (getattr(node, "proto", None) for node in app.main)
    content = b"".join(proto.SerializeToString() for proto in protos if proto is not None)
    return unescape(content.decode(errors="replace"))


@pytest.mark.parametrize("place", STEPS)
def test_the_outcome_is_not_sent_before_the_prediction(trainer: FakeTrainer, place: int) -> None:
    step, asked = story_steps.step(place, Gallery()), step_question(place, Gallery())
    assert step is not None
    assert asked is not None
    app = open_story(step=str(place), predict="1")
    assert not app.exception
    assert "Which image will come out?" in html(app)
    hidden = (step.title, step.texts[0], step.caption, asked.why, step.rows[0].note)
    assert len(sent(app)) > 10_000
    assert [text for text in hidden if text in sent(app)] == []
    # Each candidate is named by its letter alone, whichever is right.
    assert [f'alt="Candidate {name}: 4 digits"' in html(app) for name in "WXYZ"] == [True] * 4
    app.button(key=f"prediction-{'WXYZ'[asked.right]}").click().run()
    assert "Right." in html(app)
    assert asked.why in html(app)
    assert "1 of 1 right" in html(app)
    assert f">{step.title}</h1>" in html(app)
    assert step.caption in sent(app)


def test_a_prediction_can_be_wrong_or_skipped_and_is_asked_once(trainer: FakeTrainer) -> None:
    asked = step_question(2, Gallery())
    assert asked is not None
    app = open_story(step="2", predict="1")
    wrong = next(name for place, name in enumerate("WXYZ") if place != asked.right)
    app.button(key=f"prediction-{wrong}").click().run()
    assert "Not that one." in html(app)
    assert "0 of 1 right" in html(app)
    app.button(key="story-next").click().run()
    assert "Which image will come out?" in html(app)
    app.button(key="prediction-skip").click().run()
    assert "of 1 right" not in html(app)
    assert "The same loss curve" in html(app)
    app.button(key="story-back").click().run()
    assert "Not that one." in html(app)
    # Switched off and on, it asks again; the tally stays.
    app.toggle(key="story-predict").set_value(False).run()
    assert "Not that one." not in html(app)
    app.toggle(key="story-predict").set_value(True).run()
    app.button(key=f"prediction-{'WXYZ'[asked.right]}").click().run()
    assert "1 of 2 right" in html(app)
