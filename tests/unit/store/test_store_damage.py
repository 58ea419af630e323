"""Damaged runs are set aside, and said."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from core.store import RunStore
from core.store.import_export import export_archive
from core.store.run_directory import RunDirectory
from core.store.run_format import CODES, LAYERS, REQUIRED, WEIGHTS
from support.archives import bytes_of, flip_bit, remove
from support.runs import assert_same_run, make_run, small_run

RUN = make_run()
KEY = RUN.variant.key


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path)


def folders_of(root: Path, kind: str) -> list[str]:
    return sorted(path.name for path in (root / kind).iterdir())


@pytest.mark.parametrize("name", [*REQUIRED, WEIGHTS, LAYERS])
def test_a_flipped_bit_is_detected_and_the_run_moved_to_damaged(tmp_path: Path, name: str) -> None:
    store = RunStore(tmp_path)
    store.put(RUN)
    path = tmp_path / "runs" / f"{KEY}.zip"
    start, end = bytes_of(path, f"{KEY}/{name}")
    flip_bit(path, (start + end) // 2)
    assert_set_aside(store, f"The file {name} cannot be read: ")


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_file_is_detected_and_the_run_moved_to_damaged(tmp_path: Path, name: str) -> None:
    store = RunStore(tmp_path)
    store.put(RUN)
    remove(tmp_path / "runs" / f"{KEY}.zip", f"{KEY}/{name}")
    assert_set_aside(store, f"The file {name} is missing")


@pytest.mark.parametrize("kept", [0, 1, 1000, -10])
def test_a_truncated_file_is_moved_to_damaged(tmp_path: Path, kept: int) -> None:
    store = RunStore(tmp_path)
    store.put(RUN)
    path = tmp_path / "runs" / f"{KEY}.zip"
    path.write_bytes(path.read_bytes()[:kept])
    assert_set_aside(store, "This file is not an archive of runs")


def test_a_file_with_two_runs_is_moved_to_damaged(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    store.put(RUN)
    store.put(small_run(1))
    with (tmp_path / "both.zip").open("wb") as target:
        export_archive(store, [KEY, small_run(1).variant.key], target)
    (tmp_path / "both.zip").replace(tmp_path / "runs" / f"{KEY}.zip")
    store.delete(small_run(1).variant.key)
    assert_set_aside(store, "Its settings do not match its key")


def assert_set_aside(store: RunStore, reason: str) -> None:
    assert store.get(KEY) is None
    assert KEY not in store
    assert store.summaries() == []
    [aside] = folders_of(store.root, "damaged")
    [message] = store.messages
    assert message.key == KEY
    assert message.text.startswith(f"The stored run is damaged. {reason}")
    assert aside in message.text


def test_no_flipped_bit_of_the_zip_itself_changes_a_run(tmp_path: Path) -> None:
    run = small_run(1)
    store = RunStore(tmp_path)
    store.put(run)
    path = tmp_path / "runs" / f"{run.variant.key}.zip"
    whole = path.read_bytes()
    names = (*REQUIRED, WEIGHTS, LAYERS, CODES)
    content = [bytes_of(path, f"{run.variant.key}/{name}") for name in names]
    headers = set(range(len(whole))) - {at for span in content for at in range(*span)}
    # Eight files, each with a name of 16 + 1 + 8 to 11 letters twice and 76 bytes of headers.
    assert len(headers) == 8 * (76 + 2 * 17) + 2 * (8 + 11 + 10 + 10 + 10 + 11 + 10 + 9) + 22
    for at in sorted(headers):
        changed = bytearray(whole)
        changed[at] ^= 1 << at % 8
        path.write_bytes(changed)
        found = store.get(run.variant.key)
        if found is not None:
            assert_same_run(found, run)
            assert found.weights is not None


def test_a_damaged_run_is_forgotten_after_it_is_trained_again(
    store: RunStore, tmp_path: Path
) -> None:
    store.put(RUN)
    flip_bit(tmp_path / "runs" / f"{KEY}.zip", 5000)
    assert store.get(KEY) is None
    store.put(RUN)
    assert_same_run(store.get(KEY), RUN)
    assert store.messages == []


def test_a_run_filed_under_another_key_is_not_shown_as_that(
    store: RunStore, tmp_path: Path
) -> None:
    store.put(RUN)
    other = "0123456789abcdef"
    (tmp_path / "runs" / f"{KEY}.zip").rename(tmp_path / "runs" / f"{other}.zip")
    assert store.get(other) is None
    assert "settings do not match its key" in store.messages[-1].text


def test_damage_found_while_listing_is_moved_to_damaged_too(
    store: RunStore, tmp_path: Path
) -> None:
    store.put(RUN)
    store.put(small_run(1))
    flip_bit(tmp_path / "runs" / f"{KEY}.zip", 100)  # in run.json, which is the first
    (tmp_path / "index.sqlite3").unlink()
    assert [summary.variant.seed for summary in store.summaries()] == [1]
    assert [message.key for message in store.messages] == [KEY]


def test_only_the_latest_twenty_damaged_runs_are_kept(tmp_path: Path) -> None:
    RunStore(tmp_path)
    for age in range(25):
        aside = tmp_path / "damaged" / f"{age:016x}.tag"
        if age % 2:
            aside.mkdir()  # as earlier versions kept runs
        else:
            aside.touch()
        moment = time.time() - age * 1000
        os.utime(aside, (moment, moment))
    RunStore(tmp_path)
    assert folders_of(tmp_path, "damaged") == [f"{age:016x}.tag" for age in range(20)]


def test_a_run_replaced_while_damage_is_found_is_restored(
    store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(RUN)
    path = tmp_path / "runs" / f"{KEY}.zip"
    whole = path.read_bytes()
    flip_bit(path, 5000)
    move_to_damaged = RunDirectory.move_to_damaged

    def replaced_first(directory: RunDirectory, key: str) -> Path:
        path.write_bytes(whole)
        return move_to_damaged(directory, key)

    monkeypatch.setattr(RunDirectory, "move_to_damaged", replaced_first)
    assert_same_run(store.get(KEY), RUN)
    assert store.messages == []
    assert store.keys() == [KEY]
    assert folders_of(tmp_path, "damaged") == []
