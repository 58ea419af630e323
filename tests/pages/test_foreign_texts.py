"""Texts that a stranger's archive brings along stay texts, wherever a page shows them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.diagnostics import verdict
from core.store import RunStore
from core.store.import_export import export_archive
from core.store.library import Library
from core.store.shipped import Gallery
from core.variant import Variant
from core.views.compare.comparison import link_query
from pages.components.common import services
from support.fake_trainer import FakeTrainer
from support.runs import make_run

APP = Path(__file__).parents[2] / "app.py"
MARKDOWN = "![seen](https://evil.example/pixel.png) [here](javascript:alert(1)) :red[x] $x$"
MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>"
HOSTILE = f"{MARKUP} {MARKDOWN}"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    """A store as the lab's, without the shipped runs."""
    store = RunStore(tmp_path / "store", judge=verdict)
    monkeypatch.setattr(services, "store", lambda: store)
    monkeypatch.setattr(services, "run_of", store.get)
    monkeypatch.setattr(services, "library", lambda: Library(store, Gallery(tmp_path / "none.zip")))
    return store


def archive(folder: Path) -> bytes:
    """An archive whose every free text is hostile."""
    run = make_run()
    made = replace(
        run.provenance,
        machine=HOSTILE,
        versions={"keras": HOSTILE, HOSTILE: HOSTILE},
        data_fingerprint=HOSTILE,
    )
    theirs = RunStore(folder / "theirs")
    theirs.put(replace(run, provenance=made, evidence={HOSTILE: 0.5}))
    target = io.BytesIO()
    assert export_archive(theirs, [run.variant.key], target)
    return target.getvalue()


def texts(app: AppTest) -> Iterator[str]:
    """Everything on the page that a browser would read as Markdown or as markup."""
    for element in [*app.markdown, *app.caption]:
        yield element.value
    for element in app.get("html"):
        yield element.proto.body
    for table in app.table:
        yield table.value.to_string()
    for element in [*app.error, *app.warning, *app.info]:
        yield element.value


def page(path: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.switch_page(path)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def test_no_page_reads_an_archives_texts_as_markup(
    trainer: FakeTrainer, store: RunStore, tmp_path: Path
) -> None:
    library = page("pages/library.py")
    library.file_uploader[0].upload("<b>x</b>.zip", archive(tmp_path), "application/zip").run()
    assert "1 run added." in " ".join(texts(library))
    shown = {
        "library": library,
        "lab": page("pages/lab.py"),
        "compare": page("pages/compare.py", **link_query([Variant(), Variant(seed=1)])),
        "matrix": page("pages/matrix.py"),
    }
    for name, app in shown.items():
        for text in texts(app):
            assert MARKUP not in text, name
            assert MARKDOWN not in text, name
    # Where pages tell how a run came to be, they do, with every sign made harmless.
    for name in ("lab", "matrix"):
        told = " ".join(texts(shown[name]))
        assert r"!\[seen\](https\://evil" in told, name
        assert r"\<script\>alert(2)" in told, name
