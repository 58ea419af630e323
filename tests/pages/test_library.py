"""The Library page: what it lists, what can be done with a run, and what it says when it cannot."""

from __future__ import annotations

import io
import json
import re
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.diagnostics import verdict
from core.limits import PUBLIC
from core.store import RunStore
from core.store.import_export import export_archive
from core.store.library import Library
from core.store.shipped import Gallery
from core.text.labels import ALWAYS_NAMED
from core.variant import Variant
from core.views.library import library_order
from pages.components.common import services
from pages.components.library import run_table
from support.fake_trainer import FakeTrainer
from support.opened_app import opened_app
from support.runs import make_run, small_run

OpenLibrary = Callable[..., AppTest]
APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    """A store that judges, as the lab's does."""
    store = RunStore(tmp_path / "store", judge=verdict)
    monkeypatch.setattr(services, "store", lambda: store)
    monkeypatch.setattr(services, "run_of", store.get)
    return store


@pytest.fixture
def open_library(
    trainer: FakeTrainer, store: RunStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> OpenLibrary:
    """Opens the page; nothing is shipped."""
    use(monkeypatch, Library(store, Gallery(tmp_path / "nothing.zip")))

    def opened(**query: str) -> AppTest:
        return opened_app("library", query)

    return opened


def use(monkeypatch: pytest.MonkeyPatch, library: Library) -> None:
    monkeypatch.setattr(services, "library", lambda: library)


def headline(app: AppTest) -> str:
    html = "\n".join(element.proto.body for element in app.get("html"))
    [found] = re.findall(r'role="status">(.*?)</p>', html, re.DOTALL)
    return re.sub(r"<.*?>", "", found).strip()


def texts(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption])


def names(app: AppTest) -> list[str]:
    return list(app.dataframe[0].value["Run"])


def choose(app: AppTest, *rows: int) -> None:
    """Selects rows of the table, as a click on their boxes does."""
    app.session_state[app.dataframe[0].key] = {
        "selection": {"rows": list(rows), "columns": [], "cells": []}
    }
    app.run()
    assert not app.exception


def opens(app: AppTest) -> bool:
    return "Open in the lab" in labels(app, "page_link")


def labels(app: AppTest, kind: str) -> list[str]:
    return [element.proto.label for element in app.get(kind)]


def test_local_and_shipped_runs_are_listed_and_distinguished(
    open_library: OpenLibrary, store: RunStore, monkeypatch: pytest.MonkeyPatch
):
    store.put(make_run(Variant(seed=7)))
    use(monkeypatch, Library(store, Gallery()))
    app = open_library()
    assert headline(app) == "177 runs. 1 trained here, 176 shipped with the lab."
    listed = app.dataframe[0].value
    assert listed["Origin"][0] == "trained here"
    assert set(listed["Origin"][1:]) == {"shipped"}
    assert list(listed["Image"].str[:22].unique()) == ["data:image/png;base64,"]
    assert len(listed) == 50
    assert "of 500 MB used" in texts(app)


def test_search_filter_and_order_narrow_the_list(open_library: OpenLibrary, store: RunStore):
    for seed, activation in enumerate(("sigmoid", "softmax", "tanh", "softmax")):
        store.put(make_run(Variant(seed=seed, layers=(2,), activation=activation)))
    app = open_library()
    assert headline(app).startswith("4 runs.")
    app.text_input(key="library-search").set_value("softmax").run()
    assert names(app) == [
        "softmax + BCE, layers 2, seed 3",
        "softmax + BCE, layers 2, seed 1",
    ]
    assert headline(app).startswith("2 of 4 runs.")
    app.multiselect(key="library-filter-seed").set_value(["3"]).run()
    assert list(app.dataframe[0].value["Seed"]) == ["3"]
    app.button(key="library-clear-filters").click().run()
    app.selectbox(key="library-sort").set_value("name").run()
    assert names(app) == [
        "sigmoid + BCE, layers 2",
        "softmax + BCE, layers 2, seed 1",
        "softmax + BCE, layers 2, seed 3",
        "tanh + BCE, layers 2, seed 2",
    ]


def test_runs_of_a_sweep_are_distinguished_by_name(open_library: OpenLibrary, store: RunStore):
    for rate in (0.0001, 0.0003, 0.001, 0.003, 0.01):
        store.put(make_run(Variant(learning_rate=rate)))
    app = open_library(sort="learning_rate")
    assert names(app) == [
        "sigmoid + BCE, rate 0.0001",
        "sigmoid + BCE, rate 0.0003",
        "sigmoid + BCE",
        "sigmoid + BCE, rate 0.003",
        "sigmoid + BCE, rate 0.01",
    ]


def test_rows_are_high_enough_for_verdicts_to_wrap(open_library: OpenLibrary, store: RunStore):
    store.put(small_run(0))
    # Streamlit wraps text in rows higher than 4rem, and the theme's rem is 15 pixels.
    assert open_library().dataframe[0].proto.row_height > 60


def test_no_verdict_of_a_shipped_run_is_cut_off() -> None:
    # Three lines in a row of 62 pixels; the column has 380 less 16 of padding, and a character of
    # the table's font of 13 pixels takes at most 6.6 on average: 55 of them a line.
    verdicts = [
        f"{run.verdict.word} {run.verdict.sentence}"
        for run in Gallery().summaries.values()
        if run.verdict is not None
    ]
    assert len(verdicts) == 176
    assert [text for text in verdicts if len(textwrap.wrap(text, 55)) > 3] == []


def test_a_link_brings_search_filters_order_and_page(open_library: OpenLibrary, store: RunStore):
    for seed in range(60):
        store.put(small_run(seed))
    link = {"search": "bce", "seed": "~".join(map(str, range(55))), "sort": "name", "page": "2"}
    app = open_library(**link)
    assert headline(app).startswith("55 of 60 runs.")
    assert len(app.dataframe[0].value) == 5
    assert dict(app.query_params.items()) == link
    app.selectbox(key="library-sort").set_value("mse").run()
    # Another order begins at its beginning.
    assert dict(app.query_params.items()) == {k: v for k, v in link.items() if k != "page"} | {
        "sort": "mse"
    }


def test_invalid_parts_of_a_link_are_named_and_ignored(open_library: OpenLibrary, store: RunStore):
    store.put(small_run(0))
    app = open_library(activation="purple~sigmoid", sort="taste", page="-1", sauce="brown")
    said = texts(app).replace("\\", "")
    assert "activation cannot be 'purple'" in said
    assert "sort cannot be 'taste'" in said
    assert "page cannot be '-1'" in said
    assert "There is no filter 'sauce'." in said
    assert dict(app.query_params.items()) == {"activation": "sigmoid"}
    assert app.multiselect(key="library-filter-activation").value == ["sigmoid"]


def test_coming_back_finds_the_list_as_it_was(open_library: OpenLibrary, store: RunStore):
    for seed in (0, 1):
        store.put(small_run(seed))
    app = open_library(seed="1")
    app.switch_page("pages/losses.py").run()
    app.query_params.clear()
    app.switch_page("pages/library.py").run()
    assert headline(app).startswith("1 of 2 runs.")
    assert dict(app.query_params.items()) == {"seed": "1"}


def test_a_search_without_a_match_says_so_and_leads_back(
    open_library: OpenLibrary, store: RunStore
):
    store.put(small_run(0))
    app = open_library()
    app.text_input(key="library-search").set_value("no such run").run()
    assert headline(app) == "No run matches. The library has 1 run."
    app.button(key="library-all").click().run()
    assert len(app.dataframe[0].value) == 1


def test_an_empty_library_says_how_it_fills(open_library: OpenLibrary):
    assert headline(open_library()) == "No runs yet. Runs trained in the lab appear here."


def test_a_deleted_run_comes_back_with_undo_and_is_gone_after_the_page_was_left(
    open_library: OpenLibrary, store: RunStore
):
    run = small_run(0)
    store.put(run)
    app = open_library()
    choose(app, 0)
    assert "Delete 1 run?" in texts(app)
    app.button(key="library-sure").click().run()
    assert run.variant.key not in store
    assert "1 run deleted." in texts(app)
    app.button(key="library-undo").click().run()
    assert run.variant.key in store
    choose(app, 0)
    app.button(key="library-sure").click().run()
    app.switch_page("pages/losses.py").run()
    app.switch_page("pages/library.py").run()
    assert not app.exception
    assert "library-undo" not in [button.key for button in app.button]
    assert not store.restore(run.variant.key)


def test_shipped_runs_cannot_be_deleted(
    open_library: OpenLibrary, store: RunStore, monkeypatch: pytest.MonkeyPatch
):
    use(monkeypatch, Library(store, Gallery()))
    app = open_library()
    choose(app, 0)
    cannot = app.button(key="library-cannot")
    assert cannot.disabled
    assert cannot.help == "Runs shipped with the lab cannot be deleted."


def test_one_run_can_be_opened_and_up_to_six_compared(open_library: OpenLibrary, store: RunStore):
    for seed in range(7):
        store.put(small_run(seed))
    app = open_library()
    choose(app, 0)
    # The navigation leads to the page Compare as well.
    assert (labels(app, "page_link").count("Compare"), opens(app)) == (2, True)
    choose(app, 0, 1)
    assert (labels(app, "page_link").count("Compare"), opens(app)) == (2, False)
    choose(app, *range(7))
    assert [link.proto.label for link in app.get("page_link") if link.proto.disabled] == ["Compare"]


def test_every_kind_of_file_is_offered_and_an_archive_of_stored_runs_only(
    open_library: OpenLibrary, store: RunStore, monkeypatch: pytest.MonkeyPatch
):
    every = {
        "Keras script and data",
        "Report (HTML)",
        "Digits (PNG)",
        "Digits (SVG)",
        "Slides (PowerPoint)",
        "Training (GIF)",
        "Curves (SVG)",
        "Scores (CSV)",
        "Curves (CSV)",
        "Keras model",  # the shipped run below has weights
    }
    store.put(small_run(0))
    use(monkeypatch, Library(store, Gallery()))
    app = open_library()
    choose(app, 0)
    assert set(labels(app, "download_button")) == every | {"Archive for another lab"}
    choose(app, 1)
    assert set(labels(app, "download_button")) == every


def test_models_of_several_runs_omit_those_without_weights(
    open_library: OpenLibrary, store: RunStore
):
    for seed in range(7):
        store.put(small_run(seed) if seed else small_run(seed, weights=None))
    app = open_library()
    choose(app, 4, 5, 6)
    assert labels(app, "download_button")[-1] == "Keras models of 2 runs"
    assert any(
        each.value == "The weights of 1 of 3 runs are not stored, so they have no Keras model."
        for each in app.caption
    )
    choose(app, *range(7))
    assert not any(label.startswith("Keras model") for label in labels(app, "download_button"))
    assert any(
        each.value == "Reports, images and models take up to 6 runs." for each in app.caption
    )


def upload(app: AppTest, content: bytes) -> None:
    [uploader] = app.file_uploader
    uploader.upload("runs.zip", content, "application/zip").run()
    assert not app.exception


def archive_of(tmp_path: Path, seeds: Sequence[int]) -> bytes:
    other = RunStore(tmp_path / "other")
    runs = [small_run(seed) for seed in seeds]
    for run in runs:
        other.put(run)
    target = io.BytesIO()
    export_archive(other, [run.variant.key for run in runs], target)
    return target.getvalue()


def test_an_archive_is_imported_and_what_was_here_stays(
    open_library: OpenLibrary, store: RunStore, tmp_path: Path
):
    store.put(small_run(0))
    app = open_library()
    upload(app, archive_of(tmp_path, [0, 1, 2]))
    assert ":green-badge[:material/check: Imported] 2 runs added." in texts(app)
    assert "1 run already existed." in texts(app)
    assert headline(app).startswith("3 runs.")


def test_file_that_is_not_an_archive_is_refused_in_one_sentence(
    open_library: OpenLibrary, store: RunStore
):
    app = open_library()
    upload(app, b"PK but no archive")
    assert "This file is not an archive of runs." in texts(app)
    assert store.keys() == []


def test_strangers_can_neither_delete_nor_import(
    open_library: OpenLibrary, store: RunStore, trainer: FakeTrainer
):
    trainer.limits = PUBLIC
    store.put(small_run(0))
    app = open_library()
    choose(app, 0)
    assert app.button(key="library-cannot").disabled
    assert "cannot be deleted or imported" in str(app.button(key="library-cannot").help)
    assert app.file_uploader[0].proto.disabled


def test_a_damaged_run_is_named_and_the_others_are_listed(
    open_library: OpenLibrary, store: RunStore
):
    for seed in (0, 1):
        store.put(small_run(seed))
    key = small_run(0).variant.key
    (store.root / "runs" / f"{key}.zip").write_text(json.dumps({}))
    assert store.get(key) is None
    app = open_library()
    assert headline(app).startswith("1 run.")
    assert "The stored run is damaged" in texts(app)


def test_unwritable_folder_is_reported(
    open_library: OpenLibrary, store: RunStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    # Not even root can make a folder inside a file.
    (tmp_path / "file").write_text("")
    closed = RunStore(tmp_path / "file" / "store")
    monkeypatch.setattr(services, "store", lambda: closed)
    use(monkeypatch, Library(closed, Gallery()))
    app = open_library()
    assert headline(app).startswith("176 runs.")
    assert closed.messages[0].text.split()[0] in texts(app)
    assert ":orange-badge[:material/info: Store]" in texts(app)
    assert app.file_uploader[0].proto.disabled


def test_a_run_nobody_judged_is_listed(
    open_library: OpenLibrary, store: RunStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    silent = RunStore(tmp_path / "silent")
    silent.put(small_run(0))
    monkeypatch.setattr(services, "store", lambda: silent)
    use(monkeypatch, Library(silent, Gallery(tmp_path / "nothing.zip")))
    app = open_library()
    assert app.dataframe[0].value["Verdict"].isna().all()


def test_every_column_but_the_image_has_an_order_and_every_order_but_last_used_a_column() -> None:
    orders = {column.title: column.order for column in run_table.COLUMNS}
    assert [title for title, order in orders.items() if order is None] == ["Image"]
    ordered = set(orders.values()) - {None}
    # These settings are part of each run's name.
    assert library_order.SORTS.keys() - ordered == {"used", *ALWAYS_NAMED}
    assert ordered < library_order.SORTS.keys()
