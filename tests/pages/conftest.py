"""Pages as Streamlit runs them, without a browser and without a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.store import RunStore
from core.store.library import Library
from core.store.shipped import Gallery
from pages.components.common import services
from support.fake_trainer import FakeTrainer

APP = Path(__file__).parents[2] / "app.py"
SECONDS = 60


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    """An empty store that the pages use; the Lab page has no shipped runs either."""
    store = RunStore(tmp_path / "store")
    library = Library(store, Gallery())
    monkeypatch.setattr(services, "store", lambda: store)
    monkeypatch.setattr(services, "library", lambda: library)
    monkeypatch.setattr(services, "run_of", store.get)
    return store


@pytest.fixture
def trainer(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTrainer]:
    """The trainer of the pages, which does what the test says."""
    fake = FakeTrainer(store)
    monkeypatch.setattr(services, "visitor", lambda: "this visitor")
    monkeypatch.setattr(services, "browser", lambda: None)
    monkeypatch.setattr(services, "trainer", lambda: fake)
    yield fake
    st.cache_resource.clear()


@pytest.fixture
def open_lab(trainer: FakeTrainer) -> Callable[..., AppTest]:
    """Opens the lab with a query, as a link does."""

    def opened(**query: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=SECONDS)
        app.switch_page("pages/lab.py")
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return opened


@pytest.fixture
def app_path() -> str:
    """The script that Streamlit runs first."""
    return str(APP)
