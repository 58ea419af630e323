"""The store: runs are there whole or not at all, and what is damaged is said."""

from __future__ import annotations

import errno
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import StoreUnavailable
from core.store import RunStore
from support.runs import assert_same_run, make_run, small_run

RUN = make_run()
KEY = RUN.variant.key


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path)


def files_under(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_a_run_is_found_again_by_another_store(store: RunStore, tmp_path: Path) -> None:
    store.put(RUN)
    assert_same_run(RunStore(tmp_path).get(KEY), RUN)
    assert KEY in store
    assert store.keys() == [KEY]
    assert store.messages == []


def test_a_run_is_a_file_and_nothing_else_is_left(store: RunStore, tmp_path: Path) -> None:
    store.put(RUN)
    assert files_under(tmp_path) == ["index.sqlite3", f"runs/{KEY}.zip"]


def test_a_missing_run_is_none(store: RunStore) -> None:
    assert store.get(KEY) is None
    assert store.last_digits(KEY) is None
    assert KEY not in store
    assert not store.delete(KEY)
    assert not store.restore(KEY)
    assert store.summaries() == []
    assert store.size() == 0
    assert store.messages == []


@pytest.mark.parametrize(
    "key",
    [
        "",
        ".",
        "../secret",
        "runs",
        "/etc/passwd",
        "..\\..\\secret",
        KEY.upper(),
        KEY + "\n",
        KEY[:-1],
        KEY + "0",
        f"../runs/{KEY}",
        "\0" * 16,
        "٠" * 16,
    ],
)
def test_an_invalid_key_is_treated_as_missing(store: RunStore, tmp_path: Path, key: str) -> None:
    store.put(RUN)
    before = files_under(tmp_path)
    assert store.get(key) is None
    assert key not in store
    assert not store.delete(key)
    assert not store.restore(key)
    store.purge([key])
    assert files_under(tmp_path) == before
    assert store.messages == []


def test_training_again_replaces_the_run(store: RunStore, tmp_path: Path) -> None:
    store.put(RUN)
    again = replace(RUN, status="stopped", weights=None)
    store.put(again)
    assert_same_run(store.get(KEY), again)
    assert [summary.status for summary in store.summaries()] == ["stopped"]
    assert files_under(tmp_path) == ["index.sqlite3", f"runs/{KEY}.zip"]


def test_the_last_digits_are_read_for_a_small_picture(store: RunStore) -> None:
    store.put(RUN)
    originals, shown = store.last_digits(KEY) or pytest.fail("they are not there")
    np.testing.assert_array_equal(originals, RUN.pinned.images)
    assert shown.dtype == np.uint8
    # The last frame of a made-up run equals the digits, to a rounding.
    assert np.abs(shown.astype(int) - originals).max() <= 1


def test_partial_files_of_a_killed_process_are_removed(tmp_path: Path) -> None:
    RunStore(tmp_path).put(RUN)
    whole = tmp_path / "runs" / f"{KEY}.zip"
    half = whole.with_name(f"{KEY}.zip.0123456789ab")
    half.write_bytes(whole.read_bytes()[:1000])
    an_hour_ago = time.time() - 3600
    os.utime(half, (an_hour_ago, an_hour_ago))
    store = RunStore(tmp_path)
    assert files_under(tmp_path) == ["index.sqlite3", f"runs/{KEY}.zip"]
    assert_same_run(store.get(KEY), RUN)


def test_file_written_by_another_process_is_not_touched(tmp_path: Path) -> None:
    RunStore(tmp_path)
    half = tmp_path / "runs" / f"{KEY}.zip.0123456789ab"
    half.touch()
    store = RunStore(tmp_path)
    assert half.exists()
    assert store.keys() == []


class InUse(PermissionError):
    """What Windows says of a file that another process has open."""

    winerror = 32


@pytest.mark.parametrize("function", ["os.replace", "os.open"])
def test_a_file_in_use_is_tried_again(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    store.put(RUN)
    module, name = function.split(".")
    real, refusals, pauses = getattr(os, name), [InUse()] * 5, []

    def refused_five_times(*arguments: object) -> object:
        if refusals:
            raise refusals.pop()
        return real(*arguments)

    monkeypatch.setattr("time.sleep", pauses.append)
    monkeypatch.setattr(f"core.files.atomic_files.{module}.{name}", refused_five_times)
    stopped = replace(RUN, status="stopped")
    if function == "os.replace":
        store.put(stopped)
    assert_same_run(store.get(KEY), stopped if function == "os.replace" else RUN)
    assert pauses == [0.01, 0.03, 0.1, 0.3, 1.0]
    assert store.messages == []


def test_file_that_stays_in_use_is_reported(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(RUN)

    def refuse_always(source: object, target: object) -> None:
        raise InUse(errno.EACCES, "Permission denied")

    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setattr("os.replace", refuse_always)
    with pytest.raises(StoreUnavailable, match="is not writable"):
        store.put(replace(RUN, status="stopped"))
    assert_same_run(store.get(KEY), RUN)


def refuse(code: int) -> object:
    def fsync(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    return fsync


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (errno.ENOSPC, "The disk is full: nothing more can be saved in"),
        (errno.EROFS, "is not writable: stored runs open, new ones are not saved"),
        (errno.EIO, "Runs cannot be saved in .*: Input/output error"),
    ],
)
def test_a_refused_write_leaves_the_store_as_it_was(
    store: RunStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    sentence: str,
) -> None:
    store.put(RUN)
    before = files_under(tmp_path)
    monkeypatch.setattr("os.fsync", refuse(code))
    with pytest.raises(StoreUnavailable, match=sentence):
        store.put(replace(RUN, status="stopped"))
    with pytest.raises(StoreUnavailable, match=sentence):
        store.put(small_run(1))
    assert files_under(tmp_path) == before
    assert_same_run(store.get(KEY), RUN)


def test_a_root_that_is_a_file_says_so_and_has_no_runs(tmp_path: Path) -> None:
    root = tmp_path / "file"
    root.write_text("not a folder")
    store = RunStore(root)
    assert not store.writable
    assert store.get(KEY) is None
    assert store.summaries() == []
    assert [message.text for message in store.messages] == [
        f"Runs cannot be saved in {root}: Not a directory."
    ]
    with pytest.raises(StoreUnavailable, match="Not a directory"):
        store.put(RUN)


def test_a_store_whose_folder_was_removed_keeps_new_runs(tmp_path: Path) -> None:
    home = tmp_path / "home"
    store = RunStore(home)
    store.put(small_run(1))
    shutil.rmtree(home)
    assert store.keys() == []
    store.put(small_run(2))
    assert [summary.variant.seed for summary in store.summaries()] == [2]
    assert store.messages == []
    assert_same_run(RunStore(home).get(small_run(2).variant.key), small_run(2))
    assert (home / "index.sqlite3").exists()


@pytest.mark.parametrize("name", ["long" * 100, "loop"])
def test_impossible_folder_has_no_runs_and_a_message(tmp_path: Path, name: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    store = RunStore(tmp_path / name)
    assert (store.keys(), store.summaries()) == ([], [])
    assert store.get(small_run(1).variant.key) is None
    assert [message.text[:20] for message in store.messages] == ["Runs cannot be saved"]
    with pytest.raises(StoreUnavailable, match="Runs cannot be saved in"):
        store.put(small_run(1))
