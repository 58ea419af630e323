"""A stored run that cannot be read for a moment: afterwards it is shown as before."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st

from core.cli.gallery_build import write
from core.files import atomic_files
from core.store import RunStore
from core.store.library import Library
from core.store.shipped import Gallery
from core.variant import Variant
from pages.components.common import services, thumbnails
from support.runs import make_run

STORED_ONLY = Variant(activation="relu")
BOTH = Variant(activation="softmax")
FRAME = "#808080"


@pytest.fixture(autouse=True)
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunStore]:
    """A store of two runs, one of them also shipped, with an error of 0.0141 instead of 0.5."""
    pinned = make_run().pinned
    write([make_run(BOTH, pinned=pinned)], tmp_path / "gallery.zip")
    store = RunStore(tmp_path / "store")
    for variant in (STORED_ONLY, BOTH):
        run = make_run(variant)
        store.put(replace(run, scores=replace(run.scores, mse=0.5)))
    library = Library(store, Gallery(tmp_path / "gallery.zip"))
    monkeypatch.setattr(services, "store", lambda: store)
    monkeypatch.setattr(services, "library", lambda: library)
    st.cache_resource.clear()
    yield store
    st.cache_resource.clear()


@contextmanager
def unreadable() -> Iterator[None]:
    """The disk does not deliver the files of the store."""

    def fail(path: Path) -> None:
        raise OSError(errno.EIO, "Input/output error", str(path))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(atomic_files, "open_file", fail)
        yield


def error_of(variant: Variant) -> float:
    run = services.run_of(variant.key)
    assert run is not None
    return run.scores.mse


def test_a_run_is_there_again_as_soon_as_it_can_be_read(stored: RunStore) -> None:
    key = STORED_ONLY.key
    with unreadable():
        assert services.run_of(key) is None
        assert services.last_digits(key) is None
        assert thumbnails.picture(key, FRAME) is None
    assert [message.text for message in stored.messages] == [
        "The stored run cannot be read now: Input/output error."
    ]
    assert error_of(STORED_ONLY) == 0.5
    digits = services.last_digits(key)
    assert digits is not None
    assert digits.shape == (10, 784)
    picture = thumbnails.picture(key, FRAME)
    assert picture is not None
    assert picture.startswith("data:image/png;base64,")
    # From then on they are cached.
    assert services.run_of(key) is services.run_of(key)
    assert services.last_digits(key) is digits


def test_a_shipped_run_takes_the_place_of_a_stored_one_only_meanwhile() -> None:
    with unreadable():
        assert error_of(BOTH) == pytest.approx(0.0141)
    assert error_of(BOTH) == 0.5


def test_a_damaged_run_is_set_aside_and_the_shipped_one_stays(stored: RunStore) -> None:
    file = stored.root / "runs" / f"{BOTH.key}.zip"
    file.write_bytes(file.read_bytes()[:1000])
    for _ in range(2):
        assert error_of(BOTH) == pytest.approx(0.0141)
    assert BOTH.key not in stored
    assert services.run_of(BOTH.key) is services.run_of(BOTH.key)
