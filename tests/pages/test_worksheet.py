"""The worksheet: every link opens a page with the number that answers the question."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from core.store.library import Library
from core.store.shipped import Gallery
from pages.components.common import services
from support.fake_trainer import FakeTrainer

WORKSHEET = Path(__file__).parents[2] / "docs" / "worksheet.md"
TEXT = WORKSHEET.read_text(encoding="utf-8")
QUESTIONS = re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]
LINK = re.compile(r"\]\((http://localhost:8501/[^)]*)\)")
NUMBER = re.compile(r"<summary>Answer: ([^<]*)</summary>")
MINUTES = re.compile(r"\((\d+) minutes\)")


@pytest.fixture(autouse=True)
def shipped(trainer: FakeTrainer, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(services.store(), Gallery())
    monkeypatch.setattr(services, "library", lambda: library)
    monkeypatch.setattr(services, "run_of", library.get)


def opened(address: str, app_path: str) -> AppTest:
    path, query = urlsplit(address).path.strip("/"), urlsplit(address).query
    app = AppTest.from_file(app_path, default_timeout=60)
    if path:
        app.switch_page(f"pages/{path}.py")
    for name, value in parse_qsl(query):
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    """All that the page says in words and tables."""
    texts = [element.value for element in (*app.markdown, *app.caption)]
    texts += [re.sub(r"<[^>]*>", " ", element.proto.body) for element in app.get("html")]
    texts += [table.value.to_string() for table in app.table]
    return re.sub(r"\s+", " ", unescape(" ".join(texts)).replace("**", "").replace("\\", ""))


def test_there_are_six_questions_for_a_lesson_of_45_minutes() -> None:
    assert len(QUESTIONS) == 6
    assert sum(int(found) for found in MINUTES.findall(TEXT)) == 45


@pytest.mark.parametrize("place", range(6))
def test_the_number_that_answers_a_question_is_on_its_page(place: int, app_path: str) -> None:
    question = QUESTIONS[place]
    [address], [numbers] = LINK.findall(question), NUMBER.findall(question)
    app = opened(address, app_path)
    text = said(app)
    assert [number for number in numbers.split(" and ") if number not in text] == []
    assert "Ignored" not in text
    for number in numbers.split(" and "):
        assert re.search(rf"(?<![\d.]){re.escape(number)}(?![\d])", text)
