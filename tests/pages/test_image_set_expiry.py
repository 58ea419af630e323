"""What a public host keeps of the images of sessions that have ended."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from core.data import image_sets
from core.data.image_files.preparation import Options, prepare
from core.data.image_files.reading import read
from core.errors import StoreUnavailable
from core.limits import PUBLIC
from core.store import RunStore
from core.store.image_set_storage import add_image_set
from pages.components.common import services
from pages.components.server import image_set_expiry
from support.fake_trainer import FakeTrainer
from support.image_files import digits, given, npz_of

PROBLEMS = (
    StoreUnavailable("The disk is full"),
    OSError(5, "Input/output error"),
    sqlite3.DatabaseError("database disk image is malformed"),
)

SESSION = "test session id"  # of every AppTest


class Enough(Exception):
    """Ends a thread that would go on forever."""


def test_expiry_continues_after_any_problem_and_logs_it(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    left = list(PROBLEMS)

    def expire(_: RunStore, seconds: float) -> None:
        assert seconds == PUBLIC.image_set_seconds
        raise left.pop(0)

    def pause(seconds: float) -> None:
        assert seconds == 60
        if not left:
            raise Enough

    monkeypatch.setattr(image_set_expiry, "expire", expire)
    monkeypatch.setattr(image_set_expiry, "time", SimpleNamespace(sleep=pause))
    with caplog.at_level(logging.INFO, logger="autoencoder_lab"), pytest.raises(Enough):
        image_set_expiry._expire_forever(store, 3600)
    begin = "event=image-sets-not-removed reason="
    assert [line.removeprefix(begin) for line in caplog.messages] == [
        "\"StoreUnavailable('The disk is full')\"",
        "\"OSError(5, 'Input/output error')\"",
        "\"DatabaseError('database disk image is malformed')\"",
    ]


def test_files_in_the_dialog_go_with_their_session_unless_it_reconnects(
    open_lab: Callable[..., AppTest], store: RunStore, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    active = {SESSION}
    runtime = SimpleNamespace(is_active_session=active.__contains__)
    monkeypatch.setattr(image_set_expiry, "Runtime", SimpleNamespace(instance=lambda: runtime))

    def kept() -> int:
        image_set_expiry.expire(store, 3600)
        return len([path for path in home.rglob("pending/*/*") if path.is_file()])

    app = open_lab()
    app.button(key="own-images").click().run()
    app.button(key="own-example").click().run()
    assert not app.exception
    assert (kept(), kept(), kept()) == (1, 1, 1)
    active.clear()
    assert kept() == 1
    active.add(SESSION)
    assert kept() == 1
    active.clear()
    assert (kept(), kept()) == (1, 0)
    assert image_set_expiry._pending == {}


def test_a_link_to_images_that_are_not_here_records_nothing(
    trainer: FakeTrainer,
    open_lab: Callable[..., AppTest],
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trainer.limits = PUBLIC
    monkeypatch.setattr(services, "browser", lambda: "a browser")
    images = prepare(read([given(npz_of(x=255 - digits(200)[0]))]), Options())
    name = add_image_set(images, "paper", None).name
    image_sets.remove(name)
    assert not open_lab(dataset=name).exception
    # Someone else adds them later.
    add_image_set(images, "paper", None)
    assert image_set_expiry.of_browser("a browser") == []
    assert not open_lab(dataset=name).exception
    assert image_set_expiry.of_browser("a browser") == [name]
    image_set_expiry.release(name)
