"""Data sets that cannot be read: each page says so, and goes on with what it has."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.data import loading
from core.store import RunStore
from core.variant import Variant
from core.views.compare.comparison import link_query
from support.data_files import write_npz
from support.fake_trainer import FakeTrainer
from support.runs import make_run

Open = Callable[..., AppTest]
APP = Path(__file__).parents[2] / "app.py"
MNIST = Variant(dataset="mnist")
DAMAGED = "is damaged or is another data set"


@pytest.fixture
def folder(no_data: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that AUTOENCODER_LAB_DATA names; nothing is anywhere else."""
    monkeypatch.setenv("AUTOENCODER_LAB_DATA", str(tmp_path / "own"))
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


@pytest.fixture
def open_page(trainer: FakeTrainer) -> Open:
    """Opens a page with a query, as a link does."""

    def opened(page: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=60)
        app.switch_page(f"pages/{page}.py")
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return opened


def said(app: AppTest) -> str:
    """All texts of a page on which nothing failed."""
    assert not app.exception
    assert [error.value for error in app.error] == []
    html = [element.proto.body for element in app.get("html")]
    texts = [*(m.value for m in app.markdown), *(c.value for c in app.caption), *html]
    return "\n".join(texts).replace("\\", "")


PAGES_WITH_DATA = [
    ("lab", {"dataset": "mnist"}),
    ("matrix", {"dataset": "mnist"}),
    ("compare", link_query([MNIST])),
    ("losses", {"section": "data", "dataset": "mnist"}),
]


@pytest.mark.parametrize(("page", "query"), PAGES_WITH_DATA)
def test_damaged_file_is_named_and_the_page_goes_on(
    folder: Path, store: RunStore, open_page: Open, page: str, query: dict[str, str]
) -> None:
    store.put(make_run(MNIST))
    (folder / "mnist.npz").write_bytes(b"<html>Sign in to this network</html>")

    text = said(open_page(page, **query))

    assert str(folder / "mnist.npz") in text
    assert DAMAGED in text


@pytest.mark.parametrize(("page", "query"), PAGES_WITH_DATA)
@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("README.md", "AUTOENCODER_LAB_DATA is 'README.md', a file; set it to a folder's path."),
        ("~nosuchuser", "AUTOENCODER_LAB_DATA is '~nosuchuser', and that user has no home"),
    ],
)
def test_variable_that_names_no_folder_is_shown_and_the_page_goes_on(
    folder: Path,
    store: RunStore,
    open_page: Open,
    monkeypatch: pytest.MonkeyPatch,
    page: str,
    query: dict[str, str],
    named: str,
    message: str,
) -> None:
    store.put(make_run(MNIST))
    monkeypatch.chdir(APP.parent)
    monkeypatch.setenv("AUTOENCODER_LAB_DATA", named)
    assert message in unescape(said(open_page(page, **query)))


def test_other_digits_of_a_run_are_gone_with_their_file(
    folder: Path, store: RunStore, open_page: Open
) -> None:
    store.put(make_run(MNIST))
    path = write_npz(folder)
    query = {**MNIST.to_query(), "digits": "best"}
    assert "after training" in said(open_page("lab", **query))

    path.unlink()

    for digits in ("best", "class", "worst", "shuffle"):
        text = said(open_page("lab", **{**query, "digits": digits}))
        assert "after 3 epochs" in text
        assert "The data set cannot be read on this machine; only these ten are stored." in text


def test_matrix_of_stored_runs_outlives_their_data(
    folder: Path, store: RunStore, open_page: Open
) -> None:
    store.put(make_run(MNIST))
    path = write_npz(folder)
    said(open_page("matrix", dataset="mnist"))
    path.unlink()

    text = said(open_page("matrix", dataset="mnist"))

    assert "1 of " in text


def test_findings_follow_the_file(folder: Path, open_page: Open) -> None:
    path = write_npz(folder)
    assert "sum ≈ 6" in said(open_page("lab", dataset="mnist"))
    path.write_bytes(path.read_bytes()[:1000])
    assert DAMAGED in said(open_page("lab", dataset="mnist"))
    write_npz(folder)
    assert "sum ≈ 6" in said(open_page("lab", dataset="mnist"))


def test_damaged_training_images_are_reported_when_needed(folder: Path, open_page: Open) -> None:
    path = write_npz(folder)
    query = {"section": "data", "dataset": "mnist"}
    said(open_page("losses", **query))  # which counts its pixels, and stores that
    fingerprint = loading.load_held_out("mnist").fingerprint
    content = bytearray(path.read_bytes())
    content[2000] ^= 1  # of x_train; the directory at the end stays, and with it the fingerprint
    path.write_bytes(content)
    assert loading.load_held_out("mnist").fingerprint == fingerprint

    text = said(open_page("losses", **query, normalization="raw"))

    assert "Cannot be read." in text
    assert "mnist.npz" in text
